"""CAST and CONVERT to text: how SQL Server writes numbers, moments and bytes (MS Learn: "CAST and CONVERT")."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.value import (
    MOMENTS,
    MONEY_TYPES,
    PADDED_TYPES,
    UNICODE_TYPES,
    Family,
    Leeway,
    Untranslatable,
    Value,
    quoted_text,
)

_DAYS: Final = {
    1: "%m/%d/%y", 2: "%y.%m.%d", 3: "%d/%m/%y", 4: "%d.%m.%y", 5: "%d-%m-%y", 10: "%m-%d-%y", 11: "%y/%m/%d",
    12: "%y%m%d", 101: "%m/%d/%Y", 102: "%Y.%m.%d", 103: "%d/%m/%Y", 104: "%d.%m.%Y", 105: "%d-%m-%Y",
    110: "%m-%d-%Y", 111: "%Y/%m/%d", 112: "%Y%m%d", 23: "%Y-%m-%d",
}  # fmt: skip
"""Styles that show a day and no time, whatever the language."""
_NAMED_DAYS: Final = {6: "%d %b %y", 7: "%b %d, %y", 106: "%d %b %Y", 107: "%b %d, %Y"}
_CLOCKS: Final = {8: "%H:%i:%s", 24: "%H:%i:%s", 108: "%H:%i:%s"}
_STYLE_LENGTH: Final = {1: 8, 112: 8, 108: 8, 8: 8, 24: 8, 2: 8, 3: 8, 4: 8, 5: 8, 10: 8, 11: 8, 12: 6, 20: 19, 120: 19,
                        6: 9, 7: 10, 106: 11, 107: 12}  # fmt: skip
_INTEGER_DIGITS: Final = {SqlType.BIT: 1, SqlType.TINYINT: 3, SqlType.SMALLINT: 6, SqlType.INT: 11, SqlType.BIGINT: 20}
_LONG: Final = 99


def to_text(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> str | None:
    """The MySQL text of ``value`` as the text type ``type_``; None where nobody knows. Raises Untranslatable."""
    source = value.type
    if source is None:
        return None
    if type_.base in PADDED_TYPES and value.family is not Family.TEXT:
        varying = SqlType.NVARCHAR if type_.base in UNICODE_TYPES else SqlType.VARCHAR
        plain = to_text(value, DataType(varying, length=type_.length), style, leeway)
        return None if plain is None else f"RPAD({plain}, {type_.length or 1}, ' ')"
    room = None if type_.is_lob else (type_.length or 1)
    if value.family is Family.TEXT:
        return _recut(value, source, type_, room, leeway)
    if value.family is Family.INTEGER:
        return _digits(value, source, type_, room)
    if value.family is Family.EXACT:
        return _money(value, room, style) if source.base in MONEY_TYPES else characters(value.sql, room)
    if value.family is Family.FLOAT:
        return _float(value, room, leeway)
    if value.family is Family.GUID:
        if room is not None and room < 36:
            raise Untranslatable(f"{source} does not fit into {room} characters")
        return f"UPPER({value.sql})"
    if value.family is Family.BINARY:
        return _bytes(value, type_, room, style, leeway)
    if value.family in MOMENTS:
        return _moment(value, source, room, style, leeway)
    if source.base in (SqlType.XML, SqlType.JSON, SqlType.HIERARCHYID):
        return value.sql if room is None or source.base is SqlType.HIERARCHYID else f"LEFT({value.sql}, {room})"
    if source.base is SqlType.SQL_VARIANT:
        leeway.differs("variant-text", f"{source} is converted to {type_}")
        return value.sql
    return None


def _recut(value: Value, source: DataType, type_: DataType, room: int | None, leeway: Leeway) -> str:
    narrow = type_.base not in UNICODE_TYPES and source.base in UNICODE_TYPES
    if narrow and not (isinstance(value.literal, str) and value.literal.isascii()):
        leeway.differs("code-page", "Unicode text is converted to a code page")
    text = as_text(value).sql
    if type_.base in PADDED_TYPES:
        return f"RPAD({text}, {room}, ' ')"  # which cuts as well
    return text if room is None or (not source.is_lob and (source.length or 1) <= room) else f"LEFT({text}, {room})"


def characters(sql: str, room: int | None = None) -> str:
    """A number as MySQL writes it."""
    return f"CAST({sql} AS CHAR{'' if room is None else f'({room})'} CHARACTER SET utf8mb4)"


def _digits(value: Value, source: DataType, type_: DataType, room: int | None) -> str:
    """An integer as text; one that does not fit is an error in both engines, but * for an int in varchar."""
    fits = room is None or room >= _INTEGER_DIGITS[source.base]
    if fits or type_.base in UNICODE_TYPES or source.base is SqlType.BIGINT:
        return characters(value.sql, room)
    return f"IF(CHAR_LENGTH({value.sql}) > {room}, '*', {characters(value.sql, room)})"


def _money(value: Value, room: int | None, style: int | None) -> str:
    if style == 1:
        text = f"FORMAT({value.sql}, 2, 'en_US')"
    else:
        digits = 4 if style in (2, 126) else 2
        text = characters(f"CAST({value.sql} AS DECIMAL(19,{digits}))")
    return text if room is None or room >= 26 else f"LEFT({text}, {room})"


def _float(value: Value, room: int | None, leeway: Leeway) -> str:
    """Six significant digits; SQL Server writes what is very large or small with an exponent."""
    leeway.differs("float-text", f"{value.type} is converted to text")
    x = value.inner
    return characters(f"IF({x} = 0, 0, ROUND({x}, 5 - FLOOR(LOG10(ABS({x})))))", room)


def _bytes(value: Value, type_: DataType, room: int | None, style: int | None, leeway: Leeway) -> str:
    if style in (1, 2):
        digits = f"HEX({value.sql})"
        text = digits if style == 2 else f"CONCAT('0x', {digits})"
    else:
        leeway.differs("bytes-text", "bytes are read as text of a code page")
        charset = "utf16le" if type_.base in UNICODE_TYPES else "latin1"
        text = f"CONVERT(CAST({value.sql} AS CHAR CHARACTER SET {charset}) USING utf8mb4)"
        if charset == "utf16le":
            text = f"CONVERT(CONVERT({value.sql} USING utf16le) USING utf8mb4)"
    return text if room is None else f"LEFT({text}, {room})"


def _moment(value: Value, source: DataType, room: int | None, style: int | None, leeway: Leeway) -> str | None:
    old = source.base in (SqlType.DATETIME, SqlType.SMALLDATETIME)
    if style is None:
        style = 0 if old else 121
    if style in (130, 131):
        raise Untranslatable(f"CONVERT to text has style {style}, the Hijri calendar")
    if value.family is Family.TIME:
        return _clipped(_time(value, source, style), room, _LONG)
    if value.family is Family.DATE:
        style = _style_of_a_day(style)
    if style in _DAYS or style in _CLOCKS:
        text = f"DATE_FORMAT({value.sql}, {quoted_text((_DAYS | _CLOCKS)[style])})"
        return _clipped(text, room, _STYLE_LENGTH.get(style, 10))
    if style in (20, 120):
        return _clipped(f"DATE_FORMAT({value.sql}, '%Y-%m-%d %H:%i:%s')", room, 19)
    if style in (21, 25, 121):
        return _clipped(_fraction(value, source, "%Y-%m-%d %H:%i:%s", "."), room, 27)
    if style in (126, 127):
        if style == 127:
            leeway.differs("style-127", "CONVERT to text has style 127")
        with_fraction = _fraction(value, source, "%Y-%m-%dT%H:%i:%s", ".")
        whole = f"DATE_FORMAT({value.sql}, '%Y-%m-%dT%H:%i:%s')"
        return _clipped(f"IF(MICROSECOND({value.sql}) = 0, {whole}, {with_fraction})", room, 27)
    return _named(value, source, room, style, leeway)


def _style_of_a_day(style: int) -> int:
    """A date leaves the time of a style out."""
    if style in (0, 100, 9, 109, 13, 113) or style in _CLOCKS or style in (14, 114, 22):
        raise Untranslatable(f"CONVERT of a date to text has style {style}")
    return 23 if style in (20, 21, 25, 120, 121, 126, 127) else style


def _named(value: Value, source: DataType, room: int | None, style: int, leeway: Leeway) -> str:
    """The styles that have a 12-hour clock, the name of a month, or their own sign before the fraction."""
    if style == 22:
        hour = f"LPAD(DATE_FORMAT({value.sql}, '%l'), 2, ' ')"
        day, rest = (f"DATE_FORMAT({value.sql}, {quoted_text(mask)})" for mask in ("%m/%d/%y ", ":%i:%s %p"))
        return _clipped(f"CONCAT({day}, {hour}, {rest})", room, 20)
    separator = ":" if source.base in (SqlType.DATETIME, SqlType.SMALLDATETIME) else "."
    if style in (14, 114):
        return _clipped(_fraction(value, source, "%H:%i:%s", separator), room, 16)
    if style in (*_NAMED_DAYS, 0, 100, 9, 109, 13, 113):
        leeway.differs("language-names", "the names of months depend on the session's language")
    if style in _NAMED_DAYS:
        return _clipped(f"DATE_FORMAT({value.sql}, {quoted_text(_NAMED_DAYS[style])})", room, _STYLE_LENGTH[style])
    if style in (13, 113):
        return _clipped(_fraction(value, source, "%d %b %Y %H:%i:%s", separator), room, 30)
    if style in (0, 100, 9, 109):
        return _clipped(_american(value, source, seconds=style in (9, 109), separator=separator), room, 30)
    raise Untranslatable(f"CONVERT to text has style {style}, which SQL Server does not know")


def _american(value: Value, source: DataType, *, seconds: bool, separator: str) -> str:
    """``Feb  9 2024 11:59PM``: day and hour take two places."""
    x = value.sql
    rest = [f"DATE_FORMAT({x}, ':%i%p')"]
    if seconds:
        rest = [_fraction(value, source, ":%i:%s", separator), f"DATE_FORMAT({x}, '%p')"]
    pieces = [
        f"DATE_FORMAT({x}, '%b ')",
        f"LPAD(DAY({x}), 2, ' ')",
        f"DATE_FORMAT({x}, ' %Y ')",
        f"LPAD(DATE_FORMAT({x}, '%l'), 2, ' ')",
        *rest,
    ]
    return f"CONCAT({', '.join(pieces)})"


def _time(value: Value, source: DataType, style: int) -> str:
    x = value.sql
    if style in (0, 100):
        return f"CONCAT(LPAD(TIME_FORMAT({x}, '%l'), 2, ' '), TIME_FORMAT({x}, ':%i%p'))"
    if style in (8, 20, 24, 108, 120):
        return f"TIME_FORMAT({x}, '%H:%i:%s')"
    if style in (14, 21, 25, 114, 121, 126):
        return _fraction(value, source, "%H:%i:%s", ".", "TIME_FORMAT")
    raise Untranslatable(f"CONVERT of a time to text has style {style}")


def _fraction(value: Value, source: DataType, mask: str, separator: str, function: str = "DATE_FORMAT") -> str:
    """A moment with as many digits of a second as its type shows (the 7th, which MySQL has not, is 0)."""
    scale = 3 if source.base is SqlType.SMALLDATETIME else scale_of(source)
    if scale == 0:
        return f"{function}({value.sql}, {quoted_text(mask)})"
    text = f"{function}({value.sql}, {quoted_text(f'{mask}{separator}%f')})"
    if scale < FRACTION_DIGITS:
        return f"LEFT({text}, CHAR_LENGTH({text}) - {FRACTION_DIGITS - scale})"
    return text if scale == FRACTION_DIGITS else f"CONCAT({text}, '0')"


def _clipped(text: str, room: int | None, length: int) -> str:
    return text if room is None or room >= length else f"LEFT({text}, {room})"
