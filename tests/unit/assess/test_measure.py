"""Measurements of whole databases, against counts by plain Python over the same rows."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource

from migrator.assess.measure import Job, count_segment, measure
from migrator.assess.measures.keys import KeyCollisions
from migrator.assess.measures.plan import BY_COLUMN, BY_KEY, PADDED, UTF16, tallies
from migrator.errors import RowsDamaged
from migrator.events import Advanced, Event, Finished, Started, silent
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.measurement import Measurement
from migrator.model.name import ObjectName
from migrator.model.schema import Check, Column, Database, Index, Key, KeyColumn, Table
from migrator.model.segment import Segment
from migrator.packages.open import open_package
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.wire.schema import arrow_schema

RULES = load_rules()
DAY = 864_000_000_000
FIRST = (date(1000, 1, 1).toordinal() - 1) * DAY
LAST = date(9999, 12, 31).toordinal() * DAY - 1

PEOPLE = Table(
    ObjectName("dbo", "People"),
    (
        Column("Login", DataType(SqlType.NVARCHAR, length=40), nullable=False, collation="Latin1_General_CI_AS"),
        Column("Code", DataType(SqlType.CHAR, length=4), nullable=True, collation="Latin1_General_CI_AS"),
        Column("Nick", DataType(SqlType.NVARCHAR, length=30), nullable=True, collation="Latin1_General_CI_AI"),
        Column("Rate", DataType(SqlType.DECIMAL, precision=38, scale=34), nullable=True),
        Column("Note", DataType(SqlType.NVARCHAR, length=MAX), nullable=True, collation="Latin1_General_CI_AS"),
        Column("Stamp", DataType(SqlType.ROWVERSION), nullable=False),
    ),
    primary_key=Key("PK_People", (KeyColumn("Login"),), clustered=True),
    uniques=(Key(None, (KeyColumn("Nick"),), clustered=False),),
    checks=(Check("CK_Nick", "(len([Nick])<(20))"),),
    indexes=(Index("UX_Code", (KeyColumn("Code"), KeyColumn("Rate")), unique=True),),
)
QUIET = Table(ObjectName("dbo", "Quiet"), (Column("Id", DataType(SqlType.INT), nullable=False),))
DATABASE = Database("care", "Latin1_General_CI_AS", ("dbo",), (PEOPLE, QUIET))
TRANSLATION = plan(DATABASE, RULES)


def people(*rows: tuple[object, ...]) -> pa.RecordBatch:
    schema = arrow_schema(PEOPLE)
    stamped = [(*row, bytes(8)) for row in rows]
    return pa.RecordBatch.from_arrays(
        [pa.array(values, type_) for values, type_ in zip(zip(*stamped, strict=True), schema.types, strict=True)],
        schema=schema,
    )


ROWS = (
    people(
        ("anna", "ab  ", "🙂", None, "x" * 20_000),
        ("ANNA\u200b", "abcd", "Łukasz", 1, None),
        ("anna ", None, "lukasz", None, "漢" * 10),
    ),
    people(("zoë", "   ", None, None, ""), ("zoe", "abc ", "Zoë ", 2, "end ")),
)
SOURCE = ArrowSource(
    DATABASE,
    {PEOPLE.name: ROWS, QUIET.name: (pa.RecordBatch.from_pydict({"Id": pa.array([1], pa.int32())}),)},
    batch_rows=2,
)


def measured(source: ArrowSource = SOURCE) -> dict[tuple[str, str], Measurement]:
    found = measure(source, DATABASE, TRANSLATION, emit=silent, workers=2)
    by_name = {(item.rule, item.object): item for item in found}
    assert len(by_name) == len(found)
    return by_name


def test_every_finding_that_can_be_counted() -> None:
    found = measured()
    assert {name: (item.touched, item.rows) for name, item in found.items()} == {
        ("char-blanks", "dbo.People.Code"): (3, 5),
        ("decimal-scale", "dbo.People.Rate"): (0, 5),
        ("rowversion-trigger", "dbo.People.Stamp"): (5, 5),
        ("lob-size", "dbo.People.Note"): (1, 5),
        ("unique-blanks", "dbo.People.PK_People"): (1, 5),
        ("unique-collides", "dbo.People.PK_People"): (1, 5),
        ("unique-blanks", "dbo.People.unique 1"): (1, 5),
        ("unique-nullable", "dbo.People.unique 1"): (1, 5),
        ("unique-collides", "dbo.People.unique 1"): (1, 5),
        ("unique-nullable", "dbo.People.UX_Code"): (3, 5),
        ("unique-collides", "dbo.People.UX_Code"): (0, 5),
        ("utf16-units", "dbo.People.CK_Nick"): (1, 5),
        ("no-pad", "care"): (2, 5),
        ("lob-size", "care"): (1, 5),
    }
    note = found["lob-size", "dbo.People.Note"]
    assert note.longest == found["lob-size", "care"].longest == 40_000
    assert "the largest of 4 values has 40,000 bytes" in note.detail
    assert "LobMaxSize of 40 KB" in found["lob-size", "care"].detail
    assert "3 texts in 3 of 3 columns" in found["no-pad", "care"].detail


def test_every_measured_rule_is_one_of_the_checks() -> None:
    for rule in (*BY_COLUMN, *BY_KEY, UTF16, PADDED):
        assert RULES.check(rule).title


def test_a_finding_that_somebody_gave_to_another_type_is_not_measured() -> None:
    [decimals] = [finding for finding in TRANSLATION.findings if finding.rule == "decimal-scale"]
    moved = tuple(
        replace(decimals, rule=rule, object=f"dbo.People.{column}")
        for rule in BY_COLUMN
        for column in ("Login", "Rate", "Stamp")
    )
    found = measure(SOURCE, DATABASE, replace(TRANSLATION, findings=moved), emit=silent)
    assert {(item.rule, item.object) for item in found} >= {("char-blanks", "dbo.People.Login")}
    assert ("char-blanks", "dbo.People.Rate") not in {(item.rule, item.object) for item in found}


def test_details_hold_no_values() -> None:
    details = " ".join(item.detail for item in measured().values())
    for value in ("anna", "ukasz", "abc", "zo", "漢"):
        assert value not in details.lower()


def test_a_table_without_anything_to_count_is_not_read() -> None:
    damaged = replace(SOURCE, batches={**SOURCE.batches, QUIET.name: ()})
    assert measured(damaged) == measured()
    assert set(tallies(DATABASE, TRANSLATION)) == {PEOPLE.name}


def test_an_empty_table_is_measured_as_empty() -> None:
    found = measured(replace(SOURCE, batches={PEOPLE.name: (), QUIET.name: ()}))
    assert {item.rows for item in found.values()} == {0}
    assert {item.touched for item in found.values()} == {0}
    assert ("char-blanks", "dbo.People.Code") in found


def test_a_source_without_rows_has_no_measurements() -> None:
    assert measure(replace(SOURCE, has_rows=False), DATABASE, TRANSLATION, emit=silent) == ()


def test_progress_comes_to_the_bytes_that_were_announced() -> None:
    events: list[Event] = []
    measure(SOURCE, DATABASE, TRANSLATION, emit=events.append, workers=1)
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    moved = [event for event in events if isinstance(event, Advanced)]
    assert sum(event.amount for event in moved) == events[0].total == sum(batch.nbytes for batch in ROWS)
    assert sum(event.rows for event in moved) == 5


@dataclass(frozen=True)
class Damaged(ArrowSource):
    """A source whose second batch cannot be read."""

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        yield from list(super().read(table, segment))[:1]
        raise RowsDamaged("Row 3 of a part", todo="Export the package again.")


def test_damaged_rows_are_no_measurement() -> None:
    with pytest.raises(RowsDamaged, match="Row 3"):
        measure(Damaged(DATABASE, SOURCE.batches), DATABASE, TRANSLATION, emit=silent, workers=2)


@dataclass(frozen=True)
class Repairing(ArrowSource):
    """A source that repairs as many values as it gave rows, counted over all that this object read."""

    repaired: dict[str, int] = field(default_factory=lambda: {"dbo.People.Nick": 7})

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        for batch in super().read(table, segment):
            self.repaired["dbo.People.Nick"] += batch.num_rows
            yield batch


def test_repaired_text_is_counted_once() -> None:
    found = measured(Repairing(DATABASE, SOURCE.batches))
    assert found["half-pairs", "dbo.People.Nick"].touched == 5


@dataclass(frozen=True)
class Endless(ArrowSource):
    """The same rows many times, and how many of its batches were alive when it made the next one."""

    times: int = 200
    alive: list[int] = field(default_factory=list)

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        made: list[weakref.ref[object]] = []
        for _ in range(self.times):
            self.alive.append(sum(batch() is not None for batch in made))
            batch = pa.RecordBatch.from_pylist(ROWS[0].to_pylist(), schema=ROWS[0].schema)
            made.append(weakref.ref(batch))
            yield batch
            del batch


def test_no_batch_outlives_its_counting() -> None:
    source = Endless(DATABASE, SOURCE.batches)
    done = count_segment(Job(source, PEOPLE, Segment(PEOPLE.name, "0", 1), tallies(DATABASE, TRANSLATION)[PEOPLE.name]))
    assert done.rows == 600
    assert max(source.alive) <= 1


def _collisions(most: int) -> KeyCollisions:
    planned = tallies(DATABASE, TRANSLATION)[PEOPLE.name]
    [found] = [item for item in planned if isinstance(item, KeyCollisions) and item.object == "dbo.People.PK_People"]
    return replace(found, hashes=[], most=most)


def test_keys_above_the_limit_are_not_measured_and_not_kept() -> None:
    whole, other = _collisions(4), _collisions(4)
    whole.add(ROWS[0])
    other.add(ROWS[1])
    assert whole.measured(3).touched == 1
    whole.merge(other)
    found = whole.measured(5)
    assert (found.touched, found.rows, found.detail) == (0, 0, "not measured: more than 4 rows")
    assert whole.hashes == []
    whole.add(ROWS[1])
    assert whole.hashes == []


def _ticks(value: Any) -> int:
    return int(value["utc"] if isinstance(value, dict) else value)


def _outside(value: Any) -> bool:
    return value.year < 1000 if isinstance(value, date) else not FIRST <= _ticks(value) <= LAST


PLAIN: Mapping[str, Callable[[Any], bool]] = {
    "char-blanks": lambda value: value.endswith(" "),
    "datetimeoffset-split": lambda value: value["minutes"] != 0,
    "date-range": _outside,
    "collation-language": lambda value: not value.isascii(),
    "xml-as-text": lambda _: True,
    "hierarchyid-as-path": lambda _: True,
    "geography": lambda _: True,
    "geometry": lambda _: True,
    "sql-variant-split": lambda _: True,
    "rowversion-trigger": lambda _: True,
    "lob-size": lambda value: _lob(value) > 32 * 1024,
}


def _lob(value: str | bytes) -> int:
    return len(value if isinstance(value, bytes) else value.encode("utf-8"))


def test_the_generated_database(homecare: Path) -> None:
    source = open_package(homecare)
    database = source.catalog()
    translation = plan(database, RULES)
    found = measure(source, database, translation, emit=silent, workers=2)
    rows = {
        str(table.name): pa.Table.from_batches(
            [batch for segment in source.segments(table) for batch in source.read(table, segment)]
        )
        for table in database.tables
        if source.segments(table)
    }
    checked = set()
    for item in found:
        table, _, column = item.object.rpartition(".")
        if item.rule in PLAIN | {"seventh-digit": None} and table:
            assert item.rows == rows[table].num_rows
            wide = database.table(ObjectName(*table.split(".", 1))).column(column).type
            assert item.touched == _plainly(item, rows[table][column], wide), item
            checked.add((item.rule, item.object))
    countable = {
        (finding.rule, finding.object)
        for finding in translation.findings
        if finding.rule in PLAIN | {"seventh-digit": None}
    }
    assert countable <= checked
    assert ("seventh-digit", "audit.TypeProbe.DateTimeOffset7") in checked
    keys = [item for item in found if item.rule == "unique-collides"]
    assert len(keys) > 10
    assert all(item.touched == 0 for item in keys), "the load of this database is proved elsewhere"


def _plainly(item: Measurement, array: pa.ChunkedArray, type_: DataType | None) -> int:
    if item.rule == "seventh-digit":
        if pa.types.is_struct(array.type):
            return sum(value["utc"] % 10 != 0 for value in array.to_pylist() if value is not None)
        unit = 1000 if pa.types.is_time(array.type) else 10
        return sum(value % unit != 0 for value in array.cast(pa.int64()).to_pylist() if value is not None)
    values = [value for value in array.to_pylist() if value is not None]
    if item.rule == "lob-size" and type_ is not None and type_.base in (SqlType.NVARCHAR, SqlType.NTEXT, SqlType.XML):
        sizes = [max(_lob(value), len(value.encode("utf-16-le"))) for value in values]
        assert item.longest == max(sizes)
        return sum(size > 32 * 1024 for size in sizes)
    return sum(map(PLAIN[item.rule], values))
