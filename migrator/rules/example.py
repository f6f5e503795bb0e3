"""Examples that stand with a rule and are run: what goes in, what has to come out."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.rules.entry import Entry


@dataclass(frozen=True, slots=True)
class Example:
    """One inline table of ``examples``.

    ``tsql`` is a type, a collation, a name or an expression, as the kind of the rule wants it, ``mysql`` what it has to
    become. ``column`` is the column of a type (``Sales.Orders.total``), ``columns`` are those that an expression uses
    (``a varchar(10), b int``).
    """

    tsql: str
    mysql: str
    column: str | None = None
    columns: str = ""


def read_examples(entry: Entry) -> tuple[Example, ...]:
    """The examples of a rule. Raises RulesError."""
    return tuple(map(_read, entry.tables("examples")))


def _read(entry: Entry) -> Example:
    of_type, of_function = entry.kind.startswith("type."), entry.kind.startswith("function.")
    example = Example(
        tsql=entry.text("tsql"),
        mysql=entry.text("mysql"),
        column=entry.optional("column") if of_type else None,
        columns=entry.text("columns", "") if of_function else "",
    )
    entry.done()
    return example
