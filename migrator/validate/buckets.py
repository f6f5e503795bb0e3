"""Fingerprints of many small sets of rows, made on the wire: the same sets that ``mysql.fingerprint`` makes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from migrator.model.fingerprint import Fingerprint
from migrator.wire import kernels
from migrator.wire.kernels import Bytes

_FEWEST: Final = 1 << 10
_MOST: Final = 1 << 16
_ROWS_A_BUCKET: Final = 1000
_HALF: Final = np.uint64(28)
_LOW_HALF: Final = np.uint64((1 << 28) - 1)


def bucket_count(rows: int) -> int:
    """How many buckets a table of ``rows`` rows is cut into: a power of two, with about 1,000 rows in each."""
    return min(max(_FEWEST, 1 << (rows // _ROWS_A_BUCKET).bit_length()), _MOST)


def buckets_of(key_hashes: Bytes, buckets: int) -> NDArray[np.int64]:
    """The bucket of each key hash (rows, 32): its first 4 bytes, big-endian, modulo ``buckets``."""
    return np.ascontiguousarray(key_hashes[:, :4]).view(">u4")[:, 0].astype(np.int64) % buckets


class BucketSums:
    """The fingerprint of every bucket, as arrays that grow batch by batch."""

    def __init__(self, buckets: int) -> None:
        # Rows, then each sum as that of its upper and of its lower 28 bits: exact up to 2^36 rows.
        self._rows = np.zeros(buckets, np.int64)
        self._halves = np.zeros((4, buckets), np.uint64)

    def add(self, row_hashes: Bytes, buckets: NDArray[np.int64]) -> None:
        """Add rows (rows, 32), each to its bucket."""
        count = len(self._rows)
        self._rows += np.bincount(buckets, minlength=count)
        low, high = kernels.slices(row_hashes).T
        for index, half in enumerate((low >> _HALF, low & _LOW_HALF, high >> _HALF, high & _LOW_HALF)):
            # bincount adds as doubles: exact for the 2^25 rows that no batch has.
            self._halves[index] += np.bincount(buckets, half, count).astype(np.uint64)

    def merge(self, other: BucketSums) -> None:
        """Add the rows of another one over the same buckets."""
        self._rows += other._rows
        self._halves += other._halves

    def fingerprints(self) -> dict[int, Fingerprint]:
        """The fingerprint of each bucket that has rows."""
        found = {}
        for bucket in np.flatnonzero(self._rows).tolist():
            upper_low, lower_low, upper_high, lower_high = (int(half) for half in self._halves[:, bucket])
            found[bucket] = Fingerprint(
                int(self._rows[bucket]), (upper_low << 28) + lower_low, (upper_high << 28) + lower_high
            )
        return found
