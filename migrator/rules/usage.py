"""Which rules decided something, and which of the user's own never did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from migrator.rules.entry import Origin


class Placed(Protocol):
    """A rule that knows where it stands."""

    @property
    def origin(self) -> Origin:
        """Its place."""


@dataclass(slots=True)
class Usage:
    """The places of the rules that won when they were asked."""

    won: set[Origin] = field(default_factory=set)

    def unused(self, rules: Iterable[Placed]) -> tuple[Origin, ...]:
        """The places of the user's own rules that decided nothing, in their order."""
        return tuple(sorted({rule.origin for rule in rules if rule.origin.overlay} - self.won))
