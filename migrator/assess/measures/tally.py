"""Counters over the rows of a table: filled batch by batch in a worker, added up in the parent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import pyarrow as pa

from migrator.model.measurement import Measurement


class Tally(Protocol):
    """One measure of one object. Small, picklable: it holds counters, no rows."""

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""

    def merge(self, other: Self) -> None:
        """Add what the same measure counted in another part of the table."""

    def measured(self, rows: int) -> Measurement | None:
        """What was found in the ``rows`` rows of the table; None where it is not worth a word."""


@dataclass(slots=True)
class Values:
    """Values of one column that a rule touches.

    ``count`` says how many values of an array it touches. ``sentence`` takes ``touched`` and ``given``, the number of
    values that are not NULL. ``quiet`` measures say nothing where nothing is touched.
    """

    rule: str
    object: str
    column: str
    count: Callable[[pa.Array], int]
    sentence: str
    quiet: bool = False
    touched: int = 0
    given: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        array = batch.column(self.column)
        self.given += len(array) - array.null_count
        self.touched += self.count(array)

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.given += other.given
        self.touched += other.touched

    def measured(self, rows: int) -> Measurement | None:
        """The touched values, one a row."""
        if self.quiet and not self.touched:
            return None
        detail = self.sentence.format(touched=self.touched, given=self.given)
        return Measurement(self.rule, self.object, self.touched, rows, detail)
