"""What a report says about a schema: how much comes over by itself, what does not, and how long a person will need."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.finding import Severity, Status
from migrator.model.schema import ObjectKind


@dataclass(frozen=True, slots=True)
class KindCount:
    """The objects of one kind; ``counts`` has every status."""

    kind: ObjectKind
    counts: dict[Status, int]

    @property
    def total(self) -> int:
        """All objects of the kind."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """All findings of one rule. ``minutes`` is the effort for all of them; ``objects`` are names, as in the source."""

    rule: str
    title: str
    severity: Severity
    status: Status
    advice: str
    minutes: int
    objects: tuple[str, ...]

    @property
    def count(self) -> int:
        """How often it was found."""
        return len(self.objects)


@dataclass(frozen=True, slots=True)
class Assessment:
    """``kinds`` are in the order of ObjectKind, ``groups`` the worst first; ``rows`` is None where nobody knows."""

    database: str
    product: str
    tables: int
    columns: int
    rows: int | None
    kinds: tuple[KindCount, ...]
    groups: tuple[FindingGroup, ...]

    @property
    def minutes(self) -> int:
        """The effort of all findings together."""
        return sum(group.minutes for group in self.groups)

    @property
    def counts(self) -> dict[Status, int]:
        """All objects by status; every status is present."""
        return {status: sum(kind.counts[status] for kind in self.kinds) for status in Status}
