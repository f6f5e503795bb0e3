"""Columns with their types, defaults, identities and computed expressions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Column, Computed, Default, Identity
from migrator.sqlserver.catalog.query import Fields, Reading, listed, name, number, text, variant
from migrator.sqlserver.catalog.types import data_type, type_fields, type_joins

_HIDDEN: Final = "no VIEW DEFINITION permission"


class ColumnRow(NamedTuple):
    """A row of sys.columns with what other views say of the column; flags are 0 or 1."""

    table: int
    id: int
    name: str
    type_schema: str | None
    type_name: str | None
    user_defined: int | None
    assembly: int | None
    base: str | None
    max_length: int
    precision: int
    scale: int
    dimensions: int | None
    nullable: int
    collation: str | None
    rowguid: int
    sparse: int
    filestream: int
    column_set: int
    is_computed: int
    computed: str | None
    persisted: int | None
    is_identity: int
    seed: str | None
    increment: str | None
    default_id: int
    default_name: str | None
    default_system_named: int | None
    default: str | None
    default_constraint: int | None
    rule_id: int
    generated: str | None
    masked: str | None
    encryption: int | None
    graph: int | None
    dropped: int | None


_FIELDS: Final[Fields] = {
    "table": number("c.object_id"),
    "id": number("c.column_id"),
    "name": name("c.name"),
    **type_fields("c", dimensions=True),
    "nullable": number("c.is_nullable"),
    "collation": name("c.collation_name"),
    "rowguid": number("c.is_rowguidcol"),
    "sparse": number("c.is_sparse"),
    "filestream": number("c.is_filestream"),
    "column_set": number("c.is_column_set"),
    "is_computed": number("c.is_computed"),
    "computed": text("cc.definition"),
    "persisted": number("cc.is_persisted"),
    "is_identity": number("c.is_identity"),
    "seed": variant("i.seed_value"),
    "increment": variant("i.increment_value"),
    "default_id": number("c.default_object_id"),
    "default_name": name("d.name"),
    "default_system_named": number("d.is_system_named"),
    "default": text("d.definition"),
    "default_constraint": number("d.object_id"),
    "rule_id": number("c.rule_object_id"),
    "generated": name("c.generated_always_type_desc", since=13),
    "masked": text(
        "(SELECT m.masking_function FROM sys.masked_columns AS m "
        "WHERE m.object_id = c.object_id AND m.column_id = c.column_id)",
        since=13,
    ),
    "encryption": number("c.encryption_type", since=13),
    "graph": number("c.graph_type", since=14),
    "dropped": number("c.is_dropped_ledger_column", since=16),
}
"""Source of the releases: Transact-SQL reference, sys.columns, "Applies to"."""
_FROM: Final = (
    "FROM sys.columns AS c JOIN sys.tables AS o ON o.object_id = c.object_id "
    f"{type_joins('c')} "
    "LEFT JOIN sys.computed_columns AS cc ON cc.object_id = c.object_id AND cc.column_id = c.column_id "
    "LEFT JOIN sys.identity_columns AS i ON i.object_id = c.object_id AND i.column_id = c.column_id "
    "LEFT JOIN sys.default_constraints AS d ON d.parent_object_id = c.object_id AND d.parent_column_id = c.column_id "
    "WHERE o.is_ms_shipped = 0 ORDER BY c.object_id, c.column_id"
)


@dataclass(slots=True)
class Columns:
    """The columns of every table by its object_id, and what refers to columns by number needs.

    ``names`` has every column by table and column_id; ``internal`` those that a graph table keeps for itself;
    ``rules`` and ``defaults`` the object_ids of what sp_bindrule and sp_bindefault bound.
    """

    of: defaultdict[int, list[Column]] = field(default_factory=lambda: defaultdict(list))
    names: dict[tuple[int, int], str] = field(default_factory=dict)
    internal: set[tuple[int, int]] = field(default_factory=set)
    features: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[tuple[int, str], int] = field(default_factory=dict)
    defaults: dict[tuple[int, str], int] = field(default_factory=dict)


def read_columns(reading: Reading, tables: dict[int, ObjectName], collation: str) -> Columns:
    """The columns of every table; ``collation`` is the database's own. Raises SourceError."""
    columns = Columns()
    hidden, untyped, dropped = [], [], []
    for row in reading.read(ColumnRow, _FIELDS, _FROM):
        place = (row.table, row.id)
        columns.names[place] = row.name
        if row.graph:
            columns.internal.add(place)
            continue
        label = f"{tables.get(row.table)}.{row.name}"
        if _definition_is_hidden(row):
            hidden.append(label)
        if row.type_name is None:
            untyped.append(label)
        if row.dropped:
            dropped.append(label)
        columns.of[row.table].append(_column(row, collation))
        words = columns.features[row.table]
        words += [word for word in _features(row) if word not in words]
        if row.rule_id:
            columns.rules[row.table, row.name] = row.rule_id
        if row.default_id and row.default_constraint is None and not row.is_computed:
            columns.defaults[row.table, row.name] = row.default_id
    if hidden:
        reading.note(f"The expressions of these defaults and computed columns are hidden ({_HIDDEN}): {listed(hidden)}")
    if untyped:
        reading.note(f"The types of these columns are hidden ({_HIDDEN} on the type): {listed(untyped)}")
    if dropped:
        reading.note(f"These columns were dropped from ledger tables, which keep them: {listed(dropped)}")
    return columns


def _column(row: ColumnRow, collation: str) -> Column:
    computed = Computed(row.computed or "", bool(row.persisted)) if row.is_computed else None
    # Whether a value that is worked out may be NULL is said by nobody unless it is PERSISTED NOT NULL.
    nullable = bool(row.nullable) or (computed is not None and not computed.persisted)
    return Column(
        name=row.name,
        type=data_type(row),
        nullable=nullable,
        collation=None if row.collation == collation else row.collation,
        identity=_identity(row),
        default=_default(row),
        computed=computed,
        rowguid=bool(row.rowguid),
        sparse=bool(row.sparse),
        masked=row.masked,
        encrypted=bool(row.encryption),
        generated_always=_generated(row.generated),
    )


def _identity(row: ColumnRow) -> Identity | None:
    if not row.is_identity:
        return None
    return Identity(int(row.seed or 1), int(row.increment or 1))


def _default(row: ColumnRow) -> Default | None:
    if row.default_constraint is None:
        return None
    return Default(None if row.default_system_named else row.default_name, row.default or "")


def _generated(word: str | None) -> str | None:
    """``AS_ROW_START`` as ``ROW START``, ``AS_TRANSACTION_ID_END`` as ``TRANSACTION_ID END``."""
    if word is None or word == "NOT_APPLICABLE":
        return None
    what, _, side = word.removeprefix("AS_").rpartition("_")
    return f"{what} {side}"


def _features(row: ColumnRow) -> tuple[str, ...]:
    return tuple(word for word, on in (("filestream", row.filestream), ("column set", row.column_set)) if on)


def _definition_is_hidden(row: ColumnRow) -> bool:
    return (row.is_computed == 1 and row.computed is None) or (
        row.default_constraint is not None and row.default is None
    )
