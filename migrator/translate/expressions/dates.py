"""DATEADD, DATEDIFF and DATEPART: units, and boundaries instead of distances."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions.value import (
    DATETIME,
    INT,
    NUMBERS,
    STRICT,
    Family,
    Leeway,
    Untranslatable,
    Value,
)

_UNITS: Final = {
    "year": "YEAR", "yy": "YEAR", "yyyy": "YEAR",
    "quarter": "QUARTER", "qq": "QUARTER", "q": "QUARTER",
    "month": "MONTH", "mm": "MONTH", "m": "MONTH",
    "dayofyear": "DAYOFYEAR", "dy": "DAYOFYEAR", "y": "DAYOFYEAR",
    "day": "DAY", "dd": "DAY", "d": "DAY",
    "week": "WEEK", "ww": "WEEK", "wk": "WEEK",
    "weekday": "WEEKDAY", "dw": "WEEKDAY", "w": "WEEKDAY",
    "hour": "HOUR", "hh": "HOUR",
    "minute": "MINUTE", "mi": "MINUTE", "n": "MINUTE",
    "second": "SECOND", "ss": "SECOND", "s": "SECOND",
    "millisecond": "MILLISECOND", "ms": "MILLISECOND",
    "microsecond": "MICROSECOND", "mcs": "MICROSECOND",
    "nanosecond": "NANOSECOND", "ns": "NANOSECOND",
    "iso_week": "ISO_WEEK", "isowk": "ISO_WEEK", "isoww": "ISO_WEEK",
}  # fmt: skip
_CLOCK: Final = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}
_WEEK_OFFSET: Final = 1
"""TO_DAYS() of a Sunday is 1 modulo 7: SQL Server counts weeks by Sundays, whatever DATEFIRST says."""


def unit(word: str) -> str:
    """The unit that a T-SQL datepart names. Raises Untranslatable."""
    try:
        return _UNITS[word.casefold()]
    except KeyError:
        raise Untranslatable(f"{word} is a date part that MySQL has not") from None


_TICKS: Final = {"MILLISECOND": "{} * 1000", "MICROSECOND": "{}", "NANOSECOND": "{} DIV 1000"}
"""Microseconds in so many units."""


def add(part: str, count: Value, moment: Value, leeway: Leeway = STRICT) -> Value:
    """DATEADD: the type stays that of ``moment``."""
    name = "DAY" if part in ("DAYOFYEAR", "WEEKDAY") else part
    if moment.family not in (Family.DATE, Family.DATETIME, Family.TIME) or count.family not in NUMBERS:
        raise Untranslatable("DATEADD of something else than a date and a whole number")
    number = count.inner if count.family is Family.INTEGER else f"TRUNCATE({count.sql}, 0)"
    nullable = moment.nullable or count.nullable
    if name == "ISO_WEEK":
        raise Untranslatable("DATEADD counts in iso_weeks")
    if name in _TICKS:
        if moment.type is not None and moment.type.base in (SqlType.DATETIME, SqlType.SMALLDATETIME):
            leeway.differs("datetime-ticks", f"DATEADD counts in {part.lower()}s")
        number, name = f"({_TICKS[name].format(number)})", "MICROSECOND"
    if moment.family is Family.DATE and (name in _CLOCK or name == "MICROSECOND"):
        raise Untranslatable("DATEADD adds hours to a date without a time")
    if moment.family is Family.TIME:
        if name not in (*_CLOCK, "MICROSECOND"):
            raise Untranslatable("DATEADD adds days to a time")
        sql = f"TIME(DATE_ADD(TIMESTAMP(DATE'2000-01-01', {moment.sql}), INTERVAL {number} {name}))"
        return Value(sql, moment.type, nullable=nullable)  # past midnight the clock begins anew
    return Value(f"DATE_ADD({moment.sql}, INTERVAL {number} {name})", moment.type, nullable=nullable)


def difference(part: str, start: Value, end: Value, type_: DataType = INT) -> Value:
    """DATEDIFF: the number of boundaries of ``part`` that lie between, not the elapsed time."""
    if {start.family, end.family} == {Family.TIME} and part not in (*_CLOCK, *_TICKS):
        raise Untranslatable("DATEDIFF of times in days")
    start, end = (_on_a_day(value) if value.family is Family.TIME else value for value in (start, end))
    if not {start.family, end.family} <= {Family.DATE, Family.DATETIME}:
        raise Untranslatable("DATEDIFF of something else than dates")
    if part == "NANOSECOND":  # counted from the year 0 they would be too many for a BIGINT
        micros = difference("MICROSECOND", start, end, type_)
        return replace(micros, sql=f"({micros.sql}) * 1000")
    return _result(part, start, end, _ordinal(part, start), _ordinal(part, end), type_=type_)


def _on_a_day(value: Value) -> Value:
    return replace(value, sql=f"TIMESTAMP(DATE'1900-01-01', {value.sql})", type=DATETIME)


def _result(part: str, start: Value, end: Value, first: str, last: str, *, type_: DataType) -> Value:
    sql = f"DATEDIFF({end.sql}, {start.sql})" if part in ("DAY", "DAYOFYEAR", "WEEKDAY") else f"{last} - {first}"
    return Value(sql, type_, nullable=start.nullable or end.nullable, atom=sql.startswith("DATEDIFF"))


def _ordinal(part: str, value: Value) -> str:
    """A number that grows by one at each boundary."""
    if part == "YEAR":
        return _year(value)
    if part == "QUARTER":
        return f"({_year(value)} * 4 + QUARTER({value.sql}))"
    if part == "MONTH":
        return f"({_year(value)} * 12 + MONTH({value.sql}))"
    if part == "WEEK":
        return f"((TO_DAYS({value.sql}) - {_WEEK_OFFSET}) DIV 7)"
    if part in _CLOCK:
        return _whole(f"TO_SECONDS({value.sql})", _CLOCK[part])
    if part in ("DAY", "DAYOFYEAR", "WEEKDAY"):
        return ""
    micros = {"MILLISECOND": (1000, " DIV 1000"), "MICROSECOND": (10**6, "")}
    if part in micros:
        factor, scaled = micros[part]
        if value.family is Family.DATE:
            return f"(TO_SECONDS({value.sql}) * {factor})"
        return f"(TO_SECONDS({value.sql}) * {factor} + MICROSECOND({value.sql}){scaled})"
    raise Untranslatable(f"DATEDIFF counts in {part.lower()}s")


def _year(value: Value) -> str:
    return f"EXTRACT(YEAR FROM {value.sql})"  # YEAR() is unsigned: a difference of two could not be below 0


def _whole(seconds: str, size: int) -> str:
    return seconds if size == 1 else f"({seconds} DIV {size})"


def part_of(part: str, value: Value, leeway: Leeway = STRICT) -> Value:
    """DATEPART."""
    if value.family not in (Family.DATE, Family.DATETIME, Family.TIME):
        raise Untranslatable("DATEPART of something else than a date")
    if part in ("WEEK", "WEEKDAY"):
        leeway.differs("date-first", f"the {part.lower()} of a date depends on the session's DATEFIRST")
    x = value.sql
    functions = {
        "YEAR": _year(value),
        "DAYOFYEAR": f"DAYOFYEAR({x})",
        "ISO_WEEK": f"WEEK({x}, 3)",
        "MILLISECOND": f"MICROSECOND({x}) DIV 1000",
        "NANOSECOND": f"MICROSECOND({x}) * 1000",
        "WEEKDAY": f"DAYOFWEEK({x})",
        # the week with 1 January is the first, and each begins on a Sunday
        "WEEK": f"(DAYOFYEAR({x}) + DAYOFWEEK(MAKEDATE(YEAR({x}), 1)) - 2) DIV 7 + 1",
    }
    sql = functions.get(part, f"{part}({x})")
    return Value(sql, INT, nullable=value.nullable, atom=" DIV " not in sql and " * " not in sql)


def name_of(part: str, value: Value, leeway: Leeway) -> Value:
    """DATENAME: a month and a weekday by name, the rest as a number in text."""
    type_ = DataType(SqlType.NVARCHAR, length=30)
    if part in ("MONTH", "WEEKDAY") and value.family in (Family.DATE, Family.DATETIME):
        leeway.differs("language-names", "the names of months and days depend on the session's language")
        sql = f"DATE_FORMAT({value.sql}, '{'%M' if part == 'MONTH' else '%W'}')"
    else:
        sql = f"CAST({part_of(part, value, leeway).sql} AS CHAR CHARACTER SET utf8mb4)"
    return Value(sql, type_, nullable=value.nullable, foreign=True)


def truncated(part: str, value: Value, leeway: Leeway) -> Value:
    """DATETRUNC: the first moment of the year, month, ... hour that ``value`` lies in; its type stays."""
    x = value.sql
    if value.family not in (Family.DATE, Family.DATETIME):
        raise Untranslatable("DATETRUNC of something else than a date")
    if part == "WEEK":
        leeway.differs("date-first", "the week of a date depends on the session's DATEFIRST")
    days = {
        "YEAR": f"MAKEDATE(YEAR({x}), 1)",
        "QUARTER": f"DATE_ADD(MAKEDATE(YEAR({x}), 1), INTERVAL QUARTER({x}) - 1 QUARTER)",
        "MONTH": f"DATE_SUB(DATE({x}), INTERVAL DAYOFMONTH({x}) - 1 DAY)",
        "WEEK": f"DATE_SUB(DATE({x}), INTERVAL DAYOFWEEK({x}) - 1 DAY)",
        "ISO_WEEK": f"DATE_SUB(DATE({x}), INTERVAL WEEKDAY({x}) DAY)",
        "DAY": f"DATE({x})",
        "DAYOFYEAR": f"DATE({x})",
    }
    if value.family is Family.DATE:
        if part not in days:
            raise Untranslatable(f"DATETRUNC of a date to the {part.lower()}")
        return Value(days[part], value.type, nullable=value.nullable)
    digits = min(scale_of(value.type) if value.type else 3, FRACTION_DIGITS)
    clocks = {"HOUR": "%Y-%m-%d %H:00:00", "MINUTE": "%Y-%m-%d %H:%i:00", "SECOND": "%Y-%m-%d %H:%i:%s"}
    if part in clocks:
        inner = f"DATE_FORMAT({x}, '{clocks[part]}')"
    elif part == "MILLISECOND":
        inner = f"LEFT(DATE_FORMAT({x}, '%Y-%m-%d %H:%i:%s.%f'), 23)"
    elif part in days:
        inner = days[part]
    else:
        raise Untranslatable(f"DATETRUNC to the {part.lower()}")
    return Value(f"CAST({inner} AS DATETIME({digits}))", value.type, nullable=value.nullable)
