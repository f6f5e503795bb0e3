"""A table on its way: what the steps of the plan hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from migrator.model.mapping import TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, ObjectKind, Table


@dataclass(frozen=True, slots=True)
class Generated:
    """GENERATED ALWAYS AS (expression); ``hidden`` columns are INVISIBLE: they serve an index."""

    expression: str
    stored: bool
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ColumnDraft:
    """A column of the target, loaded or generated. ``collation`` is MySQL's, None for what is no collated text.

    ``source`` is None for a column that only serves an index; ``default`` is MySQL text as it stands after DEFAULT.
    ``rules`` are the places of the rules that had a say, the type's first. What is not ``loaded`` MySQL fills alone.
    ``unfilled`` is a computed column without its expression: no row of the source has a value for it.
    """

    target: TargetColumn
    source: Column | None
    collation: str | None = None
    default: str | None = None
    generated: Generated | None = None
    auto_increment: bool = False
    comment: str | None = None
    rules: tuple[str, ...] = ()
    loaded: bool = True
    unfilled: bool = False

    @property
    def name(self) -> str:
        """Its name in MySQL."""
        return self.target.name


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A column of an index; ``prefix`` in characters (bytes for binary) where it is not the whole."""

    column: str
    descending: bool = False
    prefix: int | None = None


@dataclass(frozen=True, slots=True)
class IndexDraft:
    """An index or a unique constraint of the target; ``source`` is the full name of the object that it comes from."""

    name: str
    parts: tuple[IndexPart, ...]
    unique: bool
    kind: ObjectKind
    source: str
    word: str = ""
    early: bool = False
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignKeyDraft:
    """A foreign key of the target; ``actions`` is the text after the referenced columns."""

    name: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]
    actions: str
    source: str
    trusted: bool


class Moment(StrEnum):
    """When a trigger fires: once for each row."""

    BEFORE_INSERT = "BEFORE INSERT"
    BEFORE_UPDATE = "BEFORE UPDATE"
    AFTER_INSERT = "AFTER INSERT"
    AFTER_UPDATE = "AFTER UPDATE"
    AFTER_DELETE = "AFTER DELETE"


@dataclass(frozen=True, slots=True)
class RowAction:
    """What a trigger of the target does with a row: one MySQL statement without its semicolon.

    ``compound`` says that there are semicolons inside (IF … THEN …; END IF).
    """

    moment: Moment
    sql: str
    compound: bool = False


@dataclass(slots=True)
class TableDraft:
    """One table while it is planned; the steps fill it in their order.

    ``missing`` are source columns (letter case folded) that the target has not, with the reason. ``row_key`` names the
    columns of the source's primary key, also where MySQL cannot have it as one, ``first_number`` the identity's seed.
    ``actions`` are what triggers do with a row, in their order. ``loaded`` is False for a table that no rows of the
    source go into. ``partitions`` is MySQL text behind the table's options.
    """

    source: Table
    name: str
    collation: str
    columns: list[ColumnDraft] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    primary_key: tuple[IndexPart, ...] = ()
    row_key: tuple[str, ...] = ()
    first_number: int = 1
    indexes: list[IndexDraft] = field(default_factory=list)
    checks: list[tuple[str, str, bool]] = field(default_factory=list)
    foreign_keys: list[ForeignKeyDraft] = field(default_factory=list)
    actions: list[RowAction] = field(default_factory=list)
    loaded: bool = True
    partitions: str = ""

    @property
    def object(self) -> ObjectName:
        """The source's name."""
        return self.source.name

    def label(self, name: str) -> str:
        """The full name of a part of the table, as people write it."""
        return f"{self.source.name}.{name}"

    def of_source(self, name: str) -> ColumnDraft | None:
        """The target column with a source column's value, the first where there are two; None where it is missing."""
        folded = name.casefold()
        for column in self.columns:
            if column.source is not None and column.source.name.casefold() == folded:
                return column
        return None

    def named(self, name: str) -> ColumnDraft:
        """The column of that target name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def replace(self, old: ColumnDraft, new: ColumnDraft) -> None:
        """Put ``new`` where ``old`` is."""
        self.columns[self.columns.index(old)] = new
