"""collations.toml: which MySQL collation stands for a SQL Server one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from migrator.rules.entry import Entry, Origin
from migrator.rules.example import Example, read_examples
from migrator.rules.match import pattern_weight


@dataclass(frozen=True, slots=True)
class CollationRule:
    """One ``[[collation]]``; ``finding`` names a rule of checks.toml."""

    collation: str
    to: str
    origin: Origin
    finding: str | None = None
    examples: tuple[Example, ...] = ()

    @property
    def specificity(self) -> tuple[int, ...]:
        """By the pattern."""
        return (pattern_weight(self.collation),)


def read_collation(entry: Entry) -> CollationRule:
    """Read one ``[[collation]]``. Raises RulesError."""
    rule = CollationRule(
        collation=entry.text("collation"),
        to=entry.text("to"),
        origin=entry.origin,
        finding=entry.optional("finding"),
        examples=read_examples(entry),
    )
    entry.done()
    if not re.fullmatch(r"utf8mb4_\w+", rule.to):
        raise entry.error(f"{rule.to!r} is no utf8mb4 collation", todo="the target's character set is utf8mb4")
    return rule
