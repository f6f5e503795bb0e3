"""Change tracking: which keys changed since a version, and the rows as they are now.

Sources: Microsoft Learn, "Work with change tracking (SQL Server)": the changes are read in one SNAPSHOT transaction
where the database allows that, after the version was asked for; without one, whether the old version is still valid is
asked after the changes were taken, and what changed in the meantime comes again the next time. "CHANGETABLE": a key
that changes is a delete and an insert; TRUNCATE TABLE tells nothing, and makes all earlier versions invalid.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa

from migrator.errors import ChangesLost, SourceError, SourceUnreachable
from migrator.model.changes import ChangeBatch
from migrator.model.schema import Table
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.connect import Link, connect, literal, quoted
from migrator.sqlserver.pictures import SNAPSHOT_STATE, first_read
from migrator.sqlserver.reading import read_rows
from migrator.sqlserver.retry import retrying
from migrator.sqlserver.select import Projection, projection
from migrator.sqlserver.url import Server
from migrator.wire.schema import arrow_schema

_KEYS: Final = "#migrator_key"
"""A temporary table of our own session: keys and rows are then of the same changes, whatever happens in between."""
_MOST_KEYS: Final = 1 << 14
_VARIANT_BYTES: Final = 8_016
"""The longest sql_variant, the only type of a key that the driver knows no length of."""

_ACTIVE: Final = "SELECT COUNT(*) AS c0 FROM sys.change_tracking_databases WHERE database_id = DB_ID()"
_CURRENT: Final = "SELECT CAST(CHANGE_TRACKING_CURRENT_VERSION() AS bigint) AS c0"


class ChangeTracking:
    """A ``model.changes.Changes`` over a server that tracks changes; close it, or use ``with``.

    Questions are asked over one connection, which is made anew where it was lost; changes are read over one of their
    own each time.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._link: Link | None = None
        self._steady: bool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection for questions."""
        if self._link is not None:
            self._link.close()
            self._link = None

    @property
    def steady(self) -> bool:
        """True where the database allows SNAPSHOT reads. Raises SourceError."""
        if self._steady is None:
            self._steady = self._ask(SNAPSHOT_STATE) == [(1,)]
        return self._steady

    @property
    def active(self) -> bool:
        """True where this database tracks changes, of whatever table. Raises SourceError."""
        return self._ask(_ACTIVE) == [(1,)]

    def version(self) -> int:
        """The version of the last transaction that was committed. Raises SourceError, also where nothing is tracked."""
        if not self.active:
            raise SourceError(
                f"{self.server.place} does not track changes",
                why="change tracking is off in this database",
                todo="before the copy: ALTER DATABASE … SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS, "
                "AUTO_CLEANUP = ON), then ALTER TABLE … ENABLE CHANGE_TRACKING for each table",
            )
        [(version,)] = self._ask(_CURRENT)
        return int(version)

    def tracked(self, table: Table) -> bool:
        """True where changes of this table are tracked. Raises SourceError."""
        return self._ask(tracked_query(table)) == [(1,)]

    def oldest(self, table: Table) -> int:
        """The oldest version that is still valid: newer after a cleanup, a TRUNCATE TABLE, or tracking switched off and
        on. Raises ChangesLost where the table is not tracked any more, SourceError."""
        [(version,)] = self._ask(oldest_query(table))
        return _valid(version, table)

    def changed(self, table: Table, since: int) -> int:
        """How many keys changed behind ``since``. Raises SourceError."""
        [(count,)] = self._ask(f"SELECT COUNT_BIG(*) AS c0 FROM {changetable(table, since)}")  # noqa: S608 - quoted
        return int(count)

    def changes(self, table: Table, since: int, *, batch_bytes: int = 8 << 20) -> Generator[ChangeBatch, None, None]:
        """Keys, then rows, in one SNAPSHOT transaction where there is one. Raises ChangesLost, SourceError."""
        names = _key(table)
        key_table = replace(table, columns=tuple(table.column(name) for name in names))
        doing = f"reading changes of {table.name}"
        with BulkLink(self.server, autocommit=not self.steady) as link:
            if self.steady:
                link.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", doing=doing)
                # Its moment is that of the first access to data: only what is cleaned up later is still seen in it.
                for _ in link.batches(first_read(table), rows=1, ahead=False, doing=doing):
                    pass
                self._still_valid(link, table, since)
            link.execute(keep_keys(table, since), doing=doing)
            if not self.steady:
                self._still_valid(link, table, since)
            no_keys, no_rows = _empty(key_table), _empty(table)
            keys = projection(key_table, "k")
            room = _VARIANT_BYTES if keys.unbounded else 0
            most = max(1, min(_MOST_KEYS, batch_bytes // keys.row_bytes(room)))
            for batch in link.batches(
                read_keys(keys), rows=most, text_units=room // 2, binary_bytes=room, ahead=False, doing=doing
            ):
                yield ChangeBatch(keys.batch(batch), no_rows)
            joined = f"JOIN {_KEYS} AS k ON {_same(names)}"
            for rows in read_rows(link, table, joined=joined, still=self.steady, batch_bytes=batch_bytes):
                yield ChangeBatch(no_keys, rows)

    def _still_valid(self, link: BulkLink, table: Table, since: int) -> None:
        doing = f"asking how far back changes of {table.name} are known"
        oldest = None
        for batch in link.batches(oldest_query(table), rows=1, ahead=False, doing=doing):
            [oldest] = batch.column(0).to_pylist()
        if _valid(oldest, table) > since:
            raise _lost(table)

    def _ask(self, sql: str) -> list[tuple[Any, ...]]:
        for attempt in retrying():
            with attempt:
                try:
                    if self._link is None:
                        self._link = connect(self.server)
                    return self._link.rows(sql)
                except SourceUnreachable:
                    self.close()
                    raise
        raise AssertionError  # tenacity raises the last error itself


def changetable(table: Table, since: int) -> str:
    """The changed keys behind ``since``, as ``ct``. The version is a constant: CHANGETABLE takes no expression."""
    return f"CHANGETABLE(CHANGES {_name(table)}, {since:d}) AS ct"


def oldest_query(table: Table) -> str:
    """Asks for the oldest version that is valid; NULL where the table is not tracked, or not for us."""
    return f"SELECT CAST(CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID({literal(_name(table))})) AS bigint) AS c0"


def tracked_query(table: Table) -> str:
    """Asks whether a table is tracked: 1 or 0."""
    return (
        "SELECT CASE WHEN EXISTS (SELECT 1 FROM sys.change_tracking_tables "  # noqa: S608 - quoted
        f"WHERE object_id = OBJECT_ID({literal(_name(table))})) THEN 1 ELSE 0 END AS c0"
    )


def keep_keys(table: Table, since: int) -> str:
    """Puts the changed keys into our temporary table."""
    columns = ", ".join(f"ct.{quoted(name)}" for name in _key(table))
    return f"SELECT {columns} INTO {_KEYS} FROM {changetable(table, since)}"  # noqa: S608 - quoted


def read_keys(keys: Projection) -> str:
    """Reads them again, in the order of the key."""
    order = ", ".join(f"k.{quoted(column.name)}" for column in keys.table.columns)
    return f"SELECT {keys.sql} FROM {_KEYS} AS k ORDER BY {order}"  # noqa: S608 - quoted


def _key(table: Table) -> tuple[str, ...]:
    if table.primary_key is None:
        raise ValueError(f"{table.name} has no key that changes could be told by")
    return tuple(column.name for column in table.primary_key.columns)


def _same(names: tuple[str, ...]) -> str:
    return " AND ".join(f"t.{quoted(name)} = k.{quoted(name)}" for name in names)


def _empty(table: Table) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=arrow_schema(table))


def _valid(version: Any, table: Table) -> int:
    if version is None:
        raise _lost(table)
    return int(version)


def _lost(table: Table) -> ChangesLost:
    return ChangesLost(
        f"the source no longer knows all that changed in {table.name}",
        why="older changes were cleaned up (CHANGE_RETENTION), or the table was truncated or is not tracked any more",
        todo="copy this table again; for longer copies set CHANGE_RETENTION to several days",
    )


def _name(table: Table) -> str:
    return f"{quoted(table.name.schema)}.{quoted(table.name.name)}"
