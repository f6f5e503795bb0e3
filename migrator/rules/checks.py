"""checks.toml: every remark that an assessment can make, with its weight and its advice."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.finding import Severity, Status
from migrator.rules.entry import Entry, Origin


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One ``[[check]]``. ``minutes`` is the effort of a person for one object; ``reason`` has placeholders of the caller."""

    id: str
    title: str
    severity: Severity
    status: Status
    minutes: int
    reason: str
    advice: str
    origin: Origin

    @property
    def specificity(self) -> tuple[int, ...]:
        """All weigh the same."""
        return ()


def read_check(entry: Entry) -> CheckRule:
    """Read one ``[[check]]``. Raises RulesError."""
    rule = CheckRule(
        id=entry.text("id"),
        title=entry.text("title"),
        severity=entry.choice("severity", Severity),
        status=entry.choice("status", Status),
        minutes=entry.number("minutes"),
        reason=entry.text("reason"),
        advice=entry.text("advice"),
        origin=entry.origin,
    )
    entry.done()
    return rule
