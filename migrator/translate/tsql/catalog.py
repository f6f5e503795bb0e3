"""The database as statements build it up: mutable while they are read, frozen at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    AliasType,
    Database,
    Module,
    ObjectKind,
    OtherObject,
    PartitionFunction,
    PartitionScheme,
    Place,
    Sequence,
    Skipped,
    Synonym,
    Unread,
)
from migrator.translate.tsql.bindings import Bindings
from migrator.translate.tsql.cursor import DEFAULT_SCHEMA
from migrator.translate.tsql.draft import TableDraft, renamed, same
from migrator.translate.tsql.freeze import frozen_table
from migrator.translate.tsql.problems import Exists, Missing, Unreadable

CLR_TYPE: Final = "CLR TYPE"
DISABLED: Final = "IsDisabled"
"""A remark on a trigger; what a package calls it, too."""
TABLE_TYPE: Final = "TABLE TYPE"
DEFAULT_COLLATION: Final = "SQL_Latin1_General_CP1_CI_AS"
"""What SQL Server's set-up offers in the United States, for scripts that name none."""

_SYSTEM_DATABASES: Final = frozenset({"master", "model", "msdb", "tempdb"})

Id = tuple[str, str]


def key(name: ObjectName) -> Id:
    """Schema and name as they are compared: without case."""
    return (name.schema.lower(), name.name.lower())


