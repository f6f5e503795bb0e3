"""Indexes of tables and views, and the columns that they are made of; keys are made from the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Index, IndexKind, KeyColumn, ObjectKind, OtherObject
from migrator.sqlserver.catalog.columns import Columns
from migrator.sqlserver.catalog.query import Fields, Reading, name, number, text

FULLTEXT: Final = "fulltext"
"""A table has at most one full-text index, and it has no name."""
DISABLED: Final = "IsDisabled"
"""A remark on what is switched off; what a package calls it, too."""
_IGNORES: Final = "DoIgnoreDuplicateKey"
"""A remark on a unique index that leaves out a second row of a key, with a warning and no error."""

_HEAP: Final = 0
_FULLTEXT_ID: Final = -1
"""No index_id: a full-text index has none."""
CLUSTERED: Final = frozenset({1, 5})
_KINDS: Final = {
    1: IndexKind.ROWSTORE,
    2: IndexKind.ROWSTORE,
    3: IndexKind.XML,
    4: IndexKind.SPATIAL,
    5: IndexKind.COLUMNSTORE,
    6: IndexKind.COLUMNSTORE,
    7: IndexKind.HASH,
}
"""sys.indexes.type; the JSON and vector indexes of 2025 are OTHER."""
_WITH_KEYS: Final = frozenset({IndexKind.ROWSTORE, IndexKind.HASH})
_OF_GRAPH: Final = "GRAPH_UNIQUE_INDEX_"
"""How the index begins that SQL Server makes by itself over the identifiers of a graph table."""


class IndexRow(NamedTuple):
    """A row of sys.indexes with the constraint that it serves and the partition scheme that it lies on."""

    owner: int
    id: int
    name: str | None
    type: int
    unique: int
    primary_key: int
    unique_constraint: int
    disabled: int
    ignores_duplicates: int
    filter: str | None
    constraint: str | None
    system_named: int | None
    scheme: str | None
    view_schema: str | None
    view: str | None

    @property
    def key(self) -> tuple[int, int]:
        """What other views know the index by."""
        return (self.owner, self.id)

    @property
    def clustered(self) -> bool:
        """True where the index is the table."""
        return self.type in CLUSTERED

    @property
    def is_constraint(self) -> bool:
        """True for the index of a PRIMARY KEY or UNIQUE constraint."""
        return bool(self.primary_key or self.unique_constraint)


class IndexColumnRow(NamedTuple):
    """A row of sys.index_columns; the ordinals are counted from 1, 0 is no such column."""

    owner: int
    index_id: int
    position: int
    column: int
    key_ordinal: int
    partition_ordinal: int
    descending: int
    included: int


class _FulltextRow(NamedTuple):
    table: int
    column: int
    enabled: int


_FIELDS: Final[Fields] = {
    "owner": number("i.object_id"),
    "id": number("i.index_id"),
    "name": name("i.name"),
    "type": number("i.type"),
    "unique": number("i.is_unique"),
    "primary_key": number("i.is_primary_key"),
    "unique_constraint": number("i.is_unique_constraint"),
    "disabled": number("i.is_disabled"),
    "ignores_duplicates": number("i.ignore_dup_key"),
    "filter": text("i.filter_definition"),
    "constraint": name("k.name"),
    "system_named": number("k.is_system_named"),
    "scheme": name("ps.name"),
    "view_schema": name("vs.name"),
    "view": name("v.name"),
}
_FROM: Final = (
    "FROM sys.indexes AS i JOIN sys.objects AS o ON o.object_id = i.object_id "
    "LEFT JOIN sys.key_constraints AS k ON k.parent_object_id = i.object_id AND k.unique_index_id = i.index_id "
    "LEFT JOIN sys.partition_schemes AS ps ON ps.data_space_id = i.data_space_id "
    "LEFT JOIN sys.views AS v ON v.object_id = i.object_id LEFT JOIN sys.schemas AS vs ON vs.schema_id = v.schema_id "
    "WHERE o.is_ms_shipped = 0 AND o.type IN ('U', 'V') AND i.is_hypothetical = 0 ORDER BY i.object_id, i.index_id"
)
_COLUMN_FIELDS: Final[Fields] = {
    "owner": number("ic.object_id"),
    "index_id": number("ic.index_id"),
    "position": number("ic.index_column_id"),
    "column": number("ic.column_id"),
    "key_ordinal": number("ic.key_ordinal"),
    "partition_ordinal": number("ic.partition_ordinal"),
    "descending": number("ic.is_descending_key"),
    "included": number("ic.is_included_column"),
}
_COLUMNS_FROM: Final = (
    "FROM sys.index_columns AS ic JOIN sys.tables AS o ON o.object_id = ic.object_id "
    "WHERE o.is_ms_shipped = 0 ORDER BY ic.object_id, ic.index_id, ic.index_column_id"
)
_FULLTEXT_FIELDS: Final[Fields] = {
    "table": number("f.object_id"),
    "column": number("fc.column_id"),
    "enabled": number("f.is_enabled"),
}
_FULLTEXT_FROM: Final = (
    "FROM sys.fulltext_indexes AS f JOIN sys.fulltext_index_columns AS fc ON fc.object_id = f.object_id "
    "JOIN sys.tables AS o ON o.object_id = f.object_id ORDER BY f.object_id, fc.column_id"
)


@dataclass(frozen=True, slots=True)
class Indexes:
    """Every index, heap included, and its columns in their order; full-text indexes apart."""

    rows: tuple[IndexRow, ...]
    columns: dict[tuple[int, int], tuple[IndexColumnRow, ...]]
    fulltext: dict[int, Index]

    def of(self, row: IndexRow) -> tuple[IndexColumnRow, ...]:
        """The columns of an index."""
        return self.columns.get(row.key, ())


def read_indexes(reading: Reading, columns: Columns) -> Indexes:
    """All of them, in three queries. Raises SourceError."""
    gathered: defaultdict[tuple[int, int], list[IndexColumnRow]] = defaultdict(list)
    rows = reading.read(IndexRow, _FIELDS, _FROM)
    for row in reading.read(IndexColumnRow, _COLUMN_FIELDS, _COLUMNS_FROM):
        gathered[row.owner, row.index_id].append(row)
    words: defaultdict[int, list[_FulltextRow]] = defaultdict(list)
    for found in reading.read_if_allowed("Full-text indexes", _FulltextRow, _FULLTEXT_FIELDS, _FULLTEXT_FROM):
        words[found.table].append(found)
    return Indexes(
        rows=tuple(rows),
        columns={key: tuple(items) for key, items in gathered.items()},
        fulltext={table: _fulltext(items, columns) for table, items in words.items()},
    )


def table_indexes(indexes: Indexes, columns: Columns) -> dict[tuple[int, int], Index]:
    """The indexes of tables that are no constraints, by object_id and index_id, the full-text ones last."""
    made = {
        row.key: _index(row, indexes.of(row), columns)
        for row in indexes.rows
        if row.type != _HEAP and not row.is_constraint and row.view is None and not over_graph(row, indexes, columns)
    }
    return made | {(table, _FULLTEXT_ID): index for table, index in indexes.fulltext.items()}


def over_graph(row: IndexRow, indexes: Indexes, columns: Columns) -> bool:
    """True for an index that holds a column which a graph table keeps for itself."""
    return any((row.owner, column.column) in columns.internal for column in indexes.of(row))


def key_columns(rows: Iterable[IndexColumnRow], columns: Columns) -> tuple[KeyColumn, ...]:
    """The columns of a key in key order."""
    keys = sorted((row for row in rows if row.key_ordinal), key=lambda row: row.key_ordinal)
    return tuple(KeyColumn(columns.names[row.owner, row.column], bool(row.descending)) for row in keys)


def index_remarks(indexes: Indexes, tables: dict[int, ObjectName], columns: Columns) -> list[OtherObject]:
    """What the model has no place for: indexes of views and graphs, disabled keys, IGNORE_DUP_KEY."""
    made = []
    for row in indexes.rows:
        if row.type == _HEAP:
            continue
        if row.view is not None:
            label = ObjectName(row.view_schema or "", f"{row.view}.{row.name}")
            made.append(OtherObject(label, ObjectKind.INDEX, "INDEX ON VIEW"))
            continue
        table = tables.get(row.owner)
        if table is None:
            continue
        kind = ObjectKind.PRIMARY_KEY if row.primary_key else ObjectKind.INDEX
        kind = ObjectKind.UNIQUE if row.unique_constraint and not row.primary_key else kind
        part = ObjectName(table.schema, f"{table.name}.{row.name}")
        if over_graph(row, indexes, columns):
            if not (row.name or "").startswith(_OF_GRAPH):
                made.append(OtherObject(part, kind, "INDEX ON GRAPH"))
            continue
        if row.disabled and row.is_constraint:
            made.append(OtherObject(part, kind, DISABLED))
        if row.ignores_duplicates:
            made.append(OtherObject(part, kind, _IGNORES))
    return made


def _index(row: IndexRow, parts: Sequence[IndexColumnRow], columns: Columns) -> Index:
    kind = _KINDS.get(row.type, IndexKind.OTHER)
    included: tuple[str, ...] = ()
    if kind in _WITH_KEYS:
        keys = key_columns(parts, columns)
        included = tuple(columns.names[part.owner, part.column] for part in parts if part.included)
    elif kind is IndexKind.COLUMNSTORE and row.clustered:
        keys = ()  # all columns of the table: nobody says which
    else:
        keys = tuple(KeyColumn(columns.names[part.owner, part.column]) for part in parts)
    return Index(
        name=row.name or "",
        columns=keys,
        included=included,
        unique=bool(row.unique),
        clustered=row.clustered,
        filter=row.filter,
        kind=kind,
        disabled=bool(row.disabled),
    )


def _fulltext(rows: Sequence[_FulltextRow], columns: Columns) -> Index:
    return Index(
        name=FULLTEXT,
        columns=tuple(KeyColumn(columns.names[row.table, row.column]) for row in rows),
        kind=IndexKind.FULLTEXT,
        disabled=not rows[0].enabled,
    )
