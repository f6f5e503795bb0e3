"""How large tables are: rows, bytes, the longest large objects, and how the rows lie over a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from migrator.model.datatype import SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.sqlserver.catalog.query import REFUSALS, Field, Fields, Reading, name, number, query
from migrator.sqlserver.catalog.values import value_fields
from migrator.sqlserver.connect import literal, quoted
from migrator.sqlserver.segments import Size
from migrator.sqlserver.version import EngineEdition, Product, Rows

_PAGE: Final = 8192
_USUAL_LENGTH: Final = 100
"""Bytes of a value of a column that may hold more, where nobody knows better."""
_HISTOGRAMS: Final = 13
"""sys.dm_db_stats_histogram came with a service pack of SQL Server 2016: an older build refuses it."""
_AS_TEXT: Final = frozenset({SqlType.XML, SqlType.JSON})
"""Types that are stored in a form of their own and delivered as text, which is longer."""
_SHAPES: Final = frozenset({SqlType.GEOGRAPHY, SqlType.GEOMETRY, SqlType.HIERARCHYID})


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table without its nonclustered indexes. ``rows`` is about right; bytes are those of the pages in use.

    ``in_row`` has the rows themselves with what overflows them, ``lob`` the large objects beside them and all of a
    clustered columnstore, which is compressed. None where the server does not say.
    """

    rows: int | None
    in_row: int | None
    lob: int | None


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of all tables; ``notes`` say what is missing or less exact, and why."""

    tables: Mapping[ObjectName, TableSize]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a histogram: about ``rows`` rows lie above the step before and up to ``high``, which is among them.

    ``high`` is None for NULL; else its text is that of ``variant.variant_value``, which is what a bound is kept as.
    """

    high: str | None
    rows: float


class _SizeRow(NamedTuple):
    schema: str
    name: str
    memory_optimised: int | None
    rows: int | None
    in_row: int | None
    lob: int | None


class _WidthRow(NamedTuple):
    schema: str
    name: str
    bytes: int


class _MemoryRow(NamedTuple):
    schema: str
    name: str
    kilobytes: int


_TABLE: Final[Fields] = {
    "schema": name("s.name"),
    "name": name("o.name"),
    "memory_optimised": number("o.is_memory_optimized", since=12),
}
_TABLES: Final = "FROM sys.tables AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id"
_END: Final = "WHERE o.is_ms_shipped = 0"
_ROWS: Final = (
    "LEFT JOIN (SELECT p.object_id, SUM(p.rows) AS n FROM sys.partitions AS p WHERE p.index_id IN (0, 1) "
    "GROUP BY p.object_id) AS r ON r.object_id = o.object_id"
)