class Catalog:
    """Objects by their key; tables and modules share one space of names, as in sys.objects."""

    def __init__(self) -> None:
        self.name = ""
        self.collation = DEFAULT_COLLATION
        self.tables: dict[Id, TableDraft] = {}
        self.modules: dict[Id, Module] = {}
        self.aliases: dict[Id, AliasType] = {}
        self._clr_types: dict[Id, AliasType] = {}
        self.others: dict[tuple[str, Id], OtherObject] = {}
        self.sequences: dict[Id, Sequence] = {}
        self.synonyms: dict[Id, Synonym] = {}
        self.partition_functions: dict[str, PartitionFunction] = {}
        self.partition_schemes: dict[str, PartitionScheme] = {}
        self.schemas: dict[str, str] = {DEFAULT_SCHEMA: DEFAULT_SCHEMA}
        self.bindings = Bindings()
        self._disabled: set[Id] = set()
        self._first: dict[Id, TableDraft] = {}
        self.unread: list[Unread] = []
        self.skipped: Counter[str] = Counter()

    def use(self, name: str, place: Place) -> None:
        """USE or CREATE DATABASE: the scripts' own database, unless it is one of the server's."""
        if name.lower() in _SYSTEM_DATABASES:
            return
        if self.name and not same(self.name, name) and (self.tables or self.modules):
            reason = f"a second database, {name}: its objects are read as if they were in {self.name}"
            self.unread.append(Unread(place, f"USE {name}", reason))
        else:
            self.name = name

    def table(self, name: ObjectName, *, retry: bool = True) -> TableDraft:
        """The table of that name. Raises Missing."""
        try:
            return self.tables[key(name)]
        except KeyError:
            raise Missing(f"there is no table {name}", retry=retry) from None

    def add_table(self, table: TableDraft) -> None:
        """A new table. Raises Exists."""
        id_ = key(table.name)
        if id_ in self.tables and id_ in self._first and table.means(self._first[id_]):
            raise Exists(f"{table.name} exists already", same=True)
        self._must_be_new(table.name)
        self._first[id_] = table
        self._see_schema(table.name)
        self.tables[key(table.name)] = table

    def replace_table(self, table: TableDraft) -> None:
        """A changed copy takes the place of the table."""
        self.tables[key(table.name)] = table

    def add_module(self, module: Module, *, may_exist: bool) -> None:
        """A view, procedure, function or trigger. Raises Exists unless ``may_exist`` (ALTER, CREATE OR ALTER)."""
        if not may_exist or key(module.name) not in self.modules:
            self._must_be_new(module.name)
        self._see_schema(module.name)
        self.modules[key(module.name)] = module

    def add_alias(self, alias: AliasType) -> None:
        """CREATE TYPE ... FROM. Raises Exists."""
        if key(alias.name) in self.aliases:
            raise Exists(f"{alias.name} exists already")
        self._see_schema(alias.name)
        self.aliases[key(alias.name)] = alias

    def add_clr_type(self, name: ObjectName, place: Place) -> None:
        """CREATE TYPE ... EXTERNAL NAME: its values are kept as their bytes. Raises Exists."""
        self.add_other(name, ObjectKind.OTHER, CLR_TYPE, place)
        self._clr_types[key(name)] = AliasType(name, DataType(SqlType.VARBINARY, length=MAX), nullable=True)

    def move_type(self, old: ObjectName, new: ObjectName) -> None:
        """ALTER SCHEMA ... TRANSFER TYPE; columns of that type follow. Raises Missing, Exists."""
        alias = self.aliases.pop(key(old), None)
        if alias is None:
            raise Missing(f"there is no type {old}")
        self.add_alias(replace(alias, name=new))
        for table in self.tables.values():
            for index, draft in enumerate(table.columns):
                written = draft.written
                if written and key(ObjectName(written.schema or DEFAULT_SCHEMA, written.name)) == key(old):
                    table.columns[index] = replace(draft, written=replace(written, schema=new.schema))

    def switch_triggers(self, table: ObjectName | None, names: list[str], *, disabled: bool) -> None:
        """Disable or enable triggers of a table, or of the database (None); no names mean all. Raises Missing."""
        parent = None if table is None else key(table)
        meant = {
            id_
            for id_, module in self.modules.items()
            if module.kind is ObjectKind.TRIGGER
            and (None if module.parent is None else key(module.parent)) == parent
            and (not names or any(same(module.name.name, name) for name in names))
        }
        if len(meant) < len(names):
            raise Missing(f"{table or 'the database'} has no such trigger")
        self._disabled = self._disabled | set(meant) if disabled else self._disabled - set(meant)

    def drop_type(self, name: ObjectName) -> bool:
        """Take out a type of any kind. False if there is none."""
        id_ = key(name)
        self._clr_types.pop(id_, None)
        gone = [self.others.pop((word, id_), None) for word in (CLR_TYPE, TABLE_TYPE)]
        return any([self.aliases.pop(id_, None), *gone])

    def add_other(self, name: ObjectName, kind: ObjectKind, word: str, place: Place) -> None:
        """An object that is kept by name only. Raises Exists."""
        id_ = (word, key(name))
        if id_ in self.others:
            raise Exists(f"{name} exists already")
        self._see_schema(name)
        self.others[id_] = OtherObject(name, kind, word, place)

    def sequence(self, name: ObjectName) -> Sequence:
        """The sequence of that name. Raises Missing."""
        try:
            return self.sequences[key(name)]
        except KeyError:
            raise Missing(f"there is no sequence {name}") from None

    def add_sequence(self, sequence: Sequence) -> None:
        """A new sequence. Raises Exists."""
        self._must_be_new(sequence.name)
        self._see_schema(sequence.name)
        self.sequences[key(sequence.name)] = sequence

    def replace_sequence(self, sequence: Sequence) -> None:
        """A changed one takes the place of the sequence."""
        self.sequences[key(sequence.name)] = sequence

    def add_synonym(self, synonym: Synonym) -> None:
        """A new synonym. Raises Exists."""
        self._must_be_new(synonym.name)
        self._see_schema(synonym.name)
        self.synonyms[key(synonym.name)] = synonym

    def drop(self, name: ObjectName) -> bool:
        """Take out a table with its triggers, or a module. False if neither is there."""
        id_ = key(name)
        gone = self.tables.pop(id_, None) is not None or self.modules.pop(id_, None) is not None
        if gone:
            for other in [key(module.name) for module in self.modules.values() if module.parent]:
                parent = self.modules[other].parent
                if parent is not None and key(parent) == id_:
                    del self.modules[other]
        return gone

    def has_object(self, name: ObjectName) -> bool:
        """True if a table or module has that name."""
        return key(name) in self.tables or key(name) in self.modules

    def rename(self, old: ObjectName, new: ObjectName) -> None:
        """A table or module takes another name or schema; foreign keys and triggers follow. Raises Missing, Exists."""
        if not self.has_object(old):
            raise Missing(f"there is no object {old}")
        self._must_be_new(new)
        self._see_schema(new)
        if key(old) in self.modules:
            module = self.modules.pop(key(old))
            self.modules[key(new)] = replace(module, name=new)
            return
        table = self.tables.pop(key(old))
        table.name = new
        self.tables[key(new)] = table
        for draft in self.tables.values():
            if not any(key(foreign.references) == key(old) for foreign in draft.foreign_keys):
                continue
            draft.foreign_keys = [
                replace(foreign, references=new) if key(foreign.references) == key(old) else foreign
                for foreign in draft.foreign_keys
            ]
        for id_, module in self.modules.items():
            if module.parent is not None and key(module.parent) == key(old):
                self.modules[id_] = replace(module, parent=new)

    def rename_column(self, owner: ObjectName, old: str, new: str) -> None:
        """A column takes another name; keys and indexes that hold it follow. Raises Missing, Exists."""
        table = self.table(owner)
        table.rename_column(old, new)
        for draft in self.tables.values():
            if not any(key(foreign.references) == key(owner) for foreign in draft.foreign_keys):
                continue
            draft.foreign_keys = [
                replace(foreign, referenced_columns=renamed(foreign.referenced_columns, old, new))
                if key(foreign.references) == key(owner)
                else foreign
                for foreign in draft.foreign_keys
            ]

    def rename_part(self, owner: ObjectName, old: str, new: str) -> None:
        """An index, or a constraint that has one, takes another name. Raises Missing."""
        if not self.table(owner).rename_part(old, new):
            raise Missing(f"{owner} has no index {old}")

    def rename_constraint(self, old: ObjectName, new: str) -> None:
        """A constraint takes another name: it is looked for in all tables of its schema. Raises Missing."""
        tables = [draft for draft in self.tables.values() if same(draft.name.schema, old.schema)]
        if not any(draft.rename_part(old.name, new) for draft in tables):
            raise Missing(f"there is no object {old}")

    def add_schema(self, name: str) -> None:
        """CREATE SCHEMA."""
        self.schemas[name.lower()] = name

    def _see_schema(self, name: ObjectName) -> None:
        if name.schema:
            self.schemas.setdefault(name.schema.lower(), name.schema)

    def _must_be_new(self, name: ObjectName) -> None:
        if any(key(name) in space for space in (self.tables, self.modules, self.sequences, self.synonyms)):
            raise Exists(f"{name} exists already")

    def finish(self, files: tuple[str, ...], product: str) -> Database:
        """The frozen database. A table that cannot be completed is ``unread``, like a statement."""
        for draft in self.tables.values():
            draft.name = self._spelled(draft.name)
        tables = []
        for draft in self.tables.values():
            self.bindings.apply(draft)
            try:
                table, unread = frozen_table(draft, self.tables, {**self._clr_types, **self.aliases})
            except Unreadable as problem:
                self.unread.append(Unread(draft.place, draft.text, problem.reason))
            else:
                tables.append(table)
                self.unread += unread
        order = {file: number for number, file in enumerate(files)}
        return Database(
            name=self.name,
            collation=self.collation,
            schemas=tuple(self.schemas.values()),
            tables=tuple(tables),
            modules=tuple(replace(module, name=self._spelled(module.name)) for module in self.modules.values()),
            alias_types=tuple(self.aliases.values()),
            others=(*map(self._settled, self.others.values()), *self._switched_off()),
            product=product,
            unread=tuple(sorted(self.unread, key=lambda item: (order.get(item.place.file, 0), item.place.line))),
            skipped=tuple(Skipped(word, count) for word, count in sorted(self.skipped.items())),
            sequences=tuple(replace(item, name=self._spelled(item.name)) for item in self.sequences.values()),
            synonyms=tuple(replace(item, name=self._spelled(item.name)) for item in self.synonyms.values()),
            partition_functions=tuple(self.partition_functions.values()),
            partition_schemes=tuple(self.partition_schemes.values()),
        )

    def _settled(self, other: OtherObject) -> OtherObject:
        bound = self.bindings.is_used(other.word, key(other.name))
        return replace(other, word=f"BOUND {other.word}") if bound else other

    def _switched_off(self) -> Iterator[OtherObject]:
        for id_ in sorted(self._disabled):
            if (module := self.modules.get(id_)) is not None:
                yield OtherObject(self._spelled(module.name), module.kind, DISABLED, module.place)

    def _spelled(self, name: ObjectName) -> ObjectName:
        """The name with its schema spelled as CREATE SCHEMA spells it."""
        return ObjectName(self.schemas.get(name.schema.lower(), name.schema), name.name)
