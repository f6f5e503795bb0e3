"""The query of a segment. Rows with large values are read by themselves, in batches that fit their size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.bounds import range_columns, where
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.segments import partition_condition
from migrator.sqlserver.select import Projection, projection

_ALIAS: Final = "t"
_SIZES: Final = (8_000, 256 << 10, 8 << 20)
"""Up to so many bytes the largest value of a row may have in each class but the last: the buffers of a batch take as
much for every row of it, whatever is in them."""
_MOST_ROWS: Final = 65_535
_BUFFERS: Final = 4
"""Buffers are made for the longest values that columns may hold; most are much shorter."""
_LEAST_UNITS: Final = 4_000
_LEAST_BYTES: Final = 8_000
"""The limits of unbounded columns count for all others too: no shorter than the longest of those."""


@dataclass(frozen=True, slots=True)
class _Class:
    """Rows whose largest value has ``above`` < bytes <= ``most``; ``only`` where no row is in another class."""

    above: int
    most: int
    only: bool


def read_segment(
    link: BulkLink, table: Table, database: Database, segment: Segment, *, batch_bytes: int
) -> Iterator[pa.RecordBatch]:
    """The rows of a segment, typed as wire/schema.py says. Raises SourceError, LedgerError."""
    return read_rows(link, table, condition=_condition(table, database, segment), batch_bytes=batch_bytes)


def read_rows(
    link: BulkLink, table: Table, *, condition: str = "", joined: str = "", batch_bytes: int
) -> Iterator[pa.RecordBatch]:
    """The rows of a table, known as ``t``, for which ``condition`` holds, and which ``joined`` (a JOIN) keeps; typed as
    wire/schema.py says. Raises SourceError."""
    selected = projection(table, _ALIAS)
    order = ", ".join(f"{_ALIAS}.{quoted(column.name)}" for column in range_columns(table))
    doing = f"reading {table.name}"
    for found in _classes(link, selected, condition, joined, doing):
        given = condition
        if found is not None and not found.only:
            given = " AND ".join(filter(None, (condition, f"z.size > {found.above} AND z.size <= {found.most}")))
        most = found.most if found is not None else 0
        unbounded = len(selected.unbounded)
        # A text buffer has two bytes a unit, and whatever the value, Arrow and the encoder need it once more each.
        row_bytes = selected.row_bytes + unbounded * (most + 16)
        rows = max(1, min(_MOST_ROWS, _BUFFERS * batch_bytes // max(row_bytes, 1)))
        query = (
            f"SELECT {selected.sql} FROM {_from(selected, joined, apply=found is not None and not found.only)}"  # noqa: S608
            f"{f' WHERE {given}' if given else ''}{f' ORDER BY {order}' if order else ''}"
        )
        batches = link.batches(
            query,
            rows=rows,
            text_units=max(most // 2 + 1, _LEAST_UNITS) if unbounded else 0,
            binary_bytes=max(most, _LEAST_BYTES) if unbounded else 0,
            ahead=most <= _SIZES[1],
            doing=doing,
        )
        for batch in batches:
            yield selected.batch(batch)


def _condition(table: Table, database: Database, segment: Segment) -> str:
    parts = []
    if segment.bounds is not None:
        parts.append(where(table, segment.bounds, _ALIAS))
    if segment.partition is not None:
        parts.append(partition_condition(table, database, segment.partition, _ALIAS))
    return " AND ".join(filter(None, parts))


def _classes(link: BulkLink, selected: Projection, condition: str, joined: str, doing: str) -> Iterator[_Class | None]:
    """The classes of size that have rows; None alone where no column is unbounded."""
    if not selected.unbounded:
        yield None
        return
    limits = (-1, *_SIZES)
    cases = " ".join(f"WHEN z.size <= {most} THEN {index}" for index, most in enumerate(_SIZES))
    query = (
        f"SELECT q.class AS c0, MAX(q.size) AS c1 FROM (SELECT CASE {cases} ELSE {len(_SIZES)} END AS class, z.size "  # noqa: S608
        f"FROM {_from(selected, joined, apply=True)}{f' WHERE {condition}' if condition else ''}) AS q GROUP BY q.class"
    )
    found: dict[int, int] = {}
    for batch in link.batches(query, rows=len(limits), ahead=False, doing=doing):
        found |= dict(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
    for index, largest in sorted(found.items()):
        yield _Class(limits[index], largest, only=len(found) == 1)


def _from(selected: Projection, joined: str, *, apply: bool) -> str:
    """The table with what is joined to it; with the size of each row's largest unbounded value as ``z.size`` where that
    is wanted."""
    name = selected.table.name
    source = f"{quoted(name.schema)}.{quoted(name.name)} AS {_ALIAS}" + (f" {joined}" if joined else "")
    if not apply:
        return source
    sizes = ", ".join(f"(CAST({column.size} AS bigint))" for column in selected.unbounded)
    largest = f"SELECT ISNULL(MAX(v.size), 0) AS size FROM (VALUES {sizes}) AS v(size)"  # noqa: S608 - quoted
    return f"{source} CROSS APPLY ({largest}) AS z"