_BY_STATISTICS: Final[Fields] = {
    **_TABLE,
    "rows": number("r.n"),
    "in_row": number("r.in_row"),
    "lob": number("r.lob"),
}
_STATISTICS: Final = (
    f"{_TABLES} LEFT JOIN (SELECT p.object_id, SUM(p.row_count) AS n, SUM(p.lob_used_page_count) AS lob, "  # noqa: S608 - constants
    "SUM(p.in_row_used_page_count + p.row_overflow_used_page_count) AS in_row "
    "FROM sys.dm_db_partition_stats AS p WHERE p.index_id IN (0, 1) GROUP BY p.object_id) AS r "
    f"ON r.object_id = o.object_id {_END}"
)
_BY_UNITS: Final[Fields] = {
    **_TABLE,
    "rows": number("r.n"),
    "in_row": number("u.in_row"),
    "lob": number("u.lob"),
}
_UNITS: Final = (
    f"{_TABLES} {_ROWS} LEFT JOIN (SELECT p.object_id, "  # noqa: S608 - constants
    "SUM(CASE WHEN a.type IN (1, 3) THEN a.used_pages END) AS in_row, "
    "SUM(CASE WHEN a.type = 2 THEN a.used_pages ELSE 0 END) AS lob "
    "FROM sys.partitions AS p JOIN sys.allocation_units AS a "
    "ON a.container_id = CASE WHEN a.type = 2 THEN p.partition_id ELSE p.hobt_id END "
    f"WHERE p.index_id IN (0, 1) GROUP BY p.object_id) AS u ON u.object_id = o.object_id {_END}"
)
"""A partition has one unit of rows (1) and perhaps one of large objects (2) and of what overflows rows (3). Source:
Transact-SQL reference, sys.allocation_units."""
_BY_PARTITIONS: Final[Fields] = {
    **_TABLE,
    "rows": number("r.n"),
    "in_row": number("NULL"),
    "lob": number("NULL"),
}
_PARTITIONS: Final = f"{_TABLES} {_ROWS} {_END}"
_WAYS: Final = (
    (_BY_STATISTICS, _STATISTICS, ""),
    (_BY_UNITS, _UNITS, "Sizes are those of sys.allocation_units, which may lag behind"),
    (_BY_PARTITIONS, _PARTITIONS, "Sizes in bytes are not known, and rows are those of sys.partitions"),
)
"""From the most exact way down: what is asked, where, and what to say of a way that is not the first."""
_MEMORY: Final[Fields] = {
    "schema": name("s.name"),
    "name": name("o.name"),
    "kilobytes": number("m.memory_used_by_table_kb"),
}
_WIDTHS: Final[Fields] = {
    "schema": name("s.name"),
    "name": name("o.name"),
    "bytes": number(
        f"(SELECT SUM(CASE WHEN c.max_length BETWEEN 0 AND {_USUAL_LENGTH} THEN c.max_length "  # noqa: S608 - constants
        f"ELSE {_USUAL_LENGTH} END) FROM sys.columns AS c WHERE c.object_id = o.object_id)"
    ),
}
_WIDTHS_FROM: Final = f"{_TABLES} {_END}"
_MEMORY_FROM: Final = f"{_TABLES} JOIN sys.dm_db_xtp_table_memory_stats AS m ON m.object_id = o.object_id"


def read_sizes(rows: Rows, product: Product) -> Sizes:
    """Rows and bytes of every table, in the best way that the login may use. Raises SourceError where none is."""
    reading = Reading(rows, product)
    found = _best(reading)
    sizes = {
        ObjectName(row.schema, row.name): TableSize(row.rows, _bytes(row.in_row), _bytes(row.lob)) for row in found
    }
    in_memory = {ObjectName(row.schema, row.name) for row in found if row.memory_optimised}
    if in_memory:
        used = {
            ObjectName(item.schema, item.name): item.kilobytes * 1024
            for item in reading.read_if_allowed("Sizes of memory-optimised tables", _MemoryRow, _MEMORY, _MEMORY_FROM)
        }
        sizes |= {table: TableSize(_counted(reading, table), used.get(table), 0) for table in in_memory}
    if product.edition is EngineEdition.BABELFISH:  # its statistics have what the last ANALYZE found, or nothing
        sizes = {table: replace(size, rows=_counted(reading, table)) for table, size in sizes.items()}
    return Sizes(sizes, tuple(reading.notes))


def table_sizes(rows: Rows, product: Product) -> dict[ObjectName, Size]:
    """The same as what tables are cut by; where bytes are not known, they are guessed by the columns' declared lengths.

    Raises SourceError.
    """
    sizes = read_sizes(rows, product).tables
    widths: dict[ObjectName, int] = {}
    if any(size.in_row is None for size in sizes.values()):
        reading = Reading(rows, product)
        widths = {ObjectName(row.schema, row.name): row.bytes for row in reading.read(_WidthRow, _WIDTHS, _WIDTHS_FROM)}
    return {
        table: Size(
            size.rows or 0,
            (size.rows or 0) * widths.get(table, 0) if size.in_row is None else size.in_row + (size.lob or 0),
        )
        for table, size in sizes.items()
    }


