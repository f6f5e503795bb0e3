"""From a dumped folder into MySQL: the lines are ready, and every part of a file is one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from migrator import workers
from migrator.dump.manifest import Compression, DataFile, Format, Manifest, Part
from migrator.dump.pieces import pieces
from migrator.dump.place import Checked, Place
from migrator.errors import ChecksumMismatch, SourceError
from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.segment import Slice
from migrator.mysql.connect import Connection, commit, session
from migrator.mysql.control import progress, record
from migrator.mysql.load import Load, prepare_loads
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.wire.kernels import Bytes
from migrator.wire.rows import encode

STAGE: Final = "load"
_BUFFER_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class LoadJob:
    """A data file and the table that it goes into."""

    place: Place
    file: DataFile
    mapping: TableMapping
    format: Format
    compression: Compression
    target: Target


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a run loaded; rows that an earlier run had loaded are in ``skipped``."""

    table: str
    rows: int
    skipped: int


def load_all(manifest: Manifest, place: Place, target: Target, *, workers_count: int, emit: Emit) -> list[Loaded]:
    """Load every file that is not loaded yet, the largest tables first. Raises SourceError, TargetError, Interrupted;
    what is committed stays."""
    sizes: Counter[str] = Counter()
    for file in manifest.files:
        sizes[file.table] += file.unpacked
    for table, size in sizes.items():
        emit(Started(STAGE, table, size, Unit.BYTES))
    mappings = {mapping.target: mapping for mapping in manifest.schema.mappings}
    files = sorted(manifest.files, key=lambda file: -sizes[file.table])
    outline = manifest.outline
    jobs = [LoadJob(place, file, mappings[file.table], outline.format, outline.compression, target) for file in files]
    waiting = Counter(file.table for file in files)
    done = []
    with closing(workers.run_all(load_file, jobs, workers=workers_count, emit=emit)) as results:
        for loaded in results:
            done.append(loaded)
            waiting[loaded.table] -= 1
            if not waiting[loaded.table]:
                emit(Finished(STAGE, loaded.table))
    return done


def load_file(job: LoadJob) -> Loaded:
    """Load what the target does not have yet of a file. Runs in a worker; a lost connection is tried again.

    No part is committed before it is proved to be what was dumped. Raises ChecksumMismatch, SourceError, TargetError,
    Interrupted.
    """
    before = 0
    for attempt in retrying():
        with attempt, session(job.target, autocommit=False, loads=True) as connection:
            prepare_loads(connection)
            # The target knows what was committed, also where the answer to a COMMIT was lost.
            done = progress(connection, job.mapping, job.file.segment)
            if attempt.retry_state.attempt_number == 1:
                before = done.rows
            if not done.complete:
                _load(connection, job, done.rows)
    return Loaded(job.mapping.target, job.file.rows - before, before)


def _load(connection: Connection, job: LoadJob, done: int) -> None:
    with job.place.reading(job.file.name) as file:
        read = _groups if job.format is Format.PARQUET else _lines
        with closing(read(job, file, done)) as pieces_of_file:
            for piece in pieces_of_file:
                workers.checkpoint()
                with Load(connection, job.mapping) as load:
                    for lines, rows in piece.lines:
                        load.write(lines, rows)
                part = piece.part
                record(
                    connection,
                    job.mapping,
                    Slice(job.mapping.source, job.file.segment, piece.first, part.rows),
                    part.fingerprint,
                    part.bytes,
                    last=piece.last,
                    repaired=dict(job.file.repaired) if piece.last else {},
                )
                commit(connection, doing=f"committing a part of {job.mapping.target}")
                workers.emit(Advanced(STAGE, job.mapping.target, part.bytes, rows=part.rows))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a file with what LOAD DATA reads: buffers and how many rows they are. ``lines`` raises
    ChecksumMismatch at its end where they are not what was dumped."""

    part: Part
    first: int
    last: bool
    lines: Iterator[tuple[Bytes, int]]


def _lines(job: LoadJob, raw: BinaryIO, done: int) -> Generator[_Piece, None, None]:
    """The parts of a file of lines behind its first ``done`` rows."""
    file = Checked(raw)
    stream: Any = pa.PythonFile(file, "r")
    if job.compression is Compression.ZSTD:
        stream = pa.CompressedInputStream(stream, "zstd")
    first = 0
    for number, part in enumerate(job.file.parts, 1):
        last = number == len(job.file.parts)
        if first >= done:
            yield _Piece(part, first, last, _cut(job, part, stream, file if last else None))
        else:
            for _ in _cut(job, part, stream, None):
                pass
        first += part.rows


def _cut(job: LoadJob, part: Part, stream: Any, ending: Checked | None) -> Iterator[tuple[Bytes, int]]:
    """The lines of a part out of the unpacked stream; its rows are counted once, with its last buffer. ``ending`` is
    the file that must be whole behind them."""
    digest = hashlib.sha256()
    left = part.bytes
    while left:
        try:
            data: bytes = stream.read(min(left, _BUFFER_BYTES))
        except (OSError, pa.ArrowException) as error:
            raise _changed(job, "it cannot be unpacked") from error
        if not data:
            raise _changed(job, "it ends early")
        digest.update(data)
        left -= len(data)
        if not left:
            if digest.hexdigest() != part.sha256:
                raise _changed(job, "its lines are others than those that were dumped")
            if ending is not None and ending.sha256() != job.file.sha256:
                raise _changed(job, "its SHA-256 is another")
        yield np.frombuffer(data, np.uint8), 0 if left else part.rows


def _groups(job: LoadJob, file: BinaryIO, done: int) -> Generator[_Piece, None, None]:
    """The row groups of a Parquet file behind its first ``done`` rows."""
    # Its readers go to and fro in a file, so that it is read once before, to prove it.
    with job.place.reading(job.file.name) as whole:
        if Checked(whole).sha256() != job.file.sha256:
            raise _changed(job, "its SHA-256 is another")
    try:
        with pq.ParquetFile(file) as parquet:
            first = 0
            for number, part in enumerate(job.file.parts):
                if first >= done:
                    last = number + 1 == len(job.file.parts)
                    yield _Piece(part, first, last, _encoded(job, part, parquet, number))
                first += part.rows
    except (OSError, pa.ArrowException) as error:
        raise _changed(job, "it cannot be read") from error


def _encoded(job: LoadJob, part: Part, parquet: Any, number: int) -> Iterator[tuple[Bytes, int]]:
    """The lines of a row group, whose fingerprint must be the one that was dumped."""
    try:
        group = parquet.read_row_group(number, use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _changed(job, "it cannot be read") from error
    found = Fingerprint()
    for batch in pieces(iter(group.to_batches())):
        lines, of_batch = encode(batch, job.mapping)
        found += of_batch
        yield lines, batch.num_rows
    if found != part.fingerprint:
        raise _changed(job, "its rows are others than those that were dumped")


def _changed(job: LoadJob, why: str) -> SourceError:
    return ChecksumMismatch(
        f"{job.file.name} in {job.place} is not the file that was dumped",
        why=why,
        todo="copy the dump again, or make it anew; the part was rolled back",
    )
