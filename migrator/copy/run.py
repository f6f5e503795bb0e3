"""Copying a whole database: many segments, several workers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from migrator import workers
from migrator.copy.gate import Begin, Gate
from migrator.copy.job import STAGE, Job, SegmentDone
from migrator.copy.plan import CopyPlan
from migrator.copy.worker import load_segment
from migrator.events import Emit, Finished, Found, Started, Unit
from migrator.model.consistency import Consistency, Hold
from migrator.model.finding import Finding, Severity, Status
from migrator.model.rehearsal import TableLoad
from migrator.model.schema import ObjectKind
from migrator.model.source import Source
from migrator.mysql import control
from migrator.mysql.connect import session
from migrator.mysql.url import Target


@dataclass(frozen=True, slots=True)
class CopyResult:
    """What the target holds, table by table, from this run and an interrupted one before it.

    ``picture`` says how far its rows are of one moment of the source.
    """

    tables: tuple[TableLoad, ...]
    picture: Hold

    @property
    def rows(self) -> int:
        """Rows in the target."""
        return sum(table.rows for table in self.tables)

    @property
    def bytes(self) -> int:
        """Source bytes behind them."""
        return sum(table.bytes for table in self.tables)


def run(
    plan: CopyPlan, source: Source, target: Target, *, workers_count: int, emit: Emit, gate: Gate | None = None
) -> CopyResult:
    """Load every segment that is not loaded yet, through ``gate`` where there is one.

    Raises SourceError, TargetError, Interrupted; what is committed stays.
    """
    sizes: Counter[str] = Counter()
    for item in plan.segments:
        sizes[item.mapping.target] += item.segment.bytes
    open_segments = Counter(item.mapping.target for item in plan.segments)
    for table, size in sizes.items():
        emit(Started(STAGE, table, size, Unit.BYTES))
    done: dict[str, list[SegmentDone]] = defaultdict(list)
    jobs = [Job(item, source, target) for item in plan.segments]
    count = workers.worker_count(workers_count, jobs)
    with source.hold(count, list({item.table.name: item.table for item in plan.segments}.values())) as hold:
        begin = hold.begin if gate is None else Begin(gate, hold.begin)
        parts = workers.run_all(load_segment, jobs, workers=count, emit=emit, begin=begin)
        with closing(parts):  # an error here must end the workers now, not when somebody collects the generator
            for part in parts:
                done[part.table].append(part)
                open_segments[part.table] -= 1
                if not open_segments[part.table]:
                    emit(Finished(STAGE, part.table))
        picture = _picture(hold, [part for parts in done.values() for part in parts])
    return CopyResult(tuple(_table_load(str(mapping.source), mapping.target, done) for mapping in plan.tables), picture)


def _picture(hold: Hold, parts: Sequence[SegmentDone]) -> Hold:
    """What the picture of the source turned out to be, once all is loaded."""
    found = hold.outcome(sum(part.slips for part in parts))
    if not found.consistency.lasting and any(part.skipped for part in parts):
        why = "an interrupted run had loaded a part of the rows, at an earlier moment"
        return Hold(Consistency.NONE, why)
    return found


def _table_load(source: str, target: str, done: Mapping[str, list[SegmentDone]]) -> TableLoad:
    parts = done.get(target, [])
    # Segments of one table load side by side: its time is from the first start to the last end.
    seconds = max(part.finished for part in parts) - min(part.started for part in parts) if parts else 0.0
    return TableLoad(
        source, target, sum(part.rows + part.skipped for part in parts), sum(part.bytes for part in parts), seconds
    )


def repairs(target: Target, *, emit: Emit) -> tuple[Finding, ...]:
    """A finding for every column in which the source held text that is no Unicode. Raises TargetError."""
    with session(target) as connection:
        found = control.repaired(connection)
    findings = tuple(
        Finding(
            rule="half-pairs",
            severity=Severity.WARNING,
            status=Status.LOSSY,
            kind=ObjectKind.COLUMN,
            object=column,
            reason=f"{count:,} values hold half of a UTF-16 pair, which UTF-8 cannot hold: it became U+FFFD",
            advice="look at these values in the source; they were cut in the middle of a character there",
        )
        for column, count in sorted(found.items())
    )
    for finding in findings:
        emit(Found(STAGE, finding))
    return findings
