"""The walk over an expression's tree: each node becomes a typed MySQL value, or the whole is refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.mysql.connect import quoted
from migrator.translate.expressions import methods
from migrator.translate.expressions.arithmetic import as_text, bits, calculate, inverted, signed
from migrator.translate.expressions.compare import collated, comparable
from migrator.translate.expressions.convert import cast
from migrator.translate.expressions.datatypes import common_type
from migrator.translate.expressions.functions import call
from migrator.translate.expressions.literals import converted, negative, number, text
from migrator.translate.expressions.parse import MONEY_CALL, parse
from migrator.translate.expressions.patterns import like, unknown_like
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import (
    NUMBERS,
    PADDED_TYPES,
    Family,
    Leeway,
    Untranslatable,
    Value,
    family_of,
    inherited,
)
from migrator.translate.limits import LATE, limited

_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_ARITHMETIC: Final[dict[type[exp.Expr], str]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}
_BITS: Final[dict[type[exp.Expr], str]] = {exp.BitwiseAnd: "&", exp.BitwiseOr: "|", exp.BitwiseXor: "^"}
_NO_BYTES: Final = Value("X''", DataType(SqlType.VARBINARY, length=1), nullable=False)
"""What 0x alone stands for; sqlglot takes it for a name."""
_DAYS: Final = frozenset({Family.DATE, Family.DATETIME})
_BARE_CALLS: Final = frozenset({"current_timestamp", "current_user", "session_user", "system_user", "user"})


class Translator:
    """Translates one expression in one scope; ``remarks`` collects the ids of what a reader must know about the result.

    ``used`` are the source columns that it reads, letter case folded.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.remarks: list[str] = []
        self.used: set[str] = set()

    @property
    def leeway(self) -> Leeway:
        """What the scope allows; a remark that it makes is one of ours."""
        return Leeway(self.scope.lenient, self.remarks)

    def compared(self, left: Value, right: Value) -> tuple[str, str]:
        """Both operands of a comparison. Raises Untranslatable."""
        return comparable(self.scope, left, right, self.leeway)

    def cast(self, value: Value, type_: DataType, style: int | None = None) -> Value:
        """``value`` as ``type_``. Raises Untranslatable."""
        return cast(value, type_, style, self.leeway)

    def condition_of(self, source: str) -> str:
        """A T-SQL condition as MySQL text. Raises Untranslatable."""
        try:
            with limited(Untranslatable(LATE)):
                return self.condition(parse(source))
        except RecursionError:
            raise Untranslatable("the expression is nested too deep") from None

    def scalar_of(self, source: str) -> Value:
        """A T-SQL expression as a typed value. Raises Untranslatable."""
        try:
            with limited(Untranslatable(LATE)):
                return self.scalar(parse(source))
        except RecursionError:
            raise Untranslatable("the expression is nested too deep") from None

    def condition(self, node: exp.Expr) -> str:
        """A search condition: T-SQL keeps it apart from values, so does this walk."""
        if isinstance(node, exp.Paren):
            return self.condition(node.this)
        if isinstance(node, (exp.And, exp.Or)):
            word = " AND " if isinstance(node, exp.And) else " OR "
            # a long chain nests to the left: walk it with a loop
            terms: list[exp.Expr] = []
            left: exp.Expr = node
            while type(left) is type(node):
                terms.append(left.expression)
                left = left.this
            terms.append(left)
            return word.join(self._term(term, node) for term in reversed(terms))
        if isinstance(node, exp.Not):
            return self._negated(node.this)
        if _says_not(node):
            return f"NOT ({self._predicate(node)})"
        return self._predicate(node)

    def _predicate(self, node: exp.Expr) -> str:
        """A comparison or a test, without the NOT that may stand inside of it."""
        if type(node) in _COMPARISONS:
            left_sql, right_sql = self.compared(self.scalar(node.this), self.scalar(node.expression))
            return f"{left_sql} {_COMPARISONS[type(node)]} {right_sql}"
        if isinstance(node, exp.Is):
            return f"{self.scalar(node.this).inner} IS NULL"
        if isinstance(node, (exp.NullSafeEQ, exp.NullSafeNEQ)):
            same = " <=> ".join(self.compared(self.scalar(node.this), self.scalar(node.expression)))
            return same if isinstance(node, exp.NullSafeEQ) else f"NOT ({same})"
        if isinstance(node, exp.In):
            return self._in(node)
        if isinstance(node, exp.Between):
            value = self.scalar(node.this)
            low, low_bound = self.compared(value, self.scalar(node.args["low"]))
            high, high_bound = self.compared(value, self.scalar(node.args["high"]))
            return (
                f"{low} BETWEEN {low_bound} AND {high_bound}"
                if low == high
                else f"{low} >= {low_bound} AND {high} <= {high_bound}"
            )
        if isinstance(node, (exp.Like, exp.Escape)):
            return self._like(node)
        raise Untranslatable(f"it has a condition that is not known ({type(node).__name__})")

    def _term(self, node: exp.Expr, parent: exp.Expr) -> str:
        inner = node.unnest()
        sql = self.condition(inner)
        mixed = isinstance(inner, (exp.And, exp.Or)) and type(inner) is not type(parent)
        return f"({sql})" if mixed else sql

    def _negated(self, node: exp.Expr) -> str:
        inner = node.unnest()
        if isinstance(inner, exp.Is):
            return f"{self.scalar(inner.this).inner} IS NOT NULL"
        return f"NOT ({self.condition(inner)})"

    def _in(self, node: exp.In) -> str:
        if not node.expressions:
            raise Untranslatable("it asks another table")
        value = self.scalar(node.this)
        pairs = [self.compared(value, self.scalar(item)) for item in node.expressions]
        if len({left for left, _ in pairs}) != 1:
            if not self.scope.lenient:
                raise Untranslatable("its IN list mixes types")
            return "(" + " OR ".join(f"{left} = {right}" for left, right in pairs) + ")"
        return f"{pairs[0][0]} IN ({', '.join(right for _, right in pairs)})"

    def _like(self, node: exp.Expr) -> str:
        escape: str | None = None
        if isinstance(node, exp.Escape):
            mark = self.scalar(node.expression)
            if not isinstance(mark.literal, str):
                raise Untranslatable("the ESCAPE of a LIKE is no constant")
            escape, node = mark.literal, node.this
        value, pattern = self.scalar(node.this), self.scalar(node.expression)
        if value.family is not Family.TEXT:
            value = self.cast(value, DataType(SqlType.NVARCHAR, length=100))
        if not isinstance(pattern.literal, str):
            return unknown_like(self.scope, value, pattern, escape, self.leeway)
        return like(self.scope, value, pattern, escape, self.leeway)

    def scalar(self, node: exp.Expr) -> Value:
        """A value."""
        if isinstance(node, exp.Paren):
            return self.scalar(node.this)
        if isinstance(node, (exp.Literal, exp.National, exp.HexString, exp.Null)):
            return _constant(node)
        if isinstance(node, exp.Column):
            return self._column(node)
        if isinstance(node, exp.Neg):
            return self._minus(self.scalar(node.this))
        if type(node) in _ARITHMETIC:
            left, right = self.scalar(node.this), self.scalar(node.expression)
            return calculate(_ARITHMETIC[type(node)], left, right, self.leeway)
        if type(node) in _BITS:
            return bits(_BITS[type(node)], self.scalar(node.this), self.scalar(node.expression))
        if isinstance(node, exp.Case):
            return self._case(node)
        if isinstance(node, exp.Anonymous):
            return self._call(node)
        if isinstance(node, exp.BitwiseNot):
            return inverted(self.scalar(node.this))
        if isinstance(node, (exp.Dot, exp.ScopeResolution, exp.AtTimeZone, exp.Parameter)):
            return methods.call(self, node)
        if isinstance(node, exp.Collate):
            return self._collated(self.scalar(node.this), node.expression.name)
        raise Untranslatable(f"it has a part that is not known ({type(node).__name__})")

    def _column(self, node: exp.Column) -> Value:
        if node.name.lower() == "0x" and "0x" not in self.scope.columns:
            return _NO_BYTES
        name = node.name
        if not node.this.args.get("quoted") and not node.table and name.casefold() in _BARE_CALLS:
            return call(self, name.casefold(), [])
        if (held := methods.property_of(self, node)) is not None:
            return held
        found = self.scope.column(name)
        self.used.add(name.casefold())
        return Value(
            self.scope.row + quoted(found.target),
            found.type,
            nullable=found.nullable,
            raw_char=found.type.base in PADDED_TYPES,
            collation=found.collation,
        )

    def _collated(self, value: Value, collation: str) -> Value:
        if value.family is not Family.TEXT:
            raise Untranslatable("a COLLATE stands behind something that is no text")
        sql = f"{value.inner} COLLATE {self.scope.mysql_collation(collation)}"
        return replace(value, sql=sql, literal=None, parts=(), collation=collation, foreign=False)

    def _minus(self, value: Value) -> Value:
        if value.literal is not None and value.family in NUMBERS:
            return negative(value)
        if value.family not in NUMBERS:
            raise Untranslatable("a minus stands before something that is no number")
        return Value(f"-{signed(value)}", value.type, nullable=value.nullable, atom=False)

    def _case(self, node: exp.Case) -> Value:
        branches: list[tuple[str, Value]] = []
        subject = self.scalar(node.this) if node.this is not None else None
        for branch in node.args["ifs"]:
            if subject is None:
                test = self.condition(branch.this)
            else:
                test = " = ".join(self.compared(subject, self.scalar(branch.this)))
            branches.append((test, self.scalar(branch.args["true"])))
        default = node.args.get("default")
        return self.choice(branches, self.scalar(default) if default is not None else None)

    def choice(self, branches: list[tuple[str, Value]], default: Value | None) -> Value:
        """CASE of conditions and values."""
        values = [value for _, value in branches] + ([default] if default is not None else [])
        values, type_ = self.alike(values)
        when = " ".join(f"WHEN {test} THEN {value.sql}" for (test, _), value in zip(branches, values, strict=False))
        otherwise = f" ELSE {values[-1].sql}" if default is not None else ""
        nullable = default is None or any(value.nullable for value in values)
        return Value(f"CASE {when}{otherwise} END", type_, nullable=nullable, **inherited(values))

    def alike(self, values: list[Value]) -> tuple[list[Value], DataType]:
        """``values`` as the type that T-SQL finds for them, and that type. Raises Untranslatable."""
        type_ = common_type(values, self.leeway)
        values = [converted(value, type_, self.leeway) for value in values]
        family = family_of(type_)
        values = [as_text(self._joined(value, type_, family)) for value in values]
        return [self.pinned(value, inherited(values)["collation"]) for value in values], type_

    def pinned(self, value: Value, collation: str | None = None) -> Value:
        """A foreign text with its collation: beside a NULL, MySQL takes one of two collations for bytes."""
        if not value.foreign or value.family is not Family.TEXT:
            return value
        with_one = replace(value, collation=value.collation or collation)
        return replace(value, sql=f"{value.inner}{collated(self.scope, with_one)}", parts=())

    def _joined(self, value: Value, type_: DataType, family: Family) -> Value:
        near = value.type is None or value.family is family or {value.family, family} <= NUMBERS
        if near or value.literal is not None or not self.scope.lenient or {value.family, family} <= _DAYS:
            return value
        return self.cast(value, type_)

    def _call(self, node: exp.Anonymous) -> Value:
        name = node.name
        if name == MONEY_CALL:
            amount = self.scalar(node.expressions[0])
            return Value(amount.sql, DataType(SqlType.MONEY), nullable=False, literal=amount.literal)
        return call(self, name.casefold(), list(node.expressions))


