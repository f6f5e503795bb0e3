"""Whole comparisons on a real server: what is equal, and exactly what is not."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pytest
from support import visits
from support.arrow_source import ArrowSource, create, load

from migrator.errors import RowsDamaged, TargetUnreachable
from migrator.events import Advanced, Event, Finished, Started
from migrator.model.difference import DifferenceKind
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.model.validation import SourceOf, TableValidation, Validation
from migrator.mysql import fingerprint as asking
from migrator.mysql.connect import Connection, execute, fetch, session
from migrator.mysql.url import Target
from migrator.validate import plan, records, rows, sides
from migrator.validate import run as validating
from migrator.validate.reading import SOURCE_TASK
from migrator.wire import compare as wire_compare
from migrator.wire.kernels import Bytes
from migrator.wire.rows import fingerprint

MISSING, EXTRA, CHANGED = DifferenceKind.MISSING, DifferenceKind.EXTRA, DifferenceKind.CHANGED
ALL = visits.rows(range(1, 3001))
NAMED = ALL.filter(ALL["code"].is_valid())
SEGMENTS = [NAMED.slice(0, 1000), NAMED.slice(1000, 1), NAMED.slice(1001)]


class Compared:
    """A source and its copy in the target; ``validate`` compares them as they are by then."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.source = ArrowSource.of({})
        self.mappings: list[TableMapping] = []
        self.recorded: dict[str, Fingerprint] = {}
        self.wire = False
        self.events: list[Event] = []

    def add(self, mapping: TableMapping, segments: Sequence[pa.RecordBatch]) -> None:
        """A table on both sides."""
        tables = {
            item.name.name: (visits.TYPES, self.source.batches[item.name]) for item in self.source.database.tables
        }
        self.source = ArrowSource.of({**tables, mapping.source.name: (visits.TYPES, segments)})
        self.mappings.append(mapping)
        create(self.target, mapping)
        load(self.target, self.source, mapping)

    def record(self) -> None:
        """Keep fingerprints as copying does."""
        for mapping in self.mappings:
            batches = self.source.batches[mapping.source]
            self.recorded[mapping.target] = sum((fingerprint(batch, mapping) for batch in batches), Fingerprint())

    def change(self, *statements: str) -> None:
        with session(self.target) as connection:
            for statement in statements:
                assert execute(connection, statement, doing="changing") > 0

    def validate(self, *, workers: int = 2, emit: Callable[[Event], None] | None = None) -> Validation:
        self.events.clear()
        return validating.run(
            self.source,
            self.source.catalog(),
            self.mappings,
            self.target,
            recorded=self.recorded,
            workers=workers,
            emit=emit or self.events.append,
            wire=self.wire,
        )

    def one(self) -> TableValidation:
        [table] = self.validate().tables
        return table


@pytest.fixture
def compared(mysql: Target) -> Compared:
    return Compared(mysql)


@pytest.fixture(params=["by fingerprints", "on the wire"])
def both_ways(compared: Compared, request: pytest.FixtureRequest) -> None:
    """The same is found by fingerprints and on the wire."""
    compared.wire = request.param == "on the wire"


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges and partitions so small that even these tables are cut."""
    monkeypatch.setattr(validating, "_ROWS_A_RANGE", 700)
    monkeypatch.setattr(records, "_ROWS_A_PARTITION", 5)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source is read in worker processes, however small it is."""
    monkeypatch.setattr(sides, "_SMALL_BYTES", -1)


def told(table: TableValidation) -> list[tuple[DifferenceKind, tuple[str | None, ...], tuple[str, ...], int]]:
    return [(item.kind, item.key, item.columns, item.count) for item in table.differences]


