"""functions.toml: T-SQL functions that one MySQL expression replaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.rules.entry import Entry, Origin

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")


class Argument(StrEnum):
    """What an argument must be for the replacement to mean the same.

    TEXT is a string with the blanks that char(n) has; TRIMMED one whose trailing blanks do not matter; KEPT one whose
    trailing blanks come out as they go in; COUNT a literal whole number from 0; POSITION one from 1; PLAIN a string
    literal without letters (no collation changes its meaning).
    """

    TEXT = "text"
    TRIMMED = "trimmed"
    KEPT = "kept"
    NUMBER = "number"
    INTEGER = "integer"
    DATE = "date"
    ANY = "any"
    COUNT = "count"
    POSITION = "position"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """One ``[[function]]``. ``to`` has ``{0}``, ``{1}`` … for the arguments, ``{fraction}`` for the digits of a second.

    ``returns`` is a T-SQL type or ``first`` (the type of the first argument). A function that is not ``deterministic``
    may stand in a DEFAULT only.
    """

    name: str
    arguments: tuple[Argument, ...]
    to: str
    returns: str
    origin: Origin
    deterministic: bool = True
    finding: str | None = None

    @property
    def specificity(self) -> tuple[int, ...]:
        """All weigh the same."""
        return ()


def read_function(entry: Entry) -> FunctionRule:
    """Read one ``[[function]]``. Raises RulesError."""
    arguments = entry.text("arguments", "").split()
    known = {str(item) for item in Argument}
    for word in arguments:
        if word not in known:
            raise entry.error(f"unknown kind of argument {word!r}", todo=f"known are {', '.join(sorted(known))}")
    rule = FunctionRule(
        name=entry.text("name").casefold(),
        arguments=tuple(Argument(word) for word in arguments),
        to=entry.text("to"),
        returns=entry.text("returns"),
        origin=entry.origin,
        deterministic=entry.flag("deterministic", default=True),
        finding=entry.optional("finding"),
    )
    entry.done()
    allowed = {"fraction", *(str(number) for number in range(len(arguments)))}
    for word in _PLACEHOLDER.findall(rule.to):
        if word not in allowed:
            raise entry.error(f"to has {{{word}}}, but {rule.name} has {len(arguments)} arguments")
    return rule
