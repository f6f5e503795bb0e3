"""A translated query, still in the pieces that the query around it may change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from migrator.mysql.connect import quoted
from migrator.translate.expressions.value import Value
from migrator.translate.queries.relation import Output


@dataclass(frozen=True, slots=True)
class Query:
    """``head`` items ``tail``. ``columns`` and ``values`` run side by side.

    ``closed`` text needs brackets as a branch of a UNION: it ends in a LIMIT or is a UNION itself. ``head`` is then the
    whole text where the items cannot be changed any more (``values`` is empty).
    """

    head: str
    values: tuple[Value, ...]
    tail: str
    columns: tuple[Output, ...]
    closed: bool = False
    limited: bool = False

    @property
    def sql(self) -> str:
        """The text."""
        if not self.values:
            return self.head
        items = ", ".join(
            f"{value.sql} AS {quoted(output.target)}" for value, output in zip(self.values, self.columns, strict=True)
        )
        return f"{self.head} {items}{self.tail}"

    def opened(self, alias: str) -> Query:
        """The same as a plain SELECT whose items can be changed."""
        if self.values and not self.closed:
            return self
        values = tuple(
            Value(f"{quoted(alias)}.{quoted(output.target)}", output.type, nullable=output.nullable)
            for output in self.columns
        )
        return Query("SELECT", values, f" FROM ({self.sql}) AS {quoted(alias)}", self.columns)

    def changed(self, change: Callable[[int, Value], Value]) -> Query:
        """Each item as ``change`` makes it; only for a query with items."""
        values = tuple(change(place, value) for place, value in enumerate(self.values))
        columns = tuple(
            Output.of(value, output.name, output.target) for value, output in zip(values, self.columns, strict=True)
        )
        return replace(self, values=values, columns=columns)
