"""Where the source is: ``mssql://user@host:1433/database?option=value``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from migrator.errors import ConfigError

SCHEME: Final = "mssql"
PASSWORD_VARIABLE: Final = "MIGRATOR_SOURCE_PASSWORD"  # noqa: S105 - the name of a variable, not a password
_PORT: Final = 1433
_TODO: Final = "write mssql://user@host:1433/database"
_OPTIONS: Final = frozenset(
    {"driver", "tls", "ca", "certificate-host", "auth", "password-env", "intent", "consistency"}
)
_WORD: Final = re.compile(r"[a-z-]+")


class Tls(StrEnum):
    """How the connection is protected. VERIFY (the default) checks the certificate and the host name."""

    VERIFY = "verify"
    ENCRYPT = "encrypt"
    OFF = "off"


class Login(StrEnum):
    """Who we are to the server.

    SQL         a login of the server with a password
    KERBEROS    the ticket of whoever runs us (kinit)
    ENTRA       an application of Microsoft Entra ID: its client id as the user, its secret as the password
    IDENTITY    the managed identity of the machine; a user names one of several by its client id
    """

    SQL = "sql"
    KERBEROS = "kerberos"
    ENTRA = "entra"
    IDENTITY = "managed-identity"


class Wanted(StrEnum):
    """Which picture of the source is wanted; AUTO takes the best one that the server allows."""

    AUTO = "auto"
    DATABASE_SNAPSHOT = "database-snapshot"
    SNAPSHOT = "snapshot"
    READ_ONLY = "read-only"
    NONE = "none"


_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Server:
    """A SQL Server and a database on it. Holds no password: ``password_variable`` names the variable that does.

    ``driver`` is "" for Microsoft's own from the wheel, else the name of an installed one or the path of its library.
    ``ca`` is a PEM file of authorities (or the server's own self-signed certificate) that are trusted instead of the
    machine's; ``certificate_host`` is the name in the certificate where it is not ``host``.
    """

    user: str
    host: str = "localhost"
    port: int = _PORT
    database: str = ""
    driver: str = ""
    tls: Tls = Tls.VERIFY
    ca: str = ""
    certificate_host: str = ""
    login: Login = Login.SQL
    password_variable: str = PASSWORD_VARIABLE
    read_only_intent: bool = False
    wanted: Wanted = Wanted.AUTO

    @classmethod
    def parse(cls, url: str) -> Server:
        """Read a URL. Raises ConfigError for another scheme, unknown options, or a password in the URL itself."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORT
        except ValueError:
            # Its words could quote a piece of a password that was written into the address.
            raise ConfigError("the source's address cannot be read", todo=_TODO) from None
        if parts.scheme != SCHEME:
            raise ConfigError(f"not a SQL Server address: {parts.scheme or 'no scheme'}", todo=_TODO)
        if parts.password is not None:
            raise ConfigError(
                "the source's address holds a password",
                why="command lines, logs and process lists are read by others",
                todo=f"take it out and set {PASSWORD_VARIABLE} (or add ?password-env=NAME and set NAME)",
            )
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.fragment or not all(map(_WORD.fullmatch, options)):
            raise ConfigError("the source's address cannot be read", todo=f"{_TODO}; # and ? in a name are %23 and %3F")
        if unknown := sorted(set(options) - _OPTIONS):
            raise ConfigError(
                f"unknown option in the source's address: {', '.join(unknown)}",
                todo=f"known are {', '.join(sorted(_OPTIONS))}",
            )
        if (intent := options.get("intent", "")) not in ("", "read-only", "read-write"):
            raise ConfigError(f"intent={intent} means nothing", todo="write intent=read-only or leave it out")
        return cls(
            user=unquote(parts.username or ""),
            host=parts.hostname or "localhost",
            port=port,
            database=unquote(parts.path.lstrip("/")),
            driver=options.get("driver", ""),
            tls=_choice(Tls, "tls", options),
            ca=options.get("ca", ""),
            certificate_host=options.get("certificate-host", ""),
            login=_choice(Login, "auth", options),
            password_variable=options.get("password-env", PASSWORD_VARIABLE),
            read_only_intent=intent == "read-only",
            wanted=_choice(Wanted, "consistency", options),
        )

    def with_database(self, database: str) -> Server:
        """The same server, another database."""
        return replace(self, database=database)

    @property
    def password(self) -> str:
        """The password out of the environment, empty where the variable is not set."""
        return os.environ.get(self.password_variable, "")

    def __str__(self) -> str:
        options = {
            "driver": self.driver,
            "tls": "" if self.tls is Tls.VERIFY else str(self.tls),
            "ca": self.ca,
            "certificate-host": self.certificate_host,
            "auth": "" if self.login is Login.SQL else str(self.login),
            "password-env": "" if self.password_variable == PASSWORD_VARIABLE else self.password_variable,
            "intent": "read-only" if self.read_only_intent else "",
            "consistency": "" if self.wanted is Wanted.AUTO else str(self.wanted),
        }
        query = urlencode({key: value for key, value in options.items() if value}, safe="/")
        user = f"{quote(self.user, safe='')}@" if self.user else ""
        return f"{SCHEME}://{user}{self._host}:{self.port}/{quote(self.database, safe='')}" + (
            f"?{query}" if query else ""
        )

    @property
    def _host(self) -> str:
        """The host as a URL has it: an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def identity(self) -> str:
        """Equal for the same database: user and options do not count."""
        return f"{SCHEME}://{self._host.lower()}:{self.port}/{self.database}"

    @property
    def place(self) -> str:
        """Server and database for people: without user and options."""
        server = f"{self._host}:{self.port}"
        return f"{self.database} at {server}" if self.database else server


def _choice(kind: type[_Choice], option: str, options: dict[str, str]) -> _Choice:
    """The option's value, the kind's first one where it is not given. Raises ConfigError."""
    values = list(kind)
    try:
        return kind(options.get(option, values[0]))
    except ValueError:
        raise ConfigError(
            f"{option}={options[option]} means nothing", todo=f"{option} is one of {', '.join(values)}"
        ) from None
