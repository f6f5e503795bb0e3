"""Whole rows: their hashes, and the bytes that LOAD DATA reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.wire import kernels
from migrator.wire.kernels import Bytes
from migrator.wire.sha256 import digests
from migrator.wire.text import SAME_TEXT, Texts, canonical_column, load_column

_TAB: Final = 9
_NEWLINE: Final = 10
_HALF: Final = np.uint64(28)
_LOW_HALF: Final = np.uint64((1 << 28) - 1)


def row_hashes(columns: Sequence[Texts]) -> Bytes:
    """The SHA-256 of each canonical row, as an array (rows, 32) of uint8. ``columns`` in the target's order, at least
    one."""
    sizes = np.zeros(len(columns[0].valid), np.int64)
    for column in columns:
        kernels.canonical_sizes(column.offsets, column.valid, sizes)
    offsets = _offsets(sizes)
    out = np.empty(offsets[-1], np.uint8)
    cursor = offsets[:-1].copy()
    for column in columns:
        kernels.canonical_write(column.data, column.offsets, column.valid, out, cursor)
    return digests(out, offsets)


def fingerprint_of(hashes: Bytes) -> Fingerprint:
    """The fingerprint of a set of row hashes (rows, 32)."""
    parts = kernels.slices(hashes)
    # 56-bit numbers are added in halves: a uint64 sum of whole ones overflows after 256 rows.
    high_halves = (parts >> _HALF).sum(axis=0, dtype=np.uint64)
    low_halves = (parts & _LOW_HALF).sum(axis=0, dtype=np.uint64)
    low, high = ((int(a) << 28) + int(b) for a, b in zip(high_halves, low_halves, strict=True))
    return Fingerprint(len(hashes), low, high)


def canonical_columns(batch: pa.RecordBatch, mapping: TableMapping) -> list[Texts]:
    """The canonical texts of the compared columns, in the target's order."""
    return [canonical_column(batch.column(column.source), column) for column in mapping.compared_columns]


def fingerprint(batch: pa.RecordBatch, mapping: TableMapping) -> Fingerprint:
    """The fingerprint of a batch of source rows as the target will hold them."""
    return fingerprint_of(row_hashes(canonical_columns(batch, mapping)))


def encode(batch: pa.RecordBatch, mapping: TableMapping) -> tuple[Bytes, Fingerprint]:
    r"""A batch as LOAD DATA lines, with its fingerprint: each text is made once and serves both.

    Lines: columns of the mapping in order, tab between, newline behind, backslash escapes, NULL as ``\N``; text is
    UTF-8, binary is raw bytes (load with CHARACTER SET binary).
    """
    loads, found = texts_of(batch, mapping)
    return _lines(loads, batch.num_rows), found


def texts_of(batch: pa.RecordBatch, mapping: TableMapping) -> tuple[list[Texts], Fingerprint]:
    """The load text of every column of the mapping, not yet escaped, with the fingerprint of the batch."""
    loads: list[Texts] = []
    compared: list[Texts] = []
    for column in mapping.columns:
        array = batch.column(column.source)
        load = load_column(array, column)
        loads.append(load)
        if column.compared:
            compared.append(load if column.form in SAME_TEXT else canonical_column(array, column))
    return loads, fingerprint_of(row_hashes(compared)) if compared else Fingerprint(batch.num_rows)


def _lines(columns: Sequence[Texts], rows: int) -> Bytes:
    escapes = [not column.plain and kernels.special_bytes(column.data) > 0 for column in columns]
    sizes = np.zeros(rows, np.int64)
    for column, escape in zip(columns, escapes, strict=True):
        kernels.load_sizes(column.data, column.offsets, column.valid, escape, sizes)
    offsets = _offsets(sizes)
    out = np.empty(offsets[-1], np.uint8)
    cursor = offsets[:-1].copy()
    last = len(columns) - 1
    for index, (column, escape) in enumerate(zip(columns, escapes, strict=True)):
        end = _NEWLINE if index == last else _TAB
        kernels.load_write(column.data, column.offsets, column.valid, escape, end, out, cursor)
    return out


def _offsets(sizes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> kernels.Offsets:
    offsets = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets
