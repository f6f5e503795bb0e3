"""The work of one worker: read a segment, encode it, load it slice by slice, each slice one transaction."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import pyarrow as pa

from migrator import workers
from migrator.copy import gate
from migrator.copy.plan import SegmentCopy
from migrator.events import Advanced
from migrator.model.fingerprint import Fingerprint
from migrator.model.segment import Slice
from migrator.model.source import Source
from migrator.mysql.connect import Connection, commit, session
from migrator.mysql.control import Progress, alone, forget, progress, record
from migrator.mysql.errors import TRANSIENT as TARGET_TRANSIENT
from migrator.mysql.load import Load, empty, is_empty, prepare_loads
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.sqlserver.errors import TRANSIENT as SOURCE_TRANSIENT
from migrator.wire.rows import encode

STAGE: Final = "load"
_BATCH_BYTES: Final = 2 << 20
_PIECE_ROWS: Final = 1 << 14
"""Rows that are encoded at a time: narrow rows are many in a batch, and every column of them needs room as text."""
_SLICE_BYTES: Final = 32 << 20
_NO_LIMIT: Final = sys.maxsize
_TRANSIENT: Final = (*TARGET_TRANSIENT, *SOURCE_TRANSIENT)


@dataclass(frozen=True, slots=True)
class Job:
    """A segment with the two ends that it goes between."""

    item: SegmentCopy
    source: Source
    target: Target


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """What this run loaded of a segment; rows that an earlier run had loaded are in ``skipped``.

    ``slips`` counts how often its reader had to go on in another picture of the source.
    """

    table: str
    rows: int
    bytes: int
    skipped: int
    started: float
    finished: float
    slips: int = 0


def copy_segment(job: Job) -> SegmentDone:
    """Load what the target does not have yet of a segment. Runs in a worker; a lost connection is tried again.

    Raises SourceError, TargetError, Interrupted.
    """
    started = perf_counter()
    before: int | None = None
    rows = 0
    slips = job.source.slipped
    for attempt in retrying(kinds=_TRANSIENT):
        gate.current().hold()  # here no transaction is open, on either end
        with attempt, session(job.target, autocommit=False, loads=True) as connection:
            prepare_loads(connection)
            alone(connection, job.item.mapping, job.item.segment.id)
            # The target knows what was committed, also where the answer to a COMMIT was lost.
            done = progress(connection, job.item.mapping, job.item.segment.id)
            if not done.complete and not job.item.segment.repeatable:
                done = _begin_anew(connection, job.item, done)
            if before is None:  # the first attempts may not have come so far as to know
                before = done.rows
            rows = done.rows + (0 if done.complete else _load(connection, job, done.rows))
    skipped = before or 0
    return SegmentDone(
        job.item.mapping.target,
        rows - skipped,
        job.item.segment.bytes,
        skipped,
        started,
        perf_counter(),
        job.source.slipped - slips,
    )


def _begin_anew(connection: Connection, item: SegmentCopy, done: Progress) -> Progress:
    """Take back what is loaded of a segment whose rows come in no certain order: nobody knows which ones are there.

    Only a segment that is all of its table is loaded in several transactions (``is_table``), so all of the table
    goes. Rows that no slice speaks of are there where we were stopped in between.
    """
    mapping = item.mapping
    if not item.is_table or (not done.rows and is_empty(connection, mapping)):
        return done
    forget(connection, mapping, item.segment.id)
    commit(connection, doing=f"beginning {mapping.target} anew")
    empty(connection, mapping)
    return Progress(0, complete=False)


def _load(connection: Connection, job: Job, done: int) -> int:
    """Load all rows behind the first ``done`` ones; return how many."""
    # An error's traceback keeps an open reader, and a connection of the source serves one reader at a time: the next
    # attempt would find it busy.
    with closing(_read(job, done)) as batches:
        return _load_batches(connection, job, batches, done)


def _read(job: Job, done: int) -> Generator[pa.RecordBatch, None, None]:
    """The segment's rows behind the first ``done`` ones; closing it closes the source's reader."""
    rows = job.source.read(job.item.table, job.item.segment, batch_bytes=_BATCH_BYTES)
    try:
        yield from _pieces(_behind(rows, done))
    finally:
        if isinstance(rows, Generator):
            rows.close()


def _load_batches(connection: Connection, job: Job, batches: Iterator[pa.RecordBatch], done: int) -> int:
    table, segment, mapping = job.item.table, job.item.segment, job.item.mapping
    repaired = Counter(job.source.repaired)
    first = done
    left = segment.bytes
    # What cannot be gone on with is loaded as a whole, or not at all.
    divisible = segment.repeatable or job.item.is_table
    limit = _SLICE_BYTES if divisible else _NO_LIMIT
    gates = gate.current()
    batch = next(batches, None)
    if batch is None:  # a piece without rows is loaded as well: nobody must take it for one that is still to come
        record(connection, mapping, Slice(table.name, segment.id, first, 0), Fingerprint(), 0, last=True, repaired={})
        commit(connection, doing=f"committing a slice of {mapping.target}")
        workers.emit(Advanced(STAGE, mapping.target, left))
    while batch is not None:
        gates.hold()
        rows = 0
        size = 0
        found = Fingerprint()
        with Load(connection, mapping) as load:
            while batch is not None and size < limit and not (divisible and size and gates.paused):
                workers.checkpoint()
                if size >= _SLICE_BYTES:
                    gates.hold()  # less than that is finished first: then nothing stays open
                lines, part = encode(batch, mapping)
                gates.take(len(lines))
                load.write(lines, batch.num_rows)
                rows += batch.num_rows
                size += len(lines)
                found += part
                batch = next(batches, None)
        # Every attempt reads its segment from the start, so at the end this is what all of its rows needed.
        needed = Counter(job.source.repaired) - repaired if batch is None else Counter()
        done_slice = Slice(table.name, segment.id, first, rows)
        record(connection, mapping, done_slice, found, size, last=batch is None, repaired=needed)
        commit(connection, doing=f"committing a slice of {mapping.target}")
        # A source cuts batches of about the size that it was asked for; the last slice takes what is left.
        moved = left if batch is None else min(left, size)
        left -= moved
        workers.emit(Advanced(STAGE, mapping.target, moved, rows=rows))
        first += rows
    return first - done


def _behind(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The batches without their first ``rows`` rows."""
    for batch in batches:
        if rows >= batch.num_rows:
            rows -= batch.num_rows
            continue
        yield batch.slice(rows) if rows else batch
        rows = 0


def _pieces(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, at most ``_PIECE_ROWS`` at a time."""
    for batch in batches:
        for start in range(0, batch.num_rows, _PIECE_ROWS):
            yield batch.slice(start, _PIECE_ROWS)
