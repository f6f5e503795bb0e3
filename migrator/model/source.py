"""The face of every source: live server, package or scripts differ only behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from migrator.model.consistency import Hold
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment

if TYPE_CHECKING:  # for readers and type checkers only: the model itself stays free of libraries
    import pyarrow as pa


class Source(Protocol):
    """Where schema and rows come from. Picklable: every worker process opens its own.

    ``identity`` tells two sources apart (a checksum, a server and database): a run is resumed only against the same
    one.
    """

    @property
    def identity(self) -> str:
        """Stable over time for the same contents; safe to print."""

    @property
    def has_rows(self) -> bool:
        """False for a schema-only source."""

    @property
    def volatile(self) -> bool:
        """True where rows may change between two readings: a live server that takes writes."""

    @property
    def slipped(self) -> int:
        """How many times this process lost the picture that it was given, and went on in a later one."""

    @property
    def row_total(self) -> int | None:
        """The rows of all tables together, as the source itself vouches for; None where it does not."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be verified about the source, as sentences for people."""

    @property
    def repaired(self) -> Mapping[str, int]:
        """How many values could not be read as they were, by ``schema.table.column``, in all that this object read.

        Half of a UTF-16 pair is no character: it is read as U+FFFD.
        """

    def catalog(self) -> Database:
        """The whole schema. Raises SourceError."""

    def hold(self, workers: int, tables: Sequence[Table]) -> AbstractContextManager[Hold]:
        """One picture of ``tables`` for ``workers`` processes, as consistent as it can be had. Raises SourceError."""

    def segments(self, table: Table) -> tuple[Segment, ...]:
        """The table's rows, cut into pieces that workers read side by side; empty where it has no rows."""

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        """The segment's rows as Arrow batches of the table's ``stored_columns``, typed as wire/schema.py says.

        A batch holds about ``batch_bytes`` of source bytes, at least one row. Raises RowsDamaged, PackageDamaged.
        """
