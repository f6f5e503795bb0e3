"""A table while statements are still changing it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace

from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, ForeignKey, Index, Key, KeyColumn, Partitioning, Place
from migrator.translate.tsql.problems import Exists, Missing, Unreadable
from migrator.translate.tsql.types import TypeName


def same(one: str, other: str) -> bool:
    """Names are compared without case, as SQL Server's default collation does."""
    return one.lower() == other.lower()


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """A column whose type is still a word. ``nullable`` is None where nothing was said; the rest is in ``column``.

    ``rule`` and ``default`` are objects of their own that are bound to it.
    """

    column: Column
    written: TypeName | None
    nullable: bool | None = None
    rule: tuple[str, str] | None = None
    default: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The column's name as it was first written."""
        return self.column.name


@dataclass(slots=True)
class TableDraft:
    """What CREATE TABLE and later statements said about one table. Elements are frozen, so that copies may share them.

    ``history`` and ``versioned`` are SYSTEM_VERSIONING, ``period`` the two columns of PERIOD FOR SYSTEM_TIME. A primary
    key that said neither CLUSTERED nor NONCLUSTERED is ``key_by_default`` until ``settle``.
    """

    name: ObjectName
    text: str
    place: Place
    columns: list[ColumnDraft] = field(default_factory=list)
    primary_key: Key | None = None
    uniques: list[Key] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    period: tuple[str, str] | None = None
    versioned: bool = False
    history: ObjectName | None = None
    description: str | None = None
    key_by_default: bool = False
    partitioning: Partitioning | None = None
    _places: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def means(self, other: TableDraft) -> bool:
        """True if both say the same, wherever and however they are written."""
        return _bare(self) == _bare(other)

    def copy(self) -> TableDraft:
        """A draft that may change while this one stays."""
        return replace(
            self,
            _places=dict(self._places) if len(self._places) == len(self.columns) else {},
            columns=list(self.columns),
            uniques=list(self.uniques),
            foreign_keys=list(self.foreign_keys),
            checks=list(self.checks),
            indexes=list(self.indexes),
            features=list(self.features),
        )

    def _find(self, lower: str) -> int | None:
        """A look into the columns by name. The list may have been changed since: what is found is looked at again."""
        for _ in range(2):
            index = self._places.get(lower)
            if index is not None and index < len(self.columns) and self.columns[index].name.lower() == lower:
                return index
            if index is None and len(self._places) == len(self.columns):
                return None
            self._places = {draft.name.lower(): number for number, draft in enumerate(self.columns)}
        return None

    def position(self, name: str) -> int:
        """Which column has that name. Raises Missing where none has."""
        index = self._find(name.lower())
        if index is not None:
            return index
        raise Missing(f"{self.name} has no column {name}")

    def column(self, name: str) -> ColumnDraft:
        """The column of that name. Raises Missing where there is none."""
        return self.columns[self.position(name)]

    def add_column(self, draft: ColumnDraft) -> None:
        """Append a column. Raises Exists for a second one of the same name."""
        if self._find(draft.name.lower()) is not None:
            raise Exists(f"{self.name} has two columns {draft.name}")
        self._places[draft.name.lower()] = len(self.columns)
        self.columns.append(draft)

    def set_column(self, which: str, /, **changes: object) -> None:
        """Change fields of a column's ``column``. Raises Missing where there is none."""
        index = self.position(which)
        draft = self.columns[index]
        self.columns[index] = replace(draft, column=replace(draft.column, **changes))  # type: ignore[arg-type]  # by field name

    def set_primary_key(self, key: Key, *, by_default: bool) -> None:
        """The primary key. Raises Exists for the same one again, Unreadable for another."""
        if self.primary_key is not None:
            again = same(self.primary_key.name or "", key.name or "")
            raise (Exists if again else Unreadable)(f"{self.name} has two primary keys")
        self.primary_key = key
        self.key_by_default = by_default

    def add_index(self, index: Index) -> None:
        """Append an index. Raises Exists for a second one of the same name."""
        if any(same(other.name, index.name) for other in self.indexes):
            raise Exists(f"{self.name} has two indexes {index.name}")
        self.indexes.append(index)

    def add_unique(self, key: Key) -> None:
        """Append a UNIQUE constraint. Raises Exists for a second constraint of the same name."""
        self._must_be_new(key.name)
        self.uniques.append(key)

    def add_foreign_key(self, key: ForeignKey) -> None:
        """Append a foreign key. Raises Exists for a second constraint of the same name."""
        self._must_be_new(key.name)
        self.foreign_keys.append(key)

    def add_check(self, check: Check) -> None:
        """Append a CHECK. Raises Exists for a second constraint of the same name."""
        self._must_be_new(check.name)
        self.checks.append(check)

    def _must_be_new(self, name: str | None) -> None:
        if name is not None and any(other is not None and same(other, name) for other in self._part_names()):
            raise Exists(f"{self.name} has two constraints {name}")

    def add_feature(self, feature: str) -> None:
        """Note something that MySQL has no word for, once."""
        if feature not in self.features:
            self.features.append(feature)

    def settle(self) -> None:
        """At the end of a statement: columns in keys exist, are spelled as in the table, and NOT NULL in a primary key.

        Raises Missing. Source of the clustering rule: Transact-SQL reference, CREATE TABLE, "PRIMARY KEY constraints".
        """
        if self.primary_key is not None:
            key = self._spell_key(self.primary_key)
            if self.key_by_default:
                taken = any(unique.clustered for unique in self.uniques) or any(
                    index.clustered for index in self.indexes
                )
                key = replace(key, clustered=not (taken or "memory-optimised" in self.features))
                self.key_by_default = False
            self.primary_key = key
            for column in key.columns:
                index = self.position(column.name)
                self.columns[index] = replace(self.columns[index], nullable=False)
        # What an earlier statement settled is left alone: a thousand indexes must not be spelled a thousand times.
        exact = {draft.name for draft in self.columns}
        self.uniques = [key if _spelled(key.columns, exact) else self._spell_key(key) for key in self.uniques]
        self.foreign_keys = [
            key if exact.issuperset(key.columns) else replace(key, columns=self._spell_all(key.columns))
            for key in self.foreign_keys
        ]
        self.indexes = [
            index
            if _spelled(index.columns, exact) and exact.issuperset(index.included)
            else replace(index, columns=self._spell_columns(index.columns), included=self._spell_all(index.included))
            for index in self.indexes
        ]
        if self.period is not None:
            start, end = self.period
            self.period = (self.column(start).name, self.column(end).name)

    def rename_column(self, old: str, new: str) -> None:
        """A column takes another name, everywhere in this table. Raises Missing, Exists."""
        if any(same(draft.name, new) for draft in self.columns) and not same(old, new):
            raise Exists(f"{self.name} has a column {new} already")
        self.set_column(old, name=new)
        self._places = {}
        if self.primary_key is not None:
            self.primary_key = _renamed_key(self.primary_key, old, new)
        self.uniques = [_renamed_key(unique, old, new) for unique in self.uniques]
        self.foreign_keys = [
            replace(foreign, columns=renamed(foreign.columns, old, new)) for foreign in self.foreign_keys
        ]
        self.indexes = [
            replace(item, columns=_renamed_columns(item.columns, old, new), included=renamed(item.included, old, new))
            for item in self.indexes
        ]
        if self.partitioning is not None and same(self.partitioning.column, old):
            self.partitioning = replace(self.partitioning, column=new)
        if self.period is not None:
            start, end = renamed(self.period, old, new)
            self.period = (start, end)

    def rename_part(self, old: str, new: str) -> bool:
        """An index or constraint takes another name; False if none has the old one."""

        def fresh(name: str | None) -> str | None:
            return new if name is not None and same(name, old) else name

        before = self._part_names()
        if not any(name is not None and same(name, old) for name in before):
            return False
        if self.primary_key is not None:
            self.primary_key = replace(self.primary_key, name=fresh(self.primary_key.name))
        self.uniques = [replace(item, name=fresh(item.name)) for item in self.uniques]
        self.foreign_keys = [replace(item, name=fresh(item.name)) for item in self.foreign_keys]
        self.checks = [replace(item, name=fresh(item.name)) for item in self.checks]
        self.indexes = [replace(item, name=fresh(item.name) or new) for item in self.indexes]
        for draft in list(self.columns):
            if draft.column.default is not None:
                self.set_column(
                    draft.name, default=replace(draft.column.default, name=fresh(draft.column.default.name))
                )
        return True

    def _part_names(self) -> list[str | None]:
        return [
            *(key.name for key in (*self.uniques, *([self.primary_key] if self.primary_key else []))),
            *(foreign.name for foreign in self.foreign_keys),
            *(check.name for check in self.checks),
            *(index.name for index in self.indexes),
            *(draft.column.default.name for draft in self.columns if draft.column.default),
        ]

    def _spell_all(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.column(name).name for name in names)

    def _spell_columns(self, columns: tuple[KeyColumn, ...]) -> tuple[KeyColumn, ...]:
        return tuple(replace(column, name=self.column(column.name).name) for column in columns)

    def _spell_key(self, key: Key) -> Key:
        return replace(key, columns=self._spell_columns(key.columns))


def _spelled(columns: tuple[KeyColumn, ...], exact: set[str]) -> bool:
    return all(column.name in exact for column in columns)


def _bare(item: object) -> object:
    """Without places and texts, and without the case and blanks of types."""
    if isinstance(item, Place):
        return None
    if isinstance(item, TypeName):
        return str(item).lower().replace(" ", "")
    if isinstance(item, ColumnDraft) and item.nullable is None:
        item = replace(item, nullable=True)  # to say NULL or to say nothing is the same, but for alias types
    if isinstance(item, list | tuple):
        return tuple(map(_bare, item))
    if is_dataclass(item):
        return tuple(_bare(getattr(item, part.name)) for part in fields(item) if part.name not in ("text", "_places"))
    return item


def renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """The names with one of them changed."""
    return tuple(new if same(name, old) else name for name in names)


def _renamed_columns(columns: tuple[KeyColumn, ...], old: str, new: str) -> tuple[KeyColumn, ...]:
    return tuple(replace(column, name=new) if same(column.name, old) else column for column in columns)


def _renamed_key(key: Key, old: str, new: str) -> Key:
    return replace(key, columns=_renamed_columns(key.columns, old, new))
