"""Comparisons: trailing blanks, text against numbers and dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.convert import cast
from migrator.translate.expressions.datatypes import preferred
from migrator.translate.expressions.literals import converted, in_utc
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import (
    MOMENTS,
    NUMBERS,
    STRICT,
    Family,
    Leeway,
    Untranslatable,
    Value,
    quoted_text,
)

_INCOMPARABLE: Final = frozenset(
    {SqlType.GEOGRAPHY, SqlType.GEOMETRY, SqlType.XML, SqlType.JSON, SqlType.VECTOR, SqlType.SQL_VARIANT}
)
_COUNTERS: Final = {SqlType.ROWVERSION}
"""Of the types without a family these are bytes."""


def comparable(scope: Scope, left: Value, right: Value, leeway: Leeway = STRICT) -> tuple[str, str]:
    """Both operands as MySQL must see them to compare as T-SQL does. Raises Untranslatable."""
    if right.type is not None and right.type.base is SqlType.DATETIMEOFFSET:
        left = in_utc(left)
    if left.type is not None and left.type.base is SqlType.DATETIMEOFFSET:
        right = in_utc(right)
    left, right = _as_moment(left), _as_moment(right)
    if left.literal is None and right.literal is not None:
        right = _as_other(right, left, leeway)
    elif right.literal is None and left.literal is not None:
        left = _as_other(left, right, leeway)
    if any(value.type is not None and value.type.base in _INCOMPARABLE for value in (left, right)):
        raise Untranslatable("it compares values of a type that MySQL has not")
    if leeway.lenient:
        left, right = _preferred(left, right, leeway)
    families = {left.family, right.family} - {Family.OTHER}
    strange = {value.type.base for value in (left, right) if value.family is Family.OTHER and value.type is not None}
    if strange and (families & (NUMBERS | {Family.GUID}) or (Family.BINARY in families and strange != _COUNTERS)):
        raise Untranslatable("it compares values of types that each engine converts in its own way")
    same = len(families) <= 1 or families <= NUMBERS or families <= MOMENTS - {Family.TIME}
    if not same:
        raise Untranslatable("it compares values of types that each engine converts in its own way")
    if not families and left.type is not None and right.type is not None and strange != _COUNTERS:
        leeway.differs("other-compared", "it compares values of a type that MySQL has not")
    return _operand(scope, left, right), _operand(scope, right, left)


def _as_moment(value: Value) -> Value:
    """A datetimeoffset as the moment that it is: T-SQL compares these in UTC, and takes other moments for UTC."""
    if value.type is None or value.type.base is not SqlType.DATETIMEOFFSET:
        return value
    return replace(value, type=DataType(SqlType.DATETIME2, scale=value.type.scale), local=None)


def _preferred(left: Value, right: Value, leeway: Leeway) -> tuple[Value, Value]:
    """The operand of the lesser type converted to the other's, as T-SQL does."""
    if left.type is None or right.type is None or left.family is right.family:
        return left, right
    if {left.family, right.family} <= NUMBERS or {left.family, right.family} <= MOMENTS - {Family.TIME}:
        return left, right
    chosen = preferred([left.type, right.type])
    if chosen == left.type:
        return left, cast(right, chosen, None, leeway)
    return cast(left, chosen, None, leeway), right


def _as_other(constant: Value, other: Value, leeway: Leeway) -> Value:
    if other.type is None or (other.family is Family.TEXT and constant.family in NUMBERS):
        return constant  # T-SQL converts the text of every row to a number, and fails where it is none
    return converted(constant, other.type, leeway)


def _operand(scope: Scope, value: Value, other: Value) -> str:
    if value.family is Family.TEXT:
        return _unpadded(value) + collated(scope, value, other)
    if value.family is Family.EXACT and value.literal is not None and _is_real(other):
        return f"CAST({value.sql} AS FLOAT)"
    return value.inner if value.literal is None else value.sql


def collated(scope: Scope, value: Value, other: Value | None = None) -> str:
    """COLLATE for a text that would bring the session's collation with it."""
    if not value.foreign:
        return ""
    return f" COLLATE {scope.mysql_collation(value.collation or (other.collation if other is not None else None))}"


def _is_real(value: Value) -> bool:
    type_ = value.type
    return type_ is not None and (
        type_.base is SqlType.REAL or (type_.base is SqlType.FLOAT and (type_.precision or 53) <= 24)
    )


def _unpadded(value: Value) -> str:
    """SQL Server ignores trailing blanks in a comparison; MySQL's NO PAD collations do not."""
    if isinstance(value.literal, str):
        return quoted_text(value.literal.rstrip(" "))
    return value.sql if value.raw_char or value.sql.startswith("RTRIM(") else f"RTRIM({value.sql})"
