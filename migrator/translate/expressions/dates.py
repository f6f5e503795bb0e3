"""DATEADD, DATEDIFF and DATEPART: units, and boundaries instead of distances."""

from __future__ import annotations

from typing import Final

from migrator.translate.expressions.value import INT, Family, Untranslatable, Value

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


def add(part: str, count: Value, moment: Value) -> Value:
    """DATEADD: the type stays that of ``moment``."""
    name = "DAY" if part in ("DAYOFYEAR", "WEEKDAY") else part
    if moment.family not in (Family.DATE, Family.DATETIME) or count.family is not Family.INTEGER:
        raise Untranslatable("DATEADD of something else than a date and a whole number")
    if name in ("MILLISECOND", "MICROSECOND", "ISO_WEEK"):
        raise Untranslatable(f"DATEADD counts in {part.lower()}s")
    if moment.family is Family.DATE and name in _CLOCK:
        raise Untranslatable("DATEADD adds hours to a date without a time")
    nullable = moment.nullable or count.nullable
    return Value(f"DATE_ADD({moment.sql}, INTERVAL {count.inner} {name})", moment.type, nullable=nullable)


def difference(part: str, start: Value, end: Value) -> Value:
    """DATEDIFF: the number of boundaries of ``part`` that lie between, not the elapsed time."""
    if not {start.family, end.family} <= {Family.DATE, Family.DATETIME}:
        if {start.family, end.family} == {Family.TIME} and part in _CLOCK:
            return _result(
                part, start, end, *(_whole(f"TIME_TO_SEC({value.sql})", _CLOCK[part]) for value in (start, end))
            )
        raise Untranslatable("DATEDIFF of something else than dates")
    return _result(part, start, end, _ordinal(part, start), _ordinal(part, end))


def _result(part: str, start: Value, end: Value, first: str, last: str) -> Value:
    sql = f"DATEDIFF({end.sql}, {start.sql})" if part in ("DAY", "DAYOFYEAR", "WEEKDAY") else f"{last} - {first}"
    return Value(sql, INT, nullable=start.nullable or end.nullable, atom=sql.startswith("DATEDIFF"))


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
    raise Untranslatable(f"DATEDIFF counts in {part.lower()}s")


def _year(value: Value) -> str:
    return f"EXTRACT(YEAR FROM {value.sql})"  # YEAR() is unsigned: a difference of two could not be below 0


def _whole(seconds: str, size: int) -> str:
    return seconds if size == 1 else f"({seconds} DIV {size})"


def part_of(part: str, value: Value) -> Value:
    """DATEPART."""
    if value.family not in (Family.DATE, Family.DATETIME, Family.TIME):
        raise Untranslatable("DATEPART of something else than a date")
    if part in ("WEEK", "WEEKDAY"):
        raise Untranslatable(f"the {part.lower()} of a date depends on the session's DATEFIRST")
    functions = {
        "YEAR": _year(value),
        "DAYOFYEAR": f"DAYOFYEAR({value.sql})",
        "ISO_WEEK": f"WEEK({value.sql}, 3)",
        "MILLISECOND": f"MICROSECOND({value.sql}) DIV 1000",
    }
    sql = functions.get(part, f"{part}({value.sql})")
    return Value(sql, INT, nullable=value.nullable, atom=" DIV " not in sql)
