"""The loops that numpy has no word for, compiled by numba.

Every kernel is compiled once for all tables, holds no Python object and releases the interpreter lock. ``data`` and
``offsets`` follow Arrow: value i is ``data[offsets[i]:offsets[i + 1]]``; offsets are int64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]

_MICROS_OF_DAY = 86_400_000_000


@njit(nogil=True, cache=True)
def integer_texts(values: NDArray[np.int64]) -> tuple[Bytes, Offsets]:
    """Decimal digits of each value."""
    n = len(values)
    data = np.empty(n * 20, np.uint8)
    offsets = np.empty(n + 1, np.int64)
    digits = np.empty(20, np.uint8)
    at = 0
    offsets[0] = 0
    for i in range(n):
        value = values[i]
        if value < 0:
            data[at] = 45
            at += 1
            rest = np.uint64(-(value + 1)) + np.uint64(1)
        else:
            rest = np.uint64(value)
        count = 0
        while True:
            digits[count] = 48 + rest % np.uint64(10)
            rest //= np.uint64(10)
            count += 1
            if rest == 0:
                break
        for k in range(count):
            data[at] = digits[count - 1 - k]
            at += 1
        offsets[i + 1] = at
    return data[:at], offsets


@njit(nogil=True, cache=True)
def decimal_texts(limbs: NDArray[np.uint64], scale: int) -> tuple[Bytes, Offsets]:
    """Digits of 128-bit two's complement numbers (n, 2: low, high), ``scale`` of them behind the point, no negative
    zero."""
    n = len(limbs)
    data = np.empty(n * 41, np.uint8)
    offsets = np.empty(n + 1, np.int64)
    digits = np.empty(40, np.uint8)
    parts = np.empty(4, np.uint64)
    at = 0
    offsets[0] = 0
    mask = np.uint64(0xFFFFFFFF)
    billion = np.uint64(1_000_000_000)
    for i in range(n):
        low, high = limbs[i, 0], limbs[i, 1]
        if high >> np.uint64(63):
            data[at] = 45
            at += 1
            low = ~low + np.uint64(1)
            high = ~high + (np.uint64(1) if low == 0 else np.uint64(0))
        parts[0], parts[1] = low & mask, low >> np.uint64(32)
        parts[2], parts[3] = high & mask, high >> np.uint64(32)
        count = 0
        top = 3
        while top >= 0 or count <= scale:
            rest = np.uint64(0)
            for k in range(top, -1, -1):
                rest = (rest << np.uint64(32)) | parts[k]
                parts[k] = rest // billion
                rest %= billion
            while top >= 0 and parts[top] == 0:
                top -= 1
            for _ in range(9):
                if count < 40:
                    digits[count] = 48 + rest % np.uint64(10)
                    count += 1
                rest //= np.uint64(10)
        while count > scale + 1 and digits[count - 1] == 48:
            count -= 1
        for k in range(count - 1, -1, -1):
            data[at] = digits[k]
            at += 1
            if k == scale and scale > 0:
                data[at] = 46
                at += 1
        offsets[i + 1] = at
    return data[:at], offsets


# Division of unsigned numbers is three times as fast: no sign to look at, no floor to correct.
_U10, _U60, _U100, _U3600 = np.uint64(10), np.uint64(60), np.uint64(100), np.uint64(3600)
_U10000, _U1000000, _ZERO = np.uint64(10_000), np.uint64(1_000_000), np.uint64(48)


@njit(nogil=True, cache=True, error_model="numpy")
def _two(data: Bytes, at: int, value: np.uint64) -> None:
    tens = value // _U10
    data[at] = _ZERO + tens
    data[at + 1] = _ZERO + (value - tens * _U10)


@njit(nogil=True, cache=True)
def _date(data: Bytes, at: int, days: int) -> None:
    """Write YYYY-MM-DD of ``days`` since 0001-01-01 (proleptic Gregorian)."""
    # Days are counted from 0000-03-01, so that the leap day ends a year (H. Hinnant, "chrono-compatible low-level date
    # algorithms").
    z = days + 306
    era = z // 146097
    of_era = z - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    _two(data, at, np.uint64(year // 100))
    _two(data, at + 2, np.uint64(year % 100))
    data[at + 4] = 45
    _two(data, at + 5, np.uint64(month))
    data[at + 7] = 45
    _two(data, at + 8, np.uint64(day))


@njit(nogil=True, cache=True, error_model="numpy")
def _time(data: Bytes, at: int, micros: np.uint64) -> None:
    seconds = micros // _U1000000
    fraction = micros - seconds * _U1000000
    hours = seconds // _U3600
    seconds -= hours * _U3600
    minutes = seconds // _U60
    _two(data, at, hours)
    data[at + 2] = 58
    _two(data, at + 3, minutes)
    data[at + 5] = 58
    _two(data, at + 6, seconds - minutes * _U60)
    data[at + 8] = 46
    first = fraction // _U10000
    fraction -= first * _U10000
    second = fraction // _U100
    _two(data, at + 9, first)
    _two(data, at + 11, second)
    _two(data, at + 13, fraction - second * _U100)


@njit(nogil=True, cache=True)
def date_texts(days: NDArray[np.int64], valid: Flags) -> Bytes:
    """``YYYY-MM-DD`` (10 bytes each) of days since 0001-01-01."""
    data = np.zeros(len(days) * 10, np.uint8)
    for i in range(len(days)):
        if valid[i]:
            _date(data, i * 10, days[i])
    return data


@njit(nogil=True, cache=True)
def time_texts(micros: NDArray[np.int64], valid: Flags) -> Bytes:
    """``HH:MM:SS.ffffff`` (15 bytes each) of microseconds since midnight."""
    data = np.zeros(len(micros) * 15, np.uint8)
    for i in range(len(micros)):
        if valid[i]:
            _time(data, i * 15, np.uint64(micros[i]))
    return data


@njit(nogil=True, cache=True)
def datetime_texts(micros: NDArray[np.int64], valid: Flags) -> Bytes:
    """``YYYY-MM-DD HH:MM:SS.ffffff`` (26 bytes each) of microseconds since 0001-01-01 00:00:00."""
    data = np.zeros(len(micros) * 26, np.uint8)
    before, last = -1, 0
    for i in range(len(micros)):
        if valid[i]:
            at = i * 26
            days = micros[i] // _MICROS_OF_DAY
            if days == before:  # rows that follow each other are often of one day
                for k in range(10):
                    data[at + k] = data[last + k]
            else:
                _date(data, at, days)
                before, last = days, at
            data[at + 10] = 32
            _time(data, at + 11, np.uint64(micros[i] - days * _MICROS_OF_DAY))
    return data


@njit(nogil=True, cache=True)
def _hex(value: int) -> int:
    return 48 + value if value < 10 else 87 + value


@njit(nogil=True, cache=True)
def hex_bytes(data: Bytes) -> Bytes:
    """Two lower-case hex digits for every byte."""
    out = np.empty(len(data) * 2, np.uint8)
    for i in range(len(data)):
        out[2 * i] = _hex(data[i] >> 4)
        out[2 * i + 1] = _hex(data[i] & 15)
    return out


@njit(nogil=True, cache=True)
def uuid_texts(data: Bytes) -> Bytes:
    """``8-4-4-4-12`` (36 bytes each) of 16 bytes each."""
    n = len(data) // 16
    out = np.empty(n * 36, np.uint8)
    for i in range(n):
        at = i * 36
        for k in range(16):
            if k in (4, 6, 8, 10):
                out[at] = 45
                at += 1
            out[at] = _hex(data[i * 16 + k] >> 4)
            out[at + 1] = _hex(data[i * 16 + k] & 15)
            at += 2
    return out


@njit(nogil=True, cache=True)
def without_trailing_spaces(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Each value without the U+0020 at its end."""
    n = len(offsets) - 1
    out = np.empty(offsets[n] - offsets[0], np.uint8)
    starts = np.empty(n + 1, np.int64)
    starts[0] = 0
    at = 0
    for i in range(n):
        end = offsets[i + 1]
        while end > offsets[i] and data[end - 1] == 32:
            end -= 1
        for k in range(offsets[i], end):
            out[at] = data[k]
            at += 1
        starts[i + 1] = at
    return out[:at], starts


