from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator import units


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.42, "0.42 s"),
        (0.9996, "1.0 s"),
        (12.34, "12.3 s"),
        (59.96, "1 min"),
        (61, "1 min 1 s"),
        (3599.6, "1 h"),
        (20_880, "5 h 48 min"),
        (360_000, "100 h"),
        (-75, "-1 min 15 s"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert units.duration(seconds) == text


@given(st.floats(0, 1e9))
def test_duration_never_shows_sixty(seconds: float) -> None:
    text = units.duration(seconds)
    assert not {"60 s", "60.0 s", "60 min", "1.00 s"} & {text, *(" ".join(pair) for pair in _pairs(text))}


def _pairs(text: str) -> list[list[str]]:
    words = text.split()
    return [words[at : at + 2] for at in range(0, len(words), 2)]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (45_200_000, "45.2 MB"),
        (13e11, "1.3 TB"),
        (5e15, "5,000.0 TB"),
    ],
)
def test_volume(size: float, text: str) -> None:
    assert units.volume(size) == text


def test_something_is_never_shown_as_nothing() -> None:
    assert units.megabytes(1) == "<0.1"
    assert units.megabytes(0) == "0.0"
    assert units.percent(0.0001) == "<1%"
    assert units.percent(0.9999) == ">99%"
    assert units.percent(1) == "100%"


def test_short_times_are_told_apart_in_a_column() -> None:
    assert [units.seconds(value, 2.2) for value in (0.03, 2.2)] == ["0.03", "2.20"]
    assert [units.seconds(value, 12_000) for value in (0.03, 12_000)] == ["0.0", "12,000.0"]


def test_rates_need_something_and_some_time() -> None:
    assert units.rows_per_second(1_000_000, 5.0) == "200,000"
    assert units.megabytes_per_second(183_000_000, 10.0) == "18.3"
    assert units.rows_per_second(0, 5.0) == units.rows_per_second(5, 0.0) == units.NONE


def test_counted_knows_one() -> None:
    assert [units.counted(number, "row") for number in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]


@given(st.text(st.characters(categories=["L", "C", "Z", "S"])))
def test_printable_is_one_harmless_line(text: str) -> None:
    shown = units.printable(text)
    assert shown.isprintable()
    shown.encode("utf-8")


def test_printable_keeps_what_people_read() -> None:
    assert units.printable("Łódź 😀") == "Łódź 😀"
    assert units.printable("a\x1b[2J\u202e") == "a\\x1b[2J\\u202e"
