"""What a SQL Server said about itself and a database; None is what could not be asked or does not exist there."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.checkup import Clock, Unasked
from migrator.sqlserver.grants import Need
from migrator.sqlserver.version import Product


@dataclass(frozen=True, slots=True)
class Options:
    """The database's own settings. ``snapshot_isolation`` is True where ALLOW_SNAPSHOT_ISOLATION is fully on.

    ``updatable`` is False on a readable secondary too, whose ``read_only`` is False: there rows go on changing.
    ``copy`` is True for a database snapshot.
    """

    compatibility: int
    collation: str
    read_only: bool
    updatable: bool
    snapshot_isolation: bool
    read_committed_snapshot: bool
    recovery: str
    log_wait: str
    cdc: bool
    encrypted: bool
    published: bool
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """The transaction log, in bytes."""

    size: int
    used: int


@dataclass(frozen=True, slots=True)
class Volume:
    """A disk that holds files of the database, in bytes."""

    name: str
    size: int
    free: int


@dataclass(frozen=True, slots=True)
class Retention:
    """Change tracking of the database: how long changes are kept, in minutes, and whether old ones are cleaned up."""

    minutes: int
    cleanup: bool


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table. ``selectable`` and ``changes_visible`` are our permissions on it, None where not to be had.

    ``lob_bytes`` is what its large values take together, so none of them can be larger; None where it is not known.
    """

    schema: str
    name: str
    primary_key: bool
    key: bool
    memory_optimized: bool = False
    tracked: bool | None = None
    selectable: bool | None = None
    changes_visible: bool | None = None
    lob_bytes: int | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Transactions:
    """Open transactions that began over a minute ago, and the age of the oldest in seconds."""

    number: int
    oldest: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """What SQL Server does by itself and MySQL does by triggers and functions: numbers of each."""

    sequences: int
    row_versions: int
    temporal_tables: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.sequences + self.row_versions + self.temporal_tables


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """All answers; None is what could not be asked or does not exist there.

    ``build`` are the four numbers of the version. ``bytes`` are the data files' used pages. ``offset`` is the server's
    local time less UTC in minutes. ``collations`` counts columns. ``held`` says of each thing that the tasks need
    whether we have it.
    """

    product: Product
    database: str
    build: tuple[int, ...] = ()
    edition: str = ""
    user: str = ""
    options: Options | None = None
    bytes: int | None = None
    log: Log | None = None
    volumes: tuple[Volume, ...] | None = None
    retention: Retention | None = None
    tables: tuple[TableFacts, ...] | None = None
    collations: tuple[tuple[str, int], ...] | None = None
    encrypted_columns: int | None = None
    assemblies: int | None = None
    automatic: Automatic | None = None
    memory_filegroup: bool | None = None
    held: tuple[tuple[Need, bool | None], ...] = ()
    transactions: Transactions | None = None
    blocked: int | None = None
    clock: Clock | None = None
    offset: int | None = None
    unasked: tuple[Unasked, ...] = ()
