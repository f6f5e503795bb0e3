"""A .dacpac: the schema of a database or of a database project, without rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from migrator.errors import SourceError
from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.packages.package import Package

if TYPE_CHECKING:
    import pyarrow as pa


class Dacpac(Package):
    """A ``model.source.Source`` without segments."""

    has_rows = False
    row_total = None

    @property
    def repaired(self) -> Mapping[str, int]:
        """Nothing: no row is read."""
        return {}

    def segments(self, table: Table) -> tuple[Segment, ...]:  # noqa: ARG002  # the source's face
        """None."""
        return ()

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        """Raises SourceError: there is nothing to read."""
        raise SourceError(
            f"{self.path} holds no rows, so {segment.id} of {table.name} cannot be read ({batch_bytes=})."
        )
