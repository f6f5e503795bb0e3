"""The outcome of a rehearsal: what was moved, how long each phase took, whether it fits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from migrator.model.evidence import Evidence
from migrator.model.translation import Translation
from migrator.model.validation import Validation


class Verdict(StrEnum):
    """FITS: everything equal and P95 within the window. TOO LONG: equal, but late. DIFFERENT: the rows are not the
    same."""

    FITS = "fits"
    TOO_LONG = "too long"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """A measured phase: wall-clock seconds, rows and source bytes that it handled (0 where it handles none)."""

    name: str
    seconds: float
    rows: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """How long the cutover will take, in seconds, against the window; ``assumptions`` are sentences for people."""

    p50_s: float
    p95_s: float
    window_s: float
    assumptions: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """True if P95 is within the window."""
        return self.p95_s <= self.window_s


@dataclass(frozen=True, slots=True)
class TableLoad:
    """One table as it was loaded; ``expected`` is the package's or the catalog's own count, None where it has none."""

    source: str
    target: str
    rows: int
    bytes: int
    seconds: float
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything that the report of a rehearsal shows. Times are UTC; ``notes`` are sentences about the source.

    ``effort_minutes`` is what a first estimate gives for the hand work that the findings ask for, ``evidence`` that of
    the validation.
    """

    source: str
    source_identity: str
    product: str
    target: str
    server_version: str
    started: datetime
    finished: datetime
    phases: tuple[PhaseTime, ...]
    loads: tuple[TableLoad, ...]
    translation: Translation
    validation: Validation
    forecast: Forecast
    notes: tuple[str, ...] = ()
    effort_minutes: int = 0
    evidence: Evidence | None = None

    @property
    def verdict(self) -> Verdict:
        """What to tell the one who asks."""
        if not self.validation.equal:
            return Verdict.DIFFERENT
        return Verdict.FITS if self.forecast.fits else Verdict.TOO_LONG
