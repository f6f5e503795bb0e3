"""Columns whose values are of several kinds: sql_variant by base type, shapes by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrator.model.measurement import Measurement
from migrator.wire.arrays import flags_of, value_bytes

_SHAPES: Final = {
    1: "POINT",
    2: "LINESTRING",
    3: "POLYGON",
    4: "MULTIPOINT",
    5: "MULTILINESTRING",
    6: "MULTIPOLYGON",
    7: "GEOMETRYCOLLECTION",
}
"""By their number in well-known binary."""


@dataclass(slots=True)
class Variants:
    """How often each base type occurs in a sql_variant column."""

    rule: str
    object: str
    column: str
    types: Counter[str] = field(default_factory=Counter)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        types = batch.column(self.column).flatten()[0]
        for pair in pc.value_counts(types.drop_null()).to_pylist():
            self.types[pair["values"].partition("(")[0]] += pair["counts"]

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.types.update(other.types)

    def measured(self, rows: int) -> Measurement:
        """All values, by base type."""
        given = self.types.total()
        detail = f"{given:,} values{_listed(self.types)}"
        return Measurement(self.rule, self.object, given, rows, detail)


@dataclass(slots=True)
class Shapes:
    """Kinds of shapes in a spatial column; ``foreign`` counts those of another SRID than the target column's."""

    rule: str
    object: str
    column: str
    srid: int
    kinds: Counter[str] = field(default_factory=Counter)
    foreign: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        array = batch.column(self.column)
        srids, shapes = array.flatten()
        self.foreign += int(pc.sum(pc.not_equal(srids, self.srid)).as_py() or 0)
        data, places = value_bytes(shapes)
        # One byte for the order of bytes, then the kind: little-endian, and all kinds fit in its first byte.
        counts = np.bincount(data[places[:-1][flags_of(shapes)] + 1], minlength=8)
        self.kinds.update({word: int(counts[number]) for number, word in _SHAPES.items()})

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.kinds.update(other.kinds)
        self.foreign += other.foreign

    def measured(self, rows: int) -> Measurement:
        """All shapes, by kind."""
        given = self.kinds.total()
        detail = f"{given:,} shapes{_listed(self.kinds)}"
        if self.foreign:
            detail += f"; {self.foreign:,} have another SRID than the target's {self.srid}, which the copy refuses"
        return Measurement(self.rule, self.object, given, rows, detail)


def _listed(counts: Counter[str]) -> str:
    words = [
        f"{count:,} {word}" for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])) if count
    ]
    return f": {', '.join(words)}" if words else ""
