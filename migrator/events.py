"""How a stage says what it is doing, without knowing who listens.

A stage calls ``emit`` with one of the events below; ``console`` draws them as bars, log lines or JSON lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from migrator.model.finding import Finding


class Unit(StrEnum):
    """What the numbers of a task count."""

    ROWS = "rows"
    STATEMENTS = "statements"
    TABLES = "tables"
    BYTES = "bytes"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class Started:
    """A task of a stage begins: ``total`` units of work, None where nobody knows."""

    stage: str
    task: str
    total: int | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Advanced:
    """``amount`` more units are done for good, ``rows`` rows among them (where the unit is not rows itself)."""

    stage: str
    task: str
    amount: int
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A stage found something worth a person's eyes."""

    stage: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Finished:
    """A task is over."""

    stage: str
    task: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something happened to a stage that people should know while it runs: one sentence without a full stop."""

    stage: str
    text: str


Event = Started | Advanced | Found | Finished | Noted


class Emit(Protocol):
    """Takes events as they happen. Cheap, never raises, may be called from any thread."""

    def __call__(self, event: Event, /) -> None:
        """Take one event."""


def silent(event: Event, /) -> None:
    """Take an event and say nothing: for tests and libraries."""
