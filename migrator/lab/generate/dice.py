"""Chance that is the same everywhere: every number comes from the raw stream of a PCG64.

numpy keeps the streams of its bit generators and of SeedSequence stable for good, those of ``Generator``'s methods only
within a release (NEP 19). So the methods here are our own, and simple.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

_HALF: Final = np.uint64(32)


class Dice:
    """An endless stream of chance, told apart from others by ``seed`` and ``stream``."""

    def __init__(self, seed: int, *stream: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=stream))

    def whole(self, low: int, high: int, count: int) -> Integers:
        """``count`` integers, evenly from ``low`` to below ``high``; at most 2^32 of them to choose from."""
        raw = self._bits.random_raw(count) >> _HALF
        return (raw * np.uint64(high - low) >> _HALF).astype(np.int64) + low

    def below(self, limits: Integers) -> Integers:
        """For each limit an integer from 0 to below it."""
        raw = self._bits.random_raw(len(limits)) >> _HALF
        return (raw * limits.astype(np.uint64) >> _HALF).astype(np.int64)

    def real(self, count: int) -> Reals:
        """``count`` reals, evenly from 0 to below 1."""
        return (self._bits.random_raw(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def flags(self, share: float, count: int) -> NDArray[np.bool_]:
        """``count`` flags, about ``share`` of them True."""
        return self.real(count) < share

    def bell(self, count: int) -> Reals:
        """``count`` reals about 0 with a spread of about 1, never beyond 6 (the sum of twelve even ones, less 6)."""
        # Added in a fixed order: numpy's sum may take another one on another processor.
        sums = np.full(count, -6.0)
        for _ in range(12):
            sums += self.real(count)
        return sums

    def octets(self, count: int) -> NDArray[np.uint8]:
        """``count`` random bytes."""
        return self._bits.random_raw(-(-count // 8)).astype("<u8").view(np.uint8)[:count]
