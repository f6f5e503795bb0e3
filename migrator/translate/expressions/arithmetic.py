"""+ - * / % and the bit operators, by the types of their operands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.datatypes import arithmetic_type, exact, text_type
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import (
    DATETIME,
    MONEY_TYPES,
    NUMBERS,
    STRICT,
    Family,
    Leeway,
    Untranslatable,
    Value,
    inherited,
)

_MAX_SCALE: Final = 30


def calculate(operator: str, left: Value, right: Value, leeway: Leeway = STRICT) -> Value:
    """``left operator right``. Raises Untranslatable."""
    if left.type is None or right.type is None:
        return Value("NULL", left.type or right.type)
    left, right = _moment(left, leeway), _moment(right, leeway)
    if left.family is Family.TEXT and right.family is not Family.TEXT:
        left = _as_number(left, right, leeway)
    elif right.family is Family.TEXT and left.family is not Family.TEXT:
        right = _as_number(right, left, leeway)
    if left.family is Family.TEXT and right.family is Family.TEXT:
        if operator != "+":
            raise Untranslatable(f"{operator} stands between texts")
        return concatenated([left, right])
    if operator == "+" and left.family is Family.INTEGER and right.family is Family.DATETIME:
        left, right = right, left
    if left.family is Family.DATETIME and right.family is Family.INTEGER and operator in "+-":
        return _days(operator, left, right)
    if Family.DATETIME in (left.family, right.family) and operator in "+-":
        return _moments(operator, left, right, leeway)
    if left.family not in NUMBERS or right.family not in NUMBERS:
        raise Untranslatable(f"{operator} stands between types that MySQL treats otherwise")
    return _numbers(operator, left, right, leeway.remarks)


def concatenated(values: list[Value]) -> Value:
    """Texts one after another; NULL if one of them is, in both engines."""
    parts = tuple(part for value in values for part in (value.parts or (as_text(value).sql,)))
    return Value(
        f"CONCAT({', '.join(parts)})",
        text_type(values),
        nullable=any(value.nullable for value in values),
        parts=parts,
        **inherited(values),
    )


def as_text(value: Value) -> Value:
    """A text with the blanks that char(n) has in SQL Server and that MySQL gives back without."""
    if not value.raw_char or value.type is None:
        return value
    return replace(value, sql=f"RPAD({value.sql}, {value.type.length or 1}, ' ')", raw_char=False)


def bits(operator: str, left: Value, right: Value) -> Value:
    """&, | and ^ of integers: MySQL's result is unsigned, T-SQL's is not."""
    if {left.family, right.family} != {Family.INTEGER}:
        raise Untranslatable(f"{operator} stands between types that are no integers")
    type_, _ = arithmetic_type("+", left, right)
    return Value(
        f"CAST({left.inner} {operator} {right.inner} AS SIGNED)", type_, nullable=left.nullable or right.nullable
    )


def inverted(value: Value) -> Value:
    """~ of an integer, which keeps its type: a bit becomes the other one, a tinyint what is missing to 255."""
    if value.family is not Family.INTEGER or value.type is None:
        raise Untranslatable("~ stands before something that is no integer")
    whole = {SqlType.BIT: 1, SqlType.TINYINT: 255}.get(value.type.base)
    sql = f"CAST(~{value.sql} AS SIGNED)" if whole is None else f"({whole} - {value.sql})"
    return Value(sql, value.type, nullable=value.nullable)


def signed(value: Value) -> str:
    """A number for use in arithmetic: with an unsigned operand MySQL's result could not be below 0."""
    if value.type is not None and value.type.base is SqlType.TINYINT and value.literal is None:
        return f"CAST({value.sql} AS SIGNED)"
    return value.inner


def _as_number(value: Value, other: Value, leeway: Leeway) -> Value:
    if value.literal is not None and other.type is not None:
        return converted(value, other.type, leeway)
    if other.type is None or (other.family not in NUMBERS and other.family is not Family.DATETIME):
        return value
    leeway.differs("text-to-number", "text is converted to a number for every row")
    if other.family is Family.DATETIME:
        return Value(f"CAST({value.sql} AS DATETIME(3))", other.type)
    precision, scale = exact(other)
    word = {Family.INTEGER: "SIGNED", Family.FLOAT: "DOUBLE"}.get(other.family, f"DECIMAL({precision},{scale})")
    return Value(f"CAST({value.sql} AS {word})", other.type, nullable=value.nullable)


