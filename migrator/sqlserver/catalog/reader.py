"""The whole catalog of one database: each area is read once, then all of them are joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Database, Default, ForeignKey, Index, ObjectKind, OtherObject, Table
from migrator.sqlserver.catalog.bindings import about, body
from migrator.sqlserver.catalog.checks import read_checks
from migrator.sqlserver.catalog.columns import Columns, read_columns
from migrator.sqlserver.catalog.descriptions import Descriptions, read_descriptions
from migrator.sqlserver.catalog.indexes import Indexes, index_remarks, read_indexes, table_indexes
from migrator.sqlserver.catalog.keys import primary_keys, uniques
from migrator.sqlserver.catalog.modules import Bindable, other_bindables, read_modules
from migrator.sqlserver.catalog.others import read_others
from migrator.sqlserver.catalog.partitions import partitionings, read_functions, read_schemes
from migrator.sqlserver.catalog.query import Fields, Reading, listed, name, number
from migrator.sqlserver.catalog.references import read_foreign_keys
from migrator.sqlserver.catalog.sequences import read_sequences
from migrator.sqlserver.catalog.synonyms import read_synonyms
from migrator.sqlserver.catalog.tables import TableRow, features, read_tables, row_count, temporal
from migrator.sqlserver.catalog.types import read_alias_types
from migrator.sqlserver.version import EngineEdition, Product, Rows

_SYSTEM_SCHEMAS: Final = frozenset(
    {"INFORMATION_SCHEMA", "db_accessadmin", "db_backupoperator", "db_datareader", "db_datawriter", "db_ddladmin"}
    | {"db_denydatareader", "db_denydatawriter", "db_owner", "db_securityadmin", "guest", "sys"}
)
"""What every database has beside dbo."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """A live database's schema. ``notes`` say what is missing from it, and why: permissions, encryption."""

    database: Database
    notes: tuple[str, ...]


class _DatabaseRow(NamedTuple):
    name: str
    collation: str | None
    allowed: int | None
    objects: int
    changed: str | None


class _SchemaRow(NamedTuple):
    name: str


_DATABASE: Final[Fields] = {
    "name": name("DB_NAME()"),
    "collation": name("DATABASEPROPERTYEX(DB_NAME(), 'Collation')"),
    "allowed": number("HAS_PERMS_BY_NAME(QUOTENAME(DB_NAME()), 'DATABASE', 'VIEW DEFINITION')"),
    "objects": number("COUNT(*)"),
    "changed": name("CONVERT(nvarchar(30), MAX(o.modify_date), 126)"),
}
_DATABASE_FROM: Final = "FROM sys.objects AS o WHERE o.is_ms_shipped = 0"
_SCHEMAS: Final[Fields] = {"name": name("s.name")}
_SCHEMAS_FROM: Final = "FROM sys.schemas AS s ORDER BY s.name"


def read_catalog(rows: Rows, product: Product) -> Catalog:
    """The schema of the database that ``rows`` asks, in one query an area. Raises SourceError."""
    reading = Reading(rows, product)
    before = reading.read(_DatabaseRow, _DATABASE, _DATABASE_FROM)[0]
    if not before.allowed and product.edition is not EngineEdition.BABELFISH:  # which knows no such permission
        reading.note(
            "The login has no VIEW DEFINITION permission on the database: what nothing else is granted on is missing."
        )
    database = _read(reading, before)
    if reading.read(_DatabaseRow, _DATABASE, _DATABASE_FROM)[0] != before:
        reading.note("The schema was changed while it was read: read it again.")
    return Catalog(database, tuple(reading.notes))


def _read(reading: Reading, found: _DatabaseRow) -> Database:
    rows = read_tables(reading)
    local = [row for row in rows if not row.external]
    tables = {row.id: row.object for row in local}
    columns = read_columns(reading, tables, found.collation or "")
    indexes = read_indexes(reading, columns)
    made_indexes = table_indexes(indexes, columns)
    modules = read_modules(reading)
    descriptions = read_descriptions(reading, tables, made_indexes)
    joiner = _Joiner(
        columns=columns,
        indexes=indexes,
        made_indexes=made_indexes,
        foreign_keys=read_foreign_keys(reading, tables, columns),
        checks=read_checks(reading, tables),
        descriptions=descriptions,
        bindables=modules.bindables,
        names=tables,
        product=reading.product,
    )
    joined, bare = joiner.tables(local)
    _note_empty(bare, reading)
    _note_unknown_bindings(columns, modules.bindables, tables, reading)
    bound = {*columns.rules.values(), *columns.defaults.values()}
    database = Database(
        name=found.name,
        collation=found.collation or "",
        schemas=(),
        tables=joined,
        modules=modules.modules,
        alias_types=read_alias_types(reading),
        others=(
            *read_others(reading),
            *other_bindables(modules.bindables, bound),
            *index_remarks(indexes, tables, columns),
            *(OtherObject(row.object, ObjectKind.TABLE, _graph_word(row)) for row in bare if _graph_word(row)),
            *descriptions.others,
            *modules.disabled,
        ),
        product=reading.product.text,
        sequences=read_sequences(reading),
        synonyms=read_synonyms(reading),
        partition_functions=read_functions(reading),
        partition_schemes=read_schemes(reading),
    )
    return replace(database, schemas=_schemas(reading, database))


