"""Connections to the target, the same everywhere: utf8mb4, UTC, strict, TLS verified."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pymysql
from pymysql.connections import Connection as _Connection
from pymysql.constants import CLIENT, CR

from migrator.errors import ConfigError, TargetDenied, TargetError
from migrator.mysql.errors import explain
from migrator.mysql.url import Target, Tls

if TYPE_CHECKING:  # only its stubs know a cursor's type as a parameter
    _Plain = _Connection[Any]
else:
    _Plain = _Connection

Connection: TypeAlias = "_Connection[Any]"
"""An open connection, as other rooms pass it on."""

SQL_MODE: Final = ",".join(
    (
        "STRICT_ALL_TABLES",
        "NO_ZERO_IN_DATE",
        "NO_ZERO_DATE",
        "ERROR_FOR_DIVISION_BY_ZERO",
        "NO_ENGINE_SUBSTITUTION",
        "NO_AUTO_VALUE_ON_ZERO",
    )
)
"""Strict, and an identity value of 0 stays 0."""

_SETTINGS: Final = "SET time_zone = '+00:00', group_concat_max_len = 1 << 30, innodb_lock_wait_timeout = {}"
_SECONDS_TO_CONNECT: Final = 10
_SECONDS_TO_GREET: Final = 30
"""From the first packet to a session that is ready; the driver itself would wait for ever."""
_SECONDS_TO_TAKE: Final = 300
"""How long a server that is busy with its disk may take no byte of what we send."""
_SECONDS_TO_ANSWER: Final = 900
"""How long a load may take from its last line to the answer, a lock wait and a long COMMIT in between. A statement that
builds an index may take hours: there only a connection that is dead for its network ends the waiting."""
_SECONDS_TO_LOCK: Final = 120
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6))
"""A network that swallows everything is noticed after a minute and a half; the system's own defaults take two hours."""


class _OverSocket(_Plain):
    """Given a socket, PyMySQL takes it for an open line, over which caching_sha2_password sends no password."""

    _secure = True


def quoted(name: str) -> str:
    """A name as MySQL reads it whatever is in it."""
    return "`" + name.replace("`", "``") + "`"


def connect(target: Target, *, autocommit: bool = True, database: str | None = None, loads: bool = False) -> Connection:
    """Open one connection. Raises TargetUnreachable, TargetDenied, ConfigError.

    ``database`` overrides the target's own; "" connects to none. ``loads`` allows LOAD DATA LOCAL: a server may then
    ask for files of ours, so no other connection does. SELECTs on tables of any size want ``SSCursor``.
    """
    name = target.database if database is None else database
    settings = _SETTINGS.format(_SECONDS_TO_LOCK)
    options: dict[str, Any] = {}
    if target.socket:
        options["unix_socket"] = target.socket
        options["ssl_disabled"] = True
    elif target.tls is Tls.OFF:
        options["ssl_disabled"] = True
    else:
        options["ssl"] = _context(target)
    try:
        connection: Connection = (_OverSocket if target.socket else _Plain)(
            user=target.user,
            password=target.password,
            host=target.host,
            port=target.port,
            database=name or None,
            charset="utf8mb4",
            collation="utf8mb4_bin",
            autocommit=autocommit,
            local_infile=loads,
            sql_mode=SQL_MODE,
            init_command=settings if target.binlog else f"{settings}, sql_log_bin = 0",
            read_timeout=_SECONDS_TO_ANSWER if loads else None,
            write_timeout=_SECONDS_TO_TAKE,
            client_flag=CLIENT.FOUND_ROWS,
            program_name="migrator",
            defer_connect=True,
            **options,
        )
        opened = _opened(target)
        with _in_time(opened):
            connection.connect(opened)
    except (pymysql.MySQLError, OSError, RuntimeError) as error:
        if isinstance(
            error.__cause__ or error.__context__, ssl.SSLCertVerificationError
        ) or "CERTIFICATE_VERIFY" in str(error):
            raise TargetDenied(
                f"the certificate of {target.host} is not trusted",
                why="TLS is verified, and this certificate is not signed by a known authority or names another host",
                todo="add ?ca=/path/to/bundle.pem to the address (for Aurora: the RDS global bundle)",
            ) from error
        raise explain(error, f"connecting to {target.place}") from error
    return connection


