"""How long the values of a column are: the longest, and a bound that 99 of 100 stay under."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from migrator.assess.measures.values import supplementary
from migrator.model.measurement import Measurement
from migrator.wire.arrays import flags_of, value_bytes

DMS_DEFAULT: Final = 32 << 10
"""AWS DMS User Guide, "Target metadata task settings": LobMaxSize is in KB, 32 where nothing else is said."""

BOUNDS: Final = np.array(
    sorted({*range(8), *(quarter << shift for shift in range(30) for quarter in (4, 5, 6, 7))}), np.int64
)
"""Upper bounds of the histogram's buckets: four to every doubling, up to 3.5 GiB, above a LOB's 2 GiB."""


@dataclass(slots=True)
class Histogram:
    """Lengths in buckets."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(BOUNDS), np.int64))
    longest: int = 0

    def add(self, lengths: NDArray[np.int64]) -> None:
        """Count lengths."""
        self.longest = max(self.longest, int(lengths.max(initial=0)))
        self.counts += np.bincount(np.searchsorted(BOUNDS, lengths), minlength=len(BOUNDS))

    def merge(self, other: Histogram) -> None:
        """Add the counts of another one."""
        self.counts += other.counts
        self.longest = max(self.longest, other.longest)

    @property
    def given(self) -> int:
        """How many lengths there are."""
        return int(self.counts.sum())

    def most(self, share: float) -> int:
        """A length that at least this share of the values does not exceed."""
        reached = np.cumsum(self.counts) >= share * self.given
        return min(self.longest, int(BOUNDS[int(np.argmax(reached))]))


@dataclass(slots=True)
class Characters:
    """Lengths of a text column in characters, or of a binary one in bytes; all that are not NULL are touched."""

    rule: str
    object: str
    column: str
    text: bool
    lengths: Histogram = field(default_factory=Histogram)
    bytes: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        array = batch.column(self.column)
        sizes = _sizes(array)
        self.bytes = max(self.bytes, int(sizes.max(initial=0)))
        self.lengths.add(_characters(array) if self.text else sizes[flags_of(array)])

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.lengths.merge(other.lengths)
        self.bytes = max(self.bytes, other.bytes)

    def measured(self, rows: int) -> Measurement | None:
        """How long a declared size would have to be."""
        given, unit = self.lengths.given, "characters" if self.text else "bytes"
        detail = f"the longest of {given:,} values has {self.lengths.longest:,} {unit}, 99% have at most "
        detail += f"{self.lengths.most(0.99):,}"
        return Measurement(self.rule, self.object, given, rows, detail if given else "no values", self.bytes)


@dataclass(slots=True)
class Lobs:
    """Sizes of a LOB column in bytes, as the larger of the two servers counts them: UTF-16 for nvarchar(max), UTF-8 in
    the target. Touched are values above what DMS moves without further settings."""

    rule: str
    object: str
    column: str
    utf16: bool
    sizes: Histogram = field(default_factory=Histogram)
    large: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        array = batch.column(self.column)
        sizes = _sizes(array)
        if self.utf16:
            units = pc.fill_null(pc.utf8_length(array), 0).to_numpy() + supplementary(array)
            sizes = np.maximum(sizes, 2 * units)
        sizes = sizes[flags_of(array)]
        self.sizes.add(sizes)
        self.large += int(np.count_nonzero(sizes > DMS_DEFAULT))

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.sizes.merge(other.sizes)
        self.large += other.large

    def measured(self, rows: int) -> Measurement | None:
        """The largest value, and how many are large; None for a column of NULLs."""
        given = self.sizes.given
        if not given:
            return None
        detail = (
            f"the largest of {given:,} values has {self.sizes.longest:,} bytes, 99% have at most "
            f"{self.sizes.most(0.99):,}; {self.large:,} are larger than 32 KB"
        )
        return Measurement(self.rule, self.object, self.large, rows, detail, self.sizes.longest)


def largest_lob(database: str, columns: Sequence[Measurement]) -> Measurement:
    """What the measurements of all LOB columns say about the database."""
    longest = max(column.longest or 0 for column in columns)
    large = sum(column.touched for column in columns)
    detail = (
        f"the largest of all LOBs has {longest:,} bytes: a LobMaxSize of {math.ceil(longest / 1024):,} KB takes all of "
        f"them; {large:,} are larger than 32 KB"
    )
    return Measurement(columns[0].rule, database, large, sum(column.rows for column in columns), detail, longest)


def _sizes(array: pa.Array) -> NDArray[np.int64]:
    """Bytes of each value, 0 for NULL."""
    _, places = value_bytes(array)
    return np.where(flags_of(array), np.diff(places), 0)


def _characters(array: pa.Array) -> NDArray[np.int64]:
    lengths: NDArray[np.int64] = pc.utf8_length(pc.drop_null(array)).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths
