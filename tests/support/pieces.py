"""What worker processes do with segments of a live source in tests."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import pyarrow.compute as pc

from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.model.source import Source


@dataclass(frozen=True)
class Piece:
    """A segment that is to be read once the file ``after`` is there."""

    source: Source
    table: Table
    segment: Segment
    after: str


def total(piece: Piece) -> tuple[int, int, int]:
    """The process, the number of rows and the sum of column ``v``."""
    last = time.monotonic() + 60
    while not os.path.exists(piece.after):  # noqa: PTH110 - nothing but a test
        if time.monotonic() > last:
            raise TimeoutError(piece.after)
        time.sleep(0.02)
    rows = amount = 0
    for batch in piece.source.read(piece.table, piece.segment):
        rows += batch.num_rows
        amount += pc.sum(batch.column("v")).as_py() or 0
    return os.getpid(), rows, amount
