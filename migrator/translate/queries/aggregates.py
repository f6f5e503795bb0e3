"""Aggregates and window functions: T-SQL's types for their results, which MySQL makes wider or rounds otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.datatypes import common_type, exact
from migrator.translate.expressions.value import (
    BIGINT,
    INT,
    MONEY_TYPES,
    NUMBERS,
    UNICODE_TYPES,
    Family,
    Untranslatable,
    Value,
    inherited,
    quoted_text,
)

if TYPE_CHECKING:
    from migrator.translate.queries.values import QueryValues

_FLOAT: Final = DataType(SqlType.FLOAT, precision=53)
_SPREADS: Final = {"stdev": "STDDEV_SAMP", "stdevp": "STDDEV_POP", "var": "VAR_SAMP", "varp": "VAR_POP"}
_RANKS: Final = {
    "row_number": BIGINT,
    "rank": BIGINT,
    "dense_rank": BIGINT,
    "percent_rank": _FLOAT,
    "cume_dist": _FLOAT,
}
_NEIGHBOURS: Final = frozenset({"lag", "lead", "first_value", "last_value"})
AGGREGATES: Final = frozenset({
    "count", "count_big", "sum", "avg", "min", "max", "string_agg", "grouping", "grouping_id", "approx_count_distinct",
    "checksum_agg", *_SPREADS,
})  # fmt: skip


def aggregate(values: QueryValues, node: exp.Anonymous, over: str = "", order: str = "") -> Value:
    """An aggregate; ``over`` is its OVER clause, ``order`` its WITHIN GROUP, as MySQL text. Raises Untranslatable."""
    name = node.name.casefold()
    arguments = list(node.expressions)
    if name in ("count", "count_big", "approx_count_distinct"):
        return _count(values, name, arguments, over)
    if name in ("grouping", "grouping_id"):
        inner = ", ".join(values.scalar(argument).sql for argument in arguments)
        return Value(f"GROUPING({inner})", INT, nullable=False)
    if name == "string_agg":
        return _listed(values, arguments, order)
    if not arguments or name == "checksum_agg":
        raise Untranslatable(f"it calls {name}()")
    word, value = _argument(values, arguments[0])
    if name in ("min", "max"):
        if value.family is Family.GUID:
            values.remarks.append("guid-order")
        sql = f"{name.upper()}({value.sql}){over}"
        return Value(sql, value.type, raw_char=value.raw_char, **inherited([value]))
    if value.family not in NUMBERS:
        raise Untranslatable(f"{name}() of something that is no number")
    if name in _SPREADS:
        return Value(f"{_SPREADS[name]}({value.sql}){over}", _FLOAT)
    return _sum(word, value, over) if name == "sum" else _average(values, word, value, over)


def _argument(values: QueryValues, node: exp.Expr) -> tuple[str, Value]:
    if isinstance(node, exp.Distinct):
        return "DISTINCT ", values.scalar(node.expressions[0])
    if isinstance(node, exp.Var) and node.name.upper() == "ALL":
        raise Untranslatable("an aggregate says ALL")
    return "", values.scalar(node)


def _count(values: QueryValues, name: str, arguments: list[exp.Expr], over: str) -> Value:
    type_ = INT if name == "count" else BIGINT
    if not arguments or isinstance(arguments[0], exp.Star):
        return Value(f"COUNT(*){over}", type_, nullable=False)
    word, value = _argument(values, arguments[0])
    if name == "approx_count_distinct":
        word = "DISTINCT "
    return Value(f"COUNT({word}{value.sql}){over}", type_, nullable=False)


def _sum(word: str, value: Value, over: str) -> Value:
    if value.type is None:
        raise Untranslatable("it sums up NULL")
    text = f"SUM({word}{value.sql}){over}"
    if value.family is Family.INTEGER:
        base = SqlType.BIGINT if value.type.base is SqlType.BIGINT else SqlType.INT
        return Value(f"CAST({text} AS SIGNED)", DataType(base))
    if value.family is Family.FLOAT:
        return Value(text, _FLOAT)
    if value.type.base in MONEY_TYPES:
        return Value(text, DataType(SqlType.MONEY))
    return Value(text, DataType(SqlType.DECIMAL, precision=38, scale=exact(value)[1]))


def _average(values: QueryValues, word: str, value: Value, over: str) -> Value:
    if value.type is None:
        raise Untranslatable("it makes an average of NULL")
    if value.family is Family.INTEGER:
        base = SqlType.BIGINT if value.type.base is SqlType.BIGINT else SqlType.INT
        quotient = f"SUM({word}{value.sql}){over} DIV COUNT({word}{value.sql}){over}"
        return Value(f"CAST({quotient} AS SIGNED)", DataType(base))
    if value.family is Family.FLOAT:
        return Value(f"AVG({word}{value.sql}){over}", _FLOAT)
    values.remarks.append("digits-cut")
    if value.type.base in MONEY_TYPES:
        return Value(f"CAST(AVG({word}{value.sql}){over} AS DECIMAL(19,4))", DataType(SqlType.MONEY))
    scale = min(max(6, exact(value)[1]), 30)
    text = f"CAST(AVG({word}{value.sql}){over} AS DECIMAL(38,{scale}))"
    return Value(text, DataType(SqlType.DECIMAL, precision=38, scale=scale))


def _listed(values: QueryValues, arguments: list[exp.Expr], order: str) -> Value:
    if len(arguments) != 2:
        raise Untranslatable(f"string_agg() is called with {len(arguments)} arguments")
    value, mark = values.scalar(arguments[0]), values.scalar(arguments[1])
    if not isinstance(mark.literal, str):
        raise Untranslatable("the separator of STRING_AGG is no constant")
    return joined(values, value, mark.literal, order)


def joined(values: QueryValues, value: Value, mark: str, order: str) -> Value:
    """The texts of all rows as one; ``order`` is the text of ORDER BY. Raises Untranslatable."""
    if value.family is not Family.TEXT:
        value = values.cast(value, DataType(SqlType.VARCHAR, length=40))
    values.remarks.append("group-concat")
    assert value.type is not None  # noqa: S101 - a text has a type
    unicode = value.type.base in UNICODE_TYPES
    length = MAX if value.type.is_lob else 4000 if unicode else 8000
    type_ = DataType(SqlType.NVARCHAR if unicode else SqlType.VARCHAR, length=length)
    text = f"GROUP_CONCAT({as_text(value).sql}{order} SEPARATOR {quoted_text(mark)})"
    return Value(text, type_, **inherited([value]))


def windowed(values: QueryValues, node: exp.Anonymous, over: str) -> Value:
    """A function with an OVER clause. Raises Untranslatable."""
    name = node.name.casefold()
    if name in AGGREGATES:
        return aggregate(values, node, over)
    arguments = list(node.expressions)
    if name in _RANKS:
        return Value(f"{name.upper()}(){over}", _RANKS[name], nullable=False)
    if name == "ntile" and arguments:
        count = values.scalar(arguments[0])
        if not isinstance(count.literal, int):
            raise Untranslatable("NTILE by something else than a constant")
        return Value(f"NTILE({count.sql}){over}", BIGINT, nullable=False)
    if name in _NEIGHBOURS and arguments:
        return _neighbour(values, name, arguments, over)
    raise Untranslatable(f"it calls {name}() over a window")


def _neighbour(values: QueryValues, name: str, arguments: list[exp.Expr], over: str) -> Value:
    value = values.scalar(arguments[0])
    texts = [as_text(value).sql]
    taken = [value]
    if len(arguments) > 1:
        distance = values.scalar(arguments[1])
        if not isinstance(distance.literal, int):
            raise Untranslatable(f"{name}() by a distance that is no constant")
        texts.append(distance.sql)
    if len(arguments) > 2:
        default = values.scalar(arguments[2])
        taken.append(default)
        texts.append(as_text(default).sql)
    type_ = common_type(taken) if len(taken) > 1 else value.type
    return Value(f"{name.upper()}({', '.join(texts)}){over}", type_, **inherited([value]))
