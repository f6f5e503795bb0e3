"""Comparing a whole database: counts, then fingerprints, then the rows of those tables that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Final

from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.validation import Piece, Side, SourceOf, TableValidation, Validation
from migrator.mysql.connect import Connection
from migrator.mysql.fingerprint import key_ranges, row_count, table_fingerprint
from migrator.mysql.snapshots import Snapshots
from migrator.mysql.url import Target
from migrator.validate.plan import TablePlan, plan
from migrator.validate.reading import STAGE, Reading, SegmentFingerprint, read_fingerprint
from migrator.validate.rows import LISTED, RowFinder, by_key
from migrator.validate.sides import Sides
from migrator.validate.wire import Compared, PieceJob, close, compare_piece
from migrator.wire.compare import Outcome

COUNTS: Final = "row counts"
FINGERPRINTS: Final = "fingerprints"
ROWS: Final = "differing rows"

STALE: Final = "what was recorded while copying differs from the source as it is now: it was read again"

_ROWS_A_RANGE: Final = 500_000
"""Rows of the target behind one question: about a second of one connection."""
_MOST_RANGES: Final = 64
"""However large a table is: enough for every connection, and for progress to be seen."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """A table as the target has it: its rows (None where it is not there), and the ranges that cut it into pieces."""

    rows: int | None
    ranges: tuple[str, ...] = ()


@dataclass(slots=True)
class _Comparison:
    """What is known of one table so far."""

    plan: TablePlan
    counted: _Counted
    source: Fingerprint = field(default_factory=Fingerprint)
    target: Fingerprint = field(default_factory=Fingerprint)
    seconds: float = 0.0
    pieces: list[Piece] = field(default_factory=list)

    @property
    def mapping(self) -> TableMapping:
        """The table's mapping."""
        return self.plan.mapping

    @property
    def counts_differ(self) -> bool:
        """True where the counts alone say that the table differs."""
        recorded = self.plan.recorded
        return self.counted.rows is None or (recorded is not None and recorded.rows != self.counted.rows)

    def result(self) -> TableValidation:
        """The table as its fingerprints show it."""
        target = None if self.counted.rows is None else self.target
        more = abs(self.source.rows - self.target.rows)
        return TableValidation(
            name=self.mapping.source,
            table=self.mapping.target,
            source=self.source,
            target=target,
            how=self.plan.how,
            more=more,
            limits=self.plan.limits,
            seconds=self.seconds,
            pieces=tuple(self.pieces),
        )


def run(
    source: Source,
    database: Database,
    mappings: Sequence[TableMapping],
    target: Target,
    *,
    recorded: Mapping[str, Fingerprint],
    workers: int,
    emit: Emit,
    wire: bool = False,
) -> Validation:
    """Compare every mapped table of ``source`` with ``target``; nothing is changed on either side.

    ``recorded`` holds the source's fingerprints as they were made while copying, by target table; a table without one
    is read again: compared value by value where ``wire`` is wanted and can be, else by fingerprints. ``workers`` is the
    number of connections, and of processes that read the source. Keys in the
    differences are canonical texts: see ``privacy`` before showing them.

    Raises SourceError, TargetError, OutputError, Interrupted.
    """
    planned = plan(source, database, mappings, recorded, wire=wire)
    with Snapshots(target, workers) as snapshots:
        sides = Sides(source, snapshots, workers, emit)
        comparisons = _count(planned.tables, sides)
        found = _compare_values(comparisons, sides, target)
        hashed = [item for item in comparisons if item.mapping.target not in found]
        _compare_fingerprints(hashed, sides)
        found |= _find_rows(hashed, sides)
    return Validation(tuple(found.get(item.mapping.target) or item.result() for item in comparisons))


def _count(tables: Sequence[TablePlan], sides: Sides) -> list[_Comparison]:
    sides.emit(Started(STAGE, COUNTS, len(tables), Unit.TABLES))
    futures = {sides.snapshots.ask(partial(_counted, table.mapping)): table for table in tables}
    for future in as_completed(futures):
        future.result()
        sides.emit(Advanced(STAGE, COUNTS, 1))
    sides.emit(Finished(STAGE, COUNTS))
    return [_Comparison(table, future.result()) for future, table in futures.items()]


