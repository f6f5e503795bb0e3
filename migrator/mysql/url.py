"""Where the target is: ``mysql://user@host:3306/database?option=value``."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from migrator.errors import ConfigError

PASSWORD_VARIABLE: Final = "MIGRATOR_TARGET_PASSWORD"  # noqa: S105 - the name of a variable, not a password


class Tls(StrEnum):
    """How the connection is protected. VERIFY (the default) checks the certificate and the host name."""

    VERIFY = "verify"
    ENCRYPT = "encrypt"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Target:
    """A MySQL server and a database on it. Holds no password: ``password_variable`` names the variable that does.

    ``binlog`` False keeps what we write out of the binary log: faster, and no replica ever hears of it.
    """

    user: str
    host: str = "localhost"
    port: int = 3306
    database: str = ""
    socket: str = ""
    tls: Tls = Tls.VERIFY
    ca: str = ""
    password_variable: str = PASSWORD_VARIABLE
    binlog: bool = True

    @classmethod
    def parse(cls, url: str) -> Target:
        """Read a URL. Raises ConfigError for another scheme, unknown options, or a password in the URL itself."""
        parts = urlsplit(url)
        if parts.scheme != "mysql":
            raise ConfigError(
                f"not a MySQL address: {parts.scheme or 'no scheme'}", todo="write mysql://user@host:3306/database"
            )
        if parts.password is not None:
            raise ConfigError(
                "the target's address holds a password",
                why="command lines, logs and process lists are read by others",
                todo=f"take it out and set {PASSWORD_VARIABLE} (or add ?password-env=NAME and set NAME)",
            )
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        known = {"socket", "tls", "ca", "password-env", "binlog"}
        if unknown := sorted(set(options) - known):
            raise ConfigError(
                f"unknown option in the target's address: {', '.join(unknown)}",
                todo=f"known are {', '.join(sorted(known))}",
            )
        if (binlog := options.get("binlog", "on")) not in ("on", "off"):
            raise ConfigError(f"binlog={binlog} means nothing", todo="write binlog=off or leave it out")
        try:
            tls = Tls(options.get("tls", Tls.VERIFY))
            port = parts.port or 3306
        except ValueError as error:
            raise ConfigError(
                "the target's address cannot be read",
                why=str(error),
                todo="tls is verify, encrypt or off; a port is a number",
            ) from None
        return cls(
            user=unquote(parts.username or ""),
            host=parts.hostname or "localhost",
            port=port,
            database=unquote(parts.path.lstrip("/")),
            socket=options.get("socket", ""),
            tls=tls,
            ca=options.get("ca", ""),
            password_variable=options.get("password-env", PASSWORD_VARIABLE),
            binlog=binlog == "on",
        )

    def with_database(self, database: str) -> Target:
        """The same server, another database."""
        return replace(self, database=database)

    @property
    def password(self) -> str:
        """The password out of the environment, empty where the variable is not set."""
        return os.environ.get(self.password_variable, "")

    def __str__(self) -> str:
        options = {
            "socket": self.socket,
            "tls": "" if self.tls is Tls.VERIFY else str(self.tls),
            "ca": self.ca,
            "password-env": "" if self.password_variable == PASSWORD_VARIABLE else self.password_variable,
            "binlog": "" if self.binlog else "off",
        }
        query = urlencode({key: value for key, value in options.items() if value}, safe="/")
        where = f"{self.host}:{self.port}"
        return f"mysql://{quote(self.user, safe='')}@{where}/{quote(self.database, safe='')}" + (
            f"?{query}" if query else ""
        )

    @property
    def identity(self) -> str:
        """Equal for the same database: user, options and the port beside a socket do not count."""
        return f"mysql://{self.socket or f'{self.host}:{self.port}'}/{self.database}"

    @property
    def place(self) -> str:
        """Server and database for people: without user and options."""
        server = f"socket {Path(self.socket).name}" if self.socket else f"{self.host}:{self.port}"
        return f"{self.database} at {server}" if self.database else server