@pytest.mark.parametrize("how", SourceOf)
def test_a_true_copy_is_equal(compared: Compared, how: SourceOf) -> None:
    compared.add(visits.mapping("id", name="first"), SEGMENTS)
    compared.add(visits.mapping("code", "id", name="second"), [visits.rows(range(1, 10))])
    compared.add(visits.mapping(name="no_key"), [ALL, ALL.slice(0, 10)])
    compared.add(visits.mapping("id", name="empty"), [])
    compared.wire = how is SourceOf.WIRE
    if how is SourceOf.RECORDED:
        compared.record()
    validation = compared.validate()
    assert validation.equal
    assert validation.differences == 0
    assert validation.rows == NAMED.num_rows + 9 + ALL.num_rows + 10
    assert [table.table for table in validation.tables] == ["first", "second", "no_key", "empty"]
    # Where the source has no row there is nothing to read on the wire.
    last = SourceOf.READ if how is SourceOf.WIRE else how
    assert [table.how for table in validation.tables] == [how, how, how, last]
    assert all(table.source == table.target for table in validation.tables)
    assert plan.NO_KEY in validation.tables[2].limits
    assert "column stamp is left out: it is a counter" in validation.tables[0].limits


@pytest.mark.parametrize("where", ["here", "in processes"])
def test_events_add_up(compared: Compared, where: str, request: pytest.FixtureRequest) -> None:
    if where == "in processes":
        request.getfixturevalue("processes")
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change("DELETE FROM visits WHERE id = 1")
    compared.validate()
    open_task = ""
    totals: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for event in compared.events:
        match event:
            case Started():
                open_task = event.task
                totals[event.task] += event.total or 0
            case Advanced():
                done[event.task] += event.amount
            case Finished():
                assert event.task in totals
    assert open_task == SOURCE_TASK, "rows are looked for last"
    assert done == totals
    assert set(totals) == {validating.COUNTS, validating.FINGERPRINTS, validating.ROWS, SOURCE_TASK}
    assert sum(isinstance(event, Finished) for event in compared.events) == sum(
        isinstance(event, Started) for event in compared.events
    )


THREE = (
    "UPDATE visits SET price = price + 0.0001, note = NULL WHERE id = 1000",
    "DELETE FROM visits WHERE id = 7",
    """INSERT INTO visits SELECT id + 5000, CONCAT(code, 'new'), area, price, mileage, ratio, day, at, begins, '0',
       note, 0xFFFFFFFF, scan, place, stamp FROM visits WHERE id = 500""",
)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("how", SourceOf)
@pytest.mark.parametrize("key", [("id",), ("token",), ("code",), ("area", "code"), ("flags", "day"), ("begins", "id")])
def test_three_planted_differences_are_found_and_no_other(
    compared: Compared, key: tuple[str, ...], how: SourceOf
) -> None:
    mapping = visits.mapping(*key)
    compared.add(mapping, SEGMENTS)
    compared.add(visits.mapping("id", name="untouched"), SEGMENTS)
    compared.wire = how is SourceOf.WIRE
    if how is SourceOf.RECORDED:
        compared.record()
    compared.change(*THREE)
    validation = compared.validate()
    table, untouched = validation.tables
    assert (untouched.equal, untouched.how) == (True, how)
    assert not table.equal
    texts = {number: tuple(_text(mapping, name, number) for name in key) for number in (1000, 7)} | {
        5500: tuple(_new_text(name) for name in key)
    }
    assert sorted(told(table)) == sorted(
        [
            (CHANGED, texts[1000], ("price", "note"), 1),
            (MISSING, texts[7], (), 1),
            (EXTRA, texts[5500], (), 1),
        ]
    )
    assert table.more == 0
    assert validation.differences == table.difference_count == 3


def _text(mapping: TableMapping, name: str, number: int) -> str:
    """The canonical text of a row's value."""
    from migrator.wire.text import canonical_column

    column = next(item for item in mapping.columns if item.name == name)
    return canonical_column(visits.rows(range(number, number + 1)).column(name), column).data.tobytes().decode()


def _new_text(name: str) -> str:
    """The same for the row that was added: as row 500, but for what THREE gives it."""
    new = {"id": "5500", "token": "0", "flags": "ffffffff", "code": _text(visits.mapping(), "code", 500) + "new"}
    return new.get(name) or _text(visits.mapping(), name, 500)


