"""What a login needs on SQL Server for what it is to do, and the script that gives it that and no more.

Which permission a view or a function wants is said on its own page of Microsoft's Transact-SQL reference; since SQL
Server 2022 the narrower ... PERFORMANCE STATE does where VIEW SERVER STATE was needed before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.sqlserver.connect import literal, quoted
from migrator.sqlserver.url import Login, Server
from migrator.sqlserver.version import Product

_AZURE: Final = (".database.windows.net", ".database.chinacloudapi.cn", ".database.usgovcloudapi.net")
_ALWAYS: Final = 99
_SPLIT: Final = 16
"""SQL Server 2022: the release that has the narrower permissions."""
_PASSWORD: Final = "<password>"  # noqa: S105 - what stands where people write theirs


class Task(StrEnum):
    """What a login is to do.

    READ               schema and rows, in one picture: the barrier of SNAPSHOT isolation takes shared table locks,
                       which SELECT allows
    CHANGES            net changes by change tracking
    DOCTOR             what the checks look at: log, sessions, space
    DATABASE_SNAPSHOT  make a database snapshot, and drop it
    """

    READ = "read"
    CHANGES = "changes"
    DOCTOR = "doctor"
    DATABASE_SNAPSHOT = "database-snapshot"


class Scope(StrEnum):
    """What a permission is on."""

    SERVER = "server"
    DATABASE = "database"
    SCHEMA = "schema"


class Service(StrEnum):
    """The kinds of servers whose grants differ."""

    SERVER = "SQL Server"
    MANAGED_INSTANCE = "Azure SQL Managed Instance"
    AZURE_SQL_DATABASE = "Azure SQL Database"


_EVERYWHERE: Final = frozenset(Service)
_WITH_SERVER: Final = frozenset({Service.SERVER, Service.MANAGED_INSTANCE})


@dataclass(frozen=True, slots=True)
class Need:
    """One permission, what for, where it exists: ``since`` and ``until`` are releases (11 is 2012), both included."""

    permission: str
    scope: Scope
    tasks: frozenset[Task]
    why: str
    services: frozenset[Service] = _EVERYWHERE
    since: int = 0
    until: int = _ALWAYS

    def applies(self, service: Service, major: int) -> bool:
        """True where this service in this release wants it."""
        return service in self.services and self.since <= major <= self.until


_WHY_SIZE: Final = "rows and bytes of every table, so that even pieces are read, and how large large values can be"
_WHY_STATE: Final = "space of the log, open transactions, blocked sessions, waits"

NEEDS: Final = (
    Need("CONNECT", Scope.DATABASE, frozenset(Task), "come in at all"),
    Need("SELECT", Scope.DATABASE, frozenset({Task.READ, Task.CHANGES}), "rows of every table; shared locks on them"),
    Need(
        "VIEW DEFINITION",
        Scope.DATABASE,
        frozenset({Task.READ, Task.CHANGES, Task.DOCTOR}),
        "defaults, checks, computed columns, views and procedures as they are written",
    ),
    Need(
        "VIEW DATABASE STATE",
        Scope.DATABASE,
        frozenset({Task.READ, Task.DOCTOR}),
        _WHY_SIZE,
        _WITH_SERVER,
        until=_SPLIT - 1,
    ),
    Need(
        "VIEW DATABASE PERFORMANCE STATE",
        Scope.DATABASE,
        frozenset({Task.READ, Task.DOCTOR}),
        _WHY_SIZE,
        _WITH_SERVER,
        since=_SPLIT,
    ),
    Need(
        "VIEW DATABASE STATE",
        Scope.DATABASE,
        frozenset({Task.READ, Task.DOCTOR}),
        f"{_WHY_SIZE}, {_WHY_STATE}",
        frozenset({Service.AZURE_SQL_DATABASE}),
    ),
    Need(
        "VIEW CHANGE TRACKING",
        Scope.SCHEMA,
        frozenset({Task.CHANGES}),
        "which keys changed, deleted ones among them",
    ),
    Need(
        "VIEW SERVER STATE", Scope.SERVER, frozenset({Task.DOCTOR}), _WHY_STATE, services=_WITH_SERVER, until=_SPLIT - 1
    ),
    Need(
        "VIEW SERVER PERFORMANCE STATE",
        Scope.SERVER,
        frozenset({Task.DOCTOR}),
        _WHY_STATE,
        services=_WITH_SERVER,
        since=_SPLIT,
    ),
    Need(
        "CREATE ANY DATABASE",
        Scope.SERVER,
        frozenset({Task.DATABASE_SNAPSHOT}),
        "a database snapshot; who makes one owns it and may drop it",
        services=frozenset({Service.SERVER}),
    ),
)
"""Everything that the code of this room asks for, in the order of the script."""

USUAL: Final = (Task.READ, Task.CHANGES, Task.DOCTOR)


def needs(product: Product, tasks: Collection[Task]) -> tuple[Need, ...]:
    """What ``tasks`` need on this server."""
    return tuple(need for need in _needed(tasks) if need.applies(service_of(product), product.major))


def service_of(product: Product) -> Service:
    """The kind of server that a product is; whatever is like SQL Server counts as that."""
    if product.is_single_database:
        return Service.AZURE_SQL_DATABASE
    try:
        return Service(product.edition)
    except ValueError:
        return Service.SERVER


def service_at(host: str) -> Service:
    """The kind of server that an address speaks of, without asking it."""
    name = host.lower().rstrip(".")
    for suffix in _AZURE:
        if name.endswith(suffix):
            # An instance has the label of its DNS zone behind its own name, a database's server has none.
            labels = [label for label in name.removesuffix(suffix).split(".") if label != "privatelink"]
            return Service.MANAGED_INSTANCE if len(labels) > 1 else Service.AZURE_SQL_DATABASE
    return Service.SERVER


def script(server: Server, user: str, tasks: Collection[Task] = USUAL) -> str:
    """T-SQL that makes ``user`` and gives it what ``tasks`` need; for sqlcmd or any query window. Ends with a newline.

    The server is not asked: where releases differ, the script itself looks. ``server.login`` says how the user proves
    who it is. A password is left to whoever runs the script.
    """
    service = service_at(server.host)
    database = quoted(server.database) if server.database else "[<database>]"
    lines = [
        f"-- What {user} needs to {_listed(tasks)} {server.database or '<database>'}: no more than that.",
        f"-- For {service}; run it as an administrator.",
    ]
    if service is Service.AZURE_SQL_DATABASE:
        lines += ["-- Connect to the database itself: USE does not lead there.", *_contained(server.login, user)]
    else:
        lines += ["USE master;", "GO", *_login(server.login, user), "GO"]
        lines += _granted(Scope.SERVER, service, user, tasks)
        lines += [f"USE {database};", "GO", *_once("USER", user, f"FOR LOGIN {quoted(user)}"), "GO"]
    lines += _granted(Scope.DATABASE, service, user, tasks)
    lines += _granted(Scope.SCHEMA, service, user, tasks)
    if service is Service.AZURE_SQL_DATABASE and Task.DOCTOR in tasks:
        lines += [
            "-- Basic, S0, S1 and elastic pools only, in master, for a user with a login of the server:",
            f"-- ALTER SERVER ROLE [##MS_ServerStateReader##] ADD MEMBER {quoted(user)};",
        ]
    return "\n".join(lines) + "\n"


def _listed(tasks: Collection[Task]) -> str:
    words = {
        Task.READ: "read",
        Task.CHANGES: "follow the changes of",
        Task.DOCTOR: "check",
        Task.DATABASE_SNAPSHOT: "make a snapshot of",
    }
    return ", ".join(words[task] for task in Task if task in tasks)


def _needed(tasks: Collection[Task]) -> Iterable[Need]:
    return (need for need in NEEDS if need.tasks & set(tasks))


def _login(login: Login, user: str) -> list[str]:
    if login is Login.KERBEROS:
        how = "FROM WINDOWS"
    elif login in (Login.ENTRA, Login.IDENTITY):
        how = "FROM EXTERNAL PROVIDER"
    else:
        how = f"WITH PASSWORD = {literal(_PASSWORD)}"
    return _once("LOGIN", user, how)


def _contained(login: Login, user: str) -> list[str]:
    how = f"WITH PASSWORD = {literal(_PASSWORD)}" if login is Login.SQL else "FROM EXTERNAL PROVIDER"
    return [*_once("USER", user, how), "GO"]


def _once(kind: str, user: str, how: str) -> list[str]:
    there = f"SUSER_ID({literal(user)})" if kind == "LOGIN" else f"DATABASE_PRINCIPAL_ID({literal(user)})"
    lines = [f"IF {there} IS NULL CREATE {kind} {quoted(user)} {how};"]
    return ["-- Write a password of your own here.", *lines] if _PASSWORD in how else lines


def _granted(scope: Scope, service: Service, user: str, tasks: Collection[Task]) -> list[str]:
    found = [
        need
        for need in _needed(tasks)
        if need.scope is scope and service in need.services and (service is Service.SERVER or need.until == _ALWAYS)
    ]
    if not found:
        return []
    lines = []
    for need in found:
        lines.append(f"-- {need.why}{_releases(need) if service is Service.SERVER else ''}")
        lines += _per_schema(need, user) if scope is Scope.SCHEMA else _one(need, service, user)
    return [*lines, "GO"]


def _releases(need: Need) -> str:
    if need.since:
        return " (SQL Server 2022 and later)"
    return " (before SQL Server 2022)" if need.until != _ALWAYS else ""


def _one(need: Need, service: Service, user: str) -> list[str]:
    grant = f"GRANT {need.permission} TO {quoted(user)};"
    if service is not Service.SERVER or (not need.since and need.until == _ALWAYS):
        return [grant]
    # A release that does not know a permission refuses the whole batch: it sees the statement only if it is to run it.
    sign = ">=" if need.since else "<"
    return [f"IF {_MAJOR} {sign} {_SPLIT} EXEC ({literal(grant)});"]


_MAJOR: Final = "CAST(PARSENAME(CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), 4) AS int)"


def _per_schema(need: Need, user: str) -> list[str]:
    grant = f"GRANT {need.permission} ON SCHEMA::"
    return [
        "DECLARE @grants nvarchar(max) = N'';",
        f"SELECT @grants += {literal(grant)} + QUOTENAME(s.name) + {literal(f' TO {quoted(user)}; ')}",
        "FROM sys.schemas AS s WHERE EXISTS (SELECT 1 FROM sys.tables AS t WHERE t.schema_id = s.schema_id);",
        "EXEC (@grants);",
    ]
