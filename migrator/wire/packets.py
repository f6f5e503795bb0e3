"""The rows of MySQL's text protocol, read out of raw bytes by compiled loops.

A packet is 3 bytes of length, 1 of sequence, then its payload; a row of 2^24-1 bytes and more goes on in the next
packet. A value is a length and its bytes, NULL is 0xFB alone (MySQL Source Code Documentation, "Client/Server
Protocol": "MySQL Packets", "Text Resultset Row", "Length-Encoded Integer Type").
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numba import njit
from numpy.typing import NDArray

from migrator.wire.kernels import Bytes, Flags, Offsets
from migrator.wire.text import Texts

HEADER = 4
_LONGEST = 0xFFFFFF
_NULL, _TWO, _THREE, _EIGHT, _ERROR = 0xFB, 0xFC, 0xFD, 0xFE, 0xFF
_MORE, _FULL, _END, _FAILED, _TORN = range(5)


class Stop(IntEnum):
    """Why ``scan`` went no further.

    MORE    the next row is not all there yet
    FULL    there is no place for another row
    END     all rows have been seen
    FAILED  an error of the server stands behind the rows seen so far
    TORN    packets that do not follow each other
    """

    MORE = _MORE
    FULL = _FULL
    END = _END
    FAILED = _FAILED
    TORN = _TORN


@njit(nogil=True, cache=True)
def scan(
    buffer: Bytes, at: int, end: int, sequence: int, starts: Offsets, ends: Offsets, rows: int
) -> tuple[int, int, int, int]:
    """Find whole rows in ``buffer[at:end]`` and write where each starts and ends behind the ``rows`` found before.

    ``sequence`` is the number that the next packet must have, -1 where any will do. Where a row lies in several packets
    their payloads are moved together. At END and FAILED the last packet's payload stands in ``starts`` and ``ends``
    behind the rows. Gives the position, the sequence, the rows and a ``Stop``.
    """
    while True:
        # First the whole row, packet by packet, without a change: the rest of it may still be on its way.
        place, number, packets = at, sequence, 0
        while True:
            if place + HEADER > end:
                return at, sequence, rows, _MORE
            length = int(buffer[place]) | int(buffer[place + 1]) << 8 | int(buffer[place + 2]) << 16
            if number >= 0 and buffer[place + 3] != number:
                return at, sequence, rows, _TORN
            number = (int(buffer[place + 3]) + 1) & 255
            place += HEADER + length
            packets += 1
            if place > end:
                return at, sequence, rows, _MORE
            if length < _LONGEST:
                break
        start = at + HEADER
        first = int(buffer[start]) if place > start else -1
        # A row that begins with 0xFE holds 2^24 bytes and more: its first packet is a full one. So a short packet
        # beginning like that ends the rows, be it an EOF packet or, under CLIENT_DEPRECATE_EOF, an OK packet.
        last = packets == 1 and (first in (_EIGHT, _ERROR))
        if not last and rows == len(starts) - 1:
            return at, sequence, rows, _FULL
        stop = place
        if packets > 1:
            stop = start + _LONGEST
            source = stop
            for _ in range(packets - 1):
                length = int(buffer[source]) | int(buffer[source + 1]) << 8 | int(buffer[source + 2]) << 16
                source += HEADER
                for k in range(length):
                    buffer[stop + k] = buffer[source + k]
                stop += length
                source += length
        starts[rows], ends[rows] = start, stop
        at, sequence = place, number
        if last:
            return at, sequence, rows, _END if first == _EIGHT else _FAILED
        rows += 1


@njit(nogil=True, cache=True)
def _split(
    buffer: Bytes, starts: Offsets, ends: Offsets, places: NDArray[np.int64], offsets: NDArray[np.int64], valid: Flags
) -> int:
    """Where each value of each row lies; columns first. The number of the first row that is none, -1 if all are."""
    columns, rows = places.shape
    for column in range(columns):
        offsets[column, 0] = 0
    for row in range(rows):
        at, end = starts[row], ends[row]
        for column in range(columns):
            if at >= end:
                return row
            first = buffer[at]
            at += 1
            length = 0
            if first < _NULL:
                length = int(first)
            elif first == _NULL:
                pass
            else:
                size = 2 if first == _TWO else 3 if first == _THREE else 8
                if first == _ERROR or at + size > end:
                    return row
                for k in range(size - 1, -1, -1):
                    length = length << 8 | int(buffer[at + k])
                at += size
            if length < 0 or length > end - at:
                return row
            places[column, row] = at
            valid[column, row] = first != _NULL
            offsets[column, row + 1] = offsets[column, row] + length
            at += length
        if at != end:
            return row
    return -1


@njit(nogil=True, cache=True)
def _gather(buffer: Bytes, places: Offsets, offsets: Offsets) -> Bytes:
    """The values one behind the other."""
    out = np.empty(offsets[-1], np.uint8)
    for row in range(len(places)):
        at, place = offsets[row], places[row]
        for k in range(offsets[row + 1] - at):
            out[at + k] = buffer[place + k]
    return out


def columns_of(buffer: Bytes, starts: Offsets, ends: Offsets, columns: int) -> list[Texts]:
    """The rows at these places, column by column, in arrays of their own. Raises ValueError for bytes that are no row
    of so many columns."""
    rows = len(starts)
    places = np.empty((columns, rows), np.int64)
    offsets = np.empty((columns, rows + 1), np.int64)
    valid = np.empty((columns, rows), np.bool_)
    if _split(buffer, starts, ends, places, offsets, valid) >= 0:
        raise ValueError("not a row of so many columns")
    return [
        Texts(_gather(buffer, places[column], offsets[column]), offsets[column], valid[column])
        for column in range(columns)
    ]
