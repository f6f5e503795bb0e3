"""TOP and OFFSET: LIMIT where MySQL has it, a count over a window where it has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from migrator.mysql.connect import quoted
from migrator.translate.expressions.value import BIGINT, Untranslatable, Value
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output

if TYPE_CHECKING:
    from migrator.translate.queries.values import QueryValues

_ALL = 18446744073709551615
"""What LIMIT takes for "to the end" (MySQL 8.0 Reference Manual: "SELECT Statement")."""


def limited(values: QueryValues, node: exp.Expr, query: Query) -> Query:
    """``query`` with the ORDER BY and the limits of ``node``. An order without a limit is none: rows of a view have no
    order. Raises Untranslatable."""
    limit, offset, order = node.args.get("limit"), node.args.get("offset"), node.args.get("order")
    if limit is None and offset is None:
        return query
    count, percent, ties = _count(values, limit)
    if percent and count == 100 and offset is None:
        return query
    if percent or ties:
        if offset is not None:
            raise Untranslatable("it has both TOP and OFFSET")
        return _windowed(values, order, query, count, percent=percent, ties=ties)
    text = ""
    if order is not None:
        terms = values.writer.ordering(values, order, query.columns, lambda output: quoted(output.target))
        text = f"\nORDER BY {', '.join(terms)}"
    text += f"\nLIMIT {_ALL if count is None else count}"
    if offset is not None:
        skipped = values.scalar(offset.expression)
        if not isinstance(skipped.literal, int):
            raise Untranslatable("its OFFSET is no constant")
        text += f" OFFSET {skipped.sql}" if skipped.literal else ""
    if not query.values:
        return Query(query.head + text, (), "", query.columns, closed=True, limited=True)
    return Query(query.head, query.values, query.tail + text, query.columns, closed=True, limited=True)


def _count(values: QueryValues, limit: exp.Expr | None) -> tuple[int | float | None, bool, bool]:
    if limit is None:
        return None, False, False
    node = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
    value = values.scalar(node) if node is not None else Value("1", BIGINT, literal=1)
    options = limit.args.get("limit_options")
    percent = bool(options is not None and options.args.get("percent"))
    ties = bool(options is not None and options.args.get("with_ties"))
    if value.literal is None or isinstance(value.literal, str):
        raise Untranslatable("its TOP is no constant")
    if not percent and int(value.literal) != value.literal:
        raise Untranslatable("its TOP is no whole number")
    return (float(value.literal) if percent else int(value.literal)), percent, ties


def _windowed(
    values: QueryValues, order: exp.Expr | None, query: Query, count: float | None, *, percent: bool, ties: bool
) -> Query:
    """The rows whose place in the order is small enough; with ties, all of the last place."""
    writer = values.writer
    inner, outer = writer.alias("ranked"), writer.alias("top")
    distinct = query.head != "SELECT" or not query.values
    over = ""
    if order is not None:
        if distinct:  # what is counted are the rows that are left
            terms = writer.ordering(values, order, query.columns, lambda output: _of(inner, output))
        else:
            shown = {output.target: value.sql for output, value in zip(query.columns, query.values, strict=True)}
            terms = writer.ordering(values, order, query.columns, lambda output: shown[output.target])
        over = f"ORDER BY {', '.join(terms)}"
    place = Value(f"{'RANK' if ties else 'ROW_NUMBER'}() OVER ({over})", BIGINT)
    total = Value("COUNT(*) OVER ()", BIGINT)
    if distinct:
        query = Query(
            "SELECT",
            tuple(Value(_of(inner, output), output.type) for output in query.columns),
            f" FROM ({query.sql}) AS {quoted(inner)}",
            query.columns,
        )
    extra = (Output("", "place#", BIGINT), Output("", "total#", BIGINT))
    wide = Query(query.head, (*query.values, place, total), query.tail, (*query.columns, *extra))
    most = f"CEILING({quoted(outer)}.`total#` * {count:g} / 100)" if percent else str(count)
    tail = f" FROM ({wide.sql}) AS {quoted(outer)} WHERE {quoted(outer)}.`place#` <= {most}"
    shown_values = tuple(
        Value(_of(outer, output), output.type, nullable=output.nullable, collation=output.collation)
        for output in query.columns
    )
    return Query("SELECT", shown_values, tail, query.columns)


def _of(alias: str, output: Output) -> str:
    return f"{quoted(alias)}.{quoted(output.target)}"
