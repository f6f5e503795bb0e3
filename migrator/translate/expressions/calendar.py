"""Calls of the date functions: which moments they are given, and of which type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions import dates
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.convert import moment_of
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.to_moment import ISO_TEXT
from migrator.translate.expressions.value import (
    BIGINT,
    DATETIME,
    INT,
    NUMBERS,
    Family,
    Untranslatable,
    Value,
    quoted_text,
)

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]
_DATE: Final = DataType(SqlType.DATE)


def _part(node: exp.Expr) -> str:
    return dates.unit(node.name)


def _moment(translator: Translator, node: exp.Expr, wanted: DataType = DATETIME) -> Value:
    """An argument that is a moment, or becomes one as T-SQL does it."""
    value = moment_of(translator.scalar(node), translator.leeway)
    if value.literal is not None:
        return converted(value, wanted, translator.leeway)
    if translator.scope.lenient and (value.family is Family.TEXT or value.family in NUMBERS):
        return translator.cast(value, wanted)
    return value


def _dateadd(translator: Translator, arguments: Arguments) -> Value:
    count = translator.scalar(arguments[1])
    return dates.add(_part(arguments[0]), count, _moment(translator, arguments[2]), translator.leeway)


def _datediff(type_: DataType) -> Callable[[Translator, Arguments], Value]:
    def difference(translator: Translator, arguments: Arguments) -> Value:
        start, end = (moment_of(translator.scalar(node), translator.leeway) for node in arguments[1:])
        first, last = _like(translator, start, end), _like(translator, end, start)
        return dates.difference(_part(arguments[0]), first, last, type_)

    return difference


def _like(translator: Translator, value: Value, other: Value) -> Value:
    if value.literal is None:
        if translator.scope.lenient and (value.family is Family.TEXT or value.family in NUMBERS):
            return translator.cast(value, DATETIME)
        return value
    if other.family is Family.TIME and other.type is not None and isinstance(value.literal, str):
        return converted(value, other.type, translator.leeway)
    wide = DataType(SqlType.DATETIME2, scale=7) if isinstance(value.literal, str) else DATETIME
    return converted(value, wide, translator.leeway)


def _datepart(translator: Translator, arguments: Arguments) -> Value:
    return dates.part_of(_part(arguments[0]), _moment(translator, arguments[1]), translator.leeway)


def _datename(translator: Translator, arguments: Arguments) -> Value:
    return dates.name_of(_part(arguments[0]), _moment(translator, arguments[1]), translator.leeway)


def _datetrunc(translator: Translator, arguments: Arguments) -> Value:
    wide = DataType(SqlType.DATETIME2, scale=7)
    return dates.truncated(_part(arguments[0]), _moment(translator, arguments[1], wide), translator.leeway)


def _named_part(part: str) -> Callable[[Translator, Arguments], Value]:
    return lambda translator, arguments: dates.part_of(part, _moment(translator, arguments[0]), translator.leeway)


def _eomonth(translator: Translator, arguments: Arguments) -> Value:
    value = _moment(translator, arguments[0], _DATE)
    if value.family not in (Family.DATE, Family.DATETIME):
        raise Untranslatable("EOMONTH of something else than a date")
    if len(arguments) == 1:
        return Value(f"LAST_DAY({value.sql})", _DATE, nullable=value.nullable)
    months = translator.scalar(arguments[1])
    if months.family is not Family.INTEGER:
        raise Untranslatable("EOMONTH counts in something else than whole months")
    sql = f"LAST_DAY(DATE_ADD({value.sql}, INTERVAL {months.inner} MONTH))"
    return Value(sql, _DATE, nullable=value.nullable or months.nullable)


def _from_parts(target: SqlType) -> Callable[[Translator, Arguments], Value]:
    """Parts that make no date are an error there and NULL here."""

    def build(translator: Translator, arguments: Arguments) -> Value:
        values = [translator.scalar(node) for node in arguments]
        if any(value.family is not Family.INTEGER and value.type is not None for value in values):
            raise Untranslatable("a date is put together from something else than whole numbers")
        texts = [value.sql for value in values]
        precision = 3 if target is SqlType.DATETIME else 0
        if target in (SqlType.DATETIME2, SqlType.TIME):
            written = values.pop().literal
            if not isinstance(written, int) or not 0 <= written <= 7:
                raise Untranslatable("the precision of a moment is no constant")
            precision = written
        pieces: list[str] = []
        if target is not SqlType.TIME:
            pieces += [f"LPAD({texts[0]}, 4, '0')", "'-'", texts[1], "'-'", texts[2]]
        clock = texts if target is SqlType.TIME else texts[3:]
        if clock:
            pieces += ["' '"] if pieces else []
            pieces += [clock[0], "':'", clock[1], "':'", clock[2] if len(clock) > 2 else "'00'"]
        if precision:
            pieces += ["'.'", f"LPAD({clock[3]}, {precision}, '0')"]
        digits = min(precision, FRACTION_DIGITS)
        word = {SqlType.DATE: "DATE", SqlType.TIME: f"TIME({digits})"}.get(target, f"DATETIME({digits})")
        type_ = DataType(target, scale=precision) if target in (SqlType.DATETIME2, SqlType.TIME) else DataType(target)
        return Value(f"CAST(CONCAT({', '.join(pieces)}) AS {word})", type_)

    return build


def _isdate(translator: Translator, arguments: Arguments) -> Value:
    value = translator.scalar(arguments[0])
    if value.family is not Family.TEXT:
        raise Untranslatable(f"ISDATE of a {value.type}")
    translator.leeway.differs("isdate", "ISDATE depends on the session's language")
    text = f"IFNULL({as_text(value).sql}, '')"
    read = f"CAST({text} AS DATETIME) IS NOT NULL"
    return Value(f"IF(REGEXP_LIKE({text}, {quoted_text(ISO_TEXT)}), {read}, 0)", INT, nullable=False)


def _todatetimeoffset(translator: Translator, arguments: Arguments) -> Value:
    value, zone = _moment(translator, arguments[0]), translator.scalar(arguments[1])
    translator.leeway.differs("offset-lost", "a datetimeoffset takes two columns")
    if not isinstance(zone.literal, (str, int)) or value.family is not Family.DATETIME:
        raise Untranslatable("TODATETIMEOFFSET to an offset that is no constant")
    sql = f"DATE_SUB({value.sql}, INTERVAL {offset_minutes(zone.literal)} MINUTE)"
    return Value(sql, _offset_type(value), nullable=value.nullable, local=value.sql)


def _switchoffset(translator: Translator, arguments: Arguments) -> Value:
    value, zone = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    translator.leeway.differs("offset-lost", "a datetimeoffset takes two columns")
    if not isinstance(zone.literal, (str, int)):
        raise Untranslatable("SWITCHOFFSET to an offset that is no constant")
    if value.literal is not None:
        value = converted(value, DataType(SqlType.DATETIME2, scale=7), translator.leeway)
    local = f"DATE_ADD({value.sql}, INTERVAL {offset_minutes(zone.literal)} MINUTE)"
    return Value(value.sql, _offset_type(value), nullable=value.nullable, local=local)


def _offset_type(value: Value) -> DataType:
    return DataType(SqlType.DATETIMEOFFSET, scale=scale_of(value.type) if value.type else 7)


def offset_minutes(zone: str | int | object) -> int:
    """Minutes from UTC of ``+01:00`` or a number. Raises Untranslatable."""
    if isinstance(zone, int):
        return zone
    hours, _, minutes = str(zone).strip().partition(":")
    try:
        size = abs(int(hours)) * 60 + int(minutes or 0)
    except ValueError:
        raise Untranslatable(f"{zone} is no offset from UTC") from None
    return -size if hours.startswith("-") else size


CALLS: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "dateadd": (_dateadd, 3, 3),
    "datediff": (_datediff(INT), 3, 3),
    "datediff_big": (_datediff(BIGINT), 3, 3),
    "datepart": (_datepart, 2, 2),
    "datename": (_datename, 2, 2),
    "datetrunc": (_datetrunc, 2, 2),
    "year": (_named_part("YEAR"), 1, 1),
    "month": (_named_part("MONTH"), 1, 1),
    "day": (_named_part("DAY"), 1, 1),
    "eomonth": (_eomonth, 1, 2),
    "datefromparts": (_from_parts(SqlType.DATE), 3, 3),
    "datetimefromparts": (_from_parts(SqlType.DATETIME), 7, 7),
    "datetime2fromparts": (_from_parts(SqlType.DATETIME2), 8, 8),
    "smalldatetimefromparts": (_from_parts(SqlType.SMALLDATETIME), 5, 5),
    "timefromparts": (_from_parts(SqlType.TIME), 5, 5),
    "isdate": (_isdate, 1, 1),
    "todatetimeoffset": (_todatetimeoffset, 2, 2),
    "switchoffset": (_switchoffset, 2, 2),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
