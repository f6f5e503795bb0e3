"""SELECT: its clauses in MySQL's order, with every name resolved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import Untranslatable, Value
from migrator.translate.names import Namer
from migrator.translate.queries import documents, sets, sources, tops
from migrator.translate.queries.catalog import Catalog
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach, Relation
from migrator.translate.queries.values import QueryValues

MAX_DEPTH: Final = 60
"""Queries inside queries; MySQL itself stops at 61 levels of nesting (error 1473)."""


class Writer:
    """Translates the queries of one view. ``remarks`` collects the ids of what a reader must know about the result.

    ``schema`` is where names belong that name no schema. ``ctes`` are the common table expressions in reach, by folded
    name, the innermost last.
    """

    def __init__(self, scope: Scope, catalog: Catalog, schema: str, functions: sources.Functions | None = None) -> None:
        self.scope = scope
        self.catalog = catalog
        self.schema = schema
        self.functions = functions if functions is not None else {}
        self.remarks: list[str] = []
        self.ctes: list[dict[str, Relation]] = []
        self.parameters: list[dict[str, Value]] = []
        self._asked: set[str] | None = set()
        self._depth = 0
        self._aliases = 0

    def parameter(self, name: str) -> Value:
        """The argument of the function whose text is being written in. Raises Untranslatable."""
        if self.parameters and name.casefold() in self.parameters[-1]:
            return self.parameters[-1][name.casefold()]
        raise Untranslatable(f"it uses the variable @{name}")

    def view(self, node: exp.Expr) -> Query:
        """The query of a view. Raises Untranslatable."""
        stars = any(isinstance(star.parent, (exp.Select, exp.Column)) for star in node.find_all(exp.Star))
        self._asked = None if stars else {name.name.casefold() for name in node.find_all(exp.Identifier)}
        return self.subquery(node, None)

    def asks_for(self, column: str) -> bool:
        """True if the view may read a column of that name."""
        return self._asked is None or column.casefold() in self._asked

    def values(self, reach: Reach) -> QueryValues:
        """The translator of expressions that see ``reach``."""
        return QueryValues(self, reach)

    def alias(self, word: str) -> str:
        """An alias that no other relation of the view has."""
        self._aliases += 1
        return f"{word}#{self._aliases}"

    def cte(self, name: str) -> Relation | None:
        """The common table expression of that name."""
        return next((found for level in reversed(self.ctes) if (found := level.get(name.casefold()))), None)

    def subquery(self, node: exp.Expr, outer: Reach | None, *, named: bool = True) -> Query:
        """A query, with or without brackets around it. ``named`` is False where only rows matter."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Untranslatable("its queries are nested too deep")
        try:
            return self._query(node, outer, named=named)
        finally:
            self._depth -= 1

    def _query(self, node: exp.Expr, outer: Reach | None, *, named: bool) -> Query:
        while isinstance(node, (exp.Subquery, exp.Paren)) and not node.args.get("joins"):
            if isinstance(node, exp.Subquery) and (node.args.get("order") or node.args.get("limit")):
                raise Untranslatable("a query in brackets has an ORDER BY behind them")
            node = node.this
        with_ = node.args.get("with_")
        if with_ is None:
            return self._bare(node, outer, named=named)
        self.ctes.append({})
        try:
            head = sets.common_tables(self, with_, outer)
            query = self._bare(node, outer, named=named)
        finally:
            self.ctes.pop()
        return Query(f"{head}\n{query.sql}", (), "", query.columns, closed=True, limited=query.limited)

    def _bare(self, node: exp.Expr, outer: Reach | None, *, named: bool) -> Query:
        if isinstance(node, exp.SetOperation):
            return sets.combined(self, node, outer)
        if isinstance(node, exp.Values):
            return sources.values_query(self, node, outer, [])
        if not isinstance(node, exp.Select):
            raise Untranslatable(f"it has a query that is not known ({type(node).__name__})")
        if node.args.get("for_") is not None:
            return documents.as_json(self, node, outer)
        return self.select(node, outer, named=named)

    def select(self, node: exp.Select, outer: Reach | None, *, named: bool = True) -> Query:
        """One SELECT. Raises Untranslatable."""
        for word in ("into", "windows", "qualify", "laterals", "sample", "match"):
            if node.args.get(word):
                raise Untranslatable(f"it has a clause that is not known ({word.upper()})")
        if not node.expressions:
            raise Untranslatable("it selects nothing")
        reach = Reach(outer)
        values = self.values(reach)
        tail = sources.from_clause(self, node, reach)
        if node.args.get("where") is not None:
            tail += f"\nWHERE {values.condition(node.args['where'].this)}"
        group = node.args.get("group")
        grouped, sets_of = sets.grouping(values, group)
        head = "SELECT DISTINCT" if node.args.get("distinct") is not None else "SELECT"
        if not named and not node.args.get("limit"):
            items: list[tuple[str, Value]] = [("", Value("1", None))]
            if group is None and node.args.get("having") is None and all(_is_plain(item) for item in node.expressions):
                return Query("SELECT", (items[0][1],), tail, (Output("", "one", None),))
        items = self._items(node, values)
        columns = _outputs(items)
        having = ""
        if node.args.get("having") is not None:
            having = f"\nHAVING {values.condition(node.args['having'].this)}"
        drafted = Query(head, tuple(value for _, value in items), tail + grouped + having, columns)
        if sets_of:
            drafted = sets.grouping_sets(self, node, outer, sets_of)
        return tops.limited(values, node, drafted)

    def _items(self, node: exp.Select, values: QueryValues) -> list[tuple[str, Value]]:
        items: list[tuple[str, Value]] = []
        for item in node.expressions:
            if isinstance(item, exp.Star):
                for relation in values.reach.relations:
                    items += self._all(relation)
            elif isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
                for relation in values.reach.of(item.table, item.db):
                    items += self._all(relation)
            elif isinstance(item, (exp.Alias, exp.PropertyEQ, exp.EQ)):
                items.append(self._named(item, values))
            else:
                items.append((_name(item), values.scalar(item)))
        return items

    def _named(self, item: exp.Expr, values: QueryValues) -> tuple[str, Value]:
        if isinstance(item, exp.Alias):
            return item.alias, values.scalar(item.this)
        return item.this.name, values.scalar(item.expression)

    def _all(self, relation: Relation) -> list[tuple[str, Value]]:
        if relation.missing:
            self.remarks.append("view-column-missing")
        return [(output.name, relation.value(output)) for output in relation.columns]

    def ordering(
        self, values: QueryValues, order: exp.Expr, columns: tuple[Output, ...], shown: Callable[[Output], str]
    ) -> list[str]:
        """The terms of an ORDER BY: an output by its name or its place, or else an expression."""
        terms = []
        for term in order.expressions:
            inner = term.this.unnest()
            down = bool(term.args.get("desc"))
            output: Output | None = None
            if isinstance(inner, exp.Literal) and not inner.is_string:
                place = int(inner.name) if inner.name.isdigit() else 0
                if not 0 < place <= len(columns):
                    raise Untranslatable("it orders by the number of a column that it has not")
                output = columns[place - 1]
            elif isinstance(inner, exp.Column) and not inner.table:
                folded = inner.name.casefold()
                output = next((column for column in columns if column.name.casefold() == folded), None)
            if output is not None:
                terms.append(values.ordered(Value(shown(output), output.type), descending=down))
            else:
                terms.append(values.ordered(values.scalar(term.this), descending=down))
        return terms


def _outputs(items: list[tuple[str, Value]]) -> tuple[Output, ...]:
    names = Namer()
    return tuple(
        Output.of(value, name, names.take(name or f"column_{place}", str(place)))
        for place, (name, value) in enumerate(items, 1)
    )


def _name(item: exp.Expr) -> str:
    if isinstance(item, exp.Column):
        return item.name
    if isinstance(item, exp.Dot) and isinstance(item.expression, exp.Identifier):
        return item.expression.name
    return ""


def _is_plain(item: exp.Expr) -> bool:
    return isinstance(item, (exp.Star, exp.Column, exp.Literal, exp.Null))
