"""Connections for questions: one statement, a few rows. Rows by the million come through ``batches``."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from migrator.errors import ConfigError, SourceUnreachable
from migrator.sqlserver.driver import driver_name, is_freetds, load_manager
from migrator.sqlserver.errors import explain
from migrator.sqlserver.retry import retrying
from migrator.sqlserver.url import Login, Server, Tls

if TYPE_CHECKING:
    import pyodbc

APPLICATION: Final = "migrator"
"""What sys.dm_exec_sessions.program_name says of us."""

_TRUSTED: Final = "SSL_CERT_FILE"
_TRUST: Final = threading.Lock()
_SECONDS_TO_CONNECT: Final = 15
_AUTHENTICATION: Final = {Login.ENTRA: "ActiveDirectoryServicePrincipal", Login.IDENTITY: "ActiveDirectoryMsi"}


def reach(server: Server) -> None:
    """Open and close a TCP connection: a driver waits its whole timeout where nobody listens, and calls a wrong name a
    timeout too. Raises SourceUnreachable."""
    try:
        socket.create_connection((server.host, server.port), _SECONDS_TO_CONNECT).close()
    except OSError as error:
        raise SourceUnreachable(
            f"nobody answers at {server.host}:{server.port}",
            why=error.strerror or str(error),
            todo="check host, port and firewalls, and that the server is up, then run again with --resume",
        ) from None


def quoted(name: str) -> str:
    """A name as T-SQL reads it whatever is in it."""
    return "[" + name.replace("]", "]]") + "]"


def literal(text: str) -> str:
    """A text as a T-SQL constant whatever is in it."""
    return "N'" + text.replace("'", "''") + "'"


def connection_string(server: Server) -> str:
    """What ODBC is given; it holds the password, so nobody prints it. Raises ConfigError."""
    settings = {"DRIVER": driver_name(server.driver), "DATABASE": server.database, "APP": APPLICATION}
    if server.login is Login.KERBEROS:
        settings["Trusted_Connection"] = "yes"
    else:
        if server.login is not Login.IDENTITY and not server.password:
            raise ConfigError(
                f"no password for {server.user or 'the source'}",
                why=f"{server.password_variable} is not set",
                todo=f"set {server.password_variable}, or add ?password-env=NAME or ?auth=kerberos to the address",
            )
        if server.login is not Login.IDENTITY and not server.user:
            raise ConfigError(
                "the source's address names no user",
                todo="write mssql://user@host:1433/database, or add ?auth=kerberos to it",
            )
        settings |= {"UID": server.user, "PWD": server.password}
    if is_freetds(server.driver):
        settings |= _freetds(server)
    else:
        settings |= {
            "SERVER": f"tcp:{server.host},{server.port}",
            "Encrypt": "no" if server.tls is Tls.OFF else "yes",
            "TrustServerCertificate": "no" if server.tls is Tls.VERIFY else "yes",
            "HostNameInCertificate": server.certificate_host,
            "Authentication": _AUTHENTICATION.get(server.login, ""),
            "ApplicationIntent": "ReadOnly" if server.read_only_intent else "",
            # A connection that comes back by itself would be in another transaction: we make it anew, and know.
            "ConnectRetryCount": "0",
        }
    return "".join(f"{key}={_braced(value)};" for key, value in settings.items() if value)


@contextmanager
def trusting(server: Server) -> Iterator[None]:
    """While it lasts, OpenSSL trusts the authorities of ``server.ca``: the driver has no setting of its own for them.

    OpenSSL reads SSL_CERT_FILE whenever a connection begins (its manual, SSL_CTX_set_default_verify_paths).
    Raises ConfigError.
    """
    if not server.ca:
        yield
        return
    if not Path(server.ca).is_file():
        raise ConfigError(f"the authorities in {server.ca} cannot be read", why="there is no such file")
    with _TRUST:
        before = os.environ.get(_TRUSTED)
        os.environ[_TRUSTED] = server.ca
        try:
            yield
        finally:
            os.environ.pop(_TRUSTED, None)
            if before is not None:
                os.environ[_TRUSTED] = before


def _freetds(server: Server) -> dict[str, str]:
    if server.tls is Tls.VERIFY:
        raise ConfigError(
            "FreeTDS cannot be told in the address to verify the server's certificate",
            why="it reads its trusted authorities out of freetds.conf alone",
            todo="leave ?driver= out to use Microsoft's driver, or, on a network that you trust, add ?tls=encrypt",
        )
    if server.login in _AUTHENTICATION:
        raise ConfigError(f"FreeTDS knows no auth={server.login}", todo="leave ?driver= out to use Microsoft's driver")
    return {
        "SERVER": server.host,
        "PORT": str(server.port),
        "TDS_Version": "7.4",
        "ClientCharset": "UTF-8",
        "Encryption": "off" if server.tls is Tls.OFF else "require",
        "ApplicationIntent": "ReadOnly" if server.read_only_intent else "",
    }


def _braced(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}" if any(letter in value for letter in ";{}=[]() ,?*!@") else value


class Link:
    """An open connection. Statements commit themselves. Values come as the driver gives them: CAST what it may not
    know (sql_variant, hierarchyid, datetimeoffset)."""

    def __init__(self, server: Server) -> None:
        """Connect. Raises ConfigError, SourceUnreachable, SourceDenied."""
        load_manager()
        settings = connection_string(server)
        reach(server)
        import pyodbc  # noqa: PLC0415 - it is linked with the driver manager, which is there only now

        pyodbc.pooling = False
        self._kinds = (pyodbc.Error, UnicodeError, SystemError)
        self.server = server
        try:
            with trusting(server):
                self._connection: pyodbc.Connection = pyodbc.connect(
                    settings, autocommit=True, timeout=_SECONDS_TO_CONNECT
                )
        except self._kinds as error:
            raise explain(error, f"connecting to {server.place}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a small result. Raises SourceError."""
        try:
            with self._connection.cursor() as cursor:
                return [tuple(row) for row in cursor.execute(sql).fetchall()]
        except self._kinds as error:
            raise explain(error, "asking the source a question") from None

    def execute(self, sql: str, *, doing: str) -> None:
        """Run one statement. Raises SourceError with ``doing`` in its words."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql)
                while cursor.nextset():
                    pass
        except self._kinds as error:
            raise explain(error, doing) from None

    def close(self) -> None:
        """End the connection; one that died has nothing to say goodbye to."""
        with suppress(*self._kinds):
            self._connection.close()


def connect(server: Server) -> Link:
    """A connection, after some attempts where the server is only busy or just starting. Raises SourceError."""
    for attempt in retrying(attempts=4):
        with attempt:
            return Link(server)
    raise AssertionError  # tenacity raises the last error itself


@contextmanager
def session(server: Server) -> Iterator[Link]:
    """A connection that is closed at the end, whatever happens. Raises SourceError."""
    with connect(server) as link:
        yield link
