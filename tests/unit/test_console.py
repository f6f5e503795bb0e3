from __future__ import annotations

import io
import json
import threading
import time
from typing import Any

import pytest

from migrator.console import Console, Mode
from migrator.events import Advanced, Emit, Event, Finished, Found, Noted, Started, Unit
from migrator.model.finding import Finding, Severity, Status
from migrator.model.schema import ObjectKind

FINDING = Finding("rule", Severity.WARNING, Status.LOSSY, ObjectKind.TABLE, "dbo.T", "reason", "advice")
RUN: list[Event] = [
    Found("assess", FINDING),
    Started("load", "care_Visits", 2_000_000, Unit.BYTES),
    Started("load", "dbo_\x1b[2JUsers", 1_000_000, Unit.BYTES),
    Advanced("load", "care_Visits", 1_500_000, rows=300),
    Advanced("load", "care_Visits", 500_000, rows=100),
    Finished("load", "care_Visits"),
    Advanced("load", "dbo_\x1b[2JUsers", 1_000_000, rows=7),
    Finished("load", "dbo_\x1b[2JUsers"),
    Started("build", "IX", None, Unit.STATEMENTS),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Gone(io.StringIO):
    """A pipe whose reader went away."""

    def write(self, text: str, /) -> int:
        raise BrokenPipeError

    def writelines(self, lines: Any, /) -> None:
        raise BrokenPipeError


def _play(mode: Mode, stream: io.StringIO) -> str:
    with Console(mode, stream) as console:
        for event in RUN:
            console(event)
    return stream.getvalue()


def test_console_is_an_emit() -> None:
    emit: Emit = Console(Mode.QUIET)
    emit(RUN[0])


def test_lines_end_with_a_word_about_every_stage() -> None:
    lines = _play(Mode.LINES, io.StringIO()).splitlines()
    said = [line.split("Z ", 1)[1] for line in lines]
    assert said[0] == "assess: 1 finding (1 warning)"
    assert said[1].startswith("load: 3.0 MB, 407 rows in ")
    assert said[2].startswith("build: stopped after ")
    assert len(said) == 3


def test_auto_chooses_by_the_stream() -> None:
    assert "\r" not in _play(Mode.AUTO, io.StringIO())
    assert "load" in _play(Mode.AUTO, Terminal())
    with Console(Mode.AUTO, screen := Terminal()) as console:
        console(RUN[1])
        _wait_for(lambda: "care_Visits" in screen.getvalue() or "load" in screen.getvalue())
    assert "\r" in screen.getvalue()


def test_bars_show_the_stage_and_what_moves() -> None:
    screen = Terminal()
    with Console(Mode.BARS, screen) as console:
        for event in RUN[:4]:
            console(event)
        _wait_for(lambda: "75%" in screen.getvalue())
        drawn = screen.getvalue()
    assert "load" in drawn
    assert "1.5 of 2.0 MB, 300 rows" in drawn
    assert "Users" not in drawn
    assert "stopped after" in screen.getvalue().splitlines()[-1]


@pytest.mark.parametrize("mode", [Mode.BARS, Mode.LINES, Mode.JSON])
def test_no_name_commands_the_terminal(mode: Mode) -> None:
    screen = Terminal()
    with Console(mode, screen) as console:
        console(RUN[2])
        console(Advanced("load", "dbo_\x1b[2JUsers", 10))
        console(Started("\x1b[2J", "\x1b[2J", 5, Unit.ROWS))
        time.sleep(0.3)
    assert "\x1b[2J" not in screen.getvalue()


def test_json_lines_add_up() -> None:
    lines = [json.loads(line) for line in _play(Mode.JSON, io.StringIO()).splitlines()]
    assert [line["event"] for line in lines] == ["found", "started", "started", "finished", "finished", "started"]
    assert lines[0]["object"] == "dbo.T"
    assert lines[1] | {"time": ""} == {
        "event": "started", "time": "", "stage": "load", "task": "care_Visits", "total": 2_000_000, "unit": "bytes",
    }  # fmt: skip
    assert (lines[3]["done"], lines[3]["total"], lines[3]["rows"]) == (2_000_000, 2_000_000, 400)


def test_json_says_how_far_a_task_is_once_for_many_steps() -> None:
    stream = io.StringIO()
    with Console(Mode.JSON, stream) as console:
        console(Started("load", "t", 1_000, Unit.ROWS))
        for _ in range(500):
            console(Advanced("load", "t", 1))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    advanced = [line for line in lines if line["event"] == "advanced"]
    assert 1 <= len(advanced) <= 3
    assert (advanced[-1]["done"], advanced[-1]["rows"]) == (500, 500)


def test_quiet_is_quiet() -> None:
    assert _play(Mode.QUIET, Terminal()) == ""


@pytest.mark.parametrize("mode", [Mode.BARS, Mode.LINES, Mode.JSON])
def test_a_reader_that_went_away_stops_nobody(mode: Mode) -> None:
    with Console(mode, Gone()) as console:
        for event in RUN:
            console(event)
        time.sleep(0.3)
        console(RUN[0])


@pytest.mark.parametrize("mode", [Mode.BARS, Mode.LINES, Mode.JSON])
def test_a_closed_stream_stops_nobody(mode: Mode) -> None:
    stream = io.StringIO()
    with Console(mode, stream) as console:
        console(RUN[0])
        stream.close()
        console(RUN[1])


def test_closing_twice_and_late_events_do_no_harm() -> None:
    stream = io.StringIO()
    console = Console(Mode.LINES, stream)
    console(RUN[0])
    console.close()
    said = stream.getvalue()
    console.close()
    console(RUN[0])
    assert stream.getvalue() == said


def test_events_of_many_threads_are_all_counted() -> None:
    stream = io.StringIO()
    with Console(Mode.JSON, stream) as console:
        console(Started("load", "t", None, Unit.ROWS))
        threads = [
            threading.Thread(target=lambda: [console(Advanced("load", "t", 1)) for _ in range(2_000)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        console(Finished("load", "t"))
    assert json.loads(stream.getvalue().splitlines()[-1])["rows"] == 8_000


def _wait_for(true: Any) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("mode", [Mode.BARS, Mode.LINES, Mode.JSON])
def test_a_note_is_said_once_and_begins_no_stage(mode: Mode) -> None:
    stream = io.StringIO()
    with Console(mode, stream) as emit:
        emit(Noted("load", "paused: as \x1b[2Jordered"))
        for event in RUN:
            emit(event)
    text = stream.getvalue()
    assert text.count("paused: as ") == 1
    assert "\x1b[2J" not in text
    if mode is Mode.JSON:
        [note] = [found for found in map(json.loads, text.splitlines()) if found["event"] == "noted"]
        assert (note["stage"], note["text"]) == ("load", "paused: as \x1b[2Jordered")
