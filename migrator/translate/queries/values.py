"""Expressions inside a query: columns of several tables, subqueries, aggregates and windows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.compare import comparable
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.translator import BARE_CALLS, COMPARISONS, Translator
from migrator.translate.expressions.convert import cast
from migrator.translate.expressions.value import Family, Untranslatable, Value
from migrator.translate.queries import documents
from migrator.translate.queries.aggregates import AGGREGATES, aggregate, windowed
from migrator.translate.queries.relation import Reach

if TYPE_CHECKING:
    from migrator.translate.queries.writer import Writer

_FULL_TEXT: Final = frozenset({"contains", "freetext"})
_XML_METHODS: Final = frozenset({"value", "exist", "query", "nodes", "modify"})


class QueryValues(Translator):
    """Translates the expressions of one SELECT; ``reach`` is what its names may mean."""

    def __init__(self, writer: Writer, reach: Reach) -> None:
        super().__init__(writer.scope)
        self.remarks = writer.remarks
        self.writer = writer
        self.reach = reach

    def condition(self, node: exp.Expr) -> str:
        """A search condition, which may ask other tables."""
        if isinstance(node, exp.Exists):
            return f"EXISTS ({self.writer.subquery(node.this, self.reach, named=False).sql})"
        if isinstance(node, (exp.NullSafeEQ, exp.NullSafeNEQ)):
            left, right = comparable(self.scope, self.scalar(node.this), self.scalar(node.expression))
            same = f"{left} <=> {right}"
            return same if isinstance(node, exp.NullSafeEQ) else f"NOT ({same})"
        if type(node) in COMPARISONS and isinstance(node.expression, (exp.Any, exp.All)):
            return self._quantified(node, node.expression)
        if isinstance(node, exp.Anonymous):
            name = node.name.casefold()
            reason = "it searches by full text" if name in _FULL_TEXT else f"it calls {name}() as a condition"
            raise Untranslatable(reason)
        return super().condition(node)

    def _quantified(self, node: exp.Expr, asked: exp.Expr) -> str:
        word = "ANY" if isinstance(asked, exp.Any) else "ALL"
        left, sql = self._compared(self.scalar(node.this), asked.this)
        return f"{left} {COMPARISONS[type(node)]} {word} ({sql})"

    def _in(self, node: exp.In) -> str:
        query = node.args.get("query")
        if query is None:
            return super()._in(node)
        left, sql = self._compared(self.scalar(node.this), query)
        return f"{left} IN ({sql})"

    def _compared(self, value: Value, node: exp.Expr) -> tuple[str, str]:
        """A value and the subquery of one column that it is compared with."""
        query = self.writer.subquery(node, self.reach)
        if len(query.columns) != 1:
            raise Untranslatable("it compares a value with a subquery of several columns")
        if query.limited or not query.values:
            query = query.opened("limited") if query.closed else query
        if query.values:
            left, right = comparable(self.scope, value, query.values[0])
            return left, query.changed(lambda _, item: Value(right, item.type, nullable=item.nullable)).sql
        return value.inner, query.sql

    def scalar(self, node: exp.Expr) -> Value:
        """A value, which may come from a subquery, from a group of rows or from a window over them."""
        if isinstance(node, (exp.Subquery, exp.Select, exp.SetOperation)):
            return self._subquery(node)
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, exp.WithinGroup):
            return aggregate(self, self._called(node.this), order=self._order(node.expression))
        if isinstance(node, exp.Column) and node.name.casefold() not in BARE_CALLS:
            return self._column(node)
        if isinstance(node, exp.Identifier):  # before a method's dot sqlglot leaves bare names
            return self.reach.column(node.name)
        if isinstance(node, exp.AtTimeZone):
            raise Untranslatable("it converts between time zones by AT TIME ZONE")
        if isinstance(node, exp.Parameter):
            return self.writer.parameter(node.name)
        return super().scalar(node)

    def _column(self, node: exp.Column) -> Value:
        bare = not node.this.args.get("quoted") and not node.table
        if bare and node.name.casefold() in BARE_CALLS:
            return super()._column(node)
        if not isinstance(node.this, exp.Identifier):
            raise Untranslatable("a * stands where a value should")
        if node.name.startswith("@"):
            return self.writer.parameter(node.name[1:])
        return self.reach.column(node.name, node.table, node.db)

    def _call(self, node: exp.Anonymous) -> Value:
        if node.name.casefold() in AGGREGATES:
            return aggregate(self, node)
        return super()._call(node)

    def _method(self, node: exp.Dot) -> Value:
        called = node.expression
        if not isinstance(called, exp.Anonymous):
            return self._dotted(node)
        owner = node.this
        if isinstance(owner, (exp.Subquery, exp.Paren)):
            text = documents.joined_rows(self, owner)
            if text is not None and called.name.casefold() == "value" and len(called.expressions) == 2:
                return cast(text, read_type(str(called.expressions[1].name)))
            raise Untranslatable(f"it calls the method {called.name} of a subquery")
        parts = [part.name for part in owner.flatten()] if isinstance(owner, exp.Dot) else [owner.name]
        name = called.name.casefold()
        try:
            value = self.reach.column(parts[-1], parts[-2] if len(parts) > 1 else "")
        except Untranslatable:
            if name in _XML_METHODS and len(parts) == 1:
                raise Untranslatable(f"it calls the method {called.name} of {parts[-1]}") from None
            raise Untranslatable(f"it calls the user's function {'.'.join(parts)}.{called.name}") from None
        return self.method(value, called)

    def method(self, value: Value, called: exp.Anonymous) -> Value:
        """A method of a column of a CLR type or of XML. Raises Untranslatable."""
        type_ = value.type
        if type_ is not None and type_.base is SqlType.HIERARCHYID and called.name.casefold() == "getlevel":
            depth = f"CHAR_LENGTH({value.sql}) - CHAR_LENGTH(REPLACE({value.sql}, '/', '')) - 1"
            return Value(depth, DataType(SqlType.SMALLINT), nullable=value.nullable, atom=False)
        if type_ is not None and type_.base is SqlType.HIERARCHYID and called.name.casefold() == "tostring":
            return Value(value.sql, DataType(SqlType.NVARCHAR, length=4000), nullable=value.nullable)
        raise Untranslatable(f"it calls the method {called.name} of a value of type {type_ or 'unknown'}")

    def _dotted(self, node: exp.Dot) -> Value:
        parts = [part.name for part in node.flatten()]
        if len(parts) < 2:
            raise Untranslatable("it has a part that is not known (Dot)")
        return self.reach.column(parts[-1], parts[-2], parts[-3] if len(parts) > 2 else "")

    def _subquery(self, node: exp.Expr) -> Value:
        text = documents.joined_rows(self, node)
        if text is not None:
            return text
        query = self.writer.subquery(node, self.reach)
        if len(query.columns) != 1:
            raise Untranslatable("a subquery of several columns stands where a value should")
        output = query.columns[0]
        return Value(f"({query.sql})", output.type, collation=output.collation, foreign=output.foreign)

    def _called(self, node: exp.Expr) -> exp.Anonymous:
        if not isinstance(node, exp.Anonymous):
            raise Untranslatable("it has a window over something that is no function")
        return node

    def _window(self, node: exp.Window) -> Value:
        if isinstance(node.this, exp.WithinGroup):
            raise Untranslatable(f"it calls {node.this.this.name.lower()}() over a window")
        called = self._called(node.this)
        if node.args.get("alias") is not None:
            raise Untranslatable("it uses a named window")
        words: list[str] = []
        parts = [self.scalar(part).sql for part in node.args.get("partition_by") or []]
        if parts:
            words.append(f"PARTITION BY {', '.join(parts)}")
        order = node.args.get("order")
        if order is not None and (text := self._order(order).strip()):
            words.append(text)
        spec = node.args.get("spec")
        if spec is not None:
            words.append(self._frame(spec))
        return windowed(self, called, f" OVER ({' '.join(words)})")

    def _frame(self, spec: exp.Expr) -> str:
        start = self._edge(spec, "start")
        if not spec.args.get("end"):
            return f"{spec.args['kind']} {start}"
        return f"{spec.args['kind']} BETWEEN {start} AND {self._edge(spec, 'end')}"

    def _edge(self, spec: exp.Expr, which: str) -> str:
        edge = spec.args.get(which)
        text = edge if isinstance(edge, str) else self.scalar(edge).sql if edge is not None else ""
        side = spec.args.get(f"{which}_side") or ""
        return f"{text} {side}".strip()

    def _order(self, order: exp.Expr) -> str:
        """ORDER BY of a window or an aggregate; empty where it orders by a constant."""
        terms = []
        for term in order.expressions:
            inner = term.this.unnest()
            if isinstance(inner, exp.Subquery):
                inner = inner.this
            if isinstance(inner, exp.Literal) or (isinstance(inner, exp.Select) and not inner.args.get("from_")):
                continue  # ORDER BY (SELECT NULL): no order is wanted
            terms.append(self.ordered(self.scalar(term.this), descending=bool(term.args.get("desc"))))
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def ordered(self, value: Value, *, descending: bool) -> str:
        """A term of ORDER BY; both engines put NULL first where the order ascends."""
        if value.family is Family.GUID:
            self.remarks.append("guid-order")
        return f"{value.sql} DESC" if descending else value.sql
