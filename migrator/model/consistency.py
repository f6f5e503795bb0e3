"""Which picture of the source its readers see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Consistency(StrEnum):
    """How far all rows that are read belong to one moment.

    FILE               a package: nothing changes
    DATABASE_SNAPSHOT  a read-only copy of one moment, which outlives us: a resumed run reads the same rows
    SNAPSHOT           one moment for all workers, as long as their connections live
    READ_ONLY          the source takes no writes
    NONE               rows of different moments
    """

    FILE = "file"
    DATABASE_SNAPSHOT = "database snapshot"
    SNAPSHOT = "snapshot"
    READ_ONLY = "read only"
    NONE = "none"

    @property
    def lasting(self) -> bool:
        """True where a later run reads the same rows."""
        return self in (Consistency.FILE, Consistency.DATABASE_SNAPSHOT, Consistency.READ_ONLY)


@dataclass(frozen=True, slots=True)
class Hold:
    """A picture of the source that is held while its rows are read.

    ``why`` is a sentence for people. ``begin`` is run by every worker process before its first work (picklable); None
    where there is nothing to do. ``kept`` says, once the workers have begun, whether all of them did so in time.
    """

    consistency: Consistency
    why: str
    begin: Callable[[], None] | None = None
    kept: Callable[[], bool] | None = None

    def outcome(self, slips: int) -> Hold:
        """What it turned out to be, after workers had to go on in another moment ``slips`` times."""
        if self.kept is not None and not self.kept():
            return Hold(Consistency.NONE, "the workers did not all begin in time: each read a moment of its own")
        if slips:
            why = f"a connection of the source was lost {slips} times: what was read after it is of a later moment"
            return Hold(Consistency.NONE, why)
        return Hold(self.consistency, self.why)
