"""Exactly once: whatever breaks between reading and the server's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource, create

from migrator.copy import pump
from migrator.copy.plan import SegmentCopy, plan
from migrator.copy.pump import Job, copy_segment
from migrator.copy.run import repairs, run
from migrator.errors import RowsDamaged, TargetRejected, TargetUnreachable
from migrator.events import Advanced, Event, silent
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.mysql import control
from migrator.mysql.connect import Connection, commit, fetch, session
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.wire.rows import fingerprint

ROWS = 5000
MAPPING = TableMapping(
    ObjectName("dbo", "t"),
    "t",
    (
        TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),
        TargetColumn("note", "note", "LONGTEXT", Form.TEXT, nullable=True),
    ),
    ("id",),
)


def batch(first: int, rows: int) -> pa.RecordBatch:
    numbers = range(first, first + rows)
    return pa.record_batch(
        {"id": pa.array(numbers, pa.int32()), "note": pa.array([f"note {number}" for number in numbers])}
    )


@pytest.fixture
def source() -> ArrowSource:
    columns = {"id": DataType(SqlType.INT), "note": DataType(SqlType.NVARCHAR, MAX)}
    return ArrowSource.of({"t": (columns, [batch(0, ROWS), batch(ROWS, ROWS)])})


@pytest.fixture
def target(mysql: Target) -> Target:
    with session(mysql) as connection:
        control.claim(connection, control.Run("r" * 32, "arrow", "m" * 64, ("t",)))
    create(mysql, MAPPING)
    return mysql


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice for every batch of a thousand rows."""
    monkeypatch.setattr(pump, "_SLICE_BYTES", 1)


def job(source: ArrowSource, target: Target, segment: int = 0) -> Job:
    return Job(plan(source, source.database, [MAPPING]).segments[segment], source, target)


def held(target: Target) -> tuple[int, int]:
    """Rows in the table, and rows that the control table speaks of."""
    with session(target) as connection:
        [(rows,)] = fetch(connection, "SELECT COUNT(*) FROM `t`")
        return rows, control.progress(connection, MAPPING, "0").rows


def test_every_slice_is_there_and_its_fingerprint(source: ArrowSource, target: Target) -> None:
    done = copy_segment(job(source, target))
    assert (done.rows, done.skipped) == (ROWS, 0)
    assert held(target) == (ROWS, ROWS)
    with session(target) as connection:
        assert fetch(connection, f"SELECT COUNT(*), SUM(`last`) FROM `{control.SLICE_TABLE}`") == [(5, 1)]
        assert control.recorded(connection)["t"] == control.Recorded(fingerprint(batch(0, ROWS), MAPPING), 1)


def test_a_second_time_loads_nothing(source: ArrowSource, target: Target) -> None:
    copy_segment(job(source, target))
    again = copy_segment(job(source, target))
    assert (again.rows, again.skipped) == (0, ROWS)
    assert held(target) == (ROWS, ROWS)


def test_a_piece_without_rows_is_loaded_as_well(source: ArrowSource, target: Target) -> None:
    emptied = source.with_rows("t", [batch(0, 0)])
    work = SegmentCopy(Segment(MAPPING.source, "0", 100, None), source.database.tables[0], MAPPING)
    done = copy_segment(Job(work, emptied, target))
    assert (done.rows, done.skipped) == (0, 0)
    with session(target) as connection:
        assert control.progress(connection, MAPPING, "0") == control.Progress(0, complete=True)


@dataclass(frozen=True)
class Torn(ArrowSource):
    """Its rows end in damage after some good batches."""

    good: int = 3

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        for index, part in enumerate(super().read(table, segment, batch_bytes=batch_bytes)):
            if index == self.good:
                raise RowsDamaged("torn")
            yield part


@pytest.mark.parametrize("good", [0, 1, 3, 4])
def test_damage_keeps_what_was_whole_and_resume_goes_on(source: ArrowSource, target: Target, good: int) -> None:
    with pytest.raises(RowsDamaged):
        copy_segment(job(Torn(source.database, source.batches, good=good), target))
    rows, recorded = held(target)
    assert rows == recorded <= good * 1000
    mended = copy_segment(job(source, target))
    assert (mended.skipped, mended.rows) == (recorded, ROWS - recorded)
    assert held(target) == (ROWS, ROWS)


Break = Callable[[Connection], None]


def before_commit(connection: Connection) -> None:
    connection.rollback()
    raise TargetUnreachable("gone before the commit")


def after_commit(connection: Connection) -> None:
    commit(connection, doing="committing")
    raise TargetUnreachable("gone before the answer")


@pytest.mark.parametrize("broken", [before_commit, after_commit])
@pytest.mark.parametrize("at", [1, 3, 5])
def test_a_commit_without_an_answer(
    source: ArrowSource, target: Target, monkeypatch: pytest.MonkeyPatch, broken: Break, at: int
) -> None:
    commits = 0

    def unsure(connection: Connection, *, doing: str) -> None:
        nonlocal commits
        commits += 1
        if commits == at:
            broken(connection)
        commit(connection, doing=doing)

    monkeypatch.setattr(pump, "commit", unsure)
    done = copy_segment(job(source, target))
    assert done.rows == ROWS
    assert held(target) == (ROWS, ROWS)


def test_a_target_that_never_comes_back_is_an_error(
    source: ArrowSource, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pump, "retrying", lambda kinds: retrying(kinds=kinds).copy(sleep=lambda _: None))
    monkeypatch.setattr(pump, "commit", lambda connection, doing: before_commit(connection))
    with pytest.raises(TargetUnreachable):
        copy_segment(job(source, target))
    assert held(target) == (0, 0)


def test_rows_that_are_there_already_are_no_success(source: ArrowSource, target: Target) -> None:
    with session(target) as connection:
        fetch(connection, "INSERT INTO `t` VALUES (1500, 'foreign')")
    with pytest.raises(TargetRejected):
        copy_segment(job(source, target))
    assert held(target) == (1001, 1000)


def test_a_whole_run_with_workers(source: ArrowSource, target: Target) -> None:
    events: list[Event] = []
    result = run(plan(source, source.database, [MAPPING]), source, target, workers_count=2, emit=events.append)
    assert result.rows == 2 * ROWS
    [table] = result.tables
    assert (table.source, table.target, table.rows) == ("dbo.t", "t", 2 * ROWS)
    advanced = [event for event in events if isinstance(event, Advanced)]
    assert sum(event.rows for event in advanced) == 2 * ROWS
    assert sum(event.amount for event in advanced) == result.bytes
    assert held(target)[0] == 2 * ROWS


def test_what_was_repaired_is_a_finding(source: ArrowSource, target: Target) -> None:
    @dataclass(frozen=True)
    class Repairing(ArrowSource):
        def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
            yield from super().read(table, segment, batch_bytes=batch_bytes)
            assert isinstance(self.repaired, dict)
            self.repaired["dbo.t.note"] = self.repaired.get("dbo.t.note", 0) + 2

    repairing = Repairing(source.database, source.batches)
    for segment in (0, 1):
        copy_segment(job(repairing, target, segment))
    [finding] = repairs(target, emit=silent)
    assert finding.object == "dbo.t.note"
    assert finding.reason.startswith("4 values")
