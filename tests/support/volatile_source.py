"""A source in memory that behaves as a live server: ranges of keys, heaps, another order with every reading, faults."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from migrator.copy import pump
from migrator.errors import MigratorError, SourceUnreachable
from migrator.model.consistency import Consistency, Hold
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, Table
from migrator.model.segment import Bounds, Segment

VISIT = ObjectName("care", "Visit")
NOTE = ObjectName("care", "Note")

LOST = SourceUnreachable("the connection broke")
_lost: dict[str, int] = {}


@dataclass(frozen=True)
class Breaks:
    """The connection is lost behind so many rows of a reading, as often as ``left`` has folders: all processes count
    together."""

    left: Path
    after: int
    error: MigratorError

    @classmethod
    def times(cls, count: int, folder: Path, *, after: int, error: MigratorError = LOST) -> Breaks:
        left = folder / "breaks"
        left.mkdir()
        for number in range(count):
            (left / str(number)).mkdir()
        return cls(left, after, error)

    def strikes(self) -> bool:
        """True as often as is left. Whoever can take a folder away, has it."""
        for one in self.left.iterdir():
            try:
                one.rmdir()
            except FileNotFoundError:
                continue
            return True
        return False


@dataclass(frozen=True)
class _SmallSlices:
    """Run by every worker: small segments are loaded in many transactions, as large ones are."""

    size: int

    def __call__(self) -> None:
        pump._SLICE_BYTES = self.size  # type: ignore[misc] - it is a constant for everybody but us


@dataclass(frozen=True)
class VolatileSource:
    """``rows`` by table, ``shuffled`` anew for each reading.

    A table with ``cuts`` is keyed by its first column and cut there; one without is a heap.
    """

    database: Database
    rows: Mapping[ObjectName, pa.RecordBatch]
    cuts: Mapping[ObjectName, Sequence[int]]
    batch_rows: int = 50
    slice_bytes: int = 4000
    shuffled: bool = True
    consistency: Consistency = Consistency.SNAPSHOT
    breaks: Breaks | None = None
    pause: Callable[[int], None] | None = None
    identity: str = "volatile"
    has_rows: bool = True
    volatile: bool = True
    row_total: int | None = None
    notes: tuple[str, ...] = ()
    repaired: Mapping[str, int] = field(default_factory=dict)

    @property
    def slipped(self) -> int:
        return _lost.get(self.identity, 0)

    def catalog(self) -> Database:
        return self.database

    def hold(self, workers: int) -> AbstractContextManager[Hold]:
        return nullcontext(Hold(self.consistency, "we say so", _SmallSlices(self.slice_bytes)))

    def segments(self, table: Table) -> tuple[Segment, ...]:
        size = max(1, self.rows[table.name].nbytes)
        if table.name not in self.cuts:
            return (Segment(table.name, "1", size, repeatable=False),)
        edges = [None, *((str(cut),) for cut in self.cuts[table.name]), None]
        column = (table.columns[0].name,)
        return tuple(
            Segment(
                table.name, str(number), size // (len(edges) - 1), bounds=Bounds(column, low, high), repeatable=False
            )
            for number, (low, high) in enumerate(pairwise(edges), 1)
        )

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        found = _within(self.rows[table.name], segment.bounds)
        if self.shuffled:
            order = list(range(found.num_rows))
            random.Random(os.urandom(8)).shuffle(order)
            found = found.take(pa.array(order, pa.int64()))
        given = 0
        for start in range(0, found.num_rows, self.batch_rows):
            if self.breaks is not None and given >= self.breaks.after and self.breaks.strikes():
                _lost[self.identity] = self.slipped + 1
                raise self.breaks.error
            if self.pause is not None:
                self.pause(given)
            yield found.slice(start, self.batch_rows)
            given += self.batch_rows


def _within(rows: pa.RecordBatch, bounds: Bounds | None) -> pa.RecordBatch:
    if bounds is None:
        return rows
    key = rows.column(0)
    kept = pa.array([True] * rows.num_rows)
    if bounds.low is not None:
        kept = pc.and_(kept, pc.greater_equal(key, int(bounds.low[0])))
    if bounds.high is not None:
        kept = pc.and_(kept, pc.less(key, int(bounds.high[0])))
    return rows.filter(kept)


def agency(visits: int = 2000, notes: int = 1500, *, pieces: int = 8, **options: object) -> VolatileSource:
    """A keyed table in ``pieces`` ranges, and a heap whose rows each stand there twice."""
    tables = (
        Table(
            VISIT,
            (
                Column("id", DataType(SqlType.INT), nullable=False),
                Column("note", DataType(SqlType.NVARCHAR, 200), nullable=True),
            ),
            primary_key=Key("PK_Visit", (KeyColumn("id"),), clustered=True),
        ),
        Table(
            NOTE,
            (
                Column("visit", DataType(SqlType.INT), nullable=True),
                Column("text", DataType(SqlType.NVARCHAR, 200), nullable=True),
            ),
        ),
    )
    rows = {
        VISIT: _batch("id", "note", [(n, f"visit {n} ".ljust(60, "v")) for n in range(visits)]),
        NOTE: _batch("visit", "text", [(n // 2, f"note {n // 2} ".ljust(60, "n")) for n in range(notes)]),
    }
    return VolatileSource(
        Database("agency", "Latin1_General_CI_AS", ("care",), tables),
        rows,
        {VISIT: [visits * piece // pieces for piece in range(1, pieces)]},
        **options,  # type: ignore[arg-type] - the fields above
    )


def _batch(number: str, text: str, rows: Sequence[tuple[int, str]]) -> pa.RecordBatch:
    return pa.record_batch({number: pa.array([n for n, _ in rows], pa.int32()), text: pa.array([t for _, t in rows])})