def _counted(mapping: TableMapping, connection: Connection) -> _Counted:
    rows = row_count(connection, mapping)
    if rows is None:
        return _Counted(None)
    return _Counted(rows, key_ranges(connection, mapping, min(-(-rows // _ROWS_A_RANGE), _MOST_RANGES)))


def _compare_values(comparisons: Sequence[_Comparison], sides: Sides, target: Target) -> dict[str, TableValidation]:
    """The comparison, value by value, of every table that is planned so; by target table.

    One that could not be brought to an end is not among them, and its plan then says why.
    """
    wired = [item for item in comparisons if item.plan.pieces and item.counted.rows is not None]
    jobs = [
        PieceJob(
            tuple(Reading(sides.source, item.plan.table, item.mapping, segment, part) for segment in piece.segments),
            target,
            piece.where,
            part,
        )
        for item in sorted(wired, key=lambda item: -item.plan.bytes)
        for part, piece in enumerate(item.plan.pieces)
    ]
    parts: dict[str, list[Compared]] = {item.mapping.target: [] for item in wired}
    if not jobs:
        return {}
    try:
        sides.compare(compare_piece, jobs, lambda compared: parts[compared.table].append(compared), [])
    finally:
        close(target)
    found = {}
    for item in wired:
        compared = sorted(parts[item.mapping.target], key=lambda one: one.part)
        item.seconds = sum(one.seconds for one in compared)
        unsettled = [one.outcome.unsettled for one in compared if one.outcome.unsettled]
        if unsettled:
            item.plan = item.plan.hashed(unsettled[0])
        else:
            found[item.mapping.target] = _valued(item, [one.outcome for one in compared])
    return found


def _valued(item: _Comparison, outcomes: Sequence[Outcome]) -> TableValidation:
    every = [difference for outcome in outcomes for difference in outcome.differences]
    listed = tuple(sorted(every[:LISTED], key=by_key))
    total = sum(difference.count for difference in every) + sum(outcome.more for outcome in outcomes)
    return replace(
        item.result(),
        source=Fingerprint(sum(outcome.source_rows for outcome in outcomes)),
        target=Fingerprint(sum(outcome.target_rows for outcome in outcomes)),
        how=SourceOf.WIRE,
        differences=listed,
        more=total - sum(difference.count for difference in listed),
    )


def _compare_fingerprints(comparisons: Sequence[_Comparison], sides: Sides) -> None:
    """Fill in both fingerprints; the target's is its count alone where that differs already."""
    by_target = {item.mapping.target: item for item in comparisons}
    asked: list[tuple[_Comparison, str]] = []
    rows = 0
    for item in sorted(comparisons, key=lambda item: -(item.counted.rows or 0)):
        item.source = item.plan.recorded or Fingerprint()
        if item.counts_differ:
            item.target = Fingerprint(item.counted.rows or 0)
        else:
            asked += [(item, where) for where in item.counted.ranges]
            rows += item.counted.rows or 0

    def add(part: SegmentFingerprint) -> None:
        item = by_target[part.table]
        item.source += part.fingerprint
        item.pieces.append(Piece(Side.SOURCE, part.segment, part.fingerprint))
        item.seconds += part.seconds

    sides.emit(Started(STAGE, FINGERPRINTS, rows, Unit.ROWS))
    answers = sides.compare(
        read_fingerprint,
        [
            Reading(sides.source, item.plan.table, item.mapping, segment, part)
            for item in sorted(comparisons, key=lambda item: -item.plan.bytes)
            if item.plan.recorded is None
            for part, segment in enumerate(item.plan.segments)
        ],
        add,
        [partial(_timed_fingerprint, item.mapping, where, sides.emit) for item, where in asked],
    )
    for (item, where), (fingerprint, seconds) in zip(asked, answers, strict=True):
        item.target += fingerprint
        item.pieces.append(Piece(Side.TARGET, str(item.counted.ranges.index(where) + 1), fingerprint))
        item.seconds += seconds
    sides.emit(Finished(STAGE, FINGERPRINTS))


def _timed_fingerprint(
    mapping: TableMapping, where: str, emit: Emit, connection: Connection
) -> tuple[Fingerprint, float]:
    started = perf_counter()
    found = table_fingerprint(connection, mapping, where)
    emit(Advanced(STAGE, FINGERPRINTS, found.rows))
    return found, perf_counter() - started


def _find_rows(comparisons: Sequence[_Comparison], sides: Sides) -> dict[str, TableValidation]:
    """The comparison, row by row, of every table that differs and has columns to compare; by target table."""
    differing = [
        item
        for item in comparisons
        if item.counted.rows is not None and item.source != item.target and item.mapping.compared_columns
    ]
    if not differing:
        return {}
    sides.emit(Started(STAGE, ROWS, len(differing), Unit.TABLES))
    results = {}
    for item in differing:
        started = perf_counter()
        found = RowFinder(sides, item.plan, item.counted.ranges).find(max(item.source.rows, item.target.rows))
        stale = item.plan.recorded not in (None, found.source)
        results[item.mapping.target] = replace(
            item.result(),
            source=found.source,
            target=found.target,
            how=SourceOf.READ,
            differences=found.differences,
            more=found.more,
            limits=(*item.plan.limits, *((STALE,) if stale else ())),
            seconds=item.seconds + perf_counter() - started,
        )
        sides.emit(Advanced(STAGE, ROWS, 1))
    sides.emit(Finished(STAGE, ROWS))
    return results