def _moment(value: Value, leeway: Leeway) -> Value:
    """A datetimeoffset as a date and time."""
    if value.type is None or value.type.base is not SqlType.DATETIMEOFFSET:
        return value
    if value.local is None:
        leeway.differs("offset-lost", "the local time of a datetimeoffset is in another column")
    return replace(value, sql=value.local or value.sql, type=DATETIME, local=None)


def _moments(operator: str, left: Value, right: Value, leeway: Leeway) -> Value:
    """A datetime and a number of days, or another datetime: days since 1900 are added and subtracted."""
    leeway.differs("days-as-date", f"{operator} stands between types that MySQL treats otherwise")
    epoch = "TIMESTAMP'1900-01-01 00:00:00'"
    nullable = left.nullable or right.nullable
    sign = "" if operator == "+" else "-"
    if left.family in NUMBERS and operator == "+":
        left, right = right, left
    if left.family is not Family.DATETIME or (left.type is not None and left.type.base is SqlType.DATETIME2):
        raise Untranslatable(f"{operator} stands between types that MySQL treats otherwise")
    if right.family in NUMBERS:
        ticks = f"ROUND({right.inner} * 86400000000)"
    elif right.family is Family.DATETIME:
        ticks = f"TIMESTAMPDIFF(MICROSECOND, {epoch}, {right.sql})"
    else:
        raise Untranslatable(f"{operator} stands between types that MySQL treats otherwise")
    return Value(f"DATE_ADD({left.sql}, INTERVAL {sign}{ticks} MICROSECOND)", DATETIME, nullable=nullable)


def _days(operator: str, moment: Value, count: Value) -> Value:
    if moment.type is None or moment.type.base is SqlType.DATETIME2:
        raise Untranslatable("a number is added to a datetime2")
    sign = "" if operator == "+" else "-"
    return Value(
        f"DATE_ADD({moment.sql}, INTERVAL {sign}{count.inner} DAY)",
        moment.type,
        nullable=moment.nullable or count.nullable,
    )


def _numbers(operator: str, left: Value, right: Value, remark: list[str]) -> Value:
    type_, cut = arithmetic_type(operator, left, right)
    nullable = left.nullable or right.nullable or (operator == "%" and not right.literal)
    types = {value.type.base for value in (left, right) if value.type}
    if type_.base is SqlType.BIT:
        raise Untranslatable("it calculates with bits")
    if SqlType.REAL in types:
        remark.append("single-precision")
    if operator == "/":
        return _quotient(left, right, type_, remark)
    sql = f"{signed(left)} {operator} {signed(right)}"
    if not cut:
        return Value(sql, type_, nullable=nullable, atom=False)
    remark.append("digits-cut")
    precision, scale = (19, 4) if type_.base in MONEY_TYPES else (type_.precision, min(type_.scale or 0, _MAX_SCALE))
    return Value(f"CAST({sql} AS DECIMAL({precision},{scale}))", type_, nullable=nullable)


def _quotient(left: Value, right: Value, type_: DataType, remark: list[str]) -> Value:
    nullable = left.nullable or right.nullable or not right.literal  # MySQL: NULL where T-SQL fails
    if {left.family, right.family} == {Family.INTEGER}:
        return Value(f"{signed(left)} DIV {signed(right)}", type_, nullable=nullable, atom=False)
    if Family.FLOAT in (left.family, right.family):
        dividend = left.inner if left.family is Family.FLOAT else f"CAST({left.sql} AS DOUBLE)"
        return Value(f"{dividend} / {right.inner}", type_, nullable=nullable, atom=False)
    # MySQL gives a quotient four digits more than the dividend has, T-SQL as many as its types ask for
    remark.append("digits-cut")
    precision, scale = (
        (19, 4) if type_.base in MONEY_TYPES else (type_.precision or 38, min(type_.scale or 0, _MAX_SCALE))
    )
    wide = f"CAST({left.sql} AS DECIMAL(65,{scale}))"
    return Value(f"CAST({wide} / {right.inner} AS DECIMAL({precision},{scale}))", type_, nullable=nullable)
