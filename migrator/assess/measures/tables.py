"""Measures over all texts of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import pyarrow as pa

from migrator.assess.measures.values import ends_blank, supplementary
from migrator.model.measurement import Measurement

_NAMED: Final = 3
"""Columns that are named in a sentence."""


@dataclass(slots=True)
class Padded:
    """Rows in which a text of ``columns`` ends with a blank; ``values`` counts them by column."""

    rule: str
    object: str
    columns: tuple[str, ...]
    touched: int = 0
    values: Counter[str] = field(default_factory=Counter)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        found = np.zeros(batch.num_rows, np.bool_)
        for name in self.columns:
            flags = ends_blank(batch.column(name))
            self.values[name] += int(np.count_nonzero(flags))
            found |= flags
        self.touched += int(np.count_nonzero(found))

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.touched += other.touched
        self.values.update(other.values)

    def measured(self, rows: int) -> Measurement:
        """The table's share."""
        return padded_everywhere(self.object, [(self, rows)])


def padded_everywhere(database: str, tables: Sequence[tuple[Padded, int]]) -> Measurement:
    """One measurement of all tables' texts, given with their rows."""
    values = Counter({f"{tally.object}.{name}": count for tally, _ in tables for name, count in tally.values.items()})
    most = [f"{name} {count:,}" for name, count in values.most_common(_NAMED) if count]
    columns = sum(len(tally.columns) for tally, _ in tables)
    detail = f"{values.total():,} texts in {sum(map(bool, values.values())):,} of {columns:,} columns end with a blank"
    if most:
        detail += f"; most in {', '.join(most)}"
    touched = sum(tally.touched for tally, _ in tables)
    return Measurement(tables[0][0].rule, database, touched, sum(rows for _, rows in tables), detail)


@dataclass(slots=True)
class Supplementary:
    """Rows in which a text of ``columns`` has a character of two UTF-16 units."""

    rule: str
    object: str
    columns: tuple[str, ...]
    touched: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        counts = [supplementary(batch.column(name)) for name in self.columns]
        self.touched += int(np.count_nonzero(np.sum(counts, axis=0)))

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.touched += other.touched

    def measured(self, rows: int) -> Measurement:
        """An upper bound: which of the table's texts the expression counts is not looked at."""
        detail = f"{self.touched:,} rows have a character of two UTF-16 units in some text of the table: at most these"
        return Measurement(self.rule, self.object, self.touched, rows, detail)
