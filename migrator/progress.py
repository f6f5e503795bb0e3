"""What a run is doing, added up from events: stages, their tasks, how fast and how much is left. Draws nothing."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from migrator.events import Advanced, Event, Finished, Found, Noted, Started, Unit
from migrator.model.finding import Severity
from migrator.units import count, counted, duration, megabytes

TASKS_SHOWN: Final = 4
_RATE_SECONDS: Final = 20.0


@dataclass(slots=True)
class Task:
    """``touched`` is the number of the event that moved it last: the higher, the more recent; 0 while it waits."""

    name: str
    unit: Unit
    total: int | None
    done: int = 0
    rows: int = 0
    touched: int = 0
    began: float = 0.0
    over: bool = False


@dataclass(slots=True)
class Stage:
    """A stage with the sums over its tasks.

    ``unit`` is that of its first task; tasks of another unit count by their rows only. Times are of a monotonic clock.
    """

    name: str
    began: float
    tasks: dict[str, Task] = field(default_factory=dict)
    found: Counter[Severity] = field(default_factory=Counter)
    samples: deque[tuple[float, int, int]] = field(default_factory=deque)
    ended: float = 0.0

    @property
    def unit(self) -> Unit | None:
        """What ``done`` and ``total`` count; None before the first task."""
        return next((task.unit for task in self.tasks.values()), None)

    @property
    def over(self) -> bool:
        """True if every task that was announced is over."""
        return all(task.over for task in self.tasks.values())

    @property
    def done(self) -> int:
        """Units done in all tasks."""
        return sum(task.done for task in self.tasks.values() if task.unit is self.unit)

    @property
    def rows(self) -> int:
        """Rows done in all tasks."""
        return sum(task.rows for task in self.tasks.values())

    @property
    def total(self) -> int | None:
        """Units of all announced tasks; None where one of them does not know."""
        totals = [task.total for task in self.tasks.values() if task.unit is self.unit]
        return None if not totals or None in totals else sum(total for total in totals if total is not None)

    def active(self) -> list[Task]:
        """What is being worked on: what moved and is not over, else what began, unless it is a whole queue."""
        unfinished = [task for task in self.tasks.values() if not task.over]
        moving = sorted((task for task in unfinished if task.touched), key=lambda task: -task.touched)
        if moving:
            return sorted(moving[:TASKS_SHOWN], key=lambda task: task.began)
        return unfinished if len(unfinished) <= TASKS_SHOWN else []

    def sample(self, now: float) -> None:
        """Remember where we are, and forget what is too long ago for a rate."""
        self.samples.append((now, self.done, self.rows))
        while len(self.samples) > 2 and self.samples[0][0] < now - _RATE_SECONDS:
            self.samples.popleft()

    def pace(self) -> tuple[float, float]:
        """Units and rows in a second, lately."""
        if len(self.samples) < 2:
            return 0.0, 0.0
        (then, done, rows), (now, done_now, rows_now) = self.samples[0], self.samples[-1]
        passed = now - then
        return ((done_now - done) / passed, (rows_now - rows) / passed) if passed > 0 else (0.0, 0.0)


class Tally:
    """The stages that are not closed yet, in the order of their beginning. Not thread-safe by itself."""

    def __init__(self) -> None:
        self.stages: dict[str, Stage] = {}
        self.notes: list[tuple[str, str]] = []
        self._events = 0

    def take(self, event: Event, now: float) -> None:
        """Add an event up."""
        if isinstance(event, Noted):
            self.notes.append((event.stage, event.text))
            return
        self._events += 1
        stage = self.stages.setdefault(event.stage, Stage(event.stage, now))
        match event:
            case Started():
                stage.tasks[event.task] = Task(event.task, event.unit, event.total, began=now)
            case Advanced():
                task = self._task(stage, event.task, now)
                task.done += event.amount
                task.rows += event.amount if task.unit is Unit.ROWS else event.rows
                task.began = task.began if task.touched else now
                task.touched = self._events
            case Finished():
                self._task(stage, event.task, now).over = True
                stage.ended = now
            case Found():
                stage.found[event.finding.severity] += 1
                stage.ended = now

    @staticmethod
    def _task(stage: Stage, name: str, now: float) -> Task:
        """A task by name; one that nobody announced is welcome too."""
        return stage.tasks.setdefault(name, Task(name, Unit.ROWS, None, began=now))

    def take_notes(self) -> list[tuple[str, str]]:
        """The notes that nobody has taken yet, each with its stage."""
        notes, self.notes = self.notes, []
        return notes

    def close_stages(self, *, all_of_them: bool) -> list[Stage]:
        """Take out the stages that are over: those that a newer one followed, or every one at the end."""
        names = list(self.stages)
        last = names[-1:] if not all_of_them else []
        closed = [self.stages[name] for name in names if name not in last and (all_of_them or self.stages[name].over)]
        for stage in closed:
            del self.stages[stage.name]
        return closed


def amount(unit: Unit | None, done: int, total: int | None, rows: int) -> list[str]:
    """``412.3 of 1,200.0 MB``, ``1,234,567 rows``; nothing where there is nothing to tell."""
    if unit is None or (total is None and not done):
        return []
    if unit is Unit.BYTES:
        amounts = [f"{megabytes(done)} MB" if total is None else f"{megabytes(done)} of {megabytes(total)} MB"]
        return [*amounts, counted(rows, "row")] if rows else amounts
    if total is None:
        return [counted(done, unit.value.removesuffix("s"))]
    return [f"{count(done)} of {counted(total, unit.value.removesuffix('s'))}"]


def progress(stage: Stage, now: float) -> str:
    """Where a running stage is, in words: what matters most comes first, a narrow terminal cuts the rest."""
    pace, rows_pace = stage.pace()
    if stage.total is not None and pace > 0 and stage.done < stage.total:
        parts = [f"{duration((stage.total - stage.done) / pace)} left"]
    else:
        parts = [duration(now - stage.began)]
    if rows_pace > 0:
        parts.append(f"{rows_pace:,.0f} rows/s")
    return ", ".join([*parts, *amount(stage.unit, stage.done, stage.total, stage.rows)])


def task_progress(task: Task, now: float) -> str:
    """Where a task is, in words; how long it has been at it where nobody knows how much there is."""
    parts = amount(task.unit, task.done, task.total, task.rows)
    return ", ".join(parts if task.total is not None else [*parts, duration(now - task.began)])


def closing(stage: Stage, now: float) -> str:
    """What a stage did, in words; how far it came where it was stopped."""
    seconds = (stage.ended if stage.over and stage.ended else now) - stage.began
    parts = amount(stage.unit, stage.done, None if stage.over else stage.total, stage.rows)
    if stage.tasks and not parts:
        # Tasks that never say how far they are still count when they are over.
        parts = [counted(sum(task.over for task in stage.tasks.values()), "task")]
    if stage.found:
        parts.append(_findings(stage.found))
    what = ", ".join(parts)
    if not stage.over:
        return f"stopped after {duration(seconds)}: {what}"
    took = f" in {duration(seconds)}" if stage.tasks else ""
    rate = f" ({stage.rows / seconds:,.0f} rows/s)" if stage.rows and seconds > 0 else ""
    return f"{what}{took}{rate}"


def _findings(found: Counter[Severity]) -> str:
    kinds = (Severity.ERROR, Severity.WARNING)
    worse = ", ".join(counted(found[kind], kind.value) for kind in kinds if found[kind])
    return counted(found.total(), "finding") + (f" ({worse})" if worse else "")
