"""A .bacpac: schema and rows of an exported database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.errors import PackageDamaged
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.packages.archive import Part
from migrator.packages.bcp.stats import ReadStats
from migrator.packages.package import Package

if TYPE_CHECKING:
    import pyarrow as pa


class Bacpac(Package):
    """A ``model.source.Source``. A segment is one BCP part, by its entry's name."""

    has_rows = True

    def __init__(self, path: Path | str) -> None:
        super().__init__(path)
        self._stats = ReadStats()

    def __getstate__(self) -> dict[str, object]:
        return {**super().__getstate__(), "_stats": ReadStats()}

    @property
    def row_total(self) -> int | None:
        """Rows of all tables together as the export counted them, for who reads them all; None where it did not."""
        return self.origin.row_total

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be verified, as sentences for people."""
        if self.row_total is not None:
            return super().notes
        return (*super().notes, "Origin.xml holds no row total: that no part is missing could not be verified.")

    @property
    def repaired(self) -> Mapping[str, int]:
        """Values in which half of a UTF-16 pair became U+FFFD, by ``schema.table.column``, of all that was read."""
        return dict(self._stats.lone_surrogates)

    def catalog(self) -> Database:
        """The whole schema. Raises ChecksumMismatch, and PackageDamaged where there are rows of a table without one."""
        database = super().catalog()
        strays = self._parts.keys() - {str(table.name) for table in database.tables}
        if strays:
            raise PackageDamaged(
                f"{self.path} holds rows of {', '.join(sorted(strays))}, which model.xml does not define.",
                todo="Export the package again.",
            )
        return database

    def segments(self, table: Table) -> tuple[Segment, ...]:
        """The parts of a table; none where it has no rows."""
        return tuple(Segment(table.name, part.entry, part.bytes) for part in self._parts.get(str(table.name), ()))

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        """The rows of a part in order, typed as ``wire.schema.arrow_schema(table)``.

        A batch comes out of about ``batch_bytes`` bytes, at least one row. Raises RowsDamaged, PackageDamaged.
        """
        from migrator.packages.bcp.rows import read_rows  # noqa: PLC0415 - numba takes half a second; a schema needs none

        with self.archive.open(segment.id) as entry:
            yield from read_rows(entry, table, batch_bytes=batch_bytes, stats=self._stats)

    @cached_property
    def _parts(self) -> dict[str, list[Part]]:
        parts: defaultdict[str, list[Part]] = defaultdict(list)
        for part in self.archive.parts():
            parts[part.table].append(part)
        return dict(parts)
