"""What a report says about a schema: how much comes over by itself, what does not, and how long a person will need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.model.explanation import RuleLine
from migrator.model.finding import Finding, Severity, Status
from migrator.model.measurement import Measurement
from migrator.model.schema import ObjectKind, Place, Skipped, Unread


class Complexity(StrEnum):
    """How much there is to understand, from simple to complex."""

    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"

    @property
    def rank(self) -> int:
        """0 for simple to 2 for complex."""
        return list(Complexity).index(self)


@dataclass(frozen=True, slots=True)
class Effort:
    """A person's work, in minutes: an estimate is never one number. ``low`` is at most ``high``."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class KindCount:
    """The objects of one kind; ``counts`` has every status. ``unknown`` are those whose text nobody could read: they
    are in no other count."""

    kind: ObjectKind
    counts: dict[Status, int]
    unknown: int = 0

    @property
    def total(self) -> int:
        """All objects of the kind."""
        return sum(self.counts.values()) + self.unknown


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one rule. ``minutes`` is the estimate for all of them, ``effort`` the range around it."""

    rule: str
    title: str
    severity: Severity
    status: Status
    advice: str
    minutes: int
    effort: Effort
    findings: tuple[Finding, ...]

    @property
    def count(self) -> int:
        """How often it was found."""
        return len(self.findings)

    @property
    def objects(self) -> tuple[str, ...]:
        """The names, as in the source, one for each finding."""
        return tuple(finding.object for finding in self.findings)


@dataclass(frozen=True, slots=True)
class AssessedObject:
    """One object of the source. ``findings`` are about itself, ``below`` about its parts that are reported alone.

    ``parent`` is the table that it is a part of, empty for what stands alone. ``target`` is its name in MySQL, empty
    where it has none. ``unknown``: its text could not be read. ``tsql`` and ``mysql`` show it on both sides, where it
    stands alone; both may be empty.
    """

    object: str
    kind: ObjectKind
    status: Status
    target: str
    complexity: Complexity
    findings: tuple[Finding, ...] = ()
    below: tuple[Finding, ...] = ()
    parent: str = ""
    unknown: bool = False
    place: Place | None = None
    tsql: str = ""
    mysql: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """The word of its status; "unknown" where nobody could read it, whatever its status."""
        return "unknown" if self.unknown else str(self.status)


@dataclass(frozen=True, slots=True)
class Assessment:
    """``kinds`` are in the order of ObjectKind, ``groups`` the worst first; ``rows`` is None where nobody knows.

    ``objects`` has every object once, in the order of the translation. ``lines`` are those of all scripts, None for
    another source; ``overlay`` the user's own rules in force. ``measurements`` are what was counted in the rows, if
    they were read, and ``measured`` says it of the findings that it is about. ``notes`` are sentences on what of the
    source could not be read or verified.
    """

    database: str
    product: str
    tables: int
    columns: int
    rows: int | None
    kinds: tuple[KindCount, ...]
    groups: tuple[FindingGroup, ...]
    effort: Effort
    complexity: Complexity
    objects: tuple[AssessedObject, ...] = ()
    collation: str = ""
    lines: int | None = None
    unread: tuple[Unread, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    overlay: tuple[RuleLine, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    measured: Mapping[Finding, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def minutes(self) -> int:
        """The estimate for all findings together."""
        return sum(group.minutes for group in self.groups)

    @property
    def counts(self) -> dict[Status, int]:
        """All objects by status but the unknown; every status is present."""
        return {status: sum(kind.counts[status] for kind in self.kinds) for status in Status}

    @property
    def unknown(self) -> int:
        """The objects whose text nobody could read."""
        return sum(kind.unknown for kind in self.kinds)

    def reaches(self, status: Status) -> bool:
        """True if any object or finding has this status or a worse one, or nobody knows of an object."""
        objects = (item.unknown or item.status.rank >= status.rank for item in self.objects)
        return any(objects) or any(group.status.rank >= status.rank for group in self.groups)

    @property
    def unread_lines(self) -> int:
        """The lines of the scripts that could not be read."""
        return sum(len(unread.text.strip().splitlines()) or 1 for unread in self.unread)
