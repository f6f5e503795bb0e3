"""The whole of model.xml as a Database: every element becomes part of it or is listed by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    AliasType,
    Check,
    Column,
    Database,
    Default,
    ForeignKey,
    Index,
    Key,
    Module,
    ObjectKind,
    OtherObject,
    PartitionFunction,
    Partitioning,
    PartitionScheme,
    Sequence,
    Synonym,
    Table,
)
from migrator.packages.archive import Entry
from migrator.packages.model_xml import constraints
from migrator.packages.model_xml.elements import Element, Elements
from migrator.packages.model_xml.indexes import INDEX_KINDS, INDEX_WORDS, read_index
from migrator.packages.model_xml.leftovers import other, unread, unread_words
from migrator.packages.model_xml.modules import MODULE_KINDS, MODULE_WORDS, read_module
from migrator.packages.model_xml.partitions import partitioning, read_function, read_scheme
from migrator.packages.model_xml.sequences import SEQUENCE_WORDS, SYNONYM_WORDS, read_sequence, read_synonym
from migrator.packages.model_xml.tables import read_table
from migrator.packages.model_xml.types import Types, builtin_type

_ALIAS_TYPE: Final = "SqlUserDefinedDataType"
_CLR_TYPE: Final = "SqlUserDefinedType"
_OPTIONS: Final = "SqlDatabaseOptions"
_SCHEMA: Final = "SqlSchema"
_FIRST_PASS: Final = frozenset({_ALIAS_TYPE, _CLR_TYPE, _OPTIONS, _SCHEMA})
_DESCRIPTION: Final = "MS_Description"
_DEFAULT_COLLATION: Final = "SQL_Latin1_General_CP1_CI_AS"
_STRING: Final = re.compile(r"N?'(.*)'", re.DOTALL)
_VERSIONS: Final = {
    "90": "2005",
    "100": "2008",
    "110": "2012",
    "120": "2014",
    "130": "2016",
    "140": "2017",
    "150": "2019",
    "160": "2022",
    "170": "2025",
}

OpenModel = Callable[[], AbstractContextManager[Entry]]


def read_model(open_model: OpenModel, *, name: str, server: str = "") -> Database:
    """The schema of a package. ``server`` is what Origin.xml says of the server. Raises SourceError, PackageDamaged.

    The file is read twice, because columns may come before the alias types that they use; it is never held in memory.
    """
    with open_model() as entry:
        model = _Model(Elements(entry, _FIRST_PASS))
    with open_model() as entry:
        elements = Elements(entry)
        for element in elements:
            model.add(element)
        return model.database(name, server or _product(elements.root.get("DspName", "")))


class _Model:
    """A database being collected."""

    def __init__(self, first_pass: Elements) -> None:
        self._alias_types: list[AliasType] = []
        self._schemas = ["dbo"]
        self._collation = _DEFAULT_COLLATION
        clr_types = set()
        for element in first_pass:
            if element.type == _ALIAS_TYPE:
                self._alias_types.append(_alias_type(element))
            elif element.type == _CLR_TYPE and len(element.parts) > 1:
                clr_types.add(ObjectName(element.parts[0], element.parts[1]))
            elif element.type == _SCHEMA and element.own_name:
                self._schemas.append(element.own_name)
            elif element.type == _OPTIONS:
                self._collation = element.properties.get("Collation") or self._collation
        self._types = Types({alias.name: alias.type for alias in self._alias_types}, frozenset(clr_types))
        self._tables: dict[ObjectName, Table] = {}
        self._modules: list[Module] = []
        self._others: list[OtherObject] = []
        self._sequences: list[Sequence] = []
        self._synonyms: list[Synonym] = []
        self._functions: list[PartitionFunction] = []
        self._schemes: list[PartitionScheme] = []
        self._partitionings: dict[ObjectName, Partitioning] = {}
        self._primary_keys: dict[ObjectName, Key] = {}
        self._uniques: defaultdict[ObjectName, list[Key]] = defaultdict(list)
        self._foreign_keys: defaultdict[ObjectName, list[ForeignKey]] = defaultdict(list)
        self._checks: defaultdict[ObjectName, list[Check]] = defaultdict(list)
        self._defaults: dict[tuple[ObjectName, str], Default] = {}
        self._indexes: defaultdict[ObjectName, list[Index]] = defaultdict(list)
        self._owned: list[tuple[ObjectName, OtherObject]] = []
        self._descriptions: dict[tuple[str, ...], tuple[str, OtherObject]] = {}
        self._readers: dict[str, Callable[[Element], None]] = {
            "SqlTable": self._add_table,
            "SqlPrimaryKeyConstraint": self._add_primary_key,
            "SqlUniqueConstraint": self._add_unique,
            "SqlForeignKeyConstraint": self._add_foreign_key,
            "SqlCheckConstraint": self._add_check,
            "SqlDefaultConstraint": self._add_default,
            "SqlExtendedProperty": self._add_property,
            "SqlSequence": self._add_sequence,
            "SqlSynonym": self._add_synonym,
            "SqlPartitionFunction": lambda element: self._functions.append(read_function(element, self._types)),
            "SqlPartitionScheme": lambda element: self._schemes.append(read_scheme(element)),
            **dict.fromkeys(INDEX_KINDS, self._add_index),
            **dict.fromkeys(MODULE_KINDS, self._add_module),
            **dict.fromkeys((_ALIAS_TYPE, _OPTIONS, _SCHEMA), _nothing),
        }

    def add(self, element: Element) -> None:
        """Take one element of the second pass."""
        reader = self._readers.get(element.type)
        if reader is None:
            self._others.append(other(element))
        else:
            reader(element)

    def database(self, name: str, product: str) -> Database:
        """Everything that was added, joined."""
        tables = tuple(map(self._joined, self._tables.values()))
        strays = [item for table, item in self._owned if table not in self._tables]  # indexes of views, for one
        strays += [item for _, item in self._descriptions.values()]
        return Database(
            name=name,
            collation=self._collation,
            schemas=tuple(dict.fromkeys(self._schemas)),
            tables=tables,
            modules=tuple(self._modules),
            alias_types=tuple(self._alias_types),
            others=(*self._others, *strays),
            product=product,
            sequences=tuple(self._sequences),
            synonyms=tuple(self._synonyms),
            partition_functions=tuple(self._functions),
            partition_schemes=tuple(self._schemes),
        )

    def _joined(self, table: Table) -> Table:
        name = table.name
        key = self._primary_keys.get(name)
        in_key = {column.name for column in key.columns} if key else set()
        return replace(
            table,
            columns=tuple(self._column(name, column, in_key=column.name in in_key) for column in table.columns),
            primary_key=key,
            uniques=tuple(self._uniques[name]),
            foreign_keys=tuple(self._foreign_keys[name]),
            checks=tuple(self._checks[name]),
            indexes=tuple(
                replace(index, description=self._description((name.schema, name.name, index.name)))
                for index in self._indexes[name]
            ),
            description=self._description((name.schema, name.name)),
            partitioning=self._partitionings.get(name, table.partitioning),
        )

    def _column(self, table: ObjectName, column: Column, *, in_key: bool) -> Column:
        return replace(
            column,
            nullable=column.nullable and not in_key,
            default=self._defaults.get((table, column.name)),
            description=self._description((table.schema, table.name, column.name)),
        )

    def _description(self, host: tuple[str, ...]) -> str | None:
        text, _ = self._descriptions.pop(host, (None, None))
        return text

    def _add_table(self, element: Element) -> None:
        table, others = read_table(element, self._types)
        self._tables[table.name] = table
        self._others.extend(others)

    def _add_primary_key(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.PRIMARY_KEY, constraints.KEY_WORDS)
        self._primary_keys[table] = constraints.read_key(element, clustered=True)
        self._partitioned(table, element, clustered=self._primary_keys[table].clustered)

    def _add_unique(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.UNIQUE, constraints.KEY_WORDS)
        self._uniques[table].append(constraints.read_key(element, clustered=False))
        self._partitioned(table, element, clustered=self._uniques[table][-1].clustered)

    def _add_foreign_key(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.FOREIGN_KEY, constraints.FOREIGN_KEY_WORDS)
        self._foreign_keys[table].append(constraints.read_foreign_key(element))

    def _add_check(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.CHECK, constraints.CHECK_WORDS)
        self._checks[table].append(constraints.read_check(element))

    def _add_default(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.DEFAULT, constraints.DEFAULT_WORDS)
        column, default = constraints.read_default(element)
        self._defaults[table, column] = default

    def _add_index(self, element: Element) -> None:
        table = self._owner(element, ObjectKind.INDEX, INDEX_WORDS, "IndexedObject")
        self._indexes[table].append(read_index(element))
        self._partitioned(table, element, clustered=self._indexes[table][-1].clustered)

    def _partitioned(self, table: ObjectName, element: Element, *, clustered: bool) -> None:
        """A clustered index is the table: where it lies, the table lies. Other indexes follow the target's table."""
        found = partitioning(element)
        if found is not None and clustered:
            self._partitionings[table] = found

    def _add_sequence(self, element: Element) -> None:
        sequence = read_sequence(element, self._types)
        self._sequences.append(sequence)
        words = unread_words(element, SEQUENCE_WORDS)
        self._others.extend(OtherObject(sequence.name, ObjectKind.SEQUENCE, word, element.place) for word in words)

    def _add_synonym(self, element: Element) -> None:
        synonym = read_synonym(element)
        self._synonyms.append(synonym)
        words = unread_words(element, SYNONYM_WORDS)
        self._others.extend(OtherObject(synonym.name, ObjectKind.SYNONYM, word, element.place) for word in words)

    def _owner(
        self, element: Element, kind: ObjectKind, words: frozenset[str], relationship: str = "DefiningTable"
    ) -> ObjectName:
        """The table that an element belongs to. Notes its unread words, and itself in case there is no such table."""
        table = element.table(relationship)
        self._others.extend(unread(element, kind, table, words))
        self._owned.append((table, other(element, kind)))
        return table

    def _add_module(self, element: Element) -> None:
        module = read_module(element)
        self._modules.append(module)
        words = unread_words(element, MODULE_WORDS)
        self._others.extend(OtherObject(module.name, module.kind, word, element.place) for word in words)

    def _add_property(self, element: Element) -> None:
        hosts = element.references("Host")
        quoted = _STRING.fullmatch(element.properties.get("Value", ""))
        if (
            element.own_name == _DESCRIPTION
            and hosts
            and quoted
            and element.parts[0].startswith(("SqlTable", "SqlColumn", "SqlIndex"))
        ):
            self._descriptions[hosts[0].parts] = quoted[1].replace("''", "'"), other(element)
        else:
            self._others.append(other(element))


def _nothing(element: Element) -> None:
    """The first pass has read it."""


def _alias_type(element: Element) -> AliasType:
    if len(element.parts) < 2:
        raise element.damaged("has no schema")
    type_: DataType = builtin_type(element)
    return AliasType(ObjectName(element.parts[0], element.parts[1]), type_, element.true("IsNullable", default=True))


def _product(provider: str) -> str:
    """The product that a schema provider's name stands for: ``…Sql160DatabaseSchemaProvider`` is SQL Server 2022."""
    if "SqlAzure" in provider:
        return "Azure SQL Database"
    match = re.search(r"\.Sql(\d+)DatabaseSchemaProvider", provider)
    return f"SQL Server {_VERSIONS.get(match[1], match[1])}" if match else ""
