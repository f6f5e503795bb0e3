"""Findings, measured: all rows are read once, and every rule that can be counted is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from migrator import workers as processes
from migrator.assess.measures.lengths import largest_lob
from migrator.assess.measures.plan import LOBS, tallies
from migrator.assess.measures.tables import Padded, padded_everywhere
from migrator.assess.measures.tally import Tally
from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.measurement import Measurement
from migrator.model.name import ObjectName
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Translation

STAGE: Final = "assess"
TASK: Final = "source rows"
_BATCH_BYTES: Final = 4 << 20
REPAIRED: Final = "half-pairs"


@dataclass(frozen=True, slots=True)
class Job:
    """A segment to read, with empty tallies."""

    source: Source
    table: Table
    segment: Segment
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a segment's rows came to."""

    table: ObjectName
    rows: int
    tallies: tuple[Tally, ...]
    repaired: dict[str, int]


def measure(
    source: Source, database: Database, translation: Translation, *, emit: Emit, workers: int = 1
) -> tuple[Measurement, ...]:
    """Read the rows of all tables that have something to count; what the findings touch, in the tables' order.

    A finding that cannot be counted has no measurement; neither has any of a source without rows. Besides the findings:
    dates outside of MySQL's range, sizes of LOBs, keys that collide, half pairs of UTF-16 (in the tables that were
    read). Raises SourceError (RowsDamaged where rows cannot be read), Interrupted.
    """
    planned = tallies(database, translation) if source.has_rows else {}
    if not planned:
        return ()
    jobs = [
        Job(source, table, segment, planned[table.name])
        for table in database.tables
        if table.name in planned
        for segment in source.segments(table)
    ]
    results = _Results(database, Counter(job.table.name for job in jobs))
    emit(Started(STAGE, TASK, sum(job.segment.bytes for job in jobs), Unit.BYTES))
    for name, empty in planned.items():
        if not results.open[name]:
            results.close(name, empty)
    if jobs:
        with closing(processes.run_all(count_segment, jobs, workers=workers, emit=emit)) as parts:
            for part in parts:
                results.add(part)
    emit(Finished(STAGE, TASK))
    return results.measurements()


def count_segment(job: Job) -> Counted:
    """Count a segment's rows. Runs in a worker. Raises SourceError, Interrupted."""
    rows = 0
    left = job.segment.bytes
    before = Counter(job.source.repaired)
    for batch in job.source.read(job.table, job.segment, batch_bytes=_BATCH_BYTES):
        processes.checkpoint()
        for tally in job.tallies:
            tally.add(batch)
        rows += batch.num_rows
        # Arrow's size is near the source's: what it misses is made good at the end.
        moved = min(left, batch.nbytes)
        left -= moved
        processes.emit(Advanced(STAGE, TASK, moved, rows=batch.num_rows))
    processes.emit(Advanced(STAGE, TASK, left))
    return Counted(job.table.name, rows, job.tallies, Counter(job.source.repaired) - before)


@dataclass(slots=True)
class _Results:
    """What was counted so far; ``open`` is how many segments of each table are still out."""

    database: Database
    open: Counter[ObjectName]
    rows: Counter[ObjectName] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    tallies: dict[ObjectName, tuple[Tally, ...]] = field(default_factory=dict)
    done: dict[ObjectName, list[Measurement]] = field(default_factory=dict)
    padded: list[tuple[Padded, int]] = field(default_factory=list)

    def add(self, part: Counted) -> None:
        """Take what a segment came to."""
        name = part.table
        self.rows[name] += part.rows
        self.repaired.update(part.repaired)
        mine = self.tallies.setdefault(name, part.tallies)
        if mine is not part.tallies:
            for tally, other in zip(mine, part.tallies, strict=True):
                tally.merge(other)
        self.open[name] -= 1
        if not self.open[name]:
            # The hashes of a table's keys take room: they go as soon as it is done.
            self.close(name, self.tallies.pop(name))

    def close(self, name: ObjectName, tallies: Sequence[Tally]) -> None:
        """All rows of a table are counted."""
        self.padded += [(tally, self.rows[name]) for tally in tallies if isinstance(tally, Padded)]
        made = [tally.measured(self.rows[name]) for tally in tallies if not isinstance(tally, Padded)]
        self.done[name] = [measurement for measurement in made if measurement is not None]

    def measurements(self) -> tuple[Measurement, ...]:
        """By table, then what is said of the whole database, then what was repaired."""
        found = [item for table in self.database.tables for item in self.done.get(table.name, ())]
        return (*found, *self._whole(found), *self._repairs())

    def _whole(self, found: Sequence[Measurement]) -> Iterator[Measurement]:
        name = self.database.name or "the database"
        if self.padded:
            yield padded_everywhere(name, self.padded)
        lobs = [item for item in found if item.rule == LOBS]
        if lobs:
            yield largest_lob(name, lobs)

    def _repairs(self) -> Iterator[Measurement]:
        tables = {
            f"{table.name}.{column.name}": table.name for table in self.database.tables for column in table.columns
        }
        for column, count in sorted(self.repaired.items()):
            detail = f"{count:,} values hold half of a UTF-16 pair, which becomes U+FFFD"
            yield Measurement(REPAIRED, column, count, self.rows[tables[column]], detail)
