"""What a MySQL database has, or must have, thing by thing; and where the two are apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

Facts = dict[str, str]
"""What is known of one thing: a property and its value as text."""


class Thing(NamedTuple):
    """One thing of a database: ``column a of t``, ``view v``. ``table`` is empty for what belongs to no table."""

    kind: str
    name: str
    table: str = ""

    @property
    def of(self) -> str:
        """The table that it is a part of, or is itself; empty for what stands alone."""
        return self.name if self.kind == "table" else self.table

    def __str__(self) -> str:
        return f"{self.kind} {self.table}.{self.name}" if self.table else f"{self.kind} {self.name}"


@dataclass(slots=True)
class Catalog:
    """Things with their facts: tables, columns, indexes, foreign keys, checks, counters, views, triggers, routines."""

    things: dict[Thing, Facts] = field(default_factory=dict)

    def add(self, kind: str, name: str, table: str = "", /, **facts: str) -> None:
        """Take one in."""
        self.things[Thing(kind, name, table)] = facts


@dataclass(frozen=True, slots=True)
class SchemaDifference:
    """One thing that is not as it was promised.

    ``fact`` is the property that is another, empty where the whole thing is missing (``found`` is None) or more than
    was promised (``promised`` is None).
    """

    thing: Thing
    fact: str
    promised: str | None
    found: str | None

    def __str__(self) -> str:
        if self.found is None:
            return f"{self.thing} is not there"
        if self.promised is None:
            return f"{self.thing} is there, and nobody promised it"
        return f"{self.thing}: {self.fact} is {self.found!r}, promised was {self.promised!r}"


@dataclass(frozen=True, slots=True)
class SchemaValidation:
    """The target's schema held against the promise. ``things`` is how many were promised.

    ``beside`` are things that nobody promised and that change nothing in what was: tables, views and routines of
    others.
    """

    things: int
    differences: tuple[SchemaDifference, ...] = ()
    beside: tuple[Thing, ...] = ()

    @property
    def equal(self) -> bool:
        """True if everything is as it was promised."""
        return not self.differences