def _counted(reading: Reading, table: ObjectName) -> int | None:
    """Rows one by one, for what no statistics count; None where the login may not read the table."""
    try:
        [(count,)] = reading.rows(f"SELECT CAST(COUNT_BIG(*) AS bigint) FROM {_full(table)}")  # noqa: S608 - quoted
    except REFUSALS as error:
        reading.refuse(f"The number of rows of {table}", error)
        return None
    return int(count)


def _best(reading: Reading) -> list[_SizeRow]:
    why = ""
    for fields, source, less in _WAYS:
        try:
            found = reading.read(_SizeRow, fields, source)
        except REFUSALS as error:
            if source is _PARTITIONS:
                raise
            why = error.why or error.what
        else:
            if less:
                reading.note(f"{less}: {why}")
            return found
    raise AssertionError  # the last way raises


def _bytes(pages: int | None) -> int | None:
    return None if pages is None else pages * _PAGE


def lob_maxima(rows: Rows, table: Table) -> dict[str, int]:
    """The longest value of every column that may be larger than a row, in bytes as they are delivered; 0 where all are
    NULL. Reads the whole table. Raises SourceError."""
    columns = [column for column in table.stored_columns if _is_large(column)]
    if not columns:
        return {}
    lengths = ", ".join(f"CAST(MAX(CAST(DATALENGTH({_delivered(column)}) AS bigint)) AS bigint)" for column in columns)
    answer = rows(f"SELECT {lengths} FROM {_full(table.name)}")[0]  # noqa: S608 - quoted
    return {column.name: int(longest or 0) for column, longest in zip(columns, answer, strict=True)}


def _is_large(column: Column) -> bool:
    return column.type is not None and (column.type.is_lob or column.type.base in _SHAPES)


def _delivered(column: Column) -> str:
    value = quoted(column.name)
    is_text = column.type is not None and column.type.base in _AS_TEXT
    return f"CAST({value} AS nvarchar(max))" if is_text else value


def _full(table: ObjectName) -> str:
    return f"{quoted(table.schema)}.{quoted(table.name)}"


class _StatisticsRow(NamedTuple):
    table: int
    id: int | None


class _StepRow(NamedTuple):
    base: str | None
    value: str | None
    rows: float


def histogram(rows: Rows, product: Product, table: ObjectName, column: str) -> tuple[Step, ...]:
    """How the rows of ``table`` lie over ``column``, in ascending order, from statistics that begin with it.

    Empty where the server has no such statistics, or does not show them. Raises SourceError.
    """
    if product.major < _HISTOGRAMS or product.edition is EngineEdition.BABELFISH:
        return ()
    reading = Reading(rows, product)
    fields: Fields = {"table": number("MAX(st.object_id)"), "id": number("MIN(st.stats_id)")}
    source = (
        "FROM sys.stats AS st "
        "JOIN sys.stats_columns AS sc ON sc.object_id = st.object_id AND sc.stats_id = st.stats_id "
        "JOIN sys.columns AS c ON c.object_id = sc.object_id AND c.column_id = sc.column_id "
        f"WHERE st.object_id = OBJECT_ID({literal(_full(table))}) "
        f"AND st.has_filter = 0 AND sc.stats_column_id = 1 AND c.name = {literal(column)}"
    )
    statistics = reading.read(_StatisticsRow, fields, source)[0]
    if statistics.id is None:
        return ()
    steps: Fields = {
        **value_fields("h.range_high_key", product),
        "rows": Field("CAST(h.range_rows + h.equal_rows AS float)"),
    }
    source = f"FROM sys.dm_db_stats_histogram({statistics.table}, {statistics.id}) AS h ORDER BY h.step_number"
    try:
        found = [_StepRow(*row) for row in rows(query(steps, source, product))]
    except REFUSALS:
        return ()
    return tuple(Step(row.value, row.rows) for row in found)
