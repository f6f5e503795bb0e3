"""Batches cut small enough that their texts need little room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

ROWS: Final = 1 << 14
"""Narrow rows are many in a batch, and every column of them needs room as text."""


def pieces(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in their order, at most ``ROWS`` at a time, never none."""
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS):
            yield batch.slice(start, ROWS)