def _opened(target: Target) -> socket.socket:
    # Of our own making: the driver does not close a local socket on which nobody listens, and sets no keepalive times.
    if not target.socket:
        try:
            opened = socket.create_connection((target.host, target.port), _SECONDS_TO_CONNECT)
        except OSError as error:
            raise pymysql.OperationalError(
                CR.CR_CONN_HOST_ERROR, f"{target.host}:{target.port}: {error.strerror or error}"
            ) from error
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE:
            if hasattr(socket, option):  # macOS names one of them otherwise
                opened.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
        return opened
    opened = socket.socket(socket.AF_UNIX)
    try:
        opened.settimeout(_SECONDS_TO_CONNECT)
        opened.connect(target.socket)
    except OSError as error:
        opened.close()
        raise pymysql.OperationalError(CR.CR_CONNECTION_ERROR, f"{target.socket}: {error.strerror or error}") from error
    return opened


@contextmanager
def _in_time(opened: socket.socket) -> Iterator[None]:
    """A connection that is not ready in time is cut, and whoever waits for it hears that it is lost."""

    def cut() -> None:
        with suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    watchdog = threading.Timer(_SECONDS_TO_GREET, cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _context(target: Target) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=target.ca or None)
    except OSError as error:
        raise ConfigError(
            f"the authority's certificates in {target.ca} cannot be read",
            why=error.strerror or str(error),
            todo="name a PEM file in ?ca= (for Aurora: the RDS global bundle)",
        ) from error
    if target.tls is Tls.ENCRYPT:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def session(
    target: Target, *, autocommit: bool = True, database: str | None = None, loads: bool = False
) -> Iterator[Connection]:
    """A connection that is closed at the end, whatever happens. See ``connect``."""
    connection = connect(target, autocommit=autocommit, database=database, loads=loads)
    try:
        yield connection
    finally:
        # A connection that died has nothing to say goodbye to.
        with suppress(pymysql.MySQLError, OSError):
            connection.close()


def fetch(connection: Connection, sql: str, arguments: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a small result. Raises TargetError."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, arguments or None)
            return list(cursor.fetchall())
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, "asking the target a question") from error


def execute(connection: Connection, sql: str, arguments: Sequence[object] = (), *, doing: str) -> int:
    """Run one statement and return the affected rows. Raises TargetError with ``doing`` in its words."""
    try:
        with connection.cursor() as cursor:
            affected: int = cursor.execute(sql, arguments or None)
            return affected
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, doing) from error


def commit(connection: Connection, *, doing: str) -> None:
    """Commit. Raises TargetError; after TargetUnreachable nobody but the target knows whether it was done."""
    try:
        connection.commit()
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, doing) from error


def connection_id(connection: Connection) -> int:
    """The server's number of this connection, as KILL takes it. Raises TargetError."""
    [(number,)] = fetch(connection, "SELECT CONNECTION_ID()")
    return int(number)


def kill(target: Target, numbers: Collection[int]) -> None:
    """End connections by their numbers, on the server: closing one here does not stop what it runs there."""
    if not numbers:
        return
    # A server that cannot be reached ends them by itself.
    with suppress(TargetError), session(target, database="") as connection:
        for number in numbers:
            # One that ended in the meantime is not there any more.
            with suppress(TargetError):
                execute(connection, f"KILL {number}", doing="stopping a statement")


def server_version(connection: Connection) -> str:
    """What the server calls itself, with Aurora's own version where it has one. Raises TargetError."""
    [(version, comment)] = fetch(connection, "SELECT VERSION(), @@version_comment")
    return f"{version} ({comment})"
