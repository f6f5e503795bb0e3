"""CAST and CONVERT to dates and times."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions.value import (
    MOMENTS,
    NUMBERS,
    Family,
    Leeway,
    Untranslatable,
    Value,
    family_of,
    quoted_text,
)

_READ: Final = {
    1: "%m/%d/%y", 101: "%m/%d/%Y", 2: "%y/%m/%d", 102: "%Y/%m/%d", 3: "%d/%m/%y", 103: "%d/%m/%Y", 4: "%d/%m/%y",
    104: "%d/%m/%Y", 5: "%d/%m/%y", 105: "%d/%m/%Y", 10: "%m/%d/%y", 110: "%m/%d/%Y", 11: "%y/%m/%d", 111: "%Y/%m/%d",
    6: "%d %b %y", 106: "%d %b %Y", 7: "%b %d, %y", 107: "%b %d, %Y",
}  # fmt: skip
"""How CONVERT reads a day; -, . and / mean the same to it."""
_ISO: Final = frozenset({None, 0, 100, 12, 112, 20, 21, 23, 25, 120, 121, 126, 127})
ISO_TEXT: Final = (
    r"^ *([0-9]{8}|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2})([ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,7})?)?)? *$"
)
"""Text that both engines read as the same moment."""


def to_moment(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> str | None:
    """The MySQL text of ``value`` as the date or time ``type_``; None where nobody knows. Raises Untranslatable."""
    if value.family is Family.TEXT:
        leeway.differs("text-to-date", f"{value.type} is converted to {type_}")
        return _read(value, type_, style)
    if value.family in NUMBERS and type_.base in (SqlType.DATETIME, SqlType.SMALLDATETIME):
        if value.family is Family.INTEGER:
            return f"DATE_ADD(TIMESTAMP'1900-01-01 00:00:00', INTERVAL {value.inner} DAY)"
        leeway.differs("days-as-date", f"{value.type} is converted to {type_}")
        return f"DATE_ADD(TIMESTAMP'1900-01-01 00:00:00', INTERVAL ROUND({value.inner} * 86400000000) MICROSECOND)"
    return _other(value, type_, leeway) if value.family in MOMENTS else None


def _word(type_: DataType) -> str:
    if type_.base is SqlType.DATE:
        return "DATE"
    return f"{'TIME' if type_.base is SqlType.TIME else 'DATETIME'}({min(scale_of(type_), FRACTION_DIGITS)})"


def _read(value: Value, type_: DataType, style: int | None) -> str:
    plain = f"CAST({value.sql} AS {_word(type_)})"
    if style in _ISO:
        return plain
    if style not in _READ or type_.base is SqlType.TIME:
        raise Untranslatable(f"text is converted to {type_} in style {style}")
    mask = _READ[style]
    text = f"REGEXP_REPLACE({value.sql}, '[-.]', '/')" if "/" in mask else value.sql
    read = f"CAST(STR_TO_DATE({text}, {quoted_text(mask)}) AS {_word(type_)})"
    return f"IF({value.inner} REGEXP '^ *[0-9]{{4}}', {plain}, {read})"  # a year in front is read in any style


def _other(value: Value, type_: DataType, leeway: Leeway) -> str | None:
    source = value.type
    if source is None:
        return None
    target = family_of(type_)
    if value.family is Family.TIME and target is not Family.TIME:
        if target is Family.DATE:
            return None
        return f"CAST(TIMESTAMP(DATE'1900-01-01', {value.sql}) AS {_word(type_)})"
    if type_.base is SqlType.DATE:
        return f"CAST({value.sql} AS DATE)"
    if value.family is Family.DATE and target is Family.TIME:
        return None
    digits = min(scale_of(type_), FRACTION_DIGITS)
    if value.family is Family.DATETIME and source != type_:
        if type_.base is SqlType.SMALLDATETIME:
            leeway.differs("datetime-ticks", f"{source} is converted to {type_}")
            return f"CAST(DATE_FORMAT(DATE_ADD({value.sql}, INTERVAL 30 SECOND), '%Y-%m-%d %H:%i:00') AS DATETIME(0))"
        if type_.base is SqlType.DATETIME and source.base is not SqlType.SMALLDATETIME:
            leeway.differs("datetime-ticks", f"{source} is converted to {type_}")
    if min(scale_of(source), FRACTION_DIGITS) > digits and value.family is not Family.DATE and scale_of(source) > 6:
        leeway.differs("seventh-digit-cast", f"{source} is converted to {type_}")
    return f"CAST({value.sql} AS {_word(type_)})"
