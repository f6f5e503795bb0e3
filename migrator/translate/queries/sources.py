"""FROM: tables, views, derived tables, joins, APPLY, and functions that give rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType
from migrator.mysql.connect import quoted
from migrator.translate.expressions import xml
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import Untranslatable, Value, family_of
from migrator.translate.names import Namer, fold
from migrator.translate.queries import documents, pivots, sets
from migrator.translate.queries.computed import completed
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach, Relation

if TYPE_CHECKING:
    from migrator.translate.queries.values import QueryValues
    from migrator.translate.queries.writer import Writer

_HINTS: Final = frozenset({
    "nolock", "readuncommitted", "readcommitted", "readcommittedlock", "readpast", "repeatableread", "serializable",
    "holdlock", "updlock", "xlock", "tablock", "tablockx", "rowlock", "paglock", "noexpand", "forceseek", "forcescan",
    "nowait", "snapshot",
})  # fmt: skip
_MOST_FULL_JOINS: Final = 3
"""Each one doubles the text before it."""
Source = tuple[str, list[Relation]]


@dataclass(frozen=True, slots=True)
class InlineFunction:
    """A function that is one SELECT; ``parameters`` are its names without @, each with its type."""

    parameters: tuple[tuple[str, DataType, str | None], ...]
    query: exp.Expr
    schema: str


Functions = Mapping[tuple[str, str], InlineFunction]


def from_clause(writer: Writer, node: exp.Expr, reach: Reach) -> str:
    """``FROM …`` of a SELECT, empty without one; fills ``reach``. Raises Untranslatable."""
    from_ = node.args.get("from_")
    if from_ is None:
        return ""
    text, relations = _source(writer, from_.this, reach, lateral=False)
    reach.relations += relations
    return f"\nFROM {_joined(writer, text, node.args.get('joins') or [], reach, 0)}"


def _joined(writer: Writer, text: str, joins: list[exp.Expr], reach: Reach, first: int) -> str:
    """``text`` with joins; the relations of this FROM begin at ``first`` in the reach."""
    comma = False
    doubled = 0
    for join in joins:
        side, kind = (join.args.get("side") or "").upper(), (join.args.get("kind") or "").upper()
        applied = isinstance(join.this, exp.Lateral)
        right, relations = _source(writer, join.this, reach, lateral=applied)
        start = len(reach.relations)
        reach.relations += relations
        if applied:
            outer = not join.this.args.get("cross_apply")
            text += f"\n{'LEFT ' if outer else ''}JOIN {right} ON TRUE"
            if outer:
                _loosen(reach, start, len(reach.relations))
            continue
        on = join.args.get("on")
        if join.args.get("using") or (side == "FULL" and on is None):
            raise Untranslatable("it has a join that is not known")
        if on is None:
            comma = comma or not kind
            text += f"\nCROSS JOIN {right}" if kind else f", {right}"
            continue
        condition = writer.values(reach).condition(on)
        if side == "FULL":
            doubled += 1
            if comma or doubled > _MOST_FULL_JOINS:
                raise Untranslatable("it has more FULL JOINs than can be written out")
            text = _full(writer, text, right, condition, reach, first, start)
            continue
        text += f"\n{f'{side} ' if side else ''}JOIN {right} ON {condition}"
        if side == "LEFT":
            _loosen(reach, start, len(reach.relations))
        elif side == "RIGHT":
            _loosen(reach, first, start)
    return text


def _loosen(reach: Reach, start: int, end: int) -> None:
    reach.relations[start:end] = [relation.optional() for relation in reach.relations[start:end]]


def _full(writer: Writer, left: str, right: str, condition: str, reach: Reach, first: int, start: int) -> str:
    """FULL JOIN: the rows of a LEFT JOIN, then the right rows that match nothing."""
    alias, namer = writer.alias("full"), Namer()
    before, after = reach.relations[first:start], reach.relations[start:]
    shown: list[str] = []
    rest: list[str] = []
    merged: list[Relation] = []
    for relation in [*before, *after]:
        outputs = []
        for output in relation.columns:
            target = namer.take(f"{relation.target}.{output.target}")
            value = relation.value(output).sql
            shown.append(f"{value} AS {quoted(target)}")
            rest.append("NULL" if relation in before else value)
            outputs.append(replace(output, target=target, nullable=True))
        merged.append(replace(relation, target=alias, columns=tuple(outputs)))
    reach.relations[first:] = merged
    both = f"SELECT {', '.join(shown)} FROM {left} LEFT JOIN {right} ON {condition}"  # noqa: S608 - made of translated parts
    alone = f"NOT EXISTS (SELECT 1 FROM {left} WHERE {condition})"  # noqa: S608
    return f"({both}\nUNION ALL\nSELECT {', '.join(rest)} FROM {right} WHERE {alone}) AS {quoted(alias)}"


def _source(writer: Writer, node: exp.Expr, reach: Reach, *, lateral: bool) -> Source:
    """One item of FROM, with the pivots and the joins that hang on it."""
    if isinstance(node, exp.Lateral):
        return _applied(writer, node, reach)
    inner_joins = node.args.get("joins") or []
    text, relations = _plain(writer, node, reach, lateral=lateral)
    for pivot in node.args.get("pivots") or []:
        text, relations = pivots.pivoted(writer, text, relations, pivot, reach)
    if not inner_joins:
        return text, relations
    inner = Reach(reach.outer, list(relations))
    text = _joined(writer, text, inner_joins, inner, 0)
    return f"({text})", inner.relations


def _plain(writer: Writer, node: exp.Expr, reach: Reach, *, lateral: bool) -> Source:
    if isinstance(node, exp.Subquery) and isinstance(node.this, (exp.Table, exp.Subquery)) and not _is_query(node.this):
        text, relations = _source(writer, node.this, reach, lateral=lateral)
        return text, relations
    if isinstance(node, exp.Table):
        if node.args.get("version") is not None:
            raise Untranslatable("it reads the past of a temporal table (FOR SYSTEM_TIME)")
        if node.args.get("sample") is not None:
            raise Untranslatable("it reads a sample (TABLESAMPLE)")
        if isinstance(node.this, (exp.Identifier, exp.Dot)):
            return _table(writer, node, reach)
        if isinstance(node.this, exp.Anonymous):
            if node.this.expressions and all(_is_hint(each) for each in node.this.expressions):
                plain = node.copy()
                plain.set("this", exp.to_identifier(node.this.name))
                return _table(writer, plain, reach)
            return _function(writer, node.this, [part.name for part in node.parts[:-1]], node, reach, lateral=lateral)
    if isinstance(node, (exp.Subquery, exp.Values)):
        outer = reach if lateral else reach.outer
        names = _alias_columns(node)
        if isinstance(node, exp.Values):
            query = values_query(writer, node, outer, names)
        else:
            query = writer.subquery(node.this, outer)
        alias = free_alias(writer, reach, node.alias or writer.alias("derived"))
        return derived(query, node.alias, alias, names, lateral=lateral)
    raise Untranslatable(f"it reads from something that is not known ({type(node).__name__})")


def _is_query(node: exp.Expr) -> bool:
    return (
        isinstance(node, exp.Subquery)
        and isinstance(node.unnest(), (exp.Select, exp.SetOperation))
        and bool(node.alias)
    )


def derived(query: Query, name: str, alias: str, names: list[str], *, lateral: bool) -> Source:
    """A query as an item of FROM, under the names of its column list where it has one."""
    outputs = sets.renamed(query.columns, names)
    listed = f" ({', '.join(quoted(output.target) for output in outputs)})" if names else ""
    text = f"{'LATERAL ' if lateral else ''}({query.sql}) AS {quoted(alias)}{listed}"
    return text, [Relation(name, alias, outputs)]


def _is_hint(node: exp.Expr) -> bool:
    return isinstance(node, (exp.Column, exp.Identifier)) and node.name.casefold() in _HINTS


def _alias_columns(node: exp.Expr) -> list[str]:
    alias = node.args.get("alias")
    columns = list(alias.args.get("columns") or []) if isinstance(alias, exp.TableAlias) else []
    return [] if columns and all(_is_hint(column) for column in columns) else [column.name for column in columns]


def free_alias(writer: Writer, reach: Reach, name: str) -> str:
    """``name``, or another where a relation in reach is called so: MySQL would take the nearest one."""
    taken: set[str] = set()
    each: Reach | None = reach
    while each is not None:
        taken.update(fold(relation.target) for relation in each.relations)
        each = each.outer
    return name if fold(name) not in taken and len(name) <= 64 else writer.alias(name[:50])


def _table(writer: Writer, node: exp.Table, reach: Reach) -> Source:
    parts = [part.name for part in node.parts] if isinstance(node.this, exp.Identifier) else node.sql("tsql").split(".")
    cte = writer.cte(parts[0]) if len(parts) == 1 else None
    found = cte if cte is not None else writer.catalog.find(parts, writer.schema)
    name = node.alias or parts[-1]
    alias = free_alias(writer, reach, found.target if fold(name) == fold(found.target) else name)
    if (made := completed(writer, found)) is not None:
        query, found = made
        return f"{query} AS {quoted(alias)}", [
            replace(found, name=name, target=alias, schema="" if node.alias else found.schema)
        ]
    text = quoted(found.target) if alias == found.target else f"{quoted(found.target)} AS {quoted(alias)}"
    outputs = sets.renamed(found.columns, _alias_columns(node)) if _alias_columns(node) else found.columns
    if outputs is not found.columns:
        raise Untranslatable("a table has a list of column names")
    return text, [replace(found, name=name, target=alias, schema="" if node.alias else found.schema)]


def _applied(writer: Writer, node: exp.Lateral, reach: Reach) -> Source:
    """What stands behind APPLY: it may use the relations before it."""
    inner = node.this
    if isinstance(inner, exp.Subquery):
        names = _alias_columns(node)
        query = writer.subquery(inner, reach)
        alias = free_alias(writer, reach, node.alias or writer.alias("applied"))
        return derived(query, node.alias, alias, names, lateral=True)
    if isinstance(inner, exp.Values):
        alias = free_alias(writer, reach, node.alias or writer.alias("applied"))
        return derived(values_query(writer, inner, reach, []), node.alias, alias, _alias_columns(node), lateral=True)
    if isinstance(inner, exp.Dot) and isinstance(inner.expression, exp.Anonymous):
        parts = [part.name for part in inner.this.flatten()] if isinstance(inner.this, exp.Dot) else [inner.this.name]
        return _function(writer, inner.expression, parts, node, reach, lateral=True)
    if isinstance(inner, exp.Table) and isinstance(inner.this, exp.Anonymous):
        return _function(writer, inner.this, [part.name for part in inner.parts[:-1]], node, reach, lateral=True)
    if isinstance(inner, exp.Anonymous):
        return _function(writer, inner, [], node, reach, lateral=True)
    raise Untranslatable(f"it applies something that is not known ({type(inner).__name__})")


def _function(
    writer: Writer, call: exp.Anonymous, owner: list[str], node: exp.Expr, reach: Reach, *, lateral: bool
) -> Source:
    """A function in FROM. Raises Untranslatable for all but built-in ones and those that are one SELECT."""
    alias = free_alias(writer, reach, node.alias or call.name)
    names = _alias_columns(node)
    name = node.alias or call.name
    values = writer.values(reach if lateral else Reach(reach.outer))
    if not owner and (table := documents.table_of(values, call, alias)) is not None:
        text, outputs = table
        return text, [Relation(name, alias, sets.renamed(outputs, names) if names else outputs)]
    if call.name.casefold() == "nodes" and owner and len(call.expressions) == 1 and len(names) == 1:
        value = values.reach.column(owner[-1], owner[-2] if len(owner) > 1 else "")
        values.remarks.append("xml-rows")
        rows = xml.nodes(value.sql, call.expressions[0].name)
        output = Output(names[0], "node", xml.node_type())
        return f"LATERAL {rows} AS {quoted(alias)}", [Relation(name, alias, (output,))]
    schema = owner[-1] if owner else writer.schema
    function = writer.functions.get((schema.casefold(), call.name.casefold()))
    if function is None:
        raise Untranslatable(f"it reads the function {'.'.join([*owner, call.name])}, which is no single SELECT here")
    given = list(call.expressions)
    if len(given) != len(function.parameters):
        raise Untranslatable(f"it calls {call.name} with {len(given)} arguments")
    arguments: dict[str, Value] = {}
    for (parameter, type_, default), argument in zip(function.parameters, given, strict=True):
        if isinstance(argument, exp.Column) and argument.name.casefold() == "default" and default is not None:
            value = values.scalar_of(default)
        else:
            value = values.scalar(argument)
        arguments[parameter.casefold()] = _argument(values, value, type_)
    outside, ctes = writer.schema, writer.ctes
    writer.schema, writer.ctes = function.schema, []
    writer.parameters.append(arguments)
    try:
        query = writer.subquery(function.query, reach if lateral else reach.outer)
    finally:
        writer.parameters.pop()
        writer.schema, writer.ctes = outside, ctes
    return derived(query, name, alias, names, lateral=lateral)


def _argument(values: QueryValues, value: Value, type_: DataType) -> Value:
    """An argument as the parameter's type."""
    if value.type is None or value.family is family_of(type_):
        return value if value.type is not None else Value("NULL", type_)
    changed = converted(value, type_)
    return changed if changed.family is family_of(type_) else values.cast(value, type_)


def values_query(writer: Writer, node: exp.Values, outer: Reach | None, names: list[str]) -> Query:
    """VALUES as a UNION ALL of its rows."""
    values = writer.values(Reach(outer))
    branches: list[Query] = []
    for row in node.expressions:
        items = [values.scalar(item) for item in (row.expressions if isinstance(row, exp.Tuple) else [row.unnest()])]
        labels = names if len(names) == len(items) else [f"column_{place}" for place in range(1, len(items) + 1)]
        namer = Namer()
        columns = tuple(Output.of(item, label, namer.take(label)) for item, label in zip(items, labels, strict=True))
        branches.append(Query("SELECT", tuple(items), "", columns))
    if len({len(branch.columns) for branch in branches}) != 1:
        raise Untranslatable("its VALUES have rows of different lengths")
    return sets.united(writer, branches, ["", *["UNION ALL"] * (len(branches) - 1)])
