"""Tables, columns, keys, constraints, indexes and descriptions as elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from zlib import crc32

from migrator.lab.generate.model_xml.dac import (
    Annotation,
    Element,
    Property,
    Reference,
    Relationship,
    bracketed,
    relationship,
)
from migrator.lab.generate.model_xml.types import schema_of, type_specifier
from migrator.model.datatype import SqlType
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Index, IndexKind, Key, KeyColumn, Table

_ACTIONS: Final = {Action.CASCADE: "1", Action.SET_NULL: "2", Action.SET_DEFAULT: "3"}
_NAMES_IN_TEXT: Final = re.compile(r"\[((?:[^\]]|\]\])+)\]")
_TYPES: Final = frozenset(map(str, SqlType))


class TableElements:
    """The elements of one table. ``number`` counts disambiguators through the whole model."""

    def __init__(self, table: Table, number: Callable[[], int]) -> None:
        self._table = table
        self._number = number
        self._constraints: list[Element] = []
        self._of_table: tuple[Annotation, ...] = ()
        self._of_columns: dict[str, tuple[Annotation, ...]] = {}

    def elements(self) -> list[Element]:
        """The table first, then everything that belongs to it."""
        table = self._table
        if table.primary_key is not None:
            self._key("SqlPrimaryKeyConstraint", "PK", table.primary_key, clustered=True)
        for key in table.uniques:
            self._key("SqlUniqueConstraint", "UQ", key, clustered=False)
        for column in table.columns:
            if column.default is not None:
                self._default(column, column.default)
        for check in table.checks:
            self._check(check)
        for foreign_key in table.foreign_keys:
            self._foreign_key(foreign_key)
        indexes = [self._index(index) for index in table.indexes]
        return [self._table_element(), *self._constraints, *indexes, *self._descriptions()]

    def _named(self, *parts: str) -> str:
        return bracketed(self._table.name, *parts)

    def _column_reference(self, name: str) -> Reference:
        return Reference(self._named(name))

    def _defining_table(self) -> tuple[Relationship, ...]:
        return relationship("DefiningTable", Reference(self._named()))

    def _inline(self, prefix: str, name: str | None, column: str, *, of_column: bool = False) -> tuple[Annotation, ...]:
        """The annotations that tie a constraint without a name to the table or the column that it was written in.

        They hold the name that SQL Server gives: kind, table, column and a hexadecimal number.
        """
        if name is not None:
            return ()
        number, table = self._number(), self._table.name
        attached = (Annotation("", disambiguator=number, attached=True),)
        if of_column:
            self._of_columns[column] = attached
        else:
            self._of_table += attached
        checksum = crc32(f"{prefix}.{table}.{column}".encode())
        made_up = bracketed(table.schema, f"{prefix}__{table.name[:9]}__{column[:5]}__{checksum:08X}")
        return (Annotation("SqlInlineConstraintAnnotation", made_up, number),)

    def _table_element(self) -> Element:
        columns = relationship("Columns", *map(self._column, self._table.columns))
        return Element(
            "SqlTable",
            self._named(),
            (Property("IsAnsiNullsOn", "True"),),
            columns + schema_of(self._table.name.schema),
            self._of_table,
        )

    def _column(self, column: Column) -> Element:
        name, annotations = self._named(column.name), self._of_columns.get(column.name, ())
        if column.computed is not None:
            script = Property("ExpressionScript", column.computed.expression, script=True)
            persisted = (Property("IsPersisted", "True"),) if column.computed.persisted else ()
            required = () if column.nullable else (Property("IsPersistedNullable", "False"),)
            related = self._dependencies("ExpressionDependencies", column.computed.expression)
            return Element("SqlComputedColumn", name, (script, *persisted, *required), related, annotations)
        if column.type is None:
            raise ValueError(f"{self._table.name}.{column.name} has no type")
        specifier = relationship("TypeSpecifier", type_specifier(column.type))
        return Element("SqlSimpleColumn", name, tuple(_column_properties(column)), specifier, annotations)

    def _key(self, type_: str, prefix: str, key: Key, *, clustered: bool) -> None:
        properties = () if key.clustered is clustered else (Property("IsClustered", str(key.clustered)),)
        annotations = self._inline(prefix, key.name, key.columns[0].name)
        related = self._specifications(key.columns) + self._defining_table()
        self._constraints.append(Element(type_, self._constraint_name(key.name), properties, related, annotations))

    def _default(self, column: Column, default: Default) -> None:
        annotations = self._inline("DF", default.name, column.name, of_column=True)
        script = (Property("DefaultExpressionScript", default.expression, script=True),)
        related = self._defining_table() + relationship("ForColumn", self._column_reference(column.name))
        name = self._constraint_name(default.name)
        self._constraints.append(Element("SqlDefaultConstraint", name, script, related, annotations))

    def _check(self, check: Check) -> None:
        annotations = self._inline("CK", check.name, "") + _untrusted(check)
        script = (Property("CheckExpressionScript", check.expression, script=True),)
        related = self._dependencies("CheckExpressionDependencies", check.expression) + self._defining_table()
        name = self._constraint_name(check.name)
        self._constraints.append(Element("SqlCheckConstraint", name, script, related, annotations))

    def _foreign_key(self, key: ForeignKey) -> None:
        actions = (("OnDeleteAction", key.on_delete), ("OnUpdateAction", key.on_update))
        properties = tuple(Property(name, _ACTIONS[action]) for name, action in actions if action in _ACTIONS)
        foreign = (Reference(bracketed(key.references, column)) for column in key.referenced_columns)
        related = (
            *relationship("Columns", *map(self._column_reference, key.columns)),
            *self._defining_table(),
            *relationship("ForeignColumns", *foreign),
            *relationship("ForeignTable", Reference(bracketed(key.references))),
        )
        annotations = self._inline("FK", key.name, key.columns[0]) + _untrusted(key)
        name = self._constraint_name(key.name)
        self._constraints.append(Element("SqlForeignKeyConstraint", name, properties, related, annotations))

    def _index(self, index: Index) -> Element:
        columnstore = index.kind is IndexKind.COLUMNSTORE
        properties = [Property(f"Is{word}", "True") for word in ("Unique", "Clustered") if getattr(index, word.lower())]
        related: tuple[Relationship, ...] = ()
        if index.filter is not None:
            properties.append(Property("FilterPredicate", index.filter, script=True))
            related = self._dependencies("BodyDependencies", index.filter)
        related += self._specifications(index.columns)
        related += relationship("IncludedColumns", *map(self._column_reference, index.included))
        related += relationship("IndexedObject", Reference(self._named()))
        type_ = "SqlColumnStoreIndex" if columnstore else "SqlIndex"
        return Element(type_, self._named(index.name), tuple(properties), related)

    def _descriptions(self) -> Iterator[Element]:
        if self._table.description is not None:
            yield _description("SqlTableBase", self._named(), self._table.description)
        for column in self._table.columns:
            if column.description is not None:
                yield _description("SqlColumn", self._named(column.name), column.description)

    def _constraint_name(self, name: str | None) -> str | None:
        return None if name is None else bracketed(self._table.name.schema, name)

    def _specifications(self, columns: tuple[KeyColumn, ...]) -> tuple[Relationship, ...]:
        return relationship(
            "ColumnSpecifications",
            *(
                Element(
                    "SqlIndexedColumnSpecification",
                    None,
                    (Property("IsAscending", "False"),) if column.descending else (),
                    relationship("Column", self._column_reference(column.name)),
                )
                for column in columns
            ),
        )

    def _dependencies(self, name: str, expression: str) -> tuple[Relationship, ...]:
        """The columns of the table, and the types, that an expression names in brackets."""
        own = {column.name for column in self._table.columns}
        found = dict.fromkeys(word.replace("]]", "]") for word in _NAMES_IN_TEXT.findall(expression))
        references = (
            self._column_reference(word) if word in own else Reference(bracketed(word), builtin=True)
            for word in found
            if word in own or word in _TYPES
        )
        return relationship(name, *references)


def _column_properties(column: Column) -> Iterator[Property]:
    if column.collation is not None:
        yield Property("Collation", column.collation)
    if not column.nullable:
        yield Property("IsNullable", "False")
    if column.identity is not None:
        yield Property("IsIdentity", "True")
        for name, number in (("IdentitySeed", column.identity.seed), ("IdentityIncrement", column.identity.increment)):
            if number != 1:
                yield Property(name, str(number))
    if column.rowguid:
        yield Property("IsRowGuidColumn", "True")
    if column.sparse:
        yield Property("IsSparse", "True")


def _untrusted(constraint: Check | ForeignKey) -> tuple[Annotation, ...]:
    return () if constraint.trusted else (Annotation("IsNotTrustedPropertyAnnotation"),)


def _description(host_kind: str, host: str, text: str) -> Element:
    quoted = "N'" + text.replace("'", "''") + "'"
    return Element(
        "SqlExtendedProperty",
        f"[{host_kind}].{host}.[MS_Description]",
        (Property("Value", quoted, script=True),),
        relationship("Host", Reference(host)),
    )
