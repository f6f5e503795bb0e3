"""The work of one worker: a segment becomes a file."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass
from typing import Final

from migrator import workers
from migrator.dump import manifest
from migrator.dump.lines import Lines, RowWriter
from migrator.dump.manifest import Compression, DataFile, Format
from migrator.dump.parquet import Groups
from migrator.dump.pieces import pieces
from migrator.dump.place import Place, Tally, put
from migrator.events import Advanced
from migrator.model.mapping import TableMapping
from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.model.source import Source

STAGE: Final = "dump"
INDEX: Final = ".idx"
_BATCH_BYTES: Final = 2 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """A segment and the file that it becomes."""

    source: Source
    segment: Segment
    table: Table
    mapping: TableMapping
    place: Place
    name: str
    format: Format
    compression: Compression


def dump_segment(job: Job) -> DataFile:
    """Write a segment's file, and then what the journal says of it. Runs in a worker.

    Raises SourceError, OutputError, Interrupted; then there is no such file.
    """
    before, slips = Counter(job.source.repaired), job.source.slipped
    left = job.segment.bytes
    with job.place.writing(job.name) as file:
        tally = Tally(file)
        with _writer(job, tally) as writer:
            moved = 0
            for batch in pieces(job.source.read(job.table, job.segment, batch_bytes=_BATCH_BYTES)):
                workers.checkpoint()
                writer.write(batch)
                moved = min(left, batch.nbytes)
                left -= moved
                workers.emit(Advanced(STAGE, job.mapping.target, moved, rows=batch.num_rows))
    repaired = Counter(job.source.repaired) - before
    done = DataFile(
        job.name,
        job.mapping.target,
        job.segment.id,
        tally.size,
        tally.sha256,
        tuple(writer.parts),
        tuple(sorted(repaired.items())),
        job.source.slipped - slips,
    )
    if job.format is Format.MYSQLSH:
        put(job.place, job.name + INDEX, index(done))
    manifest.write(job.place, manifest.entry(job.name), done)
    workers.emit(Advanced(STAGE, job.mapping.target, left))
    return done


def index(file: DataFile) -> bytes:
    """What MySQL Shell keeps beside a data file: how many unpacked bytes there are up to each of some ends of rows,
    big-endian, 8 bytes each; the last number is all of them."""
    sizes = []
    size = 0
    for part in file.parts:
        size += part.bytes
        sizes.append(size)
    return struct.pack(f">{len(sizes) or 1}Q", *(sizes or [0]))


def _writer(job: Job, tally: Tally) -> RowWriter:
    if job.format is Format.PARQUET:
        return Groups(tally, job.table, job.mapping, job.compression)
    return Lines(tally, job.mapping, job.compression)
