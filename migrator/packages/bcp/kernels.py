"""The loops over bytes that numpy has no word for, compiled by numba.

``data`` is a piece of a part. A column of it is ``starts`` and ``lengths`` (bytes, int64): value i is
``data[starts[i]:starts[i] + lengths[i]]``, and NULL where its length is negative. Each kernel is compiled once for all
tables and releases the interpreter lock.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

ROWS: Final = 0
"""All rows that there was room for were found."""
MORE: Final = 1
"""The next row is not whole."""
NULL_HERE: Final = 2
"""A NULL in a column that has none."""
BAD_LENGTH: Final = 3
"""A length that the type cannot have."""

PREFIX: Final = 0
LEAST: Final = 1
MOST: Final = 2
NULLABLE: Final = 3
ZERO_IS_NULL: Final = 4

_SHORT: Final = 32
"""Copies below this many bytes are faster in a loop than as a call."""


@njit(nogil=True, cache=True)
def scan_rows(
    data: Bytes, begin: int, end: int, layout: Numbers, starts: Numbers, lengths: Numbers
) -> tuple[int, int, int, int, int]:
    """Find rows between ``begin`` and ``end``; ``starts`` and ``lengths`` (columns, rows) receive the fields.

    ``layout`` has a row of PREFIX … ZERO_IS_NULL for each column. Returns the number of rows, where the next begins, a
    status (ROWS … BAD_LENGTH), the column that it is about, and a number: for MORE the bytes that the next row has at
    least, for BAD_LENGTH the length.
    """
    columns, room = starts.shape
    at = begin
    for row in range(room):
        first = at
        for column in range(columns):
            prefix = layout[column, PREFIX]
            length = layout[column, LEAST]
            if prefix > 0:
                if at + prefix > end:
                    return row, first, MORE, column, at + prefix - first
                length = np.int64(0)
                ones = True
                for k in range(prefix):
                    byte = data[at + k]
                    ones = ones and byte == 255
                    length |= np.int64(byte) << np.int64(8 * k)
                at += prefix
                if ones or (length == 0 and layout[column, ZERO_IS_NULL] == 1):
                    if layout[column, NULLABLE] == 0:
                        return row, first, NULL_HERE, column, 0
                    starts[column, row] = at
                    lengths[column, row] = -1
                    continue
                # A length of 2^63 and above has become negative, and is as impossible as it looks.
                if length < layout[column, LEAST] or length > layout[column, MOST]:
                    return row, first, BAD_LENGTH, column, int(length)
            if at + length > end:
                return row, first, MORE, column, int(at + length - first)
            starts[column, row] = at
            lengths[column, row] = length
            at += length
    return room, at, ROWS, 0, 0


@njit(nogil=True, cache=True)
def integers(data: Bytes, starts: Numbers, lengths: Numbers, offset: int, width: int) -> Numbers:
    """The ``width`` bytes (at most 8) at ``offset`` in each value as a little-endian number; 0 for NULL.

    8 bytes come as two's complement, fewer as unsigned.
    """
    n = len(starts)
    out = np.empty(n, np.int64)
    for i in range(n):
        value = np.int64(0)
        if lengths[i] >= 0:
            at = starts[i] + offset
            for k in range(width):
                value |= np.int64(data[at + k]) << np.int64(8 * k)
        out[i] = value
    return out


@njit(nogil=True, cache=True)
def pick(data: Bytes, starts: Numbers, lengths: Numbers, order: Numbers) -> Bytes:
    """The bytes at the offsets ``order`` in each value, as an array (values, bytes); zeros for NULL."""
    n, width = len(starts), len(order)
    out = np.zeros((n, width), np.uint8)
    for i in range(n):
        if lengths[i] >= 0:
            at = starts[i]
            for k in range(width):
                out[i, k] = data[at + order[k]]
    return out


@njit(nogil=True, cache=True)
def copy(data: Bytes, starts: Numbers, lengths: Numbers) -> tuple[Bytes, Numbers]:
    """The values one after another, and their offsets (one more than values)."""
    n = len(starts)
    offsets = np.empty(n + 1, np.int64)
    offsets[0] = 0
    for i in range(n):
        offsets[i + 1] = offsets[i] + max(lengths[i], 0)
    out = np.empty(offsets[n], np.uint8)
    for i in range(n):
        length = lengths[i]
        if length <= 0:
            continue
        at, to = starts[i], offsets[i]
        if length < _SHORT:
            for k in range(length):
                out[to + k] = data[at + k]
        else:
            out[to : to + length] = data[at : at + length]
    return out, offsets


@njit(nogil=True, cache=True)
def decimals(
    data: Bytes, starts: Numbers, lengths: Numbers, precision: int, scale: int, limit: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], int]:
    """Numbers as 128-bit two's complement (values, 2: low, high), and the first value that cannot be, -1 if none.

    ``limit`` is 10^precision (low, high).
    """
    n = len(starts)
    out = np.zeros((n, 2), np.uint64)
    for i in range(n):
        if lengths[i] < 0:
            continue
        at = starts[i]
        sign = data[at + 2]
        if data[at] != precision or data[at + 1] != scale or sign > 1:
            return out, i
        low = np.uint64(0)
        high = np.uint64(0)
        for k in range(8):
            low |= np.uint64(data[at + 3 + k]) << np.uint64(8 * k)
            high |= np.uint64(data[at + 11 + k]) << np.uint64(8 * k)
        if high > limit[1] or (high == limit[1] and low >= limit[0]):
            return out, i
        if sign == 0 and low != 0:
            low = ~low + np.uint64(1)
            high = ~high
        elif sign == 0 and high != 0:
            high = ~high + np.uint64(1)
        out[i, 0] = low
        out[i, 1] = high
    return out, -1


@njit(nogil=True, cache=True)
def _unit(data: Bytes, at: int) -> np.int64:
    """The UTF-16 unit at a byte position."""
    return np.int64(data[at]) | (np.int64(data[at + 1]) << np.int64(8))


@njit(nogil=True, cache=True)
def _encode(point: np.int64, out: Bytes, to: int) -> int:
    """Write a code point as UTF-8; where the next one goes."""
    if point < 0x80:
        out[to] = point
        return to + 1
    if point < 0x800:
        out[to] = 0xC0 | (point >> 6)
        out[to + 1] = 0x80 | (point & 0x3F)
        return to + 2
    if point < 0x10000:
        out[to] = 0xE0 | (point >> 12)
        out[to + 1] = 0x80 | ((point >> 6) & 0x3F)
        out[to + 2] = 0x80 | (point & 0x3F)
        return to + 3
    out[to] = 0xF0 | (point >> 18)
    out[to + 1] = 0x80 | ((point >> 12) & 0x3F)
    out[to + 2] = 0x80 | ((point >> 6) & 0x3F)
    out[to + 3] = 0x80 | (point & 0x3F)
    return to + 4


@njit(nogil=True, cache=True)
def utf8(data: Bytes, starts: Numbers, lengths: Numbers) -> tuple[Bytes, Numbers, int]:
    """UTF-16LE texts as UTF-8: the bytes, their offsets (one more than texts), and the number of lone surrogates.

    Lone surrogates, which no Unicode text has but SQL Server stores, become U+FFFD. Lengths must be even.
    """
    n = len(starts)
    total = np.int64(0)
    for i in range(n):
        total += max(lengths[i], 0)
    out = np.empty(total // 2 * 3, np.uint8)
    offsets = np.empty(n + 1, np.int64)
    offsets[0] = 0
    lone = 0
    to = 0
    for i in range(n):
        at = starts[i]
        units = max(lengths[i], 0) // 2
        stop = at + 2 * units
        # Nearly all text is ASCII: a loop without a branch, which the compiler turns into vector instructions.
        text, target = data[at:stop], out[to : to + units]
        beyond = np.uint8(0)
        for k in range(units):
            low = text[2 * k]
            target[k] = low
            beyond |= text[2 * k + 1] | (low & np.uint8(0x80))
        if beyond == 0:
            to += units
            offsets[i + 1] = to
            continue
        while at < stop:
            point = _unit(data, at)
            at += 2
            if 0xD800 <= point < 0xE000:
                after = _unit(data, at) if at < stop and point < 0xDC00 else np.int64(0)
                if 0xDC00 <= after < 0xE000:
                    at += 2
                    point = np.int64(0x10000 + ((point - 0xD800) << 10) + (after - 0xDC00))
                else:
                    lone += 1
                    point = np.int64(0xFFFD)
            to = _encode(point, out, to)
        offsets[i + 1] = to
    return out[:to], offsets, lone
