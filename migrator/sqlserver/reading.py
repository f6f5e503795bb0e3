"""The query of a segment. Rows with large values are read by themselves, in batches that fit their size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pyarrow as pa

from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.bounds import in_order, where
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.segments import partition_condition
from migrator.sqlserver.select import Projection, projection

_ALIAS: Final = "t"
_SIZES: Final = (8_000, 256 << 10, 8 << 20)
"""Up to so many bytes the largest value of a row may have in each class but the last: the buffers of a batch take as
much for every row of it, whatever is in them."""
_MOST_ROWS: Final = 65_535
_BUFFERS: Final = 2
"""Buffers are made for the longest values that columns may hold; most are much shorter."""


@dataclass(frozen=True, slots=True)
class _Class:
    """Rows whose largest value is about as large: how many bytes the largest of all has."""

    condition: str
    largest: int


def read_segment(
    link: BulkLink, table: Table, database: Database, segment: Segment, *, still: bool, batch_bytes: int
) -> Iterator[pa.RecordBatch]:
    """The rows of a segment, typed as wire/schema.py says. Raises SourceError, LedgerError."""
    condition = _condition(table, database, segment)
    return read_rows(link, table, condition=condition, still=still, batch_bytes=batch_bytes)


def read_rows(
    link: BulkLink, table: Table, *, condition: str = "", joined: str = "", still: bool, batch_bytes: int
) -> Iterator[pa.RecordBatch]:
    """The rows of a table, known as ``t``, for which ``condition`` holds, and which ``joined`` (a JOIN) keeps; typed as
    wire/schema.py says. Raises SourceError.

    Where rows are not ``still``, all of them are read by one query: one that grew between two of them would be missed,
    or read twice.
    """
    selected = projection(table, _ALIAS)
    order = in_order(table, _ALIAS)
    doing = f"reading {table.name}"
    classes = list(_classes(link, selected, condition, joined, doing))
    if not still and classes:
        classes = [_Class("", max(found.largest for found in classes))]
    for found in classes:
        query = (
            f"SELECT {selected.sql} FROM {_from(selected, joined, apply=bool(found.condition))}"  # noqa: S608 - quoted
            f"{_where(condition, found.condition)}{f' ORDER BY {order}' if order else ''}"
        )
        text_units, binary_bytes = selected.limits(found.largest)
        batches = link.batches(
            query,
            rows=max(1, min(_MOST_ROWS, _BUFFERS * batch_bytes // selected.row_bytes(found.largest))),
            text_units=text_units,
            binary_bytes=binary_bytes,
            ahead=found.largest <= _SIZES[1],
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


def _classes(link: BulkLink, selected: Projection, condition: str, joined: str, doing: str) -> Iterator[_Class]:
    """The classes of size that have rows, together every row once; one of all rows where no column is unbounded."""
    if not selected.unbounded:
        yield _Class("", 0)
        return
    cases = " ".join(f"WHEN z.size <= {most} THEN {index}" for index, most in enumerate(_SIZES))
    query = (
        f"SELECT q.class AS c0, MAX(q.size) AS c1 FROM (SELECT CASE {cases} ELSE {len(_SIZES)} END AS class, z.size "  # noqa: S608
        f"FROM {_from(selected, joined, apply=True)}{_where(condition)}) AS q GROUP BY q.class"
    )
    largest: list[int] = []
    for batch in link.batches(query, rows=len(_SIZES) + 1, ahead=False, doing=doing):
        largest += batch.column(1).to_pylist()
    largest.sort()
    # Where nobody holds the rows still, one may have grown since: no gap between two classes, no end of the last one,
    # whose buffer then is too small, which is an error.
    for below, most in pairwise((None, *largest)):
        above = "" if below is None else f"z.size > {below}"
        yield _Class(" AND ".join(filter(None, (above, "" if most == largest[-1] else f"z.size <= {most}"))), most or 0)


def _where(*conditions: str) -> str:
    given = " AND ".join(filter(None, conditions))
    return f" WHERE {given}" if given else ""


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
