from __future__ import annotations

import pytest

from migrator.model.datatype import SqlType
from migrator.translate.expressions.moments import plain, rounded


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Jan 1 1900 12:00AM", "1900-01-01 00:00:00"),
        ("december 31, 9999", "9999-12-31"),
        ("1 Feb 2020", "2020-02-01"),
        ("May 5 2020 5:06:07.123 pm", "2020-05-05 17:06:07.123"),
        ("1/1/1900", "1900-01-01"),
        ("12/31/9999", "9999-12-31"),
        ("31.12.9999", "9999-12-31"),
        ("2024/2/9 7:05", "2024-02-09 07:05:00"),
        (" 8 AM ", "08:00:00"),
        ("12 pm", "12:00:00"),
        ("1:02:03:4", "01:02:03.004"),
        ("1:02:03.4", "01:02:03.4"),
    ],
)
def test_what_means_the_same_in_every_session(text: str, moment: str) -> None:
    assert plain(text) == moment


@pytest.mark.parametrize(
    "text",
    ["01/02/2020", "13/13/2020", "Feb 30 2020", "soon", "8", "13 PM", "0 AM", "Janvier 1 2020", "1/1/20", "", "2020-1"],
)
def test_what_does_not(text: str) -> None:
    assert plain(text) is None


@pytest.mark.parametrize(
    ("clock", "base", "kept"),
    [
        ("23:59:59.999", SqlType.DATETIME, ("2024-01-02", "00:00:00")),
        ("00:00:00.998", SqlType.DATETIME, ("2024-01-01", "00:00:00.997")),
        ("00:00:00.002", SqlType.DATETIME, ("2024-01-01", "00:00:00.003")),
        ("00:00:00.001", SqlType.DATETIME, ("2024-01-01", "00:00:00")),
        ("00:00:00.005", SqlType.DATETIME, ("2024-01-01", "00:00:00.007")),
        ("12:30:29.998", SqlType.SMALLDATETIME, ("2024-01-01", "12:30:00")),
        ("12:30:29.999", SqlType.SMALLDATETIME, ("2024-01-01", "12:31:00")),
        ("12:30:29.9999", SqlType.DATETIME2, ("2024-01-01", "12:30:29.9999")),
    ],
)
def test_old_types_round_as_sql_server_does(clock: str, base: SqlType, kept: tuple[str, str]) -> None:
    assert rounded("2024-01-01", clock, base) == kept


def test_the_last_moment_stays_within_the_calendar() -> None:
    assert rounded("9999-12-31", "23:59:59.999", SqlType.DATETIME) == ("9999-12-31", "23:59:59.999")
