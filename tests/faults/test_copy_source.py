"""A source that breaks, or is another one when a run goes on: no row is lost, none is there twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.agencies import begun, holds_all, holds_none_of_it_twice, setting
from support.volatile_source import NOTE, VISIT, Breaks, VolatileSource, agency

from migrator.copy import pump
from migrator.copy.pump import Job, copy_segment
from migrator.errors import SourceRejected, SourceUnreachable
from migrator.events import silent
from migrator.model.consistency import Consistency
from migrator.mysql import plans
from migrator.mysql.connect import session
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.workflows.copy import copy
from migrator.workflows.migrate import study
from migrator.workflows.validate import validate


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> VolatileSource:
    monkeypatch.setattr(pump, "_SLICE_BYTES", 5000)
    return agency(visits=200, notes=300, pieces=2)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "retrying", lambda kinds: retrying(kinds=kinds).copy(wait=lambda _: 0))


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize("after", [0, 50, 150, 250])
def test_lost_in_the_middle_of_a_segment(source: VolatileSource, mysql: Target, tmp_path: Path, after: int) -> None:
    """Before the first row, within a slice and between two: a heap begins anew, a range had nothing to take back."""
    broken = replace(source, breaks=Breaks.times(4, tmp_path, after=after), identity=f"lost after {after}")
    _, items = begun(broken, mysql)
    done = [copy_segment(Job(item, broken, mysql)) for item in items]
    assert [(part.table, part.rows) for part in done] == [("care_Note", 300), ("care_Visit", 100), ("care_Visit", 100)]
    assert sum(part.slips for part in done) == broken.slipped == 4
    holds_all(source, mysql)


@pytest.mark.usefixtures("no_waits")
def test_a_source_that_does_not_come_back(source: VolatileSource, mysql: Target, tmp_path: Path) -> None:
    broken = replace(source, breaks=Breaks.times(10, tmp_path, after=250))
    _, items = begun(broken, mysql)
    assert items[0].table.name == NOTE
    with pytest.raises(SourceUnreachable):
        copy_segment(Job(items[0], broken, mysql))
    holds_none_of_it_twice(mysql, items[0])
    for item in items:
        copy_segment(Job(item, broken, mysql))
    holds_all(source, mysql)


class Killed(BaseException):
    """Nobody catches it: as good as kill -9 for what the target sees."""


@pytest.mark.parametrize("when", ["before the strike-out", "before the truncation", "behind the truncation"])
def test_stopped_while_a_heap_begins_anew(
    source: VolatileSource, mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    broken = replace(source, breaks=Breaks.times(1, tmp_path, after=250, error=SourceRejected("no")))
    _, (heap, *ranges) = begun(broken, mysql)
    with pytest.raises(SourceRejected):
        copy_segment(Job(heap, broken, mysql))

    def killed(*_: object, **__: object) -> None:
        raise Killed

    place = {"before the strike-out": "forget", "before the truncation": "empty", "behind the truncation": "_load"}
    with monkeypatch.context() as patch:
        patch.setattr(pump, place[when], killed)
        with pytest.raises(Killed):
            copy_segment(Job(heap, broken, mysql))
    done = [copy_segment(Job(item, broken, mysql)) for item in (heap, *ranges)]
    assert (done[0].rows, done[0].skipped) == (300, 0)
    holds_all(source, mysql)


def test_a_resumed_run_keeps_its_ranges_when_the_source_offers_others(mysql: Target, tmp_path: Path) -> None:
    """It broke when some ranges were there; statistics of the source have changed since."""
    source = agency(visits=400, notes=300, pieces=6, slice_bytes=5000)
    broken = replace(source, breaks=Breaks.times(1, tmp_path, after=50, error=SourceRejected("no")))
    with pytest.raises(SourceRejected):
        copy(broken, setting(mysql, tmp_path / "out"), silent)
    mappings = study(source, None).translation.mappings
    with session(mysql) as connection:
        before = plans.kept(connection, mappings)
    assert len(before["care_Visit"]) == 6
    other = replace(source, cuts={VISIT: [17, 18, 333]})
    done = copy(other, setting(mysql, tmp_path / "out", resume=True), silent)
    with session(mysql) as connection:
        assert plans.kept(connection, mappings) == before
    assert {load.source: load.rows for load in done.loads} == {"care.Visit": 400, "care.Note": 300}
    holds_all(source, mysql)
    studied = study(source, None)
    found = validate(source, studied.database, studied.translation, mysql, workers=2, emit=silent)
    assert (found.differences, found.rows) == (0, 700)


@pytest.mark.parametrize(
    ("consistency", "lost", "outcome", "why"),
    [
        (Consistency.SNAPSHOT, 0, Consistency.SNAPSHOT, "we say so"),
        (Consistency.SNAPSHOT, 2, Consistency.NONE, "lost 2 times"),
        (Consistency.READ_ONLY, 0, Consistency.READ_ONLY, "we say so"),
    ],
)
def test_what_becomes_of_the_picture(
    mysql: Target, tmp_path: Path, consistency: Consistency, lost: int, outcome: Consistency, why: str
) -> None:
    source = agency(visits=100, notes=120, pieces=2, consistency=consistency)
    broken = replace(source, breaks=Breaks.times(lost, tmp_path, after=50))
    done = copy(broken, setting(mysql, tmp_path / "out"), silent)
    assert done.picture.consistency is outcome
    assert why in done.picture.why
    holds_all(source, mysql)
    # Again, with nothing left to load: those rows are of an earlier moment, which a lasting picture does not mind.
    again = copy(source, setting(mysql, tmp_path / "out", resume=True), silent)
    assert sum(load.rows for load in again.loads) == 220
    assert again.picture.consistency is (consistency if consistency.lasting else Consistency.NONE)
    assert ("an interrupted run" in again.picture.why) is not consistency.lasting
    holds_all(source, mysql)
