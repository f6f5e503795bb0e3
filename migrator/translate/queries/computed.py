"""Computed columns that MySQL's table has not, or has unfilled: a query may have their expression in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrator.mysql.connect import quoted
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import Namer
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach, Relation

if TYPE_CHECKING:
    from migrator.translate.queries.writer import Writer


def completed(writer: Writer, table: Relation) -> tuple[str, Relation] | None:
    """A derived table with the computed columns that the view asks for; None where it asks for none that can be had.

    A query is allowed more than a generated column: what differs from call to call, and what a remark tells of.
    """
    wanted = [column for column in table.computed if writer.asks_for(column.name)]
    if not wanted:
        return None
    values = writer.values(Reach(None, [table]))
    items = {output.name: (output, table.value(output)) for output in table.columns}
    missing = dict(table.missing)
    namer = Namer(output.target for output in table.columns)
    filled = False
    for column in wanted:
        plain = table.find(column.name)
        try:
            value = values.scalar_of(column.expression)
        except Untranslatable:
            if plain is not None:
                writer.remarks.append("view-column-unfilled")
            continue  # who uses one that is missing is told so
        target = namer.take(column.name) if plain is None else plain.target
        items[column.name] = (Output.of(value, column.name, target), value)
        missing.pop(column.name.casefold(), None)
        filled = True
    if not filled:
        return None
    ordered = [items[name] for name in table.order if name in items]
    columns = tuple(output for output, _ in ordered)
    query = Query("SELECT", tuple(value for _, value in ordered), f" FROM {quoted(table.target)}", columns)
    return f"({query.sql})", Relation(table.name, table.target, columns, missing, table.schema)
