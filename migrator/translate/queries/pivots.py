"""PIVOT as an aggregate of each value, UNPIVOT as a row for each column."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from migrator.mysql.connect import quoted
from migrator.translate.expressions.datatypes import common_type
from migrator.translate.expressions.literals import text as text_value
from migrator.translate.expressions.value import Untranslatable, Value
from migrator.translate.names import Namer
from migrator.translate.queries.aggregates import aggregate
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach, Relation

if TYPE_CHECKING:
    from migrator.translate.queries.writer import Writer


def pivoted(
    writer: Writer, text: str, relations: list[Relation], pivot: exp.Expr, reach: Reach
) -> tuple[str, list[Relation]]:
    """The item of FROM that stands for ``text`` with its PIVOT or UNPIVOT. Raises Untranslatable."""
    fields = pivot.args.get("fields") or []
    if len(relations) != 1 or len(fields) != 1 or not isinstance(fields[0], exp.In):
        raise Untranslatable("it has a PIVOT of a kind that is not known")
    make = _unpivot if pivot.args.get("unpivot") else _pivot
    query = make(writer, text, relations[0], pivot, fields[0])
    alias = pivot.alias or writer.alias("pivot")
    if any(relation.target.casefold() == alias.casefold() for relation in reach.relations):
        alias = writer.alias(alias)
    return f"({query.sql}) AS {quoted(alias)}", [Relation(pivot.alias, alias, query.columns)]


def _pivot(writer: Writer, text: str, source: Relation, pivot: exp.Expr, field: exp.In) -> Query:
    call = pivot.expressions[0] if len(pivot.expressions) == 1 else None
    if not isinstance(call, exp.Anonymous) or len(call.expressions) != 1:
        raise Untranslatable("it has a PIVOT of a kind that is not known")
    values = writer.values(Reach(None, [source]))
    spread = values.scalar(field.this)
    used = {field.this.name.casefold(), *(column.name.casefold() for column in call.find_all(exp.Column))}
    kept = [output for output in source.columns if output.name.casefold() not in used]
    items = [source.value(output) for output in kept]
    namer = Namer()
    columns = [replace(output, target=namer.take(output.name)) for output in kept]
    for wanted in field.expressions:
        left, right = values.compared(spread, text_value(wanted.name, unicode=True))
        test = f"{left} = {right}"
        value = (
            _where(values.scalar(call.expressions[0]), test) if not isinstance(call.expressions[0], exp.Star) else None
        )
        chosen = f"__{len(items)}"
        inner = Relation("", chosen, (Output("v", "v", value.type if value else None),))
        # the aggregate is written for a column, which the condition then stands in for
        made = aggregate(
            writer.values(Reach(None, [inner])), exp.Anonymous(this=call.name, expressions=[exp.column("v")])
        )
        stand_in = value.sql if value is not None else f"CASE WHEN {test} THEN 1 END"
        sql = made.sql.replace(f"{quoted(chosen)}.{quoted('v')}", stand_in)
        items.append(replace(made, sql=sql))
        columns.append(Output.of(items[-1], wanted.name, namer.take(wanted.name)))
    group = ", ".join(source.value(output).sql for output in kept)
    tail = f" FROM {text} GROUP BY {group}" if group else f" FROM {text} HAVING COUNT(*) > 0"
    return Query("SELECT", tuple(items), tail, tuple(columns))


def _where(value: Value, test: str) -> Value:
    return replace(value, sql=f"CASE WHEN {test} THEN {value.sql} END", nullable=True, atom=True)


def _unpivot(writer: Writer, text: str, source: Relation, pivot: exp.Expr, field: exp.In) -> Query:
    if len(pivot.expressions) != 1:
        raise Untranslatable("it has an UNPIVOT of a kind that is not known")
    value_name, key_name = pivot.expressions[0].name, field.this.name
    names = [column.name for column in field.expressions]
    found = [source.find(name) for name in names]
    if any(output is None for output in found):
        raise Untranslatable("its UNPIVOT names a column that is not there")
    outputs = [output for output in found if output is not None]
    alias = writer.alias("unpivot")
    rows = " UNION ALL ".join(
        f"SELECT {text_value(output.name, unicode=True).sql} AS {quoted(key_name)}, "
        f"{source.value(output).sql} AS {quoted(value_name)}"
        for output in outputs
    )
    kept = [output for output in source.columns if output not in outputs]
    type_ = common_type([source.value(output) for output in outputs])
    key = text_value("x" * max(len(name) for name in names), unicode=True).type
    extra = [Output(value_name, value_name, type_, False, outputs[0].collation), Output(key_name, key_name, key, False)]
    items = [source.value(output) for output in kept]
    items += [Value(f"{quoted(alias)}.{quoted(output.name)}", output.type, nullable=False,
                    collation=output.collation) for output in extra]  # fmt: skip
    namer = Namer()
    columns = tuple(replace(output, target=namer.take(output.name)) for output in (*kept, *extra))
    join = f" JOIN LATERAL ({rows}) AS {quoted(alias)} ON {quoted(alias)}.{quoted(value_name)} IS NOT NULL"
    return Query("SELECT", tuple(items), f" FROM {text}{join}", columns)
