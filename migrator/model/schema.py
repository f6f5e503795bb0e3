"""A SQL Server database as its catalog describes it: the same whether read from a server, a package or scripts.

Expressions (defaults, checks, computed columns, filters) and bodies stay T-SQL text here; ``translate`` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model.datatype import DataType
from migrator.model.name import ObjectName


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object was written: a file (relative, as the user named it) and a line counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Identity:
    """IDENTITY(seed, increment)."""

    seed: int
    increment: int


@dataclass(frozen=True, slots=True)
class Default:
    """A DEFAULT constraint; ``name`` is None where the system named it."""

    name: str | None
    expression: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A computed column's expression; ``type`` of the column is what the catalog says, None where only text is
    known."""

    expression: str
    persisted: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``type`` is None only for a computed column of a source that does not know its type."""

    name: str
    type: DataType | None
    nullable: bool
    collation: str | None = None
    identity: Identity | None = None
    default: Default | None = None
    computed: Computed | None = None
    rowguid: bool = False
    sparse: bool = False
    masked: str | None = None
    encrypted: bool = False
    generated_always: str | None = None
    description: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column of a key or an index, with its direction."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """A PRIMARY KEY or UNIQUE constraint."""

    name: str | None
    columns: tuple[KeyColumn, ...]
    clustered: bool
    place: Place | None = None


class Action(StrEnum):
    """What a foreign key does when the row that it points to goes or changes."""

    NO_ACTION = "NO ACTION"
    CASCADE = "CASCADE"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A FOREIGN KEY; ``trusted`` is False after WITH NOCHECK, ``enabled`` is False after NOCHECK CONSTRAINT."""

    name: str | None
    columns: tuple[str, ...]
    references: ObjectName
    referenced_columns: tuple[str, ...]
    on_delete: Action = Action.NO_ACTION
    on_update: Action = Action.NO_ACTION
    trusted: bool = True
    enabled: bool = True
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint."""

    name: str | None
    expression: str
    trusted: bool = True
    enabled: bool = True
    place: Place | None = None


class IndexKind(StrEnum):
    """How an index is stored."""

    ROWSTORE = "rowstore"
    COLUMNSTORE = "columnstore"
    XML = "xml"
    SPATIAL = "spatial"
    FULLTEXT = "fulltext"
    HASH = "hash"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is no constraint."""

    name: str
    columns: tuple[KeyColumn, ...]
    included: tuple[str, ...] = ()
    unique: bool = False
    clustered: bool = False
    filter: str | None = None
    kind: IndexKind = IndexKind.ROWSTORE
    disabled: bool = False
    place: Place | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Temporal:
    """SYSTEM_VERSIONING: the history table and the period columns."""

    history: ObjectName | None
    period_start: str
    period_end: str


@dataclass(frozen=True, slots=True)
class PartitionFunction:
    """CREATE PARTITION FUNCTION: ``boundaries`` are T-SQL constants in their order; ``right`` says that a boundary
    belongs to the partition on its right."""

    name: str
    type: DataType
    right: bool
    boundaries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartitionScheme:
    """CREATE PARTITION SCHEME: the function that a table on it is cut by."""

    name: str
    function: str


@dataclass(frozen=True, slots=True)
class Partitioning:
    """What a table is cut by: a scheme and a column."""

    scheme: str
    column: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table in its final state. ``features`` names what MySQL has no word for (memory-optimised, graph node, ledger
    …)."""

    name: ObjectName
    columns: tuple[Column, ...]
    primary_key: Key | None = None
    uniques: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[Index, ...] = ()
    temporal: Temporal | None = None
    features: tuple[str, ...] = ()
    description: str | None = None
    rows: int | None = None
    place: Place | None = None
    partitioning: Partitioning | None = None

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def stored_columns(self) -> tuple[Column, ...]:
        """The columns that row data carry: all but the computed ones."""
        return tuple(column for column in self.columns if column.computed is None)


class ObjectKind(StrEnum):
    """What an object is; the kinds of sys.objects that a migration meets, and the parts of a table that are reported
    alone."""

    TABLE = "table"
    COLUMN = "column"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique constraint"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    DEFAULT = "default"
    INDEX = "index"
    VIEW = "view"
    PROCEDURE = "procedure"
    FUNCTION = "function"
    TRIGGER = "trigger"
    SEQUENCE = "sequence"
    SYNONYM = "synonym"
    ALIAS_TYPE = "alias type"
    TABLE_TYPE = "table type"
    SCHEMA = "schema"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Module:
    """A view, procedure, function or trigger as text. ``text`` is None where it is encrypted or may not be read.

    ``body`` is the part after AS where the source keeps header and body apart (a package does), else the same as
    ``text``.
    """

    name: ObjectName
    kind: ObjectKind
    text: str | None
    body: str | None = None
    parent: ObjectName | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class AliasType:
    """CREATE TYPE name FROM base."""

    name: ObjectName
    type: DataType
    nullable: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """CREATE SEQUENCE. ``start`` is the first number, or the next one where the source knows it.

    ``minimum`` and ``maximum`` are None where they are those of the type; ``cache`` is None where nothing was said.
    """

    name: ObjectName
    type: DataType
    start: int
    increment: int = 1
    minimum: int | None = None
    maximum: int | None = None
    cycle: bool = False
    cache: int | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Synonym:
    """CREATE SYNONYM name FOR target; ``target`` are the one to four parts of its name, an empty one left out."""

    name: ObjectName
    target: tuple[str, ...]
    place: Place | None = None

    @property
    def local(self) -> ObjectName | None:
        """The target in the same database; None where a part before the schema names another one."""
        if any(self.target[:-2]):
            return None
        return ObjectName((self.target[-2] if len(self.target) > 1 else "") or "dbo", self.target[-1])


@dataclass(frozen=True, slots=True)
class OtherObject:
    """An object that is read by name only: it is reported, never dropped. ``word`` is what the source calls its
    kind."""

    name: ObjectName
    kind: ObjectKind
    word: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A piece of a script that could not be read, and why. Nothing of it is in the catalog."""

    place: Place
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """Statements of a script that carry no schema (INSERT, SET, PRINT …): their first words and how many there were."""

    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Database:
    """The whole catalog of one database. Only scripts have ``unread`` and ``skipped``."""

    name: str
    collation: str
    schemas: tuple[str, ...]
    tables: tuple[Table, ...]
    modules: tuple[Module, ...] = ()
    alias_types: tuple[AliasType, ...] = ()
    others: tuple[OtherObject, ...] = ()
    product: str = ""
    unread: tuple[Unread, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    partition_functions: tuple[PartitionFunction, ...] = ()
    partition_schemes: tuple[PartitionScheme, ...] = ()

    def table(self, name: ObjectName) -> Table:
        """The table of that name. Raises KeyError where there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(str(name))