@njit(nogil=True, cache=True)
def canonical_sizes(offsets: Offsets, valid: Flags, sizes: NDArray[np.int64]) -> None:
    """Add to ``sizes`` what each value takes as ``N`` or ``V<length>:<bytes>``."""
    for i in range(len(sizes)):
        if valid[i]:
            length = offsets[i + 1] - offsets[i]
            sizes[i] += length + 3
            while length >= 10:
                length //= 10
                sizes[i] += 1
        else:
            sizes[i] += 1


@njit(nogil=True, cache=True)
def canonical_write(data: Bytes, offsets: Offsets, valid: Flags, out: Bytes, cursor: NDArray[np.int64]) -> None:
    """Write each value as ``N`` or ``V<length>:<bytes>`` at its row's cursor and move the cursor."""
    for i in range(len(cursor)):
        at = cursor[i]
        if not valid[i]:
            out[at] = 78
            cursor[i] = at + 1
            continue
        out[at] = 86
        length = offsets[i + 1] - offsets[i]
        digits = 1
        rest = length
        while rest >= 10:
            rest //= 10
            digits += 1
        rest = length
        for k in range(digits, 0, -1):
            out[at + k] = 48 + rest % 10
            rest //= 10
        at += digits + 1
        out[at] = 58
        at += 1
        for k in range(offsets[i], offsets[i + 1]):
            out[at] = data[k]
            at += 1
        cursor[i] = at


