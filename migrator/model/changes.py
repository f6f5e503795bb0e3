"""What happened to rows since a version of the source."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from migrator.model.schema import Table

if TYPE_CHECKING:  # for readers and type checkers only: the model itself stays free of libraries
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Net changes of one table: keys, or rows, never both; the other one is empty.

    ``keys`` are the key columns of rows that were inserted, updated or deleted. ``rows`` are the changed rows that are
    still there, as they are now: ``stored_columns``. Both are typed as wire/schema.py says.
    """

    keys: pa.RecordBatch
    rows: pa.RecordBatch


class Changes(Protocol):
    """A source that remembers which rows changed. Versions are numbers that only grow."""

    @property
    def steady(self) -> bool:
        """True where all that one call of ``changes`` gives belongs to one moment. Raises SourceError."""

    def version(self) -> int:
        """The version that the source has now. Raises SourceError."""

    def tracked(self, table: Table) -> bool:
        """True where changes of this table are remembered. Raises SourceError."""

    def oldest(self, table: Table) -> int:
        """The oldest version since which its changes are all known. Raises SourceError."""

    def changed(self, table: Table, since: int) -> int:
        """How many keys changed behind version ``since``. Raises SourceError."""

    def changes(self, table: Table, since: int, *, batch_bytes: int = 8 << 20) -> Generator[ChangeBatch, None, None]:
        """The changes behind version ``since``, out of a state that is at least as new as ``version()`` was when it was
        asked last. Each key comes once, and all keys come before the first row: so whoever applies them can take away
        all that changed before a row comes in, which two rows that swapped a unique value need.

        Raises ChangesLost where they are not all known any more, SourceError.
        """
