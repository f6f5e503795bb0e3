"""The source's side of a comparison: its rows read again. These functions run in worker processes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np
import pyarrow as pa

from migrator import workers
from migrator.events import Advanced
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, TargetColumn
from migrator.model.schema import Table
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.mysql.fingerprint import KEY_BYTES, RowDetail
from migrator.validate.buckets import BucketSums, buckets_of
from migrator.validate.records import Records, Side, first_numbers
from migrator.wire.kernels import Bytes
from migrator.wire.rows import canonical_columns, fingerprint, row_hashes
from migrator.wire.text import Texts, canonical_column

STAGE: Final = "validate"
SOURCE_TASK: Final = "source rows"
"""The task whose bytes these functions count."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One segment to read; ``part`` numbers it within its table."""

    source: Source
    table: Table
    mapping: TableMapping
    segment: Segment
    part: int

    @property
    def bytes(self) -> int:
        """Source bytes that are read for it."""
        return self.segment.bytes

    def batches(self, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        """The segment's rows; after each batch, what it took is told as progress. Raises SourceError, Interrupted."""
        left = self.bytes
        for batch in self.source.read(self.table, self.segment, batch_bytes=batch_bytes):
            workers.checkpoint()
            yield batch
            # Arrow's size is near the source's: what it misses is made good at the end.
            moved = min(left, batch.nbytes)
            left -= moved
            workers.emit(Advanced(STAGE, SOURCE_TASK, moved, rows=batch.num_rows))
        workers.emit(Advanced(STAGE, SOURCE_TASK, left))


@dataclass(frozen=True, slots=True)
class SegmentFingerprint:
    """The fingerprint of one segment's rows, and the seconds that it took."""

    table: str
    segment: str
    fingerprint: Fingerprint
    seconds: float


def read_fingerprint(reading: Reading) -> SegmentFingerprint:
    """The fingerprint of a segment. Raises SourceError, Interrupted."""
    started = perf_counter()
    found = Fingerprint()
    for batch in reading.batches():
        compared = reading.mapping.compared_columns
        found += fingerprint(batch, reading.mapping) if compared else Fingerprint(batch.num_rows)
    return SegmentFingerprint(reading.mapping.target, reading.segment.id, found, perf_counter() - started)


@dataclass(frozen=True, slots=True)
class _Job:
    reading: Reading

    @property
    def bytes(self) -> int:
        """Source bytes that are read for it."""
        return self.reading.bytes


@dataclass(frozen=True, slots=True)
class BucketJob(_Job):
    """A segment whose rows go into ``buckets`` buckets."""

    buckets: int


def read_buckets(job: BucketJob) -> BucketSums:
    """The fingerprint of every bucket of a segment. Raises SourceError, Interrupted."""
    sums = BucketSums(job.buckets)
    for batch in job.reading.batches():
        rows, keys = _hashes(batch, job.reading.mapping)
        sums.add(rows, buckets_of(keys, job.buckets))
    return sums


@dataclass(frozen=True, slots=True)
class RecordJob(_Job):
    """A segment whose rows of the ``wanted`` buckets are written to ``records``."""

    buckets: int
    wanted: frozenset[int]
    records: Records


def write_records(job: RecordJob) -> None:
    """Write a record for every row of the wanted buckets. Raises SourceError, OutputError, Interrupted."""
    mapping = job.reading.mapping
    wanted = np.zeros(job.buckets, np.bool_)
    wanted[list(job.wanted)] = True
    for batch in job.reading.batches():
        rows, keys = _hashes(batch, mapping)
        chosen = wanted[buckets_of(keys, job.buckets)]
        if mapping.key:
            records = np.concatenate([keys[chosen, :KEY_BYTES], rows[chosen, :KEY_BYTES]], axis=1)
        else:
            records = rows[chosen]
        job.records.write(Side.SOURCE, job.reading.part, records)


@dataclass(frozen=True, slots=True)
class DetailJob(_Job):
    """A segment in which rows with these key hashes (16 bytes each) are looked for."""

    key_hashes: frozenset[bytes]


def read_details(job: DetailJob) -> list[RowDetail]:
    """The rows of a segment that have one of the key hashes. Raises SourceError, Interrupted."""
    mapping = job.reading.mapping
    return [
        RowDetail(
            key_hash,
            tuple(None if text is None else text.decode("utf-8") for text in key),
            tuple(None if text is None else hashlib.sha256(text).hexdigest() for text in texts),
        )
        for batch in job.reading.batches()
        for key_hash, key, texts in _rows_with(batch, mapping, job.key_hashes)
    ]


def _hashes(batch: pa.RecordBatch, mapping: TableMapping) -> tuple[Bytes, Bytes]:
    """The hashes of a batch's rows, and of their keys (without a key, the rows' again)."""
    compared = canonical_columns(batch, mapping)
    rows = row_hashes(compared)
    return rows, row_hashes(_key_texts(batch, mapping, compared)) if mapping.key else rows


def _key_texts(batch: pa.RecordBatch, mapping: TableMapping, compared: Sequence[Texts]) -> list[Texts]:
    made = {column.name: texts for column, texts in zip(mapping.compared_columns, compared, strict=True)}

    def texts_of(column: TargetColumn) -> Texts:
        return made.get(column.name) or canonical_column(batch.column(column.source), column)

    return [texts_of(column) for column in mapping.key_columns]


_Row = tuple[bytes, list[bytes | None], list[bytes | None]]


def _rows_with(batch: pa.RecordBatch, mapping: TableMapping, key_hashes: Collection[bytes]) -> Iterator[_Row]:
    """Key hash, key texts and all canonical texts of the rows that have one of the key hashes."""
    compared = canonical_columns(batch, mapping)
    keys = _key_texts(batch, mapping, compared)
    halves = np.ascontiguousarray(row_hashes(keys)[:, :KEY_BYTES])
    wanted = np.frombuffer(b"".join(key_hashes), np.uint8).reshape(-1, KEY_BYTES)
    # The numbers find the few candidates quickly; the set has the last word.
    candidates = np.isin(first_numbers(halves), first_numbers(wanted))
    for row in np.flatnonzero(candidates).tolist():
        key_hash = halves[row].tobytes()
        if key_hash in key_hashes:
            yield key_hash, [_text(column, row) for column in keys], [_text(column, row) for column in compared]


def _text(texts: Texts, row: int) -> bytes | None:
    if not texts.valid[row]:
        return None
    return texts.data[texts.offsets[row] : texts.offsets[row + 1]].tobytes()