@dataclass(frozen=True, slots=True)
class _Joiner:
    """The parts of tables by object_id, to be put together."""

    columns: Columns
    indexes: Indexes
    made_indexes: dict[tuple[int, int], Index]
    foreign_keys: dict[int, tuple[ForeignKey, ...]]
    checks: dict[int, list[Check]]
    descriptions: Descriptions
    bindables: dict[int, Bindable]
    names: dict[int, ObjectName]
    product: Product

    def tables(self, rows: Iterable[TableRow]) -> tuple[tuple[Table, ...], list[TableRow]]:
        """The tables, and the rows of those without a column of their own."""
        keys, unique = primary_keys(self.indexes, self.columns), uniques(self.indexes, self.columns)
        cuts = partitionings(self.indexes, self.columns)
        own: dict[int, list[Index]] = {}
        for place, index in self.made_indexes.items():
            described = replace(index, description=self.descriptions.indexes.get(place))
            own.setdefault(place[0], []).append(described)
        joined, bare = [], []
        for row in rows:
            columns = self._columns(row.id)
            if not columns:
                bare.append(row)
                continue
            joined.append(
                Table(
                    name=row.object,
                    columns=columns,
                    primary_key=keys.get(row.id),
                    uniques=tuple(unique.get(row.id, ())),
                    foreign_keys=self.foreign_keys.get(row.id, ()),
                    checks=(*self.checks.get(row.id, ()), *self._rules(row.id, columns)),
                    indexes=tuple(own.get(row.id, ())),
                    temporal=temporal(row, self.names, self.columns.names),
                    features=features(row, self.columns.features.get(row.id, ())),
                    description=self.descriptions.tables.get(row.id),
                    rows=row_count(row, self.product),
                    partitioning=cuts.get(row.id),
                )
            )
        return tuple(joined), bare

    def _columns(self, table: int) -> tuple[Column, ...]:
        described = {
            self.columns.names[table, column]: text for column, text in self.descriptions.columns.get(table, {}).items()
        }
        return tuple(
            replace(column, description=described.get(column.name), default=self._default(table, column))
            for column in self.columns.of.get(table, ())
        )

    def _default(self, table: int, column: Column) -> Default | None:
        bound = self.columns.defaults.get((table, column.name))
        if bound is None:
            return column.default
        return Default(None, body(self._definition(bound)))

    def _rules(self, table: int, columns: tuple[Column, ...]) -> Iterable[Check]:
        for column in columns:
            bound = self.columns.rules.get((table, column.name))
            if bound is not None:
                yield Check(None, about(body(self._definition(bound)), column.name))

    def _definition(self, id_: int) -> str:
        bindable = self.bindables.get(id_)
        return (bindable.definition if bindable else None) or ""


def _schemas(reading: Reading, database: Database) -> tuple[str, ...]:
    """dbo, then by name: those of the database's own and those that hold something."""
    known = {row.name for row in reading.read(_SchemaRow, _SCHEMAS, _SCHEMAS_FROM)} - _SYSTEM_SCHEMAS
    held = [
        *(table.name for table in database.tables),
        *(module.name for module in database.modules),
        *(alias.name for alias in database.alias_types),
        *(sequence.name for sequence in database.sequences),
        *(synonym.name for synonym in database.synonyms),
        *(other.name for other in database.others),
    ]
    known |= {name.schema for name in held if name.schema}
    return ("dbo", *sorted(known - {"dbo"}))


def _graph_word(row: TableRow) -> str:
    return "GRAPH EDGE" if row.edge else "GRAPH NODE" if row.node else ""


def _note_empty(bare: Iterable[TableRow], reading: Reading) -> None:
    hidden = [row.object for row in bare if not _graph_word(row)]
    if hidden:
        reading.note(f"These tables show no column to the login, and are left out: {listed(hidden)}")


def _note_unknown_bindings(
    columns: Columns, bindables: dict[int, Bindable], tables: dict[int, ObjectName], reading: Reading
) -> None:
    unknown = [
        f"{tables[table]}.{column}"
        for bound in (columns.rules, columns.defaults)
        for (table, column), id_ in bound.items()
        if table in tables and (id_ not in bindables or bindables[id_].definition is None)
    ]
    if unknown:
        reading.note(f"What rules and defaults bound to these columns say is hidden: {listed(unknown)}")