def _constant(node: exp.Expr) -> Value:
    if isinstance(node, exp.Null):
        return Value("NULL", None)
    if isinstance(node, exp.National):
        return text(node.name, unicode=True)
    if isinstance(node, exp.HexString):
        digits = node.name if len(node.name) % 2 == 0 else f"0{node.name}"
        return Value(f"X'{digits}'", DataType(SqlType.VARBINARY, length=max(1, len(digits) // 2)), nullable=False)
    return text(node.name, unicode=False) if node.args["is_string"] else number(node.name)


def _says_not(node: exp.Expr) -> bool:
    """True for ``a NOT LIKE b`` and its like, where sqlglot keeps the NOT as a flag of the predicate."""
    return bool((node.this if isinstance(node, exp.Escape) else node).args.get("negate"))


def not_null_columns(condition: str) -> tuple[set[str], bool]:
    """The columns (letter case folded) that a conjunction wants NOT NULL, and whether it wants nothing else.

    Raises Untranslatable where the condition cannot be read.
    """
    names: set[str] = set()
    alone = True
    pending = [parse(condition)]
    while pending:
        node = pending.pop().unnest()
        if isinstance(node, exp.And):
            pending += [node.this, node.expression]
        elif (
            isinstance(node, exp.Not)
            and isinstance(inner := node.this.unnest(), exp.Is)
            and isinstance(inner.this, exp.Column)
        ):
            names.add(inner.this.name.casefold())
        else:
            alone = False
    return names, alone
