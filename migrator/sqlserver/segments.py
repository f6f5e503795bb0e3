"""Cutting a live table into segments of even size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from migrator.errors import SourceRejected
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Table
from migrator.model.segment import Bounds, Segment
from migrator.sqlserver.bounds import as_text, is_whole, range_columns, ranges, text_of
from migrator.sqlserver.connect import literal, quoted

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Runs one query."""

SEGMENT_BYTES: Final = 16 << 20
"""What a segment has to be read: about a second of one connection, one transaction on the target, and as much as some
workers may have to wait for the others at the end."""
_LAST_PLAIN: Final = "\uffff"
"""A cut with a letter beyond is left out: its range comes to the one before it. The driver manager takes no such letter
in a query as it is (batches.py)."""
_DENSE: Final = 1.5
"""Numbers between the smallest and the largest key for each row: up to here their ranges can be computed."""


_EXACT_ROWS: Final = 5_000_000
_SAMPLES: Final = 200
"""Keys that are looked at for each piece of a larger table."""


@dataclass(frozen=True, slots=True)
class Size:
    """What the source says of a table; both are estimates where nobody else may have counted."""

    rows: int
    bytes: int


def segments(table: Table, database: Database, size: Size, rows: Rows) -> tuple[Segment, ...]:
    """The table's segments; their bounds are asked for with ``rows``. Raises SourceError.

    One of all rows where the table is small, or a heap that nothing cuts. Never empty: nobody knows without a look
    whether a table is.
    """
    pieces = max(1, -(-size.bytes // SEGMENT_BYTES))
    columns = range_columns(table)
    if not columns and _partition_function(table, database) is not None:
        return _by_partitions(table, size, rows)
    if pieces == 1 or not columns or size.rows < pieces:
        return (Segment(table.name, "1", size.bytes, size.rows, repeatable=False),)
    found = ranges(columns, _cuts(table, columns, size.rows, pieces, rows))
    return tuple(_numbered(table.name, found, size))


def _numbered(name: ObjectName, found: Sequence[Bounds], size: Size) -> list[Segment]:
    count = len(found)
    return [
        Segment(
            name,
            f"{number}",
            _share(size.bytes, number, count),
            _share(size.rows, number, count),
            None if count == 1 else bounds,
            repeatable=False,
        )
        for number, bounds in enumerate(found, 1)
    ]


def _share(total: int, number: int, count: int) -> int:
    """What the ``number``-th of ``count`` even pieces has of a total: together all of it."""
    return total * number // count - total * (number - 1) // count


def _cuts(table: Table, columns: Sequence[Column], count: int, pieces: int, rows: Rows) -> list[tuple[str, ...]]:
    """Where to cut: computed for integers without great gaps, else taken from the sorted keys themselves."""
    if len(columns) == 1 and is_whole(columns[0]) and not columns[0].nullable:
        name = quoted(columns[0].name)
        [(low, high)] = rows(f"SELECT MIN({name}), MAX({name}) FROM {_name(table)}")  # noqa: S608 - quoted
        if low is None:
            return []
        low, high = int(low), int(high)
        if high - low < count * _DENSE:
            cuts = (low + (high - low + 1) * piece // pieces for piece in range(1, pieces))
            return [(str(cut),) for cut in dict.fromkeys(cuts) if cut > low]
    return _sampled(table, columns, count, pieces, rows)


def _sampled(table: Table, columns: Sequence[Column], count: int, pieces: int, rows: Rows) -> list[tuple[str, ...]]:
    """Quantiles of the keys in the source's order: even ranges, however the keys lie.

    Of all keys in a table of moderate size; of those on a few pages in a larger one, where a look at all of them would
    be a pass over the table itself.
    """
    if count > _EXACT_ROWS:
        percent = min(100.0, 100.0 * pieces * _SAMPLES / count)
        with suppress(SourceRejected):  # not every server can sample, and none of them a table in memory
            found = _quantiles(table, columns, pieces, f" TABLESAMPLE SYSTEM ({percent:.6f} PERCENT)", rows)
            if len(found) >= pieces // 2:
                return found
    return _quantiles(table, columns, pieces, "", rows)


def _quantiles(table: Table, columns: Sequence[Column], pieces: int, sample: str, rows: Rows) -> list[tuple[str, ...]]:
    names = [f"t.{quoted(column.name)}" for column in columns]
    values = (as_text(column, name) for column, name in zip(columns, names, strict=True))
    texts = ", ".join(f"{value} AS k{index}" for index, value in enumerate(values))
    # NULL comes first, and belongs to the first range.
    given = " AND q.k0 IS NOT NULL" if columns[0].nullable else ""
    found = rows(
        f"SELECT {', '.join(f'q.k{index}' for index in range(len(columns)))} FROM "  # noqa: S608 - quoted
        f"(SELECT {texts}, ROW_NUMBER() OVER (ORDER BY {', '.join(names)}) AS n, COUNT(*) OVER () AS c "
        f"FROM {_name(table)} AS t{sample}) AS q "
        f"WHERE q.n > 1 AND (q.n - 1) % ((q.c + {pieces - 1}) / {pieces}) = 0{given} ORDER BY q.n"
    )
    # A value may stand many times where no key forbids it: its rows then are one range.
    cuts = dict.fromkeys(tuple(text_of(value) for value in row) for row in found)
    return [cut for cut in cuts if all(max(text, default="") <= _LAST_PLAIN for text in cut)]


def _partition_function(table: Table, database: Database) -> tuple[str, str] | None:
    """The name of the table's partition function and the column that it cuts by; None where it is not cut."""
    if table.partitioning is None:
        return None
    for scheme in database.partition_schemes:
        if scheme.name == table.partitioning.scheme:
            return scheme.function, table.partitioning.column
    return None


def _by_partitions(table: Table, size: Size, rows: Rows) -> tuple[Segment, ...]:
    """A segment for each of the source's partitions, also for one without rows: their numbers are estimates."""
    found = rows(
        "SELECT CAST(p.partition_number AS int), CAST(p.rows AS bigint) FROM sys.partitions AS p "  # noqa: S608
        f"WHERE p.object_id = OBJECT_ID({literal(_name(table))}) AND p.index_id IN (0, 1) ORDER BY p.partition_number"
    )
    total = sum(int(count) for _, count in found) or 1
    before = [size.bytes * sum(int(count) for _, count in found[:index]) // total for index in range(len(found) + 1)]
    return tuple(
        Segment(
            table.name,
            f"partition {number}",
            before[index + 1] - before[index],
            int(count),
            partition=int(number),
            repeatable=False,
        )
        for index, (number, count) in enumerate(found)
    ) or (Segment(table.name, "1", size.bytes, size.rows, repeatable=False),)


def partition_condition(table: Table, database: Database, number: int, alias: str) -> str:
    """The condition for the rows of one partition."""
    function = _partition_function(table, database)
    if function is None:
        raise ValueError(f"{table.name} has no partitions")
    return f"$PARTITION.{quoted(function[0])}({alias}.{quoted(function[1])}) = {number}"


def _name(table: Table) -> str:
    return f"{quoted(table.name.schema)}.{quoted(table.name.name)}"
