"""functions.toml: T-SQL functions that one MySQL expression replaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.rules.entry import Entry, Origin
from migrator.rules.example import Example, read_examples

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")


class Argument(StrEnum):
    """What an argument must be for the replacement to mean the same.

    TEXT      a string, with the blanks that char(n) has
    TRIMMED   a string whose trailing blanks do not matter
    KEPT      a string whose trailing blanks come out as they go in
    NUMBER    any number
    INTEGER   a whole number
    DATE      a date, with or without a time
    ANY       whatever it is
    COUNT     a constant whole number from 0
    POSITION  a constant whole number from 1
    PLAIN     a constant string without letters, so that no collation changes its meaning
    NEEDLE    a constant string that is not empty
    ASCII     a constant whole number from 1 to 127
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
    NEEDLE = "needle"
    ASCII = "ascii"


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """One ``[[function]]``. ``to`` has ``{0}``, ``{1}`` … for the arguments, ``{fraction}`` for the digits of a second.

    ``returns`` is a T-SQL type or ``first`` (the type of the first argument). A function that is not ``deterministic``
    may stand in a DEFAULT or a query only. One that ``counts_letters`` counts UTF-16 units in SQL Server.
    """

    name: str
    arguments: tuple[Argument, ...]
    to: str
    returns: str
    origin: Origin
    deterministic: bool = True
    finding: str | None = None
    counts_letters: bool = False
    examples: tuple[Example, ...] = ()

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
        counts_letters=entry.flag("counts_letters", default=False),
        examples=read_examples(entry),
    )
    entry.done()
    allowed = {"fraction", *(str(number) for number in range(len(arguments)))}
    for word in _PLACEHOLDER.findall(rule.to):
        if word not in allowed:
            raise entry.error(f"to has {{{word}}}, but {rule.name} has {len(arguments)} arguments")
    return rule
