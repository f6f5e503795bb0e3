"""What the numbers of a SQL Server mean. Its answers are laid down here as its documentation gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from migrator.errors import SourceDenied, SourceRejected, SourceUnreachable
from migrator.model.pressure import Signal
from migrator.sqlserver import pressure
from migrator.sqlserver.pressure import SqlServerGauge
from migrator.sqlserver.url import Server

SERVER = Server.parse("mssql://u@h/d")
PRODUCT = ("Microsoft SQL Server 2022", "16.0.4105.2", 3, None)
AZURE = ("Microsoft SQL Azure", "12.0.2000.8", 5, None)


class Answers:
    """A link that answers by the first word that a query holds."""

    def __init__(self, product: tuple[object, ...] = PRODUCT) -> None:
        self.given: dict[str, Any] = {
            "SERVERPROPERTY": [product],
            "wait_stats": [],
            "dm_os_schedulers": [(0.5,)],
            "ring_buffers": [(1, 30)],
            "resource_stats": [("2026-01-01", 12.5)],
            "dm_db_log_space_usage": [(12.0,)],
            "dm_exec_requests": [(0,)],
            "dm_db_file_space_usage": [(3.0,)],
        }
        self.asked: list[str] = []
        self.closed = False

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        self.asked.append(sql)
        [answer] = [answer for word, answer in self.given.items() if word in sql]
        if isinstance(answer, Exception):
            raise answer
        return list(answer)

    def close(self) -> None:
        self.closed = True


Made = Callable[[Answers], SqlServerGauge]


@pytest.fixture
def gauge(monkeypatch: pytest.MonkeyPatch) -> Made:
    def made(link: Answers) -> SqlServerGauge:
        monkeypatch.setattr(pressure, "connect", lambda _: link)
        return SqlServerGauge(SERVER)

    return made


def test_waits_are_averages_since_the_last_look(gauge: Made) -> None:
    link = Answers()
    found = gauge(link)
    link.given["wait_stats"] = [("WRITELOG", 1000, 5000), ("PAGEIOLATCH_SH", 10, 10), ("THREADPOOL", 5, 100)]
    first = found.read()
    assert Signal.SOURCE_LOG_WRITE not in first.values
    link.given["wait_stats"] = [
        ("WRITELOG", 1100, 8000),
        ("PAGEIOLATCH_SH", 30, 210),
        ("PAGEIOLATCH_EX", 20, 200),
        ("THREADPOOL", 7, 300),
    ]
    values = found.read().values
    assert values[Signal.SOURCE_LOG_WRITE] == 30
    assert values[Signal.SOURCE_PAGE_READ] == 10
    assert values[Signal.SOURCE_THREADS] == 2
    assert values[Signal.SOURCE_COMMIT] == 0


def test_few_waits_make_no_average(gauge: Made) -> None:
    link = Answers()
    found = gauge(link)
    for count in (100, 109):
        link.given["wait_stats"] = [("WRITELOG", count, 1000 * count)]
        values = found.read().values
    assert values[Signal.SOURCE_LOG_WRITE] == 0


def test_plain_numbers(gauge: Made) -> None:
    values = gauge(Answers()).read().values
    assert values == {
        Signal.SOURCE_RUNNABLE: 0.5,
        Signal.SOURCE_CPU: 30,
        Signal.SOURCE_LOG_USED: 12,
        Signal.SOURCE_BLOCKED: 0,
        Signal.SOURCE_VERSIONS: 3,
    }


def test_a_record_of_the_processor_counts_once(gauge: Made) -> None:
    link = Answers()
    found = gauge(link)
    assert found.read().values[Signal.SOURCE_CPU] == 30
    assert Signal.SOURCE_CPU not in found.read().values
    link.given["ring_buffers"] = [(2, 90)]
    assert found.read().values[Signal.SOURCE_CPU] == 90


def test_azure_sql_database_has_views_of_its_own(gauge: Made) -> None:
    link = Answers(AZURE)
    assert gauge(link).read().values[Signal.SOURCE_CPU] == 12.5
    assert any("dm_db_wait_stats" in sql for sql in link.asked)
    assert not any("ring_buffers" in sql for sql in link.asked)


def test_what_is_refused_is_named_and_not_asked_again(gauge: Made) -> None:
    link = Answers()
    link.given["wait_stats"] = SourceDenied("no")
    link.given["ring_buffers"] = SourceRejected("what?")
    link.given["dm_exec_requests"] = [(None,)]
    found = gauge(link)
    first = found.read()
    assert {signal for signal, why in first.unseen.items() if "VIEW SERVER STATE" in why} == {
        Signal.SOURCE_LOG_WRITE,
        Signal.SOURCE_COMMIT,
        Signal.SOURCE_PAGE_READ,
        Signal.SOURCE_THREADS,
        Signal.SOURCE_BLOCKED,
    }
    assert first.unseen[Signal.SOURCE_CPU] == "this server does not tell it"
    link.asked.clear()
    assert found.read().unseen == first.unseen
    assert not any(word in sql for sql in link.asked for word in ("wait_stats", "ring_buffers", "dm_exec_requests"))


def test_a_lost_connection_is_made_anew_and_counts_from_there(gauge: Made) -> None:
    link = Answers()
    found = gauge(link)
    link.given["wait_stats"] = [("WRITELOG", 1000, 5000)]
    found.read()
    link.given["dm_os_schedulers"] = SourceUnreachable("gone")
    with pytest.raises(SourceUnreachable):
        found.read()
    assert link.closed
    link.given["dm_os_schedulers"] = [(1,)]
    link.given["wait_stats"] = [("WRITELOG", 5, 5)]  # the server was started anew
    assert Signal.SOURCE_LOG_WRITE not in found.read().values
