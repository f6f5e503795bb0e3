"""Two multisets of row records, and what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from migrator.wire.kernels import Bytes

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unequal:
    """Keys (n, key bytes) whose rows are not the same on both sides, in the order of their bytes; how many, and how."""

    keys: Bytes
    missing: Counts
    extra: Counts
    changed: Counts

    @property
    def total(self) -> int:
        """Rows that differ."""
        return int(self.missing.sum() + self.extra.sum() + self.changed.sum())


def unequal(source: Bytes, target: Bytes, key_bytes: int) -> Unequal:
    """Compare records (n, 32) of both sides. The first ``key_bytes`` bytes are the key.

    Equal records cancel out one by one. What is left of a key on both sides is changed; the rest is missing or extra.
    """
    sign = np.repeat(np.array([1, -1], np.int64), [len(source), len(target)])
    left = _sum_by(np.concatenate([source, target]), {"balance": sign})
    balance = left["balance"].to_numpy()
    uneven = balance != 0
    records, balance = _rows(left["record"])[uneven], balance[uneven]
    here, there = np.maximum(balance, 0), np.maximum(-balance, 0)
    keys = _sum_by(records[:, :key_bytes], {"here": here, "there": there}).sort_by("record")
    here, there = keys["here"].to_numpy(), keys["there"].to_numpy()
    changed = np.minimum(here, there)
    return Unequal(_rows(keys["record"]), here - changed, there - changed, changed)


def _sum_by(records: Bytes, numbers: dict[str, Counts]) -> pa.Table:
    """The sums of ``numbers`` over equal records, one row for each record."""
    width = records.shape[1]
    column = pa.Array.from_buffers(pa.binary(width), len(records), [None, pa.py_buffer(records.tobytes())])
    table = pa.table({"record": column, **numbers})
    summed = table.group_by("record").aggregate([(name, "sum") for name in numbers])
    return summed.rename_columns([name.removesuffix("_sum") for name in summed.column_names])


def _rows(column: pa.ChunkedArray) -> Bytes:
    """Fixed-width values as an array (n, width)."""
    width = column.type.byte_width
    joined = b"".join(
        memoryview(chunk.buffers()[1])[chunk.offset * width : (chunk.offset + len(chunk)) * width]
        for chunk in column.chunks
    )
    return np.frombuffer(joined, np.uint8).reshape(-1, width)
