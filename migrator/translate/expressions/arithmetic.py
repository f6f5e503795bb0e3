"""+ - * / % and the bit operators, by the types of their operands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.datatypes import arithmetic_type, text_type
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import MONEY_TYPES, NUMBERS, Family, Untranslatable, Value, inherited

_MAX_SCALE: Final = 30


def calculate(operator: str, left: Value, right: Value, remark: list[str]) -> Value:
    """``left operator right``. Adds the names of remarks to ``remark``. Raises Untranslatable."""
    if left.family is Family.TEXT and right.family is not Family.TEXT:
        left = _as_number(left, right)
    elif right.family is Family.TEXT and left.family is not Family.TEXT:
        right = _as_number(right, left)
    if left.family is Family.TEXT and right.family is Family.TEXT:
        if operator != "+":
            raise Untranslatable(f"{operator} stands between texts")
        return concatenated([left, right])
    if left.family is Family.DATETIME and right.family is Family.INTEGER and operator in "+-":
        return _days(operator, left, right)
    if left.family not in NUMBERS or right.family not in NUMBERS:
        raise Untranslatable(f"{operator} stands between types that MySQL treats otherwise")
    return _numbers(operator, left, right, remark)


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


def flipped(value: Value) -> Value:
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


def _as_number(value: Value, other: Value) -> Value:
    if value.literal is None or other.type is None:
        raise Untranslatable("text is converted to a number for every row")
    return converted(value, other.type)


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
