"""Comparisons: trailing blanks, text against dates, LIKE with its classes."""

from __future__ import annotations

import re
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.literals import converted, moment
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import (
    MOMENTS,
    NUMBERS,
    UNICODE_TYPES,
    Family,
    Untranslatable,
    Value,
    quoted_text,
)

_INCOMPARABLE: Final = frozenset(
    {SqlType.GEOGRAPHY, SqlType.GEOMETRY, SqlType.XML, SqlType.JSON, SqlType.VECTOR, SqlType.SQL_VARIANT}
)
_COUNTERS: Final = {SqlType.ROWVERSION}
"""Of the types without a family these are bytes."""
_ESCAPE: Final = "|"
_REGEX_SIGNS: Final = frozenset(r"\.[]{}()*+?^$|-&")


def comparable(scope: Scope, left: Value, right: Value) -> tuple[str, str]:
    """Both operands as MySQL must see them to compare as T-SQL does. Raises Untranslatable."""
    if left.literal is None and right.literal is not None:
        right = _as_other(right, left)
    elif right.literal is None and left.literal is not None:
        left = _as_other(left, right)
    if any(value.type is not None and value.type.base in _INCOMPARABLE for value in (left, right)):
        raise Untranslatable("it compares values of a type that MySQL has not")
    families = {left.family, right.family} - {Family.OTHER}
    strange = {value.type.base for value in (left, right) if value.family is Family.OTHER and value.type is not None}
    if strange and (families & (NUMBERS | {Family.GUID}) or (Family.BINARY in families and strange != _COUNTERS)):
        raise Untranslatable("it compares values of types that each engine converts in its own way")
    same = len(families) <= 1 or families <= NUMBERS or families <= MOMENTS - {Family.TIME}
    if not same:
        raise Untranslatable("it compares values of types that each engine converts in its own way")
    return _operand(scope, left, right), _operand(scope, right, left)


def _as_other(constant: Value, other: Value) -> Value:
    if other.type is None or (other.family is Family.TEXT and constant.family in NUMBERS):
        return constant  # T-SQL converts the text of every row to a number, and fails where it is none
    if other.type.base is SqlType.DATETIMEOFFSET and isinstance(constant.literal, str):
        # Without an offset it is UTC, as the column is here.
        return moment(constant.literal, DataType(SqlType.DATETIME2, scale=other.type.scale))
    return converted(constant, other.type)


def _operand(scope: Scope, value: Value, other: Value) -> str:
    if value.family is Family.TEXT:
        return _unpadded(value) + _collated(scope, value, other)
    if value.family is Family.EXACT and value.literal is not None and _is_real(other):
        return f"CAST({value.sql} AS FLOAT)"
    return value.inner if value.literal is None else value.sql


def _collated(scope: Scope, value: Value, other: Value | None = None) -> str:
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


def like(scope: Scope, value: Value, pattern: Value, escape: str | None, remark: list[str]) -> str:
    """``value LIKE pattern`` (a constant) as LIKE, or as REGEXP_LIKE where LIKE cannot say it. Raises Untranslatable.

    Trailing blanks of the value may be left out of the match, unless one of both is Unicode (MS Learn: "LIKE").
    """
    pieces = _pieces(str(pattern.literal), escape)
    unicode = any(side.type is not None and side.type.base in UNICODE_TYPES for side in (value, pattern))
    last = pieces[-1] if pieces else ("text", "")
    loose = not unicode and (last[0] == "one" or last == ("text", " "))
    if loose or any(kind == "class" for kind, _ in pieces):
        text = as_text(value).sql + _collated(scope, value)
        return _regular(text, pieces, value.collation or scope.collation, remark, blanks=not unicode)
    blanks = any(piece in (("one", ""), ("text", " ")) for piece in pieces)
    if unicode or (last[0] == "any" and blanks):
        text = as_text(value).sql
    else:
        text = value.sql if last[0] == "any" or value.raw_char else f"RTRIM({value.sql})"
    escaped = any(kind == "text" and content in ("%", "_", "\\") for kind, content in pieces)
    plain = "".join(_plain(kind, content, escaped=escaped) for kind, content in pieces)
    ending = f" ESCAPE '{_ESCAPE}'" if escaped else ""
    return f"{text}{_collated(scope, value)} LIKE {quoted_text(plain)}{ending}"


def _plain(kind: str, content: str, *, escaped: bool) -> str:
    if kind == "any":
        return "%"
    if kind == "one":
        return "_"
    return _ESCAPE + content if escaped and content in ("%", "_", _ESCAPE) else content


def _pieces(pattern: str, escape: str | None) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape and position + 1 < len(pattern):
            pieces.append(("text", pattern[position + 1]))
            position += 2
            continue
        end = pattern.find("]", position + 2) if character == "[" else -1
        if end > 0:
            content = pattern[position + 1 : end]
            single = len(content) == 1 and content != "^"
            pieces.append(("text" if single else "class", content))
            position = end + 1
            continue
        pieces.append({"%": ("any", ""), "_": ("one", "")}.get(character, ("text", character)))
        position += 1
    return pieces


def _regular(text: str, pieces: list[tuple[str, str]], collation: str, remark: list[str], *, blanks: bool) -> str:
    strength = collation.upper()
    binary = "_BIN" in strength
    if not binary and "_AI" in strength:
        raise Untranslatable("a LIKE class under a collation that ignores accents")
    if not binary and any(kind == "class" and re.search(r".-.", content) for kind, content in pieces):
        remark.append("like-range")
    expression = "".join(_regular_piece(kind, content) for kind, content in pieces)
    flags = "c" if binary or "_CS" in strength else "i"
    ending = " *\\z" if blanks else "\\z"
    return f"REGEXP_LIKE({text}, {quoted_text('^' + expression + ending)}, '{flags}n')"


def _regular_piece(kind: str, content: str) -> str:
    if kind == "any":
        return ".*"
    if kind == "one":
        return "."
    if kind == "text":
        return _safe(content)
    negated = content.startswith("^")
    body = content.removeprefix("^")
    inside = re.sub(r"[\\\[\]^&]", lambda found: "\\" + found[0], body)
    return f"[{'^' if negated else ''}{inside}]"


def _safe(content: str) -> str:
    return "".join("\\" + character if character in _REGEX_SIGNS else character for character in content)
