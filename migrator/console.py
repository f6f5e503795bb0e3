"""Progress on standard error: bars on a terminal, lines in a log, JSON for programs. The only room that knows tqdm.

A stage's events land in a tally, which costs next to nothing. A thread of our own draws what the tally says a few times
a second, so that a slow terminal never holds a stage up, and a long statement is seen to be alive.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from types import TracebackType
from typing import Any, Final, Protocol, Self, TextIO

from tqdm import tqdm

from migrator.events import Advanced, Event, Finished, Found, Noted, Started
from migrator.progress import Stage, Tally, Task, closing, progress, task_progress
from migrator.units import percent, printable

_NAME_WIDTH: Final = 24
_PATIENCE_SECONDS: Final = 2.0
_BAR: Final = "{desc} {bar:12} {percentage:3.0f}%{postfix}"
_NO_BAR: Final = "{desc}"


class Mode(StrEnum):
    """How progress is shown. AUTO means BARS on a terminal, else LINES."""

    AUTO = "auto"
    BARS = "bars"
    LINES = "lines"
    JSON = "json"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class _Row:
    """One line that is drawn again and again; without ``total`` it has no bar."""

    name: str
    done: int
    total: int | None
    text: str


@dataclass(frozen=True, slots=True)
class _Picture:
    """What to draw now: lines that stay, and rows that will be drawn over."""

    lines: tuple[str, ...]
    rows: tuple[_Row, ...] = ()


class _Drawer(Protocol):
    """``take`` and ``look`` are called with the tally at rest, ``show`` without: only it may be slow."""

    interval: float

    def take(self, event: Event, tally: Tally) -> None: ...

    def look(self, tally: Tally, now: float, *, last: bool) -> _Picture: ...

    def show(self, picture: _Picture) -> None: ...


class _Bars:
    """Stages that run and a few of their tasks, each on its line; stages that are over stay as text above."""

    interval = 0.2

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bars: list[tqdm[Any]] = []
        # Only this process draws, and it redraws by itself: tqdm needs neither a lock between processes nor a thread.
        tqdm.set_lock(threading.RLock())
        tqdm.monitor_interval = 0

    def take(self, event: Event, tally: Tally) -> None:
        """Nothing: the tally is enough."""

    def look(self, tally: Tally, now: float, *, last: bool) -> _Picture:
        notes = tuple(f"{_name(stage)} {printable(text)}" for stage, text in tally.take_notes())
        lines = tuple(f"{_name(stage.name)} {closing(stage, now)}" for stage in tally.close_stages(all_of_them=last))
        rows: list[_Row] = []
        for stage in tally.stages.values():
            stage.sample(now)
            rows.append(_Row(stage.name, stage.done, stage.total, progress(stage, now)))
            tasks = stage.active() if len(stage.tasks) > 1 else []
            rows += [_Row(f"  {task.name}", task.done, task.total, task_progress(task, now)) for task in tasks]
        return _Picture(notes + lines, tuple(rows))

    def show(self, picture: _Picture) -> None:
        while len(self._bars) > len(picture.rows):
            self._bars.pop().close()
        for line in picture.lines:
            tqdm.write(line, file=self._stream)
        while len(self._bars) < len(picture.rows):
            position = len(self._bars)
            self._bars.append(
                tqdm(position=position, file=self._stream, leave=False, dynamic_ncols=True, bar_format=_NO_BAR)
            )
        for bar, row in zip(self._bars, picture.rows, strict=True):
            bar.n, bar.total = row.done, row.total
            if row.total:
                bar.bar_format = _BAR
                bar.set_description_str(_name(row.name), refresh=False)
                bar.set_postfix_str(row.text, refresh=False)
            else:
                bar.bar_format = _NO_BAR
                bar.set_description_str(f"{_name(row.name)} {row.text}", refresh=False)
            bar.refresh()
        self._stream.flush()


def _name(name: str) -> str:
    text = printable(name)
    return (text if len(text) <= _NAME_WIDTH else f"{text[: _NAME_WIDTH - 1]}…").ljust(_NAME_WIDTH)


class _Lines:
    """A line for each running stage: every five seconds at first, more and more rarely the longer it takes."""

    interval = 1.0
    _first, _longest = 5.0, 60.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._said: dict[str, float] = {}

    def take(self, event: Event, tally: Tally) -> None:
        """Nothing: the tally is enough."""

    def look(self, tally: Tally, now: float, *, last: bool) -> _Picture:
        time = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
        lines = [f"{time} {printable(stage)}: {printable(text)}" for stage, text in tally.take_notes()]
        lines += [
            f"{time} {printable(stage.name)}: {closing(stage, now)}" for stage in tally.close_stages(all_of_them=last)
        ]
        for stage in tally.stages.values():
            stage.sample(now)
            wait = min(max(self._first, (now - stage.began) / 20), self._longest)
            if now - max(self._said.get(stage.name, 0.0), stage.began) < wait:
                continue
            self._said[stage.name] = now
            share = f"{percent(stage.done / stage.total)}, " if stage.total else ""
            lines.append(f"{time} {printable(stage.name)}: {share}{progress(stage, now)}{self._tasks(stage)}")
        return _Picture(tuple(lines))

    @staticmethod
    def _tasks(stage: Stage) -> str:
        if len(stage.tasks) < 2:
            return ""
        names = (
            printable(task.name) + (f" {percent(task.done / task.total)}" if task.total else "")
            for task in stage.active()
        )
        text = ", ".join(names)
        return f"; {text}" if text else ""

    def show(self, picture: _Picture) -> None:
        self._stream.writelines(f"{line}\n" for line in picture.lines)
        self._stream.flush()


class _Json:
    """One JSON object a line: started, found and finished as they happen, advanced about once a second a task."""

    interval = 0.5
    _pause = 1.0

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lines: list[str] = []
        self._moved: dict[tuple[str, str], None] = {}
        self._said = 0.0

    def take(self, event: Event, tally: Tally) -> None:
        match event:
            case Started():
                self._say("started", event.stage, task=event.task, total=event.total, unit=str(event.unit))
            case Advanced():
                self._moved[event.stage, event.task] = None
            case Finished():
                self._moved.pop((event.stage, event.task), None)
                self._task("finished", event.stage, tally.stages[event.stage].tasks[event.task])
            case Found():
                found = event.finding
                self._say(
                    "found", event.stage, rule=found.rule, severity=str(found.severity), status=str(found.status),
                    kind=str(found.kind), object=found.object, reason=found.reason, advice=found.advice,
                )  # fmt: skip
            case Noted():
                tally.take_notes()
                self._say("noted", event.stage, text=event.text)

    def look(self, tally: Tally, now: float, *, last: bool) -> _Picture:
        if last or now - self._said >= self._pause:
            self._said = now
            for stage, name in self._moved:
                self._task("advanced", stage, tally.stages[stage].tasks[name])
            self._moved.clear()
        lines, self._lines = self._lines, []
        return _Picture(tuple(lines))

    def _task(self, event: str, stage: str, task: Task) -> None:
        self._say(event, stage, task=task.name, done=task.done, total=task.total, rows=task.rows)

    def _say(self, event: str, stage: str, **values: object) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._lines.append(json.dumps({"event": event, "time": time, "stage": stage} | values))

    def show(self, picture: _Picture) -> None:
        self._stream.writelines(f"{line}\n" for line in picture.lines)
        self._stream.flush()


def _drawer(mode: Mode, stream: TextIO) -> _Drawer | None:
    match mode:
        case Mode.AUTO:
            return _Bars(stream) if stream.isatty() else _Lines(stream)
        case Mode.BARS:
            return _Bars(stream)
        case Mode.LINES:
            return _Lines(stream)
        case Mode.JSON:
            return _Json(stream)
        case Mode.QUIET:
            return None


class Console:
    """An ``Emit`` that draws. Thread-safe; never raises, not even when nobody reads the stream any more.

    Closing says the last word about every stage. ``stream`` is standard error by default: standard output is for
    results.
    """

    def __init__(self, mode: Mode = Mode.AUTO, stream: TextIO | None = None) -> None:
        self._drawer = _drawer(mode, stream or sys.stderr)
        self._tally = Tally()
        self._lock = threading.Lock()
        self._drawing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self, event: Event, /) -> None:
        """Take one event."""
        drawer = self._drawer
        if drawer is None or self._stop.is_set():
            return
        with self._lock:
            self._tally.take(event, monotonic())
            drawer.take(event, self._tally)
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, args=(drawer,), name="console", daemon=True)
                self._thread.start()

    def _tick(self, drawer: _Drawer) -> None:
        while not self._stop.wait(drawer.interval):
            self._draw(drawer, last=False)

    def _draw(self, drawer: _Drawer, *, last: bool) -> None:
        # A terminal that hangs must not hang the end of a run.
        if not self._drawing.acquire(timeout=_PATIENCE_SECONDS):
            return
        try:
            with self._lock:
                picture = drawer.look(self._tally, monotonic(), last=last)
            drawer.show(picture)
        except Exception:  # a terminal that went away must not take a migration with it
            self._drawer = None
            self._stop.set()
        finally:
            self._drawing.release()

    def close(self) -> None:
        """Draw for the last time and stop. Harmless when called again."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_SECONDS)
        if self._drawer is not None:
            self._draw(self._drawer, last=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