@njit(nogil=True, cache=True)
def special_bytes(data: Bytes) -> int:
    """How many bytes LOAD DATA must see escaped: backslash, tab, newline, NUL."""
    count = 0
    for byte in data:
        if byte in (92, 9, 10, 0):
            count += 1
    return count


@njit(nogil=True, cache=True)
def load_sizes(data: Bytes, offsets: Offsets, valid: Flags, escape: bool, sizes: NDArray[np.int64]) -> None:
    r"""Add to ``sizes`` what each value takes in a LOAD DATA line, with the tab or newline behind it; NULL is
    ``\N``."""
    for i in range(len(sizes)):
        if not valid[i]:
            sizes[i] += 3
            continue
        sizes[i] += offsets[i + 1] - offsets[i] + 1
        if escape:
            for k in range(offsets[i], offsets[i + 1]):
                if data[k] in (92, 9, 10, 0):
                    sizes[i] += 1


@njit(nogil=True, cache=True)
def load_write(
    data: Bytes, offsets: Offsets, valid: Flags, escape: bool, end: int, out: Bytes, cursor: NDArray[np.int64]
) -> None:
    """Write each value for LOAD DATA at its row's cursor, ``end`` (tab or newline) behind it, and move the cursor."""
    for i in range(len(cursor)):
        at = cursor[i]
        if not valid[i]:
            out[at] = 92
            out[at + 1] = 78
            at += 2
        elif escape:
            for k in range(offsets[i], offsets[i + 1]):
                byte = data[k]
                if byte in (92, 9, 10, 0):
                    out[at] = 92
                    at += 1
                    # Backslash, tab and newline stand for themselves behind a backslash; NUL is written as backslash
                    # zero.
                    byte = 48 if byte == 0 else byte
                out[at] = byte
                at += 1
        else:
            for k in range(offsets[i], offsets[i + 1]):
                out[at] = data[k]
                at += 1
        out[at] = end
        cursor[i] = at + 1


@njit(nogil=True, cache=True)
def slices(digests: Bytes) -> NDArray[Any]:
    """Bytes 0-6 and 7-13 of each 32-byte digest (n, 32) as big-endian numbers (n, 2)."""
    out = np.zeros((len(digests), 2), np.uint64)
    for i in range(len(digests)):
        for k in range(7):
            out[i, 0] = (out[i, 0] << np.uint64(8)) | np.uint64(digests[i, k])
            out[i, 1] = (out[i, 1] << np.uint64(8)) | np.uint64(digests[i, k + 7])
    return out
