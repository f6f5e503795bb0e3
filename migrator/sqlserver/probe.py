"""What a SQL Server says about itself and a database when it is asked before a migration.

Nothing is assumed: a question that the server refuses or does not know becomes a line of ``SourceFacts.unasked``, and
what it would have answered is None. Views, their columns and since when they are there: Microsoft's Transact-SQL
reference, the page of each view.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from migrator.errors import SourceError, SourceUnreachable
from migrator.model.checkup import Unasked, compare_clocks
from migrator.sqlserver.connect import literal
from migrator.sqlserver.facts import Automatic, Log, Options, Retention, SourceFacts, TableFacts, Transactions, Volume
from migrator.sqlserver.grants import Need, Scope, Task, needs
from migrator.sqlserver.version import EngineEdition, Product, Rows, read_product

Answer = TypeVar("Answer")
_Name = tuple[str, str]

_PAGE: Final = 8192
_LONG: Final = 60
"""Seconds from which an open transaction counts as long."""
_SQL_2014: Final = 12
_SQL_2016: Final = 13


def probe_source(rows: Rows) -> SourceFacts:
    """Ask every question once over an open link's ``rows``. Raises SourceError where it is no server of ours at all,
    SourceUnreachable where the connection is lost on the way."""
    product = read_product(rows)
    asked = _Asker(rows)
    box = product.edition is EngineEdition.SERVER
    whole = product.edition is not EngineEdition.BABELFISH and product.major >= _SQL_2014
    database, build, edition, user = asked("the server's edition", _SERVER, _server) or ("", (), "", "")
    held = asked("our permissions", _permissions(product), lambda found: _held(product, found)) or ()
    options = asked("the database's options", _OPTIONS, _options)
    tables = asked("the tables", _tables(memory=whole), _table_facts)
    if tables is not None:
        tables = _with_rights(tables, asked("our permissions on tables", _RIGHTS, _rights))
        tables = _with_tracking(tables, asked("which tables are tracked", _TRACKED, _names))
        tables = _with_lobs(tables, asked("the space of large values", _LOBS, _lob_sizes))
    return SourceFacts(
        product=product,
        database=database,
        build=build,
        edition=edition,
        user=user,
        options=options,
        bytes=asked("the database's size", _SIZE, _number),
        log=asked("the log's space", _LOG, _log),
        volumes=asked("the disks' space", _VOLUMES, _volumes) if box else None,
        retention=asked("change tracking", _RETENTION, _retention),
        tables=tables,
        collations=asked("the columns' collations", _COLLATIONS, _collations),
        encrypted_columns=asked("Always Encrypted columns", _ENCRYPTED, _number)
        if product.major >= _SQL_2016
        else None,
        assemblies=asked("CLR assemblies", _ASSEMBLIES, _number),
        automatic=asked(
            "sequences and row versions", _automatic(product), lambda found: Automatic(*map(int, found[0]))
        ),
        memory_filegroup=asked("the filegroups", _FILEGROUPS, lambda found: bool(_number(found))) if whole else None,
        held=held,
        transactions=asked("open transactions", _TRANSACTIONS, _transactions),
        blocked=asked("blocked sessions", _BLOCKED, _number) if asked.sees(product, held, "blocked sessions") else None,
        clock=asked("the clock", None, lambda _: compare_clocks(lambda: _moment(rows(_CLOCK)))),
        offset=asked("the time zone", _OFFSET, _offset),
        unasked=tuple(asked.unasked),
    )


class _Asker:
    """Asks, and writes down what it could not ask."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.unasked: list[Unasked] = []

    def __call__(
        self, question: str, sql: str | None, read: Callable[[list[tuple[Any, ...]]], Answer]
    ) -> Answer | None:
        try:
            return read(self._rows(sql) if sql is not None else [])
        except SourceUnreachable:
            raise
        except SourceError as error:
            self.unasked.append(Unasked(question, error.why or error.what))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            # A server that is only like SQL Server answers in a shape of its own.
            self.unasked.append(Unasked(question, f"the answer is not as expected ({type(error).__name__})"))
        return None

    def sees(self, product: Product, held: Sequence[tuple[Need, bool | None]], question: str) -> bool:
        """Whether we see other sessions than our own: without the permission the view shows ours and says nothing."""
        where = Scope.DATABASE if product.is_single_database else Scope.SERVER
        state = [(need, granted) for need, granted in held if need.scope is where and "STATE" in need.permission]
        if any(granted for _, granted in state):
            return True
        missing = ", ".join(need.permission for need, _ in state) or "a permission"
        self.unasked.append(Unasked(question, f"without {missing} only our own is shown"))
        return False


_SERVER: Final = (
    "SELECT DB_NAME(), CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128)), "
    "CAST(SERVERPROPERTY('Edition') AS nvarchar(128)), SUSER_SNAME()"
)


def _server(found: list[tuple[Any, ...]]) -> tuple[str, tuple[int, ...], str, str]:
    database, version, edition, user = found[0]
    numbers = tuple(int(part) for part in str(version or "").split(".") if part.isdecimal())
    return str(database or ""), numbers, str(edition or ""), str(user or "")


