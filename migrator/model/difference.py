"""How a row can differ between source and target."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DifferenceKind(StrEnum):
    """Seen from the target."""

    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same on both sides.

    ``table`` is the target's table. ``key`` is the canonical text of each key column, in key order; for a table without
    a key it is the row hash alone. ``columns`` names the target columns that differ (CHANGED only). ``count`` is more
    than one only in a table without a key, where equal rows may stand several times.
    """

    table: str
    kind: DifferenceKind
    key: tuple[str | None, ...]
    columns: tuple[str, ...] = ()
    count: int = 1
