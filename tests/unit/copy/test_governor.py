"""A real copy under orders: its pace, and people who change it while it runs."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource, create

from migrator import workers
from migrator.copy.gate import Begin
from migrator.copy.governor import Governor
from migrator.copy.orders import FILE
from migrator.copy.pace import Orders
from migrator.copy.plan import plan
from migrator.copy.pump import Job, copy_segment
from migrator.copy.run import run
from migrator.errors import SourceUnreachable
from migrator.events import Event, Noted, silent
from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.pressure import Gauge, Pressure, Signal
from migrator.mysql import control
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

TEXT = "x" * 1000
ROWS = 1000
UNHEEDING = Orders(throttle=False)
MAPPING = TableMapping(
    ObjectName("dbo", "t"),
    "t",
    (
        TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),
        TargetColumn("note", "note", "LONGTEXT", Form.TEXT, nullable=True),
    ),
    ("id",),
)


@pytest.fixture
def source() -> ArrowSource:
    """Four segments of a megabyte each."""
    columns = {"id": DataType(SqlType.INT), "note": DataType(SqlType.NVARCHAR, 1000)}
    batches = [
        pa.record_batch({"id": pa.array(range(first, first + ROWS), pa.int32()), "note": pa.array([TEXT] * ROWS)})
        for first in range(0, 4 * ROWS, ROWS)
    ]
    found = ArrowSource.of({"t": (columns, batches)})
    return ArrowSource(found.database, found.batches, batch_rows=100)


@pytest.fixture
def target(mysql: Target) -> Target:
    with session(mysql) as connection:
        control.claim(connection, control.Run("r" * 32, "arrow", "m" * 64, ("t",)))
    create(mysql, MAPPING)
    return mysql


class Needle:
    """A gauge that shows what it is told to."""

    def __init__(self, *shown: Pressure | Exception) -> None:
        self.shown = list(shown)
        self.closed = False

    def read(self) -> Pressure:
        now = self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]
        if isinstance(now, Exception):
            raise now
        return now

    def close(self) -> None:
        self.closed = True


def held(target: Target) -> int:
    with session(target) as connection:
        [(rows,)] = fetch(connection, "SELECT COUNT(*) FROM `t`")
    return int(rows)


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def notes(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


def governor(
    folder: Path, events: list[Event], *gauges: Gauge, orders: Orders = UNHEEDING, look_s: float = 0.2
) -> Governor:
    return Governor(orders, folder, gauges, events.append, look_s=look_s)


def copy(source: ArrowSource, target: Target, over: Governor, events: list[Event]) -> None:
    work = plan(source, source.database, [MAPPING])
    run(work, source, target, workers_count=2, emit=events.append, gate=over.gate)


def test_two_workers_together_keep_to_the_rate(source: ArrowSource, target: Target, tmp_path: Path) -> None:
    events: list[Event] = []
    with governor(tmp_path, events, orders=Orders(3e6, throttle=False)) as over:
        began = time.monotonic()
        copy(source, target, over, events)
        took = time.monotonic() - began
    assert held(target) == 4 * ROWS
    assert over.gate.moved == pytest.approx(4e6, rel=0.02)
    assert took >= 4 / 3 - 0.3
    assert notes(events) == ["ordered to go at most 3.0 MB/s"]


def test_an_engineer_pauses_a_copy_and_lets_it_go_on(source: ArrowSource, target: Target, tmp_path: Path) -> None:
    events: list[Event] = []
    orders = tmp_path / FILE
    orders.write_text("paused = true")
    with governor(tmp_path, events) as over:
        copying = threading.Thread(target=copy, args=(source, target, over, events))
        copying.start()
        time.sleep(0.7)
        assert over.gate.moved == held(target) == 0
        orders.write_text('rate_limit = "2MB/s"')
        wait_for(lambda: over.gate.moved > 0.5e6)
        orders.write_text("paused = true")
        wait_for(lambda: over.gate.paused)
        time.sleep(0.3)  # pieces under way are finished
        before = over.gate.moved
        time.sleep(0.3)
        assert over.gate.moved == before < 4e6
        orders.unlink()
        copying.join(20)
    assert held(target) == 4 * ROWS
    assert notes(events) == [
        "paused: as ordered",
        "going on, at most 2.0 MB/s at first",
        "paused: as ordered",
        "going on, as fast as it can",
    ]


def test_orders_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    events: list[Event] = []
    orders = tmp_path / FILE
    orders.write_text("paused = true")
    with governor(tmp_path, events) as over:
        orders.write_text("paused = fal")
        wait_for(lambda: len(notes(events)) == 2)
        assert over.gate.paused
    assert notes(events)[1].startswith("pace.toml is no TOML")


def test_a_file_for_orders_is_made_and_one_that_is_there_stays(tmp_path: Path) -> None:
    with governor(tmp_path, []):
        pass
    assert "# paused = true" in (tmp_path / FILE).read_text()
    (tmp_path / FILE).write_text("paused = true")
    with governor(tmp_path, []) as over:
        assert over.gate.paused
    assert (tmp_path / FILE).read_text() == "paused = true"


def test_a_stop_ends_a_paused_copy_at_once(source: ArrowSource, target: Target, tmp_path: Path) -> None:
    events: list[Event] = []
    (tmp_path / FILE).write_text("paused = true")
    with governor(tmp_path, events) as over:
        jobs = [Job(item, source, target) for item in plan(source, source.database, [MAPPING]).segments]
        parts = workers.run_all(copy_segment, jobs, workers=2, emit=silent, begin=Begin(over.gate, None))
        threading.Timer(1.0, lambda: signal.raise_signal(signal.SIGINT)).start()
        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt), closing(parts):
            next(parts)
    assert 0.9 < time.monotonic() - began < 3
    assert held(target) == 0


def test_pressure_slows_and_stops_a_copy_and_says_why(tmp_path: Path) -> None:
    events: list[Event] = []
    calm, busy = Pressure(), Pressure({Signal.TARGET_RUNNING: 40.0})
    stop = Pressure({Signal.SOURCE_LOG_USED: 99.0}, {Signal.TARGET_LAG: "no replica"})
    needle = Needle(calm, busy, stop)
    with governor(tmp_path, events, needle, orders=Orders(), look_s=0.05) as over:
        over.gate.take(10_000_000)
        wait_for(lambda: over.gate.paused)
    assert needle.closed
    slowed, unseen, paused = notes(events)
    assert slowed.startswith("slowed to ")
    assert slowed.endswith("threads of others run in the target: 40, the limit is 25")
    assert unseen == "not seen: target_replica_lag_s (no replica)"
    assert paused == "paused: the source's log is full: 99%, the limit is 97%"


def test_a_gauge_that_fails_ends_nothing_and_frees_nothing(tmp_path: Path) -> None:
    events: list[Event] = []
    stop = Pressure({Signal.TARGET_LAG: 100.0})
    with governor(tmp_path, events, Needle(stop, SourceUnreachable("gone")), orders=Orders(), look_s=0.05) as over:
        wait_for(lambda: len(notes(events)) == 2)
        time.sleep(1.2)  # more looks than a stop lasts where nothing presses
        assert over.gate.paused
    assert notes(events)[1] == "the load cannot be asked for just now: gone"


def test_a_warning_is_said_once_and_slows_nothing(tmp_path: Path) -> None:
    events: list[Event] = []
    needle = Needle(Pressure({Signal.SOURCE_VERSIONS: 70.0}))
    with governor(tmp_path, events, needle, orders=Orders(), look_s=0.05) as over:
        time.sleep(0.8)
        assert not over.gate.paused
    [warning] = notes(events)
    assert warning.startswith("row versions fill the source's tempdb: 70%")
