"""What an assessment has to say about an object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model.schema import ObjectKind, Place


class Status(StrEnum):
    """How an object comes over; the worst of its parts. Order: automatic < lossy < manual < blocked."""

    AUTOMATIC = "automatic"
    LOSSY = "lossy"
    MANUAL = "manual"
    BLOCKED = "blocked"

    @property
    def rank(self) -> int:
        """0 for automatic to 3 for blocked."""
        return list(Status).index(self)


class Severity(StrEnum):
    """How much a finding should worry its reader."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark: which rule, about which object, why, and what to do.

    ``object`` is the full name as people write it (``dbo.Orders``, ``dbo.Orders.total``, ``dbo.Orders.IX_total``).
    """

    rule: str
    severity: Severity
    status: Status
    kind: ObjectKind
    object: str
    reason: str
    advice: str
    place: Place | None = None
