"""A table and the making of its rows, a span at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import Raw, to_arrow
from migrator.lab.generate.census import Census, Growth
from migrator.lab.generate.dice import Dice, Integers
from migrator.model.name import ObjectName
from migrator.model.schema import Table
from migrator.wire.schema import arrow_schema

_BARE_ROW: Final = 40
"""In this row of every table, or in the last one before it, everything is NULL that may be."""


@dataclass(frozen=True, slots=True)
class Span:
    """Rows ``first`` to ``first + rows`` of a table, counted from 0, with the chance that is theirs alone."""

    table: ObjectName
    first: int
    rows: int
    dice: Dice
    census: Census

    @property
    def index(self) -> Integers:
        """The numbers of the rows."""
        return np.arange(self.first, self.first + self.rows, dtype=np.int64)


Columns: TypeAlias = Mapping[str, "pa.Array | Raw"]
"""A span's values by column name: Arrow arrays, or numpy arrays of what their Arrow type stores."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The identity values of a table: row i has ``start + i * step``."""

    table: ObjectName
    start: int = 1
    step: int = 1

    def of(self, indices: Integers) -> Integers:
        """The numbers of rows counted from 0."""
        return self.start + indices * self.step

    def own(self, span: Span) -> Integers:
        """The numbers of a span's own rows."""
        return self.of(span.index)

    def some(self, span: Span) -> Integers:
        """For each row of a span the number of any row of this table."""
        return self.of(span.dice.whole(0, span.census.rows(self.table), span.rows))


@dataclass(frozen=True, slots=True)
class Population:
    """A table, how many rows it has, and who makes them. ``batch_rows`` is how many are made at once."""

    table: Table
    growth: Growth
    make: Callable[[Span], Columns]
    batch_rows: int = 16_384

    @property
    def name(self) -> ObjectName:
        """The table's name."""
        return self.table.name

    def batches(self, census: Census, seed: int) -> Iterator[pa.RecordBatch]:
        """All rows, in batches of ``batch_rows``; the same for the same scale and seed."""
        schema = arrow_schema(self.table)
        total = census.rows(self.name)
        # The checksum of the name keeps a table's rows as they are when tables are added, removed or left out.
        stream = crc32(str(self.name).encode())
        for number, first in enumerate(range(0, total, self.batch_rows)):
            rows = min(self.batch_rows, total - first)
            columns = self.make(Span(self.name, first, rows, Dice(seed, stream, number), census))
            if columns.keys() != set(schema.names):
                raise ValueError(f"the rows of {self.name} do not have its columns")
            arrays = [to_arrow(columns[field.name], field.type) for field in schema]
            bare = min(total, _BARE_ROW) - first
            if 0 < bare <= rows:
                arrays = [
                    _bare(array, bare - 1) if field.nullable else array
                    for array, field in zip(arrays, schema, strict=True)
                ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _bare(array: pa.Array, row: int) -> pa.Array:
    """The array with a NULL at ``row``."""
    return pa.concat_arrays([array.slice(0, row), pa.nulls(1, array.type), array.slice(row + 1)])
