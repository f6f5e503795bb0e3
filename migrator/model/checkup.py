"""What a look at both ends of a migration found, before the first row moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from statistics import median
from time import perf_counter, time
from typing import Final

_SAMPLES: Final = 10


class Grade(StrEnum):
    """How a check ended. Order: ok < unknown < warning < blocker.

    UNKNOWN is what could not be asked: nothing is said to be fine that nobody has seen.
    """

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    BLOCKER = "blocker"

    @property
    def rank(self) -> int:
        """0 for ok to 3 for blocker."""
        return list(Grade).index(self)


class Area(StrEnum):
    """What a check looks at, in the order of a report."""

    SOURCE = "source"
    TARGET = "target"
    BOTH = "both ends"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, what was found, why it matters, what to do.

    ``statements`` are what to run to put it right, each whole; "" and none where there is nothing to do.
    """

    area: Area
    name: str
    grade: Grade
    found: str
    why: str = ""
    advice: str = ""
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unasked:
    """A question that could not be asked, and what the server said to it."""

    question: str
    why: str


@dataclass(frozen=True, slots=True)
class Clock:
    """A server's clock against ours, and how long a question takes there and back. All in seconds.

    ``ahead`` is negative where the server is behind; it may be wrong by ``within``.
    """

    ahead: float
    within: float
    round_trip: float


@dataclass(frozen=True, slots=True)
class Rate:
    """Bytes that went one way, and the seconds that they took."""

    bytes: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Bytes a second."""
        return self.bytes / self.seconds


@dataclass(frozen=True, slots=True)
class Checkup:
    """All checks of a pair, one side of which may have been left out."""

    source: str
    target: str
    checks: tuple[Check, ...]

    def count(self, grade: Grade) -> int:
        """How many checks ended so."""
        return sum(check.grade is grade for check in self.checks)

    @property
    def grade(self) -> Grade:
        """The worst of all."""
        return max((check.grade for check in self.checks), key=lambda grade: grade.rank, default=Grade.OK)

    @property
    def blocked(self) -> bool:
        """True where a migration cannot work as things are."""
        return self.grade is Grade.BLOCKER


def compare_clocks(ask: Callable[[], datetime], *, samples: int = _SAMPLES) -> Clock:
    """Ask a server for its time (UTC, no zone) ``samples`` times. The answer that was back first is the truest one."""
    trips: list[tuple[float, float]] = []
    for _ in range(samples):
        left, began = time(), perf_counter()
        theirs = ask()
        taken = perf_counter() - began
        trips.append((taken, theirs.replace(tzinfo=UTC).timestamp() - (left + taken / 2)))
    shortest, ahead = min(trips)
    return Clock(ahead, shortest / 2, median(taken for taken, _ in trips))
