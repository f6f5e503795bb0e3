r"""Whole rows as multi-row INSERT statements, as ``mysql < file`` takes them.

Text is UTF-8 in single quotes with backslash escapes (so ``NO_BACKSLASH_ESCAPES`` must be off); bytes stand as they are
behind ``_binary``, which costs half of what hexadecimal digits do. What would end a line or mean something to a client
(NUL, newline, carriage return, Ctrl-Z, both quotes, backslash) is escaped: MySQL 8.0 Reference Manual, "String
Literals".
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.wire.kernels import Bytes, Flags, Offsets
from migrator.wire.rows import texts_of

_BARE: Final = frozenset({Form.INTEGER, Form.DECIMAL})
"""Forms that need no quotes. A double is quoted: so it is read by the same function as in LOAD DATA, never as a
DECIMAL."""
_PLAIN: Final = frozenset({Form.FLOAT, Form.DATE, Form.TIME, Form.DATETIME, Form.UUID})
"""Forms whose texts hold nothing that could need an escape."""
_BYTES: Final = frozenset({Form.BINARY, Form.BLOB})


def encode_inserts(batch: pa.RecordBatch, mapping: TableMapping, head: str, limit: int) -> tuple[Bytes, Fingerprint]:
    """A batch of source rows as INSERT statements, each on lines of its own, with the batch's fingerprint.

    ``head`` is what stands before the first row (``INSERT INTO … VALUES``). A statement has at most ``limit`` bytes; a
    row that is larger goes alone.
    """
    columns, found = texts_of(batch, mapping)
    rows = batch.num_rows
    sizes = np.full(rows, 4, np.int64)  # brackets, a comma or semicolon, a newline
    sizes += len(columns) - 1
    ends = [_around(column) for column in mapping.columns]
    for column, text, (before, after) in zip(mapping.columns, columns, ends, strict=True):
        insert_sizes(text.data, text.offsets, text.valid, _escaped(column), len(before) + len(after), sizes)
    first = np.frombuffer(head.encode() + b"\n", np.uint8)
    starts = statement_starts(sizes, len(first), limit)
    sizes[starts] += len(first)
    offsets = np.zeros(rows + 1, np.int64)
    np.cumsum(sizes, out=offsets[1:])
    out = np.empty(offsets[-1], np.uint8)
    cursor = offsets[:-1].copy()
    for start in starts:
        out[cursor[start] : cursor[start] + len(first)] = first
        cursor[start] += len(first)
    last = len(columns) - 1
    for index, (column, text, (before, after)) in enumerate(zip(mapping.columns, columns, ends, strict=True)):
        insert_write(
            text.data,
            text.offsets,
            text.valid,
            _escaped(column),
            _bytes(("(" if index == 0 else ",") + before),
            _bytes(after),
            out,
            cursor,
        )
        if index == last:
            end_rows(starts, out, cursor)
    return out, found


def _bytes(text: str) -> Bytes:
    return np.frombuffer(text.encode(), np.uint8)


def _escaped(column: TargetColumn) -> bool:
    return column.form not in _BARE and column.form not in _PLAIN


def _around(column: TargetColumn) -> tuple[str, str]:
    """What stands before and behind a value that is not NULL."""
    if column.form in _BARE:
        return "", ""
    if column.form in _BYTES:
        return "_binary'", "'"
    if column.form is Form.GEOMETRY:
        # The wire has x (longitude) first; a geographic system reads latitude first unless it is told otherwise.
        order = ",'axis-order=long-lat'" if column.srid else ""
        return "ST_GeomFromWKB(_binary'", f"',{column.srid}{order})"
    return "'", "'"


@njit(nogil=True, cache=True)
def _escape(byte: int) -> int:
    """What stands behind the backslash for a byte that needs one, else 0."""
    if byte > 92:
        return 0
    if byte in (34, 39, 92):
        return byte
    if byte == 0:
        return 48
    if byte == 10:
        return 110
    if byte == 13:
        return 114
    return 90 if byte == 26 else 0


@njit(nogil=True, cache=True)
def insert_sizes(
    data: Bytes, offsets: Offsets, valid: Flags, escape: bool, around: int, sizes: NDArray[np.int64]
) -> None:
    """Add to ``sizes`` what each value takes with its quotes; NULL takes four bytes."""
    for i in range(len(sizes)):
        if not valid[i]:
            sizes[i] += 4
            continue
        sizes[i] += offsets[i + 1] - offsets[i] + around
        if escape:
            for k in range(offsets[i], offsets[i + 1]):
                if _escape(data[k]) != 0:
                    sizes[i] += 1


@njit(nogil=True, cache=True)
def statement_starts(sizes: NDArray[np.int64], head: int, limit: int) -> NDArray[np.int64]:
    """The rows that begin a statement, so that none but a statement of one row is larger than ``limit`` bytes."""
    starts = np.empty(len(sizes), np.int64)
    count = 0
    size = 0
    for i in range(len(sizes)):
        if count == 0 or size + sizes[i] > limit:
            starts[count] = i
            count += 1
            size = head
        size += sizes[i]
    return starts[:count]


@njit(nogil=True, cache=True)
def insert_write(
    data: Bytes,
    offsets: Offsets,
    valid: Flags,
    escape: bool,
    before: Bytes,
    after: Bytes,
    out: Bytes,
    cursor: NDArray[np.int64],
) -> None:
    """Write each value at its row's cursor between ``before`` and ``after`` and move the cursor. Of ``before``, a NULL
    keeps the first byte alone."""
    for i in range(len(cursor)):
        at = cursor[i]
        if not valid[i]:
            out[at] = before[0]
            out[at + 1], out[at + 2], out[at + 3], out[at + 4] = 78, 85, 76, 76
            cursor[i] = at + 5
            continue
        for k in range(len(before)):
            out[at + k] = before[k]
        at += len(before)
        for k in range(offsets[i], offsets[i + 1]):
            byte = data[k]
            if escape:
                code = _escape(byte)
                if code != 0:
                    out[at] = 92
                    at += 1
                    byte = np.uint8(code)
            out[at] = byte
            at += 1
        for k in range(len(after)):
            out[at + k] = after[k]
        cursor[i] = at + len(after)


@njit(nogil=True, cache=True)
def end_rows(starts: NDArray[np.int64], out: Bytes, cursor: NDArray[np.int64]) -> None:
    """Close each row: a comma behind it, or a semicolon where the next one begins a statement."""
    following = 1
    for i in range(len(cursor)):
        ends = i + 1 == len(cursor)
        if following < len(starts) and starts[following] == i + 1:
            ends = True
            following += 1
        at = cursor[i]
        out[at] = 41
        out[at + 1] = 59 if ends else 44
        out[at + 2] = 10