_OPTIONS: Final = (
    "SELECT compatibility_level, collation_name, CAST(is_read_only AS int), snapshot_isolation_state, "
    "CAST(is_read_committed_snapshot_on AS int), recovery_model_desc, log_reuse_wait_desc, "
    "CAST(is_cdc_enabled AS int), CAST(is_encrypted AS int), "
    "CAST(is_published AS int) + CAST(is_merge_published AS int), "
    "CAST(DATABASEPROPERTYEX(DB_NAME(), 'Updateability') AS nvarchar(60)), "
    "CASE WHEN source_database_id IS NULL THEN 0 ELSE 1 END "
    "FROM sys.databases WHERE name = DB_NAME()"
)
_ISOLATION_ON: Final = 1  # 0 off, 1 on, 2 and 3 on their way


def _options(found: list[tuple[Any, ...]]) -> Options:
    level, collation, read_only, state, rcsi, recovery, wait, cdc, encrypted, published, update, copy = found[0]
    return Options(
        compatibility=int(level),
        collation=str(collation or ""),
        read_only=bool(read_only),
        updatable=str(update or "READ_WRITE") != "READ_ONLY",
        snapshot_isolation=int(state or 0) == _ISOLATION_ON,
        read_committed_snapshot=bool(rcsi),
        recovery=str(recovery or ""),
        log_wait=str(wait or ""),
        cdc=bool(cdc),
        encrypted=bool(encrypted),
        published=bool(published),
        copy=bool(copy),
    )


_LOG: Final = "SELECT total_log_size_in_bytes, used_log_space_in_bytes FROM sys.dm_db_log_space_usage"


def _log(found: list[tuple[Any, ...]]) -> Log:
    size, used = found[0]
    return Log(int(size), int(used))


_SIZE: Final = (
    f"SELECT SUM(CAST(FILEPROPERTY(name, 'SpaceUsed') AS bigint)) * {_PAGE} FROM sys.database_files "  # noqa: S608
    "WHERE type = 0"
)
_VOLUMES: Final = (
    "SELECT DISTINCT v.volume_mount_point, v.total_bytes, v.available_bytes FROM sys.database_files AS f "
    "CROSS APPLY sys.dm_os_volume_stats(DB_ID(), f.file_id) AS v"
)


def _volumes(found: list[tuple[Any, ...]]) -> tuple[Volume, ...]:
    return tuple(sorted((Volume(str(name), int(size), int(free)) for name, size, free in found), key=lambda v: v.name))


_RETENTION: Final = (
    "SELECT retention_period, retention_period_units_desc, CAST(is_auto_cleanup_on AS int) "
    "FROM sys.change_tracking_databases WHERE database_id = DB_ID()"
)
_MINUTES: Final = {"MINUTES": 1, "HOURS": 60, "DAYS": 24 * 60}


def _retention(found: list[tuple[Any, ...]]) -> Retention | None:
    if not found:
        return None
    period, units, cleanup = found[0]
    return Retention(int(period) * _MINUTES[str(units).upper()], bool(cleanup))


def _tables(*, memory: bool) -> str:
    return (
        "SELECT s.name, t.name, "  # noqa: S608 - two constants
        "CASE WHEN EXISTS (SELECT 1 FROM sys.indexes AS i WHERE i.object_id = t.object_id AND i.is_primary_key = 1) "
        "THEN 1 ELSE 0 END, "
        "CASE WHEN EXISTS (SELECT 1 FROM sys.indexes AS i WHERE i.object_id = t.object_id AND i.is_unique = 1) "
        f"THEN 1 ELSE 0 END, {'CAST(t.is_memory_optimized AS int)' if memory else '0'} "
        "FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE t.is_ms_shipped = 0"
    )


def _table_facts(found: list[tuple[Any, ...]]) -> tuple[TableFacts, ...]:
    tables = (
        TableFacts(str(schema), str(name), bool(primary), bool(primary or unique), bool(memory))
        for schema, name, primary, unique, memory in found
    )
    return tuple(sorted(tables, key=str))


_RIGHTS: Final = (
    "SELECT s.name, t.name, "
    "HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), 'OBJECT', 'SELECT'), "
    "HAS_PERMS_BY_NAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), 'OBJECT', 'VIEW CHANGE TRACKING') "
    "FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE t.is_ms_shipped = 0"
)
_TRACKED: Final = (
    "SELECT s.name, t.name FROM sys.change_tracking_tables AS c JOIN sys.tables AS t ON t.object_id = c.object_id "
    "JOIN sys.schemas AS s ON s.schema_id = t.schema_id"
)
_LOBS: Final = (
    f"SELECT s.name, t.name, SUM(p.lob_used_page_count) * {_PAGE} FROM sys.dm_db_partition_stats AS p "  # noqa: S608
    "JOIN sys.tables AS t ON t.object_id = p.object_id JOIN sys.schemas AS s ON s.schema_id = t.schema_id "
    "WHERE p.index_id IN (0, 1) GROUP BY s.name, t.name"
)


