"""Values of any arguments: what MySQL answers is what T-SQL's rules, written down here in Python, say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.mysql.connect import Connection, fetch
from migrator.translate.expressions.translator import Translator

Make = Callable[..., Translator]
PROPERTY = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORDS = st.text("abB ź0-", max_size=8)
PLACES = st.integers(-4, 12)
MOMENTS = st.datetimes(datetime.fromisoformat("1753-01-01"), datetime.fromisoformat("9998-12-01"))
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def answers(values: Connection, sql: str, columns: str, rows: list[tuple[Any, ...]]) -> list[Any]:
    """``sql`` for every row of ``columns``, in order."""
    with values.cursor() as cursor:
        cursor.execute("DELETE FROM v")
        marks = ", ".join(["%s"] * (len(columns.split(",")) + 1))
        # the columns are named by the tests
        cursor.executemany(
            f"INSERT INTO v (counter, {columns}) VALUES ({marks})", [(n, *row) for n, row in enumerate(rows)]
        )
    return [row[0] for row in fetch(values, f"SELECT {sql} FROM v ORDER BY counter")]


@PROPERTY
@given(rows=st.lists(st.tuples(WORDS, PLACES, st.integers(0, 9)), min_size=1))
def test_substring(values: Connection, translator: Make, rows: list[tuple[str, int, int]]) -> None:
    sql = translator().scalar_of("substring([n],[i],[t])").sql
    expected = [text[max(start, 1) - 1 : max(start + size - 1, 0)] for text, start, size in rows]
    assert answers(values, sql, "n, i, t", rows) == expected


@PROPERTY
@given(rows=st.lists(st.tuples(WORDS, PLACES, st.integers(-2, 9), WORDS), min_size=1))
def test_stuff(values: Connection, translator: Make, rows: list[tuple[str, int, int, str]]) -> None:
    def stuffed(text: str, start: int, size: int, put: str) -> str | None:
        if not 1 <= start <= len(text) or size < 0:
            return None
        return text[: start - 1] + put + text[start - 1 + size :]

    sql = translator().scalar_of("stuff([n],[i],[neg],[v])").sql
    assert answers(values, sql, "n, i, neg, v", rows) == [stuffed(*row) for row in rows]


@PROPERTY
@given(rows=st.lists(st.tuples(WORDS, WORDS, PLACES), min_size=1))
def test_charindex(values: Connection, translator: Make, rows: list[tuple[str, str, int]]) -> None:
    sql = translator().scalar_of("charindex([n],[v],[i])").sql
    expected = [
        text.lower().find(needle.lower(), max(start, 1) - 1) + 1 if needle else 0 for text, needle, start in rows
    ]
    assert answers(values, sql, "v, n, i", rows) == expected


@PROPERTY
@given(rows=st.lists(st.tuples(st.text("0123456789+-. e", max_size=12)), min_size=1))
def test_try_cast_to_int(values: Connection, translator: Make, rows: list[tuple[str]]) -> None:
    def read(text: str) -> int | None:
        if not re.fullmatch(r" *[+-]?\d* *", text):
            return None
        number = int(text) if any(letter.isdigit() for letter in text) else 0
        return number if -(2**31) <= number < 2**31 else None

    sql = translator().scalar_of("try_cast([v] as int)").sql
    assert answers(values, sql, "v", rows) == [read(text) for (text,) in rows]


@PROPERTY
@given(rows=st.lists(st.tuples(st.decimals(-9999, 9999, places=2), st.integers(-3, 2)), min_size=1))
def test_round(values: Connection, translator: Make, rows: list[tuple[Decimal, int]]) -> None:
    for arguments, mode in (("[d],[i]", ROUND_HALF_UP), ("[d],[i],1", ROUND_DOWN)):
        sql = translator().scalar_of(f"round({arguments})").sql
        expected = [number.quantize(Decimal(1).scaleb(-digits), mode) for number, digits in rows]
        assert answers(values, sql, "d, i", rows) == expected


@PROPERTY
@given(rows=st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1))
def test_datediff_counts_boundaries(
    values: Connection, translator: Make, rows: list[tuple[datetime, datetime]]
) -> None:
    epoch = datetime.fromisoformat("0001-01-01")
    for unit, size in UNITS.items():
        sql = translator().scalar_of(f"datediff_big({unit},[dt2],[late])").sql
        span = timedelta(seconds=size)
        expected = [(end - epoch) // span - (start - epoch) // span for start, end in rows]
        assert answers(values, sql, "dt2, late", rows) == expected


@PROPERTY
@given(rows=st.lists(st.tuples(MOMENTS), min_size=1))
def test_styles_of_a_moment(values: Connection, translator: Make, rows: list[tuple[datetime]]) -> None:
    styles = {
        1: "%m/%d/%y", 4: "%d.%m.%y", 12: "%y%m%d", 101: "%m/%d/%Y", 103: "%d/%m/%Y", 111: "%Y/%m/%d",
        112: "%Y%m%d", 108: "%H:%M:%S", 120: "%Y-%m-%d %H:%M:%S",
    }  # fmt: skip
    for style, mask in styles.items():
        sql = translator().scalar_of(f"convert(varchar(30),[dt2],({style}))").sql
        assert answers(values, sql, "dt2", rows) == [moment.strftime(mask) for (moment,) in rows]


@PROPERTY
@given(rows=st.lists(st.tuples(MOMENTS), min_size=1))
def test_american_text_and_weeks(values: Connection, translator: Make, rows: list[tuple[datetime]]) -> None:
    def american(moment: datetime) -> str:
        hour = moment.hour % 12 or 12
        return f"{moment:%b} {moment.day:2} {moment:%Y} {hour:2}:{moment:%M%p}"

    def week(moment: datetime) -> int:
        first = moment.replace(month=1, day=1)
        return (moment.timetuple().tm_yday - 1 + first.isoweekday() % 7) // 7 + 1

    for source, expected in (
        ("convert(varchar(30),[dt2],(0))", american),
        ("datepart(week,[dt2])", week),
        ("datepart(weekday,[dt2])", lambda moment: moment.isoweekday() % 7 + 1),
        ("datepart(iso_week,[dt2])", lambda moment: moment.isocalendar().week),
        ("datename(weekday,[dt2])", lambda moment: f"{moment:%A}"),
        ("format([dt2],'M/d/yy h:mm tt')", lambda m: f"{m.month}/{m.day}/{m:%y} {m.hour % 12 or 12}:{m:%M %p}"),
    ):
        sql = translator(lenient=True).scalar_of(source).sql
        assert answers(values, sql, "dt2", rows) == [expected(moment) for (moment,) in rows]


@PROPERTY
@given(rows=st.lists(st.tuples(st.decimals(-(10**7), 10**7, places=2)), min_size=1))
def test_numbers_by_format(values: Connection, translator: Make, rows: list[tuple[Decimal]]) -> None:
    for pattern, expected in (
        ("N2", lambda number: f"{number:,.2f}"),
        ("F2", lambda number: f"{number:.2f}"),
        ("#,##0.00", lambda number: f"{number:,.2f}"),
        ("C", lambda number: f"(${-number:,.2f})" if number < 0 else f"${number:,.2f}"),
    ):
        sql = translator(lenient=True).scalar_of(f"format([d],'{pattern}')").sql
        assert answers(values, sql, "d", rows) == [expected(number or abs(number)) for (number,) in rows]
