"""names.toml: prefixes of schemas, and names that a person chose."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.rules.entry import Entry, Origin
from migrator.rules.match import pattern_weight


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """One ``[[schema]]``: the prefix that the tables of a schema get; ``{schema}`` in it is the schema's name."""

    schema: str
    prefix: str
    origin: Origin

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

    @property
    def specificity(self) -> tuple[int, ...]:
        """All weigh the same: they are exact."""
        return ()


def read_schema(entry: Entry) -> SchemaRule:
    """Read one ``[[schema]]``. Raises RulesError."""
    rule = SchemaRule(schema=entry.text("schema"), prefix=entry.text("prefix"), origin=entry.origin)
    entry.done()
    return rule


def read_rename(entry: Entry) -> RenameRule:
    """Read one ``[[table]]`` or ``[[column]]``. Raises RulesError."""
    rule = RenameRule(
        table=entry.text("table"),
        column=entry.text("column") if entry.kind == "column" else None,
        to=entry.text("to"),
        origin=entry.origin,
    )
    entry.done()
    if not rule.to:
        raise entry.error("to is empty")
    return rule