def _rights(found: list[tuple[Any, ...]]) -> dict[_Name, tuple[bool | None, bool | None]]:
    return {(str(schema), str(name)): (_flag(select), _flag(changes)) for schema, name, select, changes in found}


def _lob_sizes(found: list[tuple[Any, ...]]) -> dict[_Name, int]:
    return {(str(schema), str(name)): int(size or 0) for schema, name, size in found}


def _names(found: list[tuple[Any, ...]]) -> set[_Name]:
    return {(str(schema), str(name)) for schema, name in found}


def _with_rights(
    tables: tuple[TableFacts, ...], rights: dict[_Name, tuple[bool | None, bool | None]] | None
) -> tuple[TableFacts, ...]:
    found = []
    for table in tables:
        select, changes = (rights or {}).get((table.schema, table.name), (None, None))
        found.append(replace(table, selectable=select, changes_visible=changes))
    return tuple(found)


def _with_tracking(tables: tuple[TableFacts, ...], tracked: set[_Name] | None) -> tuple[TableFacts, ...]:
    if tracked is None:
        return tables
    return tuple(replace(table, tracked=(table.schema, table.name) in tracked) for table in tables)


def _with_lobs(tables: tuple[TableFacts, ...], sizes: dict[_Name, int] | None) -> tuple[TableFacts, ...]:
    return tuple(replace(table, lob_bytes=(sizes or {}).get((table.schema, table.name))) for table in tables)


_COLLATIONS: Final = (
    "SELECT c.collation_name, COUNT(*) FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id "
    "WHERE t.is_ms_shipped = 0 AND c.collation_name IS NOT NULL GROUP BY c.collation_name"
)


def _collations(found: list[tuple[Any, ...]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((str(name), int(number)) for name, number in found))


_ENCRYPTED: Final = (
    "SELECT COUNT(*) FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id "
    "WHERE c.encryption_type IS NOT NULL"
)
_ASSEMBLIES: Final = "SELECT COUNT(*) FROM sys.assemblies WHERE CAST(is_user_defined AS int) = 1"
_ROWVERSION: Final = 189  # sys.types.system_type_id


def _automatic(product: Product) -> str:
    history = "(SELECT COUNT(*) FROM sys.tables AS t WHERE t.temporal_type = 2)" if product.major >= _SQL_2016 else "0"
    return (
        "SELECT (SELECT COUNT(*) FROM sys.sequences), "  # noqa: S608 - constants
        "(SELECT COUNT(*) FROM sys.columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id "
        f"WHERE c.system_type_id = {_ROWVERSION}), {history}"
    )


_FILEGROUPS: Final = "SELECT COUNT(*) FROM sys.filegroups WHERE type = 'FX'"
_TRANSACTIONS: Final = (
    "SELECT COUNT(*), COALESCE(MAX(DATEDIFF(second, a.transaction_begin_time, GETDATE())), 0) "  # noqa: S608
    "FROM sys.dm_tran_database_transactions AS d "
    "JOIN sys.dm_tran_active_transactions AS a ON a.transaction_id = d.transaction_id "
    "JOIN sys.dm_tran_session_transactions AS s ON s.transaction_id = d.transaction_id "
    f"WHERE d.database_id = DB_ID() AND DATEDIFF(second, a.transaction_begin_time, GETDATE()) >= {_LONG}"
)


def _transactions(found: list[tuple[Any, ...]]) -> Transactions:
    number, oldest = found[0]
    return Transactions(int(number), int(oldest))


_BLOCKED: Final = "SELECT COUNT(*) FROM sys.dm_exec_requests WHERE blocking_session_id <> 0 AND database_id = DB_ID()"
_CLOCK: Final = "SELECT SYSUTCDATETIME()"
_OFFSET: Final = "SELECT DATEDIFF(minute, SYSUTCDATETIME(), SYSDATETIME())"


def _moment(found: list[tuple[Any, ...]]) -> datetime:
    [(moment,)] = found
    if not isinstance(moment, datetime):
        raise TypeError
    return moment


def _offset(found: list[tuple[Any, ...]]) -> int:
    """Zones differ by quarters of an hour; the two clocks of the question may lie on both sides of a full minute."""
    return round(_number(found) / 15) * 15


def _number(found: list[tuple[Any, ...]]) -> int:
    [(number,)] = found
    return int(number)


def _permissions(product: Product) -> str:
    """One column for each thing that all tasks together need; the answer to what the server does not know is NULL."""
    asked = []
    for need in needs(product, tuple(Task)):
        if need.scope is Scope.SERVER:
            asked.append(f"HAS_PERMS_BY_NAME(NULL, NULL, {literal(need.permission)})")
        elif need.scope is Scope.DATABASE:
            asked.append(f"HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', {literal(need.permission)})")
    return f"SELECT {', '.join(asked)}"


def _held(product: Product, found: list[tuple[Any, ...]]) -> tuple[tuple[Need, bool | None], ...]:
    wanted = [need for need in needs(product, tuple(Task)) if need.scope is not Scope.SCHEMA]
    return tuple((need, _flag(value)) for need, value in zip(wanted, found[0], strict=True))


def _flag(value: Any) -> bool | None:
    return None if value is None else bool(int(value))
