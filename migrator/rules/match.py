"""Which of several rules is the right one: overlay before shipped, then the most specific."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Protocol, TypeVar

from migrator.errors import RulesError
from migrator.rules.entry import Origin


class Ranked(Protocol):
    """A rule that can say how specific it is."""

    @property
    def origin(self) -> Origin:
        """Its place."""

    @property
    def specificity(self) -> tuple[int, ...]:
        """Compared as a tuple: the greater is the more specific."""


R = TypeVar("R", bound=Ranked)


def matches(pattern: str | None, name: str) -> bool:
    """True if ``name`` fits a pattern with ``*`` and ``?``; letter case does not count, None fits all."""
    return pattern is None or fnmatchcase(name.casefold(), pattern.casefold())


def pattern_weight(pattern: str | None) -> int:
    """0 for what fits all; more letters outside wildcards weigh more; a plain name outweighs every pattern."""
    if pattern is None or not pattern.strip("*"):
        return 0
    letters = sum(character not in "*?" for character in pattern)
    return 1 + letters if letters < len(pattern) else 1000 + letters


def best(candidates: Iterable[R], what: str) -> R | None:
    """The rule that wins, None where there is none. Raises RulesError where two weigh the same."""
    ranked = sorted(candidates, key=_rank, reverse=True)
    if len(ranked) > 1 and _rank(ranked[0]) == _rank(ranked[1]):
        raise RulesError(
            f"{ranked[0].origin} and {ranked[1].origin} contradict each other about {what}",
            why="both match, and neither is more specific",
            todo="remove one of them, or name the table or column in one",
        )
    return ranked[0] if ranked else None


def _rank(rule: Ranked) -> tuple[object, ...]:
    return (rule.origin.overlay, *rule.specificity)
