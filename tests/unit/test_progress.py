from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.events import Advanced, Finished, Found, Started, Unit
from migrator.model.finding import Finding, Severity, Status
from migrator.model.schema import ObjectKind
from migrator.progress import TASKS_SHOWN, Tally, closing, progress


def _loading(tally: Tally, tables: int = 10) -> None:
    for number in range(tables):
        tally.take(Started("load", f"t{number}", 1_000_000, Unit.BYTES), 0.0)


def _finding(severity: Severity) -> Finding:
    return Finding("rule", severity, Status.LOSSY, ObjectKind.TABLE, "dbo.T", "reason", "advice")


def test_a_stage_adds_its_tasks_up() -> None:
    tally = Tally()
    _loading(tally)
    tally.take(Advanced("load", "t1", 400_000, rows=70), 1.0)
    tally.take(Advanced("load", "t2", 100_000, rows=30), 2.0)
    stage = tally.stages["load"]
    assert (stage.done, stage.total, stage.rows, stage.over) == (500_000, 10_000_000, 100, False)


def test_only_what_moves_is_active() -> None:
    tally = Tally()
    _loading(tally)
    stage = tally.stages["load"]
    assert stage.active() == []
    for number in (7, 3, 5, 1, 9, 2):
        tally.take(Advanced("load", f"t{number}", 10), float(number))
    tally.take(Finished("load", "t9"), 10.0)
    assert [task.name for task in stage.active()] == ["t1", "t2", "t3", "t5"]
    assert len(stage.active()) == TASKS_SHOWN


def test_statements_that_run_are_active_although_they_say_nothing() -> None:
    tally = Tally()
    tally.take(Started("build", "a", None, Unit.STATEMENTS), 0.0)
    tally.take(Started("build", "b", None, Unit.STATEMENTS), 1.0)
    tally.take(Finished("build", "a"), 2.0)
    assert [task.name for task in tally.stages["build"].active()] == ["b"]


def test_pace_and_time_left_are_of_late() -> None:
    tally = Tally()
    tally.take(Started("load", "t", 1_000_000, Unit.ROWS), 0.0)
    stage = tally.stages["load"]
    for second in range(100):
        tally.take(Advanced("load", "t", 100 if second < 50 else 10_000), float(second))
        stage.sample(float(second))
    assert stage.pace() == (10_000, 10_000)
    assert progress(stage, 99.0) == "49.5 s left, 10,000 rows/s, 505,000 of 1,000,000 rows"


def test_closing_words() -> None:
    tally = Tally()
    tally.take(Found("assess", _finding(Severity.ERROR)), 0.0)
    tally.take(Found("assess", _finding(Severity.INFO)), 0.0)
    _loading(tally, 2)
    tally.take(Advanced("load", "t0", 1_000_000, rows=500), 1.0)
    tally.take(Finished("load", "t0"), 1.0)
    tally.take(Started("build", "i", None, Unit.STATEMENTS), 2.0)
    tally.take(Finished("build", "i"), 5.0)
    words = {name: closing(stage, 9.0) for name, stage in tally.stages.items()}
    assert words == {
        "assess": "2 findings (1 error)",
        "load": "stopped after 9.0 s: 1.0 of 2.0 MB, 500 rows",
        "build": "1 task in 3.0 s",
    }
    tally.take(Advanced("load", "t1", 1_000_000, rows=500), 3.0)
    tally.take(Finished("load", "t1"), 4.0)
    assert closing(tally.stages["load"], 9.0) == "2.0 MB, 1,000 rows in 4.0 s (250 rows/s)"


def test_a_stage_is_closed_when_another_follows() -> None:
    tally = Tally()
    tally.take(Started("create", "c", 1, Unit.STATEMENTS), 0.0)
    tally.take(Finished("create", "c"), 1.0)
    assert tally.close_stages(all_of_them=False) == []
    _loading(tally)
    assert [stage.name for stage in tally.close_stages(all_of_them=False)] == ["create"]
    assert [stage.name for stage in tally.close_stages(all_of_them=True)] == ["load"]
    assert tally.stages == {}


names = st.sampled_from(["a", "b", "c"])
events = st.one_of(
    st.builds(Started, names, names, st.none() | st.integers(0, 10), st.sampled_from(Unit)),
    st.builds(Advanced, names, names, st.integers(0, 10), st.integers(0, 10)),
    st.builds(Finished, names, names),
    st.builds(Found, names, st.just(_finding(Severity.WARNING))),
)


@given(st.lists(events, max_size=40))
def test_no_order_of_events_is_too_odd(list_of_events: list[Started | Advanced | Finished | Found]) -> None:
    tally = Tally()
    for now, event in enumerate(list_of_events):
        tally.take(event, float(now))
        for stage in tally.stages.values():
            stage.sample(float(now))
            assert progress(stage, float(now)).isprintable()
            assert closing(stage, float(now)).isprintable()
            assert len(stage.active()) <= TASKS_SHOWN
        tally.close_stages(all_of_them=False)
