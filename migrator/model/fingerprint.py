"""A set of rows as three numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """COUNT(*) and the sums of two 7-byte slices of the SHA-256 of every canonical row; it does not depend on row
    order.

    ``low`` sums bytes 0-6 of the hash, ``high`` bytes 7-13, each read as a big-endian unsigned integer. Sums are exact
    (no modulus): 10^21 rows fit DECIMAL(38,0). Fingerprints of disjoint sets add up to the fingerprint of their union.
    """

    rows: int = 0
    low: int = 0
    high: int = 0

    def __add__(self, other: Fingerprint) -> Fingerprint:
        return Fingerprint(self.rows + other.rows, self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return f"{self.rows}:{self.low:x}:{self.high:x}"
