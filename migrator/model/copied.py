"""What a copy would do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.consistency import Hold
from migrator.model.finding import Finding
from migrator.model.rehearsal import PhaseTime, TableLoad


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table that would be copied. ``rows`` and ``bytes`` are the source's own estimates, ``rows`` None where it has
    none."""

    source: str
    target: str
    rows: int | None
    bytes: int
    segments: int


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy: its tables, the seconds of its phases, its picture of the source.

    ``findings`` are remarks of the translation and of the doing, ``notes`` sentences about the source. ``followed``
    counts the tables whose changes the source remembers.
    """

    loads: tuple[TableLoad, ...]
    phases: tuple[PhaseTime, ...]
    picture: Hold
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    followed: int = 0
