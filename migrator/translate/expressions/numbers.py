"""Functions of numbers whose result's type follows their first argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.value import (
    DOUBLE,
    INT,
    MONEY_TYPES,
    NUMBERS,
    Family,
    Untranslatable,
    Value,
    quoted_text,
)

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]
_NUMERIC: Final = r"^\s*([$]\s*)?[+-]?\s*([$]\s*)?([0-9][0-9,]*[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)?\s*$"


def _number(translator: Translator, node: exp.Expr, function: str) -> Value:
    value = translator.scalar(node)
    if value.family is Family.TEXT:
        value = translator.cast(value, DOUBLE)
    if value.family not in NUMBERS:
        raise Untranslatable(f"{function} of something else than a number")
    return value


def _round(translator: Translator, arguments: Arguments) -> Value:
    value, digits = _number(translator, arguments[0], "ROUND"), translator.scalar(arguments[1])
    if digits.family is not Family.INTEGER:
        raise Untranslatable("ROUND to digits that are no whole number")
    function = "ROUND"
    if len(arguments) > 2:
        mode = translator.scalar(arguments[2])
        if not isinstance(mode.literal, int):
            raise Untranslatable("the third argument of ROUND is no constant")
        function = "TRUNCATE" if mode.literal else "ROUND"
    sql = f"{function}({value.sql}, {digits.sql})"
    if value.family is Family.FLOAT and function == "ROUND":
        translator.leeway.differs("float-rounding", "ROUND of a float: MySQL rounds halves to the even digit")
        half_up = f"CAST(ROUND(CAST({value.sql} AS DECIMAL(65,30)), {digits.sql}) AS DOUBLE)"
        sql = f"IF(ABS({value.sql}) < 1e15, {half_up}, {sql})"
    return Value(sql, value.type, nullable=value.nullable or digits.nullable)


def _power(translator: Translator, arguments: Arguments) -> Value:
    base, exponent = (_number(translator, argument, "POWER") for argument in arguments)
    sql = f"POW({base.sql}, {exponent.sql})"
    nullable = base.nullable or exponent.nullable
    if base.type is None or base.family is Family.FLOAT or base.type.base is SqlType.BIT:
        return Value(sql, DOUBLE, nullable=nullable)
    if base.family is Family.INTEGER:
        type_ = base.type if base.type.base is SqlType.BIGINT else INT
        return Value(f"CAST(TRUNCATE({sql}, 0) AS SIGNED)", type_, nullable=nullable)
    if base.type.base in MONEY_TYPES:
        return Value(f"CAST({sql} AS DECIMAL(19,4))", DataType(SqlType.MONEY), nullable=nullable)
    scale = base.type.scale or 0
    type_ = DataType(SqlType.DECIMAL, precision=38, scale=scale)
    return Value(f"CAST({sql} AS DECIMAL(38,{min(scale, 30)}))", type_, nullable=nullable)


def _log(translator: Translator, arguments: Arguments) -> Value:
    values = [_number(translator, argument, "LOG") for argument in arguments]
    # MySQL names the base first; NULL where T-SQL fails
    sql = f"LOG({', '.join(value.sql for value in reversed(values))})"
    return Value(sql, DOUBLE)


def _angle(function: str) -> Callable[[Translator, Arguments], Value]:
    def degrees_or_radians(translator: Translator, arguments: Arguments) -> Value:
        value = _number(translator, arguments[0], function)
        made = Value(f"{function}({value.sql})", DOUBLE, nullable=value.nullable)
        if value.family is Family.FLOAT or value.type is None:
            return made
        if value.family is Family.EXACT:
            return Value(made.sql, DOUBLE, nullable=value.nullable)
        return translator.cast(made, value.type)

    return degrees_or_radians


def _isnumeric(translator: Translator, arguments: Arguments) -> Value:
    value = translator.scalar(arguments[0])
    if value.family in NUMBERS:
        return Value(f"({value.sql} IS NOT NULL)" if value.nullable else "1", INT, nullable=False)
    if value.family is not Family.TEXT:
        return Value("0", INT, nullable=False)
    translator.leeway.differs("isnumeric", "ISNUMERIC knows more forms of numbers than can be told")
    text = f"IFNULL({as_text(value).sql}, '')" if value.nullable else as_text(value).sql
    return Value(f"REGEXP_LIKE({text}, {quoted_text(_NUMERIC)}, 'i')", INT, nullable=False)


def _rand(translator: Translator, arguments: Arguments) -> Value:
    if translator.scope.stable:
        raise Untranslatable("rand() differs from call to call, which MySQL allows in a DEFAULT only")
    translator.leeway.remarks.append("rand")
    seed = translator.scalar(arguments[0]).sql if arguments else ""
    return Value(f"RAND({seed})", DOUBLE, nullable=False)


CALLS: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "round": (_round, 2, 3),
    "power": (_power, 2, 2),
    "log": (_log, 1, 2),
    "degrees": (_angle("DEGREES"), 1, 1),
    "radians": (_angle("RADIANS"), 1, 1),
    "isnumeric": (_isnumeric, 1, 1),
    "rand": (_rand, 0, 1),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
