"""CAST and CONVERT: only conversions whose result is the same in both engines."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.datatypes import exact
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import (
    MONEY_TYPES,
    NUMBERS,
    UNICODE_TYPES,
    Family,
    Untranslatable,
    Value,
    family_of,
    quoted_text,
)

_STYLES: Final = {
    1: "%m/%d/%y",
    101: "%m/%d/%Y",
    102: "%Y.%m.%d",
    103: "%d/%m/%Y",
    104: "%d.%m.%Y",
    105: "%d-%m-%Y",
    108: "%H:%i:%s",
    8: "%H:%i:%s",
    110: "%m-%d-%Y",
    111: "%Y/%m/%d",
    112: "%Y%m%d",
    23: "%Y-%m-%d",
    20: "%Y-%m-%d %H:%i:%s",
    120: "%Y-%m-%d %H:%i:%s",
}
"""CONVERT's styles that no language changes (MS Learn: "CAST and CONVERT", date and time styles)."""
_STYLE_LENGTH: Final = {1: 8, 112: 8, 108: 8, 8: 8, 20: 19, 120: 19}
_INTEGER_DIGITS: Final = {SqlType.BIT: 1, SqlType.TINYINT: 3, SqlType.SMALLINT: 6, SqlType.INT: 11, SqlType.BIGINT: 20}


def cast(value: Value, type_: DataType, style: int | None = None) -> Value:
    """``value`` as ``type_``. Raises Untranslatable."""
    family = family_of(type_)
    if value.type is None:
        return Value("NULL", type_)
    if value.literal is not None and value.family is not family and style is None:
        changed = converted(value, type_)
        if changed is not value:
            return changed if changed.type == type_ else cast(changed, type_)
    sql: str | None = None
    if family is Family.TEXT:
        sql = _to_text(value, type_, style)
    elif style not in (None, 0):
        raise Untranslatable(f"CONVERT to {type_} has style {style}")
    elif family in NUMBERS and value.family in NUMBERS:
        sql = _to_number(value, type_)
    elif family in (Family.DATE, Family.TIME, Family.DATETIME) and value.family in (
        Family.DATE,
        Family.TIME,
        Family.DATETIME,
    ):
        sql = _to_moment(value, type_)
    elif family is value.family and type_ == value.type:
        return value
    if sql is None:
        raise Untranslatable(f"{value.type} is converted to {type_}")
    foreign = family is Family.TEXT and (value.foreign or value.family is not Family.TEXT)
    return Value(sql, type_, nullable=value.nullable, collation=value.collation, foreign=foreign)


def _to_text(value: Value, type_: DataType, style: int | None) -> str | None:
    room = None if type_.is_lob else (type_.length or 1)
    source = value.type
    if source is None:
        return None
    if value.family is Family.TEXT:
        if type_.base in (SqlType.CHAR, SqlType.NCHAR):
            raise Untranslatable(f"text is padded to {type_}")
        if type_.base not in UNICODE_TYPES and source.base in UNICODE_TYPES:
            raise Untranslatable("Unicode text is converted to a code page")
        text = as_text(value).sql
        return text if room is None or (not source.is_lob and (source.length or 1) <= room) else f"LEFT({text}, {room})"
    if value.family is Family.INTEGER:
        return _digits(value, source, type_, room)
    if value.family is Family.EXACT and source.base not in MONEY_TYPES:
        return _characters(value.sql, room)
    if value.family is Family.GUID:
        if room is not None and room < 36:
            raise Untranslatable(f"{source} does not fit into {room} characters")
        return f"UPPER({value.sql})"
    if value.family in (Family.DATE, Family.DATETIME):
        return _formatted(value, room, style)
    return None


def _formatted(value: Value, room: int | None, style: int | None) -> str | None:
    if value.type is not None and value.type.base is SqlType.DATE and style in (None, 0, 121, 120, 20, 21, 126, 127):
        style = 23
    if style not in _STYLES or style is None:
        return None
    text = f"DATE_FORMAT({value.sql}, {quoted_text(_STYLES[style])})"
    return text if room is None or room >= _STYLE_LENGTH.get(style, 10) else f"LEFT({text}, {room})"


def _characters(sql: str, room: int | None) -> str:
    return f"CAST({sql} AS CHAR{'' if room is None else f'({room})'} CHARACTER SET utf8mb4)"


def _digits(value: Value, source: DataType, type_: DataType, room: int | None) -> str:
    """An integer as text; one that does not fit is an error in both engines, but * for an int in varchar."""
    fits = room is None or room >= _INTEGER_DIGITS[source.base]
    if fits or type_.base in UNICODE_TYPES or source.base is SqlType.BIGINT:
        return _characters(value.sql, room)
    return f"IF(CHAR_LENGTH({value.sql}) > {room}, '*', {_characters(value.sql, room)})"


def _to_number(value: Value, type_: DataType) -> str | None:
    if type_.base is SqlType.BIT:
        return f"({value.inner} <> 0)"
    family = family_of(type_)
    if family is Family.INTEGER:
        if value.family is Family.INTEGER:
            return value.sql
        if value.type is not None and value.type.base in MONEY_TYPES:
            return f"CAST({value.sql} AS SIGNED)"  # money rounds, in both
        return f"CAST(TRUNCATE({value.sql}, 0) AS SIGNED)"
    if family is Family.EXACT:
        precision, scale = exact(Value("", type_))
        if value.family is Family.FLOAT:
            return None
        return f"CAST({value.sql} AS DECIMAL({precision},{min(scale, 30)}))"
    if type_.base is SqlType.FLOAT and (type_.precision or 53) > 24:
        return f"CAST({value.sql} AS DOUBLE)"
    return f"CAST({value.sql} AS FLOAT)"


def _to_moment(value: Value, type_: DataType) -> str | None:
    source = value.type
    if source is None or (value.family is Family.TIME and family_of(type_) is not Family.TIME):
        return None
    if type_.base is SqlType.DATE:
        return f"CAST({value.sql} AS DATE)"
    if value.family is Family.DATE and family_of(type_) is Family.TIME:
        return None
    if type_.base in (SqlType.DATETIME, SqlType.SMALLDATETIME) and value.family is Family.DATETIME and source != type_:
        return None  # 1/300 s and whole minutes are roundings that MySQL has not
    digits = min(scale_of(type_), FRACTION_DIGITS)
    if min(scale_of(source), FRACTION_DIGITS) > digits and value.family is not Family.DATE:
        return None
    word = "TIME" if type_.base is SqlType.TIME else "DATETIME"
    return f"CAST({value.sql} AS {word}({digits}))"
