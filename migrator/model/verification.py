"""What came of translating cases and comparing them with what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a case is not as it should be."""

    BROKEN = "broken"
    """The case itself cannot be used: no source, an unreadable one, bad rules, a proof without a verdict."""
    MISSING = "missing"
    """There is nothing to compare with."""
    DIFFERENT = "different"
    """The translation is another than the expected one."""
    REFUSED = "refused"
    """The server did not take a statement."""
    UNLIKE = "unlike"
    """The server has something else than the translation promised."""
    DISPROVED = "disproved"
    """A statement of proof.sql came out otherwise."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong with a case: a line for a list, and the whole story (a unified diff, the server's
    words)."""

    fault: Fault
    message: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case. ``seconds`` is wall-clock time; ``updated`` names the files that were written or removed."""

    name: str
    seconds: float
    failures: tuple[Failure, ...] = ()
    updated: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """True if nothing is wrong."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Verification:
    """All cases of a folder, in the order of their names. ``server`` is the MySQL that ran them, empty where none
    did."""

    folder: str
    cases: tuple[CaseResult, ...]
    seconds: float
    server: str = ""

    @property
    def passed(self) -> bool:
        """True if nothing is wrong with any case."""
        return all(case.passed for case in self.cases)

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that something is wrong with."""
        return tuple(case for case in self.cases if not case.passed)
