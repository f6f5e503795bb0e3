"""Partition functions and schemes, and what lies on them."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple

from migrator.model.schema import PartitionFunction, Partitioning, PartitionScheme
from migrator.sqlserver.catalog.columns import Columns
from migrator.sqlserver.catalog.indexes import Indexes
from migrator.sqlserver.catalog.query import Fields, Reading, name, number
from migrator.sqlserver.catalog.types import data_type, type_fields, type_joins
from migrator.sqlserver.catalog.values import constant, value_fields

_TABLE: Final = frozenset({0, 1})
"""index_id of a heap and of the clustered index: where they lie, the table lies."""


class _FunctionRow(NamedTuple):
    id: int
    name: str
    right: int
    type_schema: str | None
    type_name: str | None
    user_defined: int | None
    assembly: int | None
    base: str | None
    max_length: int
    precision: int
    scale: int
    dimensions: int | None


class _BoundaryRow(NamedTuple):
    function: int
    base: str | None
    value: str | None


class _SchemeRow(NamedTuple):
    name: str
    function: str


_FUNCTION_FIELDS: Final[Fields] = {
    "id": number("f.function_id"),
    "name": name("f.name"),
    "right": number("f.boundary_value_on_right"),
    **type_fields("p"),
}
_FUNCTIONS_FROM: Final = (
    "FROM sys.partition_functions AS f JOIN sys.partition_parameters AS p ON p.function_id = f.function_id "
    f"{type_joins('p')} ORDER BY f.name"
)
_BOUNDARIES_FROM: Final = "FROM sys.partition_range_values AS v ORDER BY v.function_id, v.boundary_id"
_SCHEME_FIELDS: Final[Fields] = {"name": name("s.name"), "function": name("f.name")}
_SCHEMES_FROM: Final = (
    "FROM sys.partition_schemes AS s JOIN sys.partition_functions AS f ON f.function_id = s.function_id ORDER BY s.name"
)


def read_functions(reading: Reading) -> tuple[PartitionFunction, ...]:
    """Every partition function, by name. Raises SourceError."""
    functions = reading.read_if_allowed("Partition functions", _FunctionRow, _FUNCTION_FIELDS, _FUNCTIONS_FROM)
    if not functions:
        return ()
    fields: Fields = {"function": number("v.function_id"), **value_fields("v.value", reading.product)}
    boundaries: defaultdict[int, list[str]] = defaultdict(list)
    for row in reading.read(_BoundaryRow, fields, _BOUNDARIES_FROM):
        boundaries[row.function].append(constant(row.base, row.value))
    return tuple(
        PartitionFunction(row.name, data_type(row).without_alias(), bool(row.right), tuple(boundaries[row.id]))
        for row in functions
    )


def read_schemes(reading: Reading) -> tuple[PartitionScheme, ...]:
    """Every partition scheme, by name. Raises SourceError."""
    rows = reading.read_if_allowed("Partition schemes", _SchemeRow, _SCHEME_FIELDS, _SCHEMES_FROM)
    return tuple(PartitionScheme(row.name, row.function) for row in rows)


def partitionings(indexes: Indexes, columns: Columns) -> dict[int, Partitioning]:
    """What every partitioned table is cut by, by its object_id."""
    made = {}
    for row in indexes.rows:
        if row.scheme is None or row.id not in _TABLE or row.view is not None:
            continue
        for column in indexes.of(row):
            if column.partition_ordinal == 1:
                made[row.owner] = Partitioning(row.scheme, columns.names[row.owner, column.column])
    return made