@pytest.mark.usefixtures("both_ways")
def test_keys_that_a_collation_calls_equal_are_told_apart(compared: Compared) -> None:
    compared.add(visits.mapping("code"), [visits.rows(range(1, 3), code=["Anna", "Zoë"])])
    compared.change("ALTER TABLE visits MODIFY code VARCHAR(40) COLLATE utf8mb4_0900_ai_ci")
    compared.change(
        "UPDATE visits SET code = 'anna' WHERE code = 'Anna'", "UPDATE visits SET code = 'Zoe' WHERE id = 2"
    )
    assert told(compared.one()) == [
        (MISSING, ("Anna",), (), 1),
        (EXTRA, ("Zoe",), (), 1),
        (MISSING, ("Zoë",), (), 1),
        (EXTRA, ("anna",), (), 1),
    ]


@pytest.mark.usefixtures("both_ways")
def test_two_rows_that_changed_places_are_both_changed(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change(
        "CREATE TEMPORARY TABLE pair AS SELECT id, day FROM visits WHERE id IN (1, 2)",
        "UPDATE visits v JOIN pair p ON p.id = 3 - v.id SET v.day = p.day",
    )
    assert told(compared.one()) == [(CHANGED, ("1",), ("day",), 1), (CHANGED, ("2",), ("day",), 1)]


@pytest.mark.usefixtures("both_ways")
def test_the_same_change_in_a_pair_of_rows_does_not_cancel_out(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change("UPDATE visits SET flags = 0x00 WHERE id IN (1, 2)")
    assert told(compared.one()) == [(CHANGED, ("1",), ("flags",), 1), (CHANGED, ("2",), ("flags",), 1)]


@pytest.mark.usefixtures("small_pieces", "both_ways")
def test_a_table_without_a_key_is_a_multiset(compared: Compared) -> None:
    twice = visits.rows(range(1, 4))
    compared.add(visits.mapping(), [twice, twice, visits.rows(range(4, 20))])
    compared.change(
        "INSERT INTO visits SELECT * FROM visits WHERE id = 5",
        "INSERT INTO visits SELECT * FROM visits WHERE id = 5",
        "DELETE FROM visits WHERE id = 2",
        "UPDATE visits SET day = '2000-01-01' WHERE id = 3 LIMIT 1",
    )
    table = compared.one()
    assert Counter((kind, count) for kind, _, _, count in told(table)) == {
        (EXTRA, 3): 1,
        (MISSING, 2): 1,
        (MISSING, 1): 1,
        (EXTRA, 1): 1,
    }
    assert all(len(key) == 1 and len(key[0] or "") == 64 for _, key, _, _ in told(table))
    assert table.difference_count == 7
    # Nothing is wrong but the number of copies: counts are equal, fingerprints are not.
    assert table.source.rows == 22


@pytest.mark.usefixtures("both_ways")
def test_a_target_that_lost_its_key_and_doubled_rows(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change("ALTER TABLE visits DROP PRIMARY KEY", "INSERT INTO visits SELECT * FROM visits WHERE id IN (3, 9)")
    assert told(compared.one()) == [(EXTRA, ("3",), (), 1), (EXTRA, ("9",), (), 1)]


def test_a_missing_table_misses_every_row(compared: Compared) -> None:
    for name in ("first", "second"):
        compared.add(visits.mapping("id", name=name), SEGMENTS)
    compared.record()
    del compared.recorded["second"]
    with session(compared.target) as connection:
        execute(connection, "DROP TABLE first, second", doing="dropping")
    validation = compared.validate()
    for table in validation.tables:
        assert table.target is None
        assert not table.equal
        assert table.differences == ()
        assert table.difference_count == table.source.rows == NAMED.num_rows


@pytest.mark.usefixtures("small_pieces")
def test_differences_beyond_the_list_are_counted_exactly(compared: Compared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LISTED", 10)
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change(
        "UPDATE visits SET price = price + 1",
        "DELETE FROM visits WHERE id < 8",
        "UPDATE visits SET id = -id WHERE id < 18",
    )
    table = compared.one()
    assert len(table.differences) == 10
    assert table.difference_count == NAMED.num_rows + 9
    assert {item.columns for item in table.differences if item.kind is CHANGED} == {("price",)}


def test_counts_that_differ_need_no_fingerprint(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.record()
    compared.change("DELETE FROM visits WHERE id = 7")
    table = compared.one()
    started = {event.task: event.total for event in compared.events if isinstance(event, Started)}
    assert started[validating.FINGERPRINTS] == 0
    assert told(table) == [(MISSING, ("7",), (), 1)]
    assert table.target == sum(
        (fingerprint(batch.filter(pa.compute.not_equal(batch["id"], 7)), compared.mappings[0]) for batch in SEGMENTS),
        Fingerprint(),
    )


def test_records_of_an_unfinished_copy_are_not_believed(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS[:2])
    compared.record()
    assert compared.validate().equal
    whole = compared.source.with_rows("visits", SEGMENTS)
    compared.source = replace(whole, row_total=NAMED.num_rows)
    table = compared.one()
    assert table.how is SourceOf.READ
    assert table.difference_count == SEGMENTS[2].num_rows
    assert {item.kind for item in table.differences} == {MISSING}


def test_records_that_do_not_fit_the_source_any_more(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.record()
    compared.recorded["visits"] += Fingerprint(0, 1, 0)
    table = compared.one()
    assert table.equal
    assert table.how is SourceOf.READ
    assert validating.STALE in table.limits


def test_a_table_without_compared_columns_is_counted(compared: Compared) -> None:
    mapping = visits.mapping("id")
    compared.add(replace(mapping, columns=tuple(replace(item, compared=False) for item in mapping.columns)), SEGMENTS)
    assert compared.one().equal
    compared.change("DELETE FROM visits WHERE id IN (1, 2)")
    table = compared.one()
    assert plan.NO_COLUMN in table.limits
    assert table.difference_count == 2


@pytest.mark.usefixtures("processes")
def test_lost_connections_are_made_anew_at_every_step(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change(*THREE)
    killed = []

    def kill_all(event: Event) -> None:
        compared.events.append(event)
        if isinstance(event, Started):
            with session(compared.target, database="") as connection:
                [(own,)] = fetch(connection, "SELECT CONNECTION_ID()")
                for number, database in fetch(connection, "SELECT id, db FROM information_schema.processlist"):
                    if number != own and database == compared.target.database:
                        execute(connection, f"KILL {number}", doing="killing")
                        killed.append(number)

    [table] = compared.validate(emit=kill_all).tables
    assert table.difference_count == len(table.differences) == 3
    assert len(killed) >= 3


def test_a_piece_whose_connection_was_lost_is_compared_again(compared: Compared) -> None:
    for name in ("first", "second", "third"):
        compared.add(visits.mapping("id", name=name), SEGMENTS)
    compared.change("DELETE FROM second WHERE id = 7")
    compared.wire = True
    killed = []

    def kill_all(event: Event) -> None:
        if isinstance(event, Advanced) and event.task == SOURCE_TASK:
            with session(compared.target, database="") as connection:
                for number, database, command in fetch(
                    connection, "SELECT id, db, command FROM information_schema.processlist"
                ):
                    if database == compared.target.database and command == "Sleep":
                        execute(connection, f"KILL {number}", doing="killing")
                        killed.append(number)

    validation = compared.validate(emit=kill_all)
    assert [table.difference_count for table in validation.tables] == [0, 1, 0]
    assert {table.how for table in validation.tables} == {SourceOf.WIRE}
    assert killed


@pytest.mark.parametrize("key", [("id",), ("begins", "id"), ("code",), ("token",)])
def test_ranges_of_keys_are_compared_one_by_one(
    compared: Compared, key: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "WHOLE_BYTES", 0)
    mapping = visits.mapping(*key)
    compared.add(mapping, SEGMENTS)
    compared.source = replace(compared.source, keys={mapping.source: key})
    compared.wire = True
    assert compared.one().equal
    compared.change(*THREE, "UPDATE visits SET id = -5000 WHERE id = 1002")
    table = compared.one()
    by_kind = Counter(kind for kind, _, _, _ in told(table))
    assert by_kind == ({MISSING: 2, EXTRA: 2, CHANGED: 1} if "id" in key else {MISSING: 1, EXTRA: 1, CHANGED: 2})
    # Seven digits of a second are more than the target keeps, and text is sorted otherwise there.
    assert table.how is (SourceOf.WIRE if key == ("id",) else SourceOf.READ)
    assert (plan.HASHED.format(why=plan._NO_ORDER) in table.limits) is (key != ("id",))


def test_rows_too_far_apart_are_compared_by_fingerprints(compared: Compared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire_compare, "MOST_BYTES", 1000)
    shuffled = [NAMED.take(pa.array(list(range(NAMED.num_rows))[::-1]))]
    compared.add(visits.mapping("id"), shuffled)
    compared.source = replace(compared.source, batch_rows=100)
    compared.wire = True
    compared.change("DELETE FROM visits WHERE id = 7")
    table = compared.one()
    assert told(table) == [(MISSING, ("7",), (), 1)]
    assert plan.HASHED.format(why=wire_compare.TOO_FAR_APART) in table.limits


def test_rows_in_another_order_are_the_same_rows(compared: Compared) -> None:
    compared.add(visits.mapping("id"), [NAMED.take(pa.array(list(range(NAMED.num_rows))[::-1]))])
    compared.source = replace(compared.source, batch_rows=100)
    compared.wire = True
    assert compared.one().equal
    compared.change(*THREE)
    assert Counter(kind for kind, _, _, _ in told(compared.one())) == {MISSING: 1, EXTRA: 1, CHANGED: 1}


SMALLEST = {
    "id": "id + 1",
    "code": "CONCAT(code, ' ')",
    "area": "CONCAT(area, 'a')",
    "price": "price + 0.0001",
    "mileage": "mileage * (1 + 2.3e-16)",
    "ratio": "ratio * (1 + 1.2e-7)",
    "day": "day + INTERVAL 1 DAY",
    "at": "at + INTERVAL 1 MICROSECOND",
    "begins": "begins + INTERVAL 1 MICROSECOND",
    "note": "CONCAT(note, ' ')",
    "flags": "CONCAT(flags, 0x00)",
    "scan": "CONCAT(scan, 0x00)",
    "place": "ST_SRID(POINT(ST_Longitude(place) + 1e-12, ST_Latitude(place)), 4326)",
}


@pytest.mark.parametrize("method", [True, False], ids=["wire", "fingerprints"])
def test_the_smallest_change_of_every_column_is_seen(compared: Compared, method: bool) -> None:
    compared.add(visits.mapping("token"), [NAMED.slice(0, 50)])
    compared.wire = method
    name = compared.mappings[0].target
    seen = {}
    for column, expression in SMALLEST.items():
        with session(compared.target) as connection:
            execute(connection, f"CREATE TABLE kept AS SELECT token, {column} AS v FROM {name}", doing="keeping")
            [(token,)] = fetch(connection, f"SELECT token FROM {name} WHERE {column} IS NOT NULL LIMIT 1 OFFSET 3")
            execute(connection, f"UPDATE {name} SET {column} = {expression} WHERE token = '{token}'", doing="changing")
        seen[column] = [(item.kind, item.columns) for item in compared.one().differences]
        with session(compared.target) as connection:
            execute(
                connection, f"UPDATE {name} t JOIN kept k USING (token) SET t.{column} = k.v", doing="changing back"
            )
            execute(connection, "DROP TABLE kept", doing="clearing")
    assert seen == {column: [(CHANGED, (column,))] for column in SMALLEST}
    assert compared.one().equal


def test_rows_of_a_question_that_was_cut_off_do_not_count_twice(
    compared: Compared, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change("UPDATE visits SET day = day + INTERVAL 1 DAY WHERE id <= 1500")
    attempts = []
    whole = rows.rows_in_buckets

    def cut_off(connection: Connection, *arguments: Any) -> Iterator[Bytes]:
        attempts.append(connection)
        for number, part in enumerate(whole(connection, *arguments)):
            if len(attempts) == 1 and number == 2:
                raise TargetUnreachable("no connection any more")
            yield part

    monkeypatch.setattr(rows, "rows_in_buckets", cut_off)
    monkeypatch.setattr(asking, "_ROWS_AT_A_TIME", 100)
    table = compared.one()
    assert len(attempts) == 2
    assert {item.kind for item in table.differences} == {CHANGED}
    assert table.difference_count == sum(number <= 1500 for number in NAMED["id"].to_pylist())


@dataclass(frozen=True)
class Damaged(ArrowSource):
    """Its last segment ends in the middle of a row."""

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        if segment.id == "2":
            raise RowsDamaged("ends in the middle of a row")
        yield from super().read(table, segment, batch_bytes=batch_bytes)


@dataclass(frozen=True)
class Slow(ArrowSource):
    """A row a second."""

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        for batch in super().read(table, segment, batch_bytes=batch_bytes):
            for row in range(batch.num_rows):
                time.sleep(1)
                yield batch.slice(row, 1)


def become(compared: Compared, kind: type[ArrowSource]) -> None:
    source = compared.source
    compared.source = kind(source.database, source.batches)


@pytest.mark.usefixtures("processes", "both_ways")
def test_an_error_of_the_source_is_passed_on(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    become(compared, Damaged)
    with pytest.raises(RowsDamaged):
        compared.validate()
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("processes", "both_ways")
def test_ctrl_c_ends_workers_soon(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    become(compared, Slow)
    stopped: list[float] = []

    def stop(event: Event) -> None:
        if isinstance(event, Advanced) and event.task == SOURCE_TASK and not stopped:
            stopped.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        compared.validate(emit=stop)
    assert time.monotonic() - stopped[0] < 10
    assert multiprocessing.active_children() == []
    assert threading.active_count() <= threads


@pytest.mark.usefixtures("both_ways")
def test_all_rows_of_one_side_alone(compared: Compared) -> None:
    compared.add(visits.mapping("id", name="emptied"), [visits.rows(range(3))])
    compared.add(visits.mapping("id", name="filled"), [])
    compared.change("INSERT INTO filled SELECT * FROM emptied", "DELETE FROM emptied")
    emptied, filled = compared.validate().tables
    assert told(emptied) == [(MISSING, (str(number),), (), 1) for number in range(3)]
    assert told(filled) == [(EXTRA, (str(number),), (), 1) for number in range(3)]
    assert (emptied.target, filled.source) == (Fingerprint(), Fingerprint())


def test_mappings_may_be_fewer_than_tables(compared: Compared) -> None:
    compared.add(visits.mapping("id", name="first"), SEGMENTS)
    compared.add(visits.mapping("id", name="second"), SEGMENTS)
    compared.mappings.pop()
    assert [table.table for table in compared.validate().tables] == ["first"]


def test_nothing_to_compare_is_equal(compared: Compared) -> None:
    assert compared.validate() == Validation(())


@pytest.mark.usefixtures("processes", "both_ways")
def test_differences_are_in_the_order_of_numbers(compared: Compared) -> None:
    compared.add(visits.mapping("id"), SEGMENTS)
    compared.change("DELETE FROM visits WHERE id IN (9, 10, 100)")
    assert [item.key for item in compared.one().differences] == [("9",), ("10",), ("100",)]
