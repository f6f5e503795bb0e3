"""The loops of the row encoder that numpy has no word for, compiled by numba once for all tables.

Variable-width values follow Arrow: value i is ``data[offsets[i]:offsets[i + 1]]``, offsets are int64.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = tuple[Bytes, Offsets, Flags]
"""A column's values: data, offsets, and which rows have one."""


@njit(nogil=True, cache=True)
def utf16(data: Bytes, offsets: Offsets, width: int) -> tuple[Bytes, Offsets]:
    """Valid UTF-8 as UTF-16LE, each value padded with spaces to at least ``width`` bytes."""
    n = len(offsets) - 1
    # A byte of UTF-8 becomes at most two of UTF-16.
    out = np.empty(2 * (offsets[n] - offsets[0]) + n * width, np.uint8)
    ends = np.empty(n + 1, np.int64)
    ends[0] = 0
    at = 0
    for i in range(n):
        start = at
        k = offsets[i]
        while k < offsets[i + 1]:
            lead = np.uint32(data[k])
            if lead < 0x80:
                point, size = lead, 1
            elif lead < 0xE0:
                point, size = lead & np.uint32(0x1F), 2
            elif lead < 0xF0:
                point, size = lead & np.uint32(0x0F), 3
            else:
                point, size = lead & np.uint32(0x07), 4
            for more in range(1, size):
                point = (point << np.uint32(6)) | (np.uint32(data[k + more]) & np.uint32(0x3F))
            k += size
            if point >= 0x10000:
                point -= np.uint32(0x10000)
                high = np.uint32(0xD800) | (point >> np.uint32(10))
                out[at] = high & np.uint32(0xFF)
                out[at + 1] = high >> np.uint32(8)
                at += 2
                point = np.uint32(0xDC00) | (point & np.uint32(0x3FF))
            out[at] = point & np.uint32(0xFF)
            out[at + 1] = point >> np.uint32(8)
            at += 2
        while at - start < width:
            out[at] = 32
            out[at + 1] = 0
            at += 2
        ends[i + 1] = at
    return out[:at], ends


@njit(nogil=True, cache=True)
def field_sizes(values: Values, prefix: int, sizes: Offsets) -> None:
    """Add to ``sizes`` what each row's field takes: the prefix, and the value where there is one."""
    _, offsets, valid = values
    for i in range(len(sizes)):
        sizes[i] += prefix
        if valid[i]:
            sizes[i] += offsets[i + 1] - offsets[i]


@njit(nogil=True, cache=True)
def field_write(values: Values, prefix: int, null: int, out: Bytes, cursor: Offsets) -> None:
    """Write each row's field at its cursor and move the cursor; ``null`` is the byte that a NULL's prefix repeats."""
    data, offsets, valid = values
    for i in range(len(cursor)):
        at = cursor[i]
        if not valid[i]:
            for k in range(prefix):
                out[at + k] = null
            cursor[i] = at + prefix
            continue
        length = offsets[i + 1] - offsets[i]
        for k in range(prefix):
            out[at + k] = (length >> (8 * k)) & 0xFF
        at += prefix
        for k in range(offsets[i], offsets[i + 1]):
            out[at] = data[k]
            at += 1
        cursor[i] = at


@njit(nogil=True, cache=True)
def decimal_values(limbs: NDArray[np.uint64], out: Bytes) -> None:
    """Signed 128-bit numbers (n, 2: low, high) as sign (1 = plus) and 16 bytes of magnitude in ``out`` (n, 17)."""
    for i in range(len(limbs)):
        low, high = limbs[i, 0], limbs[i, 1]
        out[i, 0] = 1
        if high >> np.uint64(63):
            out[i, 0] = 0
            # The carry is made by hand: in plain Python numpy would warn of an overflow.
            if low == 0:
                high = ~high + np.uint64(1)
            else:
                low, high = ~low + np.uint64(1), ~high
        for k in range(8):
            out[i, 1 + k] = (low >> np.uint64(8 * k)) & np.uint64(0xFF)
            out[i, 9 + k] = (high >> np.uint64(8 * k)) & np.uint64(0xFF)
