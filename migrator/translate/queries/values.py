"""Expressions inside a query: columns of several tables, subqueries, aggregates and windows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import SqlType
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.scope import ColumnValue
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Family, Untranslatable, Value
from migrator.translate.queries import documents
from migrator.translate.queries.aggregates import AGGREGATES, aggregate, windowed
from migrator.translate.queries.relation import Reach

if TYPE_CHECKING:
    from migrator.translate.queries.writer import Writer

_FULL_TEXT: Final = frozenset({"contains", "freetext"})
_COLUMN: Final = re.compile(r"(?:`(?:[^`]|``)+`\.)?`(?:[^`]|``)+`\Z")


class QueryValues(Translator):
    """Translates the expressions of one SELECT; ``reach`` is what its names may mean."""

    def __init__(self, writer: Writer, reach: Reach) -> None:
        super().__init__(writer.scope)
        self.remarks = writer.remarks
        self.writer = writer
        self.reach = reach

    def compared(self, left: Value, right: Value) -> tuple[str, str]:
        """Both operands of a comparison.

        Columns are compared as they are, so that MySQL can use an index: that trailing blanks count there is said of
        the database once, as a difference of its collation.
        """
        texts = super().compared(left, right)
        shown = [
            value.sql if text == f"RTRIM({value.sql})" and _COLUMN.match(value.sql) else text
            for value, text in zip((left, right), texts, strict=True)
        ]
        return shown[0], shown[1]

    def condition(self, node: exp.Expr) -> str:
        """A search condition, which may ask other tables."""
        if isinstance(node, exp.Exists):
            return f"EXISTS ({self.writer.subquery(node.this, self.reach, named=False).sql})"
        if isinstance(node, (exp.NullSafeEQ, exp.NullSafeNEQ)):
            same = " <=> ".join(self.compared(self.scalar(node.this), self.scalar(node.expression)))
            return same if isinstance(node, exp.NullSafeEQ) else f"NOT ({same})"
        if isinstance(node, exp.Anonymous):
            name = node.name.casefold()
            reason = "it searches by full text" if name in _FULL_TEXT else f"it calls {name}() as a condition"
            raise Untranslatable(reason)
        return super().condition(node)

    def _in(self, node: exp.In) -> str:
        query = node.args.get("query")
        if query is None:
            return super()._in(node)
        left, right = self.compared(self.scalar(node.this), self._asked("IN", query))
        return f"{left} {right}"

    def _asked(self, word: str, node: exp.Expr) -> Value:
        """A subquery of one column behind IN, ANY or ALL."""
        query = self.writer.subquery(node, self.reach)
        if len(query.columns) != 1:
            raise Untranslatable("it compares a value with a subquery of several columns")
        if query.limited:  # MySQL takes no LIMIT right here
            query = query.opened(self.writer.alias("limited"))
        output = query.columns[0]
        # as a char(n) it is compared as it comes
        return Value(f"{word} ({query.sql})", output.type, raw_char=True, collation=output.collation)

    def scalar(self, node: exp.Expr) -> Value:
        """A value, which may come from a subquery, from a group of rows or from a window over them."""
        if isinstance(node, (exp.Subquery, exp.Select, exp.SetOperation)):
            return self._subquery(node)
        if isinstance(node, exp.Window):
            return self._window(node)
        if isinstance(node, exp.WithinGroup):
            return aggregate(self, self._called(node.this), order=self._order(node.expression))
        if isinstance(node, (exp.Any, exp.All)):
            return self._asked(type(node).__name__.upper(), node.this)
        if isinstance(node, exp.Dot) and (found := self._dotted(node)) is not None:
            return found
        if isinstance(node, exp.Identifier):  # before a method's dot sqlglot leaves bare names
            return self.reach.column(node.name)
        if isinstance(node, exp.Parameter):
            return self.writer.parameter(node.name)
        return super().scalar(node)

    def _column(self, node: exp.Column) -> Value:
        if not isinstance(node.this, exp.Identifier):
            raise Untranslatable("a * stands where a value should")
        bare = not node.this.args.get("quoted") and not node.table
        if bare and self.scope.rules.function(node.name.casefold(), 0) is not None:
            return super()._column(node)
        try:
            return self.reach.column(node.name, node.table, node.db)
        except Untranslatable:
            if not self._owns(node):
                raise
            return super()._column(node)

    def _owns(self, node: exp.Column) -> bool:
        """True for a property of a spatial column, which reads as a column of a table; the scope then has its owner."""
        if not node.table:
            return False
        try:
            owner = self.reach.column(node.table, node.db)
        except Untranslatable:
            return False
        if owner.type is None or owner.type.base not in (SqlType.GEOGRAPHY, SqlType.GEOMETRY):
            return False
        column = ColumnValue(node.table, owner.type, owner.nullable, "")
        self.scope = replace(self.scope, columns={node.table.casefold(): column})
        return True

    def _call(self, node: exp.Anonymous) -> Value:
        if node.name.casefold() in AGGREGATES:
            return aggregate(self, node)
        return super()._call(node)

    def _dotted(self, node: exp.Dot) -> Value | None:
        """A column that is written with dots, or the text of joined rows; None for another method or function."""
        called = node.expression
        if isinstance(called, exp.Identifier):
            parts = [part.name for part in node.flatten()]
            return self.reach.column(parts[-1], parts[-2], parts[-3] if len(parts) > 2 else "")
        text = documents.joined_rows(self, node.this)
        if text is None:
            return None
        if called.name.casefold() != "value" or len(called.expressions) != 2:
            raise Untranslatable(f"it calls the method {called.name} of a subquery")
        return self.cast(text, read_type(called.expressions[1].name))

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
