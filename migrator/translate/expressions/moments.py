"""Text that stands for a moment, in the forms that T-SQL takes and that mean the same in every session."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from migrator.model.datatype import SqlType

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORD: Final = (
    r"(?P<word>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:(?P<mark>[.:])(?P<fraction>\d{1,7}))?)?)?"
    r"\s*(?P<half>[ap]m)?"
)
_DAYS: Final = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<first>\d{1,2})[-/.](?P<last>\d{1,2})[-/.](?P<year>\d{4})",
    rf"{_WORD}\s+(?P<day>\d{{1,2}})\s*,?\s+(?P<year>\d{{4}})",
    rf"(?P<day>\d{{1,2}})\s+{_WORD}\s*,?\s+(?P<year>\d{{4}})",
)
_FORMS: Final = tuple(
    re.compile(rf"\s*{form}\s*", re.IGNORECASE) for form in (*(rf"{days}(?:\s+{_CLOCK})?" for days in _DAYS), _CLOCK)
)
_TICKS: Final = 300
"""A datetime counts 1/300 s. Source: Transact-SQL reference, "datetime", rounding to .000, .003 and .007."""


def plain(content: str) -> str | None:
    """``YYYY-MM-DD HH:MM:SS.f`` or the part of it that is there; None where the meaning depends on a setting.

    A month's English name is no such setting: under another language the text is an error and no other day. The same
    holds for two numbers of which one alone can be a month.
    """
    for form in _FORMS:
        found = form.fullmatch(content)
        if found is not None:
            parts = found.groupdict()
            days, clock = _days(parts), _clock(parts)
            if days is None or clock is None or not (days or clock):
                return None
            return f"{days} {clock}".strip()
    return None


def _days(parts: dict[str, str | None]) -> str | None:
    """Empty where there is no day in the text."""
    year = parts.get("year")
    if year is None:
        return ""
    if parts.get("first"):
        first, last = int(parts["first"] or 0), int(parts["last"] or 0)
        readings = {_day(year, month, day) for month, day in ((first, last), (last, first))} - {None}
        return readings.pop() if len(readings) == 1 else None
    word = parts.get("word")
    month = _MONTHS.index(word[:3].lower()) + 1 if word else int(parts["month"] or 0)
    return _day(year, month, int(parts["day"] or 0))


def _day(year: str, month: int, day: int) -> str | None:
    try:
        return date(int(year), month, day).isoformat()
    except ValueError:
        return None


def _clock(parts: dict[str, str | None]) -> str | None:
    """Empty where there is no time in the text."""
    hour, half = parts.get("hour"), (parts.get("half") or "").lower()
    if hour is None:
        return ""
    hours = int(hour)
    if (parts["minute"] is None and not half) or (half and not 1 <= hours <= 12):
        return None
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    clock = f"{hours:02d}:{int(parts['minute'] or 0):02d}:{int(parts['second'] or 0):02d}"
    if not parts["fraction"]:
        return clock
    # Behind a colon stand thousandths: Transact-SQL reference, "datetime", "Supported string literal formats".
    thousandths = parts["mark"] == ":"
    return f"{clock}.{parts['fraction'].rjust(3, '0') if thousandths else parts['fraction']}"


def rounded(days: str, clock: str, base: SqlType) -> tuple[str, str]:
    """A day and a time as datetime and smalldatetime keep them: ticks of 1/300 s, whole minutes."""
    if base not in (SqlType.DATETIME, SqlType.SMALLDATETIME):
        return days, clock
    moment = datetime.fromisoformat(f"{days} {clock}")
    start = moment.replace(second=0, microsecond=0)
    ticks = round((moment - start) / timedelta(seconds=1) * _TICKS)
    if base is SqlType.SMALLDATETIME:
        # Up to 29.998 s go down, and 29.998 s is what 29.999 s is not: rounded to ticks first.
        kept = timedelta(minutes=1 if ticks >= 30 * _TICKS else 0)
    else:
        kept = timedelta(milliseconds=int(ticks * 1000 / _TICKS + 0.5))
    try:
        moment = start + kept
    except OverflowError:
        return days, clock
    return moment.date().isoformat(), moment.time().isoformat("milliseconds" if moment.microsecond else "seconds")
