"""A source in memory: Arrow batches under a schema, each batch a segment, of a range of keys where that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

import pyarrow as pa

from migrator.model.consistency import Hold
from migrator.model.datatype import DataType
from migrator.model.mapping import Form, TableMapping
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Table
from migrator.model.segment import Bounds, Segment
from migrator.mysql.connect import execute, quoted, session
from migrator.mysql.load import Load
from migrator.mysql.url import Target
from migrator.packages.held import as_file
from migrator.wire.rows import encode


@dataclass(frozen=True)
class ArrowSource:
    """Tables as ``of`` builds them. ``batch_rows`` is how many rows ``read`` gives at a time.

    ``keys`` names the columns by which the segments of a table are ranges: their batches are sorted by them.
    """

    database: Database
    batches: Mapping[ObjectName, Sequence[pa.RecordBatch]]
    row_total: int | None = None
    identity: str = "arrow"
    has_rows: bool = True
    batch_rows: int = 1000
    notes: tuple[str, ...] = ()
    repaired: Mapping[str, int] = field(default_factory=dict)
    volatile: bool = False
    slipped: int = 0
    keys: Mapping[ObjectName, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Mapping[str, tuple[Mapping[str, DataType], Sequence[pa.RecordBatch]]]) -> ArrowSource:
        """``tables``: by name (of schema dbo) the columns' types and the segments' rows."""
        schema = []
        batches = {}
        for name, (columns, segments) in tables.items():
            table = ObjectName("dbo", name)
            schema.append(
                Table(table, tuple(Column(column, type_, nullable=True) for column, type_ in columns.items()))
            )
            batches[table] = tuple(segments)
        return cls(Database("arrow", "Latin1_General_CI_AS", ("dbo",), tuple(schema)), batches)

    def hold(self, workers: int, tables: Sequence[Table]) -> AbstractContextManager[Hold]:
        return as_file()

    def catalog(self) -> Database:
        return self.database

    def segments(self, table: Table) -> tuple[Segment, ...]:
        batches = self.batches[table.name]
        keys = self.keys.get(table.name, ())
        cuts = [None, *(_first(batch, keys) for batch in batches[1:]), None] if keys else []
        return tuple(
            Segment(
                table.name,
                str(index),
                batch.nbytes,
                batch.num_rows,
                Bounds(keys, cuts[index], cuts[index + 1]) if keys else None,
            )
            for index, batch in enumerate(batches)
            if batch.num_rows
        )

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        batch = self.batches[table.name][int(segment.id)]
        for start in range(0, batch.num_rows, self.batch_rows):
            yield batch.slice(start, self.batch_rows)

    def with_rows(self, name: str, segments: Sequence[pa.RecordBatch]) -> ArrowSource:
        """The same source with other rows in a table."""
        return replace(self, batches={**self.batches, ObjectName("dbo", name): tuple(segments)})


def _first(batch: pa.RecordBatch, keys: Sequence[str]) -> tuple[str, ...]:
    """The key of a batch's first row as the text of a bound."""
    return tuple(_bound(batch.column(name)[0].as_py()) for name in keys)


def _bound(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def create(target: Target, mapping: TableMapping) -> None:
    """Make the mapping's table, with its key where it has one."""
    lines = [
        f"{quoted(column.name)} {column.type}"
        + (f" SRID {column.srid}" if column.form is Form.GEOMETRY else "")
        + ("" if column.nullable else " NOT NULL")
        for column in mapping.columns
    ]
    if mapping.key:
        lines.append(f"PRIMARY KEY ({', '.join(map(quoted, mapping.key))})")
    with session(target) as connection:
        execute(
            connection,
            f"CREATE TABLE {quoted(mapping.target)} ({', '.join(lines)}) COLLATE utf8mb4_0900_as_cs",
            doing="making a table",
        )


def load(target: Target, source: ArrowSource, mapping: TableMapping) -> None:
    """Copy all rows of the mapping's table."""
    with session(target, loads=True) as connection, Load(connection, mapping) as loading:
        for batch in source.batches[mapping.source]:
            lines, _ = encode(batch, mapping)
            loading.write(lines, batch.num_rows)
