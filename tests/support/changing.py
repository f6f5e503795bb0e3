"""A source in memory whose rows change: it remembers, as change tracking does, when each key changed last."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa

from migrator.model.changes import ChangeBatch
from migrator.model.datatype import DataType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Key, KeyColumn, Table
from migrator.wire.schema import arrow_schema

Row = tuple[object, ...]


def table_of(name: str, columns: Mapping[str, DataType], key: Sequence[str]) -> Table:
    """A table of schema dbo with a primary key where ``key`` names columns."""
    return Table(
        ObjectName("dbo", name),
        tuple(Column(column, type_, nullable=column not in key) for column, type_ in columns.items()),
        Key(f"PK_{name}", tuple(map(KeyColumn, key)), clustered=True) if key else None,
    )


def batch_of(table: Table, rows: Sequence[Row]) -> pa.RecordBatch:
    """Rows as the wire has them."""
    schema = arrow_schema(table)
    return pa.RecordBatch.from_arrays(
        [pa.array([row[index] for row in rows], one.type) for index, one in enumerate(schema)],
        schema=pa.schema([one.with_nullable(True) for one in schema]),
    )


@dataclass
class Rows:
    """A table's rows by key, and the version of each key's last change. ``same`` maps a key to what it is equal to."""

    table: Table
    same: Callable[[Row], Row] = lambda key: key
    rows: dict[Row, Row] = field(default_factory=dict)
    changed: dict[Row, tuple[int, Row]] = field(default_factory=dict)
    oldest: int = 0

    @property
    def key_table(self) -> Table:
        assert self.table.primary_key is not None
        return replace(
            self.table, columns=tuple(self.table.column(part.name) for part in self.table.primary_key.columns)
        )

    def key(self, row: Row) -> Row:
        names = [column.name for column in self.table.columns]
        return tuple(row[names.index(column.name)] for column in self.key_table.columns)


@dataclass
class Changing:
    """``tables`` by name. Every call that writes is one transaction of the source. ``at`` is called with a word at each
    place where a source can break."""

    tables: dict[str, Rows]
    rows_a_batch: int = 3
    steady: bool = True
    now: int = 7
    at: Callable[[str], None] = lambda _: None

    def put(self, name: str, *rows: Row) -> None:
        """Insert rows, or update those that are there."""
        self.now += 1
        held = self.tables[name]
        for row in rows:
            key = held.key(row)
            held.rows[held.same(key)] = row
            held.changed[held.same(key)] = (self.now, key)

    def take(self, name: str, *keys: Row) -> None:
        """Delete rows."""
        self.now += 1
        held = self.tables[name]
        for key in keys:
            if held.rows.pop(held.same(key), None) is not None:
                held.changed[held.same(key)] = (self.now, key)

    def truncate(self, name: str) -> None:
        """Change tracking begins anew and says nothing of the rows that went."""
        self.now += 1
        held = self.tables[name]
        held.rows.clear()
        held.changed.clear()
        held.oldest = self.now

    def clean_up(self, name: str) -> None:
        """What was changed until now is forgotten."""
        self.tables[name].changed.clear()
        self.tables[name].oldest = self.now

    def version(self) -> int:
        self.at("version")
        return self.now

    def tracked(self, table: Table) -> bool:
        return table.name.name in self.tables

    def oldest(self, table: Table) -> int:
        return self.tables[table.name.name].oldest

    def changed(self, table: Table, since: int) -> int:
        self.at("changed")
        return sum(version > since for version, _ in self.tables[table.name.name].changed.values())

    def changes(self, table: Table, since: int, *, batch_bytes: int = 8 << 20) -> Generator[ChangeBatch, None, None]:
        held = self.tables[table.name.name]
        changed = [(same, key) for same, (version, key) in held.changed.items() if version > since]
        keys = [key for _, key in changed]
        rows = [held.rows[same] for same, _ in changed if same in held.rows]
        no_keys, no_rows = batch_of(held.key_table, []), batch_of(table, [])
        for start in range(0, len(keys), self.rows_a_batch):
            self.at("keys")
            yield ChangeBatch(batch_of(held.key_table, keys[start : start + self.rows_a_batch]), no_rows)
        for start in range(0, len(rows), self.rows_a_batch):
            self.at("rows")
            yield ChangeBatch(no_keys, batch_of(table, rows[start : start + self.rows_a_batch]))
