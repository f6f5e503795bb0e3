"""names.toml: prefixes of schemas, prefixes that go, letter case, and names that a person chose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.model.name import ObjectName
from migrator.rules.entry import Entry, Origin
from migrator.rules.example import Example, read_examples
from migrator.rules.match import matches, pattern_weight

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Named(StrEnum):
    """What a rule gives names to."""

    TABLE = "table"
    COLUMN = "column"


class Case(StrEnum):
    """How letters are written: as they are, small, or small with an underscore where a new word began."""

    KEEP = "keep"
    LOWER = "lower"
    SNAKE = "snake"

    def apply(self, name: str) -> str:
        """``name`` in that case."""
        if self is Case.KEEP:
            return name
        return (_HUMP.sub("_", name) if self is Case.SNAKE else name).lower()


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """One ``[[schema]]``: the prefix that the tables of a schema get; ``{schema}`` in it is the schema's name."""

    schema: str
    prefix: str
    origin: Origin
    examples: tuple[Example, ...] = ()

    @property
    def specificity(self) -> tuple[int, ...]:
        """By the pattern."""
        return (pattern_weight(self.schema),)


@dataclass(frozen=True, slots=True)
class RenameRule:
    """One ``[[table]]`` or ``[[column]]``: an exact new name. ``column`` is None for a table."""

    table: str
    column: str | None
    to: str
    origin: Origin
    examples: tuple[Example, ...] = ()

    @property
    def specificity(self) -> tuple[int, ...]:
        """All weigh the same: they are exact."""
        return ()


@dataclass(frozen=True, slots=True)
class StripRule:
    """One ``[[strip]]``: a prefix that tables or columns lose; ``table`` is a pattern for the tables that it is for."""

    of: Named
    prefix: str
    table: str | None
    origin: Origin
    examples: tuple[Example, ...] = ()

    def fits(self, of: Named, table: ObjectName, name: str) -> bool:
        """True where the name of such a thing begins with the prefix and does not end with it."""
        begins = name.casefold().startswith(self.prefix.casefold()) and len(name) > len(self.prefix)
        return self.of is of and begins and matches(self.table, str(table))

    @property
    def specificity(self) -> tuple[int, ...]:
        """By the table, then by the prefix."""
        return (pattern_weight(self.table), len(self.prefix))


@dataclass(frozen=True, slots=True)
class CaseRule:
    """One ``[[case]]``: how the names of tables or columns are written; ``table`` is a pattern as in ``StripRule``."""

    of: Named
    to: Case
    table: str | None
    origin: Origin
    examples: tuple[Example, ...] = ()

    @property
    def specificity(self) -> tuple[int, ...]:
        """By the table."""
        return (pattern_weight(self.table),)


@dataclass(frozen=True, slots=True)
class Naming:
    """The name that the rules want, and the places of those that had a say.

    ``made_by`` are the user's own among them where they made another name of it than the shipped rules would, letter
    case aside: two names that meet because of them are a mistake, not the source's nature.
    """

    wanted: str
    origins: tuple[Origin, ...] = ()
    made_by: tuple[Origin, ...] = ()
    chosen: bool = False


def read_schema(entry: Entry) -> SchemaRule:
    """Read one ``[[schema]]``. Raises RulesError."""
    rule = SchemaRule(
        schema=entry.text("schema"),
        prefix=entry.text("prefix"),
        origin=entry.origin,
        examples=read_examples(entry),
    )
    entry.done()
    for word in _PLACEHOLDER.findall(rule.prefix):
        if word != "schema":
            raise entry.error(f"prefix has an unknown placeholder {{{word}}}", todo="known is {schema}")
    return rule


def read_rename(entry: Entry) -> RenameRule:
    """Read one ``[[table]]`` or ``[[column]]``. Raises RulesError."""
    rule = RenameRule(
        table=entry.text("table"),
        column=entry.text("column") if entry.kind == "column" else None,
        to=entry.text("to"),
        origin=entry.origin,
        examples=read_examples(entry),
    )
    entry.done()
    if not rule.to:
        raise entry.error("to is empty")
    if "." not in rule.table or "*" in rule.table:
        raise entry.error(f"table = {rule.table!r} is not one table", todo='write it with its schema: "dbo.Orders"')
    return rule


def read_strip(entry: Entry) -> StripRule:
    """Read one ``[[strip]]``. Raises RulesError."""
    rule = StripRule(
        of=entry.choice("of", Named),
        prefix=entry.text("prefix"),
        table=entry.optional("table"),
        origin=entry.origin,
        examples=read_examples(entry),
    )
    entry.done()
    if not rule.prefix:
        raise entry.error("prefix is empty")
    return rule


def read_case(entry: Entry) -> CaseRule:
    """Read one ``[[case]]``. Raises RulesError."""
    rule = CaseRule(
        of=entry.choice("of", Named),
        to=entry.choice("to", Case),
        table=entry.optional("table"),
        origin=entry.origin,
        examples=read_examples(entry),
    )
    entry.done()
    return rule
