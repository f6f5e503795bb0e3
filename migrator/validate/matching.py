"""Two multisets of row records, and what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
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
    records, balance = _sum_by(np.concatenate([source, target]), sign)
    records, balance = records[balance != 0], balance[balance != 0]
    keys, here, there = _sum_by(records[:, :key_bytes], np.maximum(balance, 0), np.maximum(-balance, 0))
    changed = np.minimum(here, there)
    return Unequal(keys, here - changed, there - changed, changed)


def _sum_by(records: Bytes, *numbers: Counts) -> tuple[NDArray[Any], ...]:
    """Each different record once, in the order of its bytes, and the sums of ``numbers`` over it."""
    if not len(records):
        return (records, *numbers)
    records = np.ascontiguousarray(records)
    order = np.argsort(records.view(f"S{records.shape[1]}")[:, 0])
    records = records[order]
    differs = np.any(records[1:] != records[:-1], axis=1)
    first = np.flatnonzero(np.concatenate([[True], differs]))
    return (records[first], *(np.add.reduceat(number[order], first) for number in numbers))
