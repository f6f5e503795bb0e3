"""Tables without their columns, keys and indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Temporal
from migrator.sqlserver.catalog.query import Fields, Reading, name, number
from migrator.sqlserver.version import EngineEdition, Product

HISTORY: Final = 1
"""sys.tables.ledger_type of the table that keeps what a ledger table lost."""
_VERSIONED: Final = 2
"""sys.tables.temporal_type of a table with SYSTEM_VERSIONING."""


class TableRow(NamedTuple):
    """A row of sys.tables with what other views say of the table; flags are 0 or 1."""

    id: int
    schema: str
    name: str
    memory_optimised: int | None
    node: int | None
    edge: int | None
    file_table: int
    ledger_type: int | None
    edge_constraints: int | None
    change_tracking: int
    change_data_capture: int
    external: int | None
    temporal_type: int | None
    history: int | None
    period_start: int | None
    period_end: int | None
    rows: int | None

    @property
    def object(self) -> ObjectName:
        """Schema and name."""
        return ObjectName(self.schema, self.name)


_FIELDS: Final[Fields] = {
    "id": number("o.object_id"),
    "schema": name("s.name"),
    "name": name("o.name"),
    "memory_optimised": number("o.is_memory_optimized", since=12),
    "node": number("o.is_node", since=14),
    "edge": number("o.is_edge", since=14),
    "file_table": number("o.is_filetable"),
    "ledger_type": number("o.ledger_type", since=16),
    "edge_constraints": number(
        "(SELECT COUNT(*) FROM sys.edge_constraints AS e WHERE e.parent_object_id = o.object_id)", since=15
    ),
    "change_tracking": number("(SELECT COUNT(*) FROM sys.change_tracking_tables AS c WHERE c.object_id = o.object_id)"),
    "change_data_capture": number("o.is_tracked_by_cdc"),
    "external": number("o.is_external", since=13),
    "temporal_type": number("o.temporal_type", since=13),
    "history": number("o.history_table_id", since=13),
    "period_start": number(
        "(SELECT p.start_column_id FROM sys.periods AS p WHERE p.object_id = o.object_id)", since=13
    ),
    "period_end": number("(SELECT p.end_column_id FROM sys.periods AS p WHERE p.object_id = o.object_id)", since=13),
    "rows": number(
        "(SELECT SUM(p.rows) FROM sys.partitions AS p WHERE p.object_id = o.object_id AND p.index_id IN (0, 1))"
    ),
}
"""Source of the releases: Transact-SQL reference, sys.tables, "Applies to"; sys.edge_constraints came with 2019."""
_FROM: Final = "FROM sys.tables AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.is_ms_shipped = 0"


def read_tables(reading: Reading) -> list[TableRow]:
    """Every user table, by schema and name. Raises SourceError."""
    return sorted(reading.read(TableRow, _FIELDS, _FROM), key=lambda row: (row.schema, row.name))


def features(row: TableRow, of_columns: Sequence[str]) -> tuple[str, ...]:
    """What MySQL has no word for, of the table and of its columns."""
    words = (
        ("memory-optimised", row.memory_optimised),
        ("graph node", row.node),
        ("graph edge", row.edge),
        ("file table", row.file_table),
        ("ledger history" if row.ledger_type == HISTORY else "ledger", row.ledger_type),
        ("edge constraint", row.edge_constraints),
        ("change tracking", row.change_tracking),
        ("change data capture", row.change_data_capture),
    )
    return (*of_columns, *(word for word, present in words if present))


def temporal(row: TableRow, tables: dict[int, ObjectName], columns: dict[tuple[int, int], str]) -> Temporal | None:
    """SYSTEM_VERSIONING; None for a table without it, and for a ledger, whose history has no period."""
    if row.temporal_type != _VERSIONED:
        return None
    start, end = ((row.id, column or 0) for column in (row.period_start, row.period_end))
    return Temporal(tables.get(row.history or 0), columns.get(start, ""), columns.get(end, ""))


def row_count(row: TableRow, product: Product) -> int | None:
    """About how many rows the table has; None where the server does not count them in partitions."""
    return None if row.memory_optimised or product.edition is EngineEdition.BABELFISH else row.rows
