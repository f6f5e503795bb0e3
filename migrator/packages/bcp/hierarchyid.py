"""hierarchyid: ordinal path bits, and their text form ``/1/2.5/-3/``.

The bits are labels one after another, padded with zeros to a whole byte. A label is a prefix that names its range, the
offset in the range spread over the free bits, and a last bit: 1 ends a level, 0 says that a dot and another label
follow, and then the stored number is one more than the shown one ([MS-SSCLRT] 2.2).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from migrator.packages.bcp.fields import BadValue, Fields, offsets32
from migrator.packages.bcp.kernels import Bytes, Numbers

_TAIL: Final = "0xxxxxx0xxx0x1xxxT"
_LONG: Final = "x" * 19 + _TAIL
_LONGEST: Final = "x" * 14 + "0" + "x" * 21 + _TAIL

PATTERNS: Final = (
    (0, "01xxT"),
    (4, "100xxT"),
    (8, "101xxxT"),
    (16, "110xx0x1xxxT"),
    (80, "1110xxx0xxx0x1xxxT"),
    (1104, "11110xxxxx0xxx0x1xxxT"),
    (5200, "111110" + _LONG),
    (4294972496, "111111" + _LONGEST),
    (-8, "00111xxxT"),
    (-72, "0010xx0x1xxxT"),
    (-4168, "000110xxxxx0xxx0x1xxxT"),
    (-4294971464, "000101" + _LONG),
    (-281479271682120, "000100" + _LONGEST),
)
"""The smallest number of each range, and its label: fixed bits, ``x`` for the number's bits, ``T`` for the last one."""

_ZERO, _ONE, _FREE, _LAST, _END = range(5)
_CODES: Final = {"0": _ZERO, "1": _ONE, "x": _FREE, "T": _LAST}


def _table() -> tuple[NDArray[np.uint8], Numbers]:
    width = max(len(bits) for _, bits in PATTERNS) + 1
    codes = np.full((len(PATTERNS), width), _END, np.uint8)
    for row, (_, bits) in enumerate(PATTERNS):
        codes[row, : len(bits)] = [_CODES[bit] for bit in bits]
    return codes, np.array([least for least, _ in PATTERNS], np.int64)


_LABELS, _LEASTS = _table()


def paths(fields: Fields) -> pa.Array:
    """hierarchyid as its path."""
    data, offsets, bad = path_texts(fields.data, fields.starts, fields.lengths, _LABELS, _LEASTS)
    if bad >= 0:
        raise BadValue(bad, "a hierarchyid is no path")
    return fields.array(offsets32(offsets), data)


@njit(nogil=True, cache=True)
def _bit(data: Bytes, start: int, at: int) -> int:
    return (int(data[start + (at >> 3)]) >> (7 - (at & 7))) & 1


@njit(nogil=True, cache=True)
def _is_padding(data: Bytes, start: int, at: int, total: int) -> bool:
    ones = 0
    for k in range(at, total):
        ones += _bit(data, start, k)
    return ones == 0


@njit(nogil=True, cache=True)
def _label(data: Bytes, start: int, at: int, total: int, labels: Bytes, leasts: Numbers) -> tuple[int, int, int]:
    """The label at bit ``at``: its number as stored, its last bit, and where the next one begins (-1 if it is none)."""
    for row in range(len(leasts)):
        number = np.int64(0)
        last = 0
        k = 0
        while labels[row, k] != _END:
            if at + k >= total:
                break
            bit = _bit(data, start, at + k)
            code = labels[row, k]
            if code == _FREE:
                number = (number << 1) | bit
            elif code == _LAST:
                last = bit
            elif code != bit:
                break
            k += 1
        if labels[row, k] == _END:
            return int(number + leasts[row]), last, at + k
    return 0, 0, -1


@njit(nogil=True, cache=True)
def _write_number(number: int, out: Bytes, to: int) -> int:
    if number < 0:
        out[to] = 45
        to += 1
        number = -number
    first = to
    while True:
        out[to] = 48 + number % 10
        to += 1
        number //= 10
        if number == 0:
            break
    for k in range((to - first) // 2):
        swap = out[first + k]
        out[first + k] = out[to - 1 - k]
        out[to - 1 - k] = swap
    return to


@njit(nogil=True, cache=True)
def path_texts(
    data: Bytes, starts: Numbers, lengths: Numbers, labels: Bytes, leasts: Numbers
) -> tuple[Bytes, Numbers, int]:
    """Paths one after another, their offsets (one more than paths), and the first value that is no path, -1 if none."""
    n = len(starts)
    room = np.int64(0)
    for i in range(n):
        room += max(lengths[i], 0) * 4 + 1  # the densest label has two characters in five bits
    out = np.empty(room, np.uint8)
    offsets = np.zeros(n + 1, np.int64)
    to = 0
    for i in range(n):
        offsets[i] = to
        if lengths[i] < 0:
            continue
        start, total = starts[i], lengths[i] * 8
        out[to] = 47
        to += 1
        at, level_ended = 0, True
        while at < total:
            if total - at < 8 and _is_padding(data, start, at, total):
                break
            stored, last, at = _label(data, start, at, total, labels, leasts)
            if at < 0:
                return out[:to], offsets, i
            level_ended = last == 1
            to = _write_number(stored - 1 + last, out, to)
            out[to] = 47 if level_ended else 46
            to += 1
        if not level_ended:
            return out[:to], offsets, i
    offsets[n] = to
    return out[:to], offsets, -1
