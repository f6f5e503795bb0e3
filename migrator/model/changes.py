"""What happened to rows since a version of the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from migrator.model.schema import Table

if TYPE_CHECKING:  # for readers and type checkers only: the model itself stays free of libraries
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Net changes of one table, each key once.

    ``rows`` are the changed rows as they are now: ``stored_columns``, typed as wire/schema.py says. ``keys`` are the
    key columns of every row that was inserted, updated or deleted: those that are not among ``rows`` are gone.
    """

    rows: pa.RecordBatch
    keys: pa.RecordBatch


class Changes(Protocol):
    """A source that remembers which rows changed. Versions are numbers that only grow."""

    def version(self) -> int:
        """The version that the source has now. Raises SourceError."""

    def tracked(self, table: Table) -> bool:
        """True where changes of this table are remembered. Raises SourceError."""

    def oldest(self, table: Table) -> int:
        """The oldest version since which its changes are all known. Raises SourceError."""

    def changed(self, table: Table, since: int) -> int:
        """How many keys changed behind version ``since``. Raises SourceError."""

    def changes(self, table: Table, since: int, *, batch_bytes: int = 8 << 20) -> Iterator[ChangeBatch]:
        """The changes behind version ``since``, out of one state that is at least as new as ``version()`` was when it
        was asked last. Raises SourceError."""
