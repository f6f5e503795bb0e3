"""What fills the columns of a span: choices, gaps, dates, amounts, keys; and awkward values in the first rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, TypeAlias
from zlib import crc32

import numpy as np
import pyarrow as pa

from migrator.lab.generate.arrays import Raw, fixed_bytes, without
from migrator.lab.generate.dice import Integers
from migrator.lab.generate.population import Span

TODAY: Final = (date(2024, 6, 30) - date(1970, 1, 1)).days
"""The day on which the agency's data were exported, as days since 1970-01-01."""
DAYS_TO_1970: Final = 719_162
SECOND: Final = 10_000_000
"""Ticks of 100 ns."""
DAY: Final = 86_400 * SECOND


Values: TypeAlias = "pa.Array | Raw"
"""A column of a span."""


def pick(span: Span, words: pa.Array) -> pa.Array:
    """For each row any of the words."""
    return words.take(pa.array(span.dice.whole(0, len(words), span.rows)))


def weighted(span: Span, words: pa.Array, weights: Sequence[int]) -> pa.Array:
    """For each row one of the words, as often as its weight says."""
    ends = np.cumsum(weights)
    chosen = np.searchsorted(ends, span.dice.whole(0, int(ends[-1]), span.rows), side="right")
    return words.take(pa.array(chosen))


def gaps(span: Span, share: float, values: Values) -> Values:
    """``values`` with about ``share`` of them NULL."""
    return without(values, span.dice.flags(share, span.rows))


def beginning(span: Span, values: Values, awkward: Sequence[Any]) -> Values:
    """``values``, but the table's first rows hold ``awkward`` instead, one each, as far as the table goes."""
    here = awkward[span.first : span.first + span.rows]
    if not here:
        return values
    if isinstance(values, pa.Array):
        return pa.concat_arrays([pa.array(here, values.type), values.slice(len(here))])
    changed = np.ma.array(values, copy=True)
    for row, value in enumerate(here):
        changed[row] = np.ma.masked if value is None else value
    return changed


def guids(span: Span) -> pa.Array:
    """Random GUIDs (version 4), as newid() makes them."""
    octets = span.dice.octets(span.rows * 16).reshape(-1, 16).copy()
    octets[:, 6] = octets[:, 6] & 0x0F | 0x40
    octets[:, 8] = octets[:, 8] & 0x3F | 0x80
    return fixed_bytes(octets)


def sequential_guids(table: int, indices: Integers) -> pa.Array:
    """The GUIDs of newsequentialid(): of one machine, counting up; ``table`` tells two tables apart."""
    octets = np.zeros((len(indices), 16), np.uint8)
    octets[:, :4] = (0x5C0F0000 + indices).astype(">u4").view(np.uint8).reshape(-1, 4)
    octets[:, 4:] = np.frombuffer(bytes.fromhex("8a1dee11b9d1000d3a") + table.to_bytes(3, "big"), np.uint8)
    return fixed_bytes(octets)


def stamps(span: Span) -> pa.Array:
    """rowversion values: a counter, unique in the whole database."""
    first = (crc32(str(span.table).encode()) >> 4) << 32
    return fixed_bytes((first + span.index + 1).astype(">i8").view(np.uint8).reshape(-1, 8))


def days(span: Span, first: int, last: int) -> Integers:
    """Days since 1970-01-01, from ``first`` to ``last`` days before the export."""
    return TODAY - span.dice.whole(last, first + 1, span.rows)


def ticks(day: Integers, of_day: Integers) -> Integers:
    """datetime2: days since 1970-01-01 and ticks of the day, as ticks since 0001-01-01."""
    return (day + DAYS_TO_1970) * DAY + of_day


def times(span: Span, first_hour: int, last_hour: int, unit: int) -> Integers:
    """Ticks of the day between two hours, in steps of ``unit`` ticks (at least a thousandth of a second)."""
    hour = 3600 * SECOND
    return span.dice.whole(first_hour * hour // unit, last_hour * hour // unit, span.rows) * unit


def sevenths(span: Span) -> Integers:
    """Ticks below a second: a fraction of seven digits."""
    return span.dice.whole(0, SECOND, span.rows)


def cents(span: Span, low: int, high: int) -> Integers:
    """Amounts from ``low`` to ``high`` in whole cents, as money stores them: in ten-thousandths."""
    return span.dice.whole(low * 100, high * 100, span.rows) * 100


def datetimes(span: Span, first: int, last: int) -> Integers:
    """datetime: milliseconds since 1970-01-01, each a whole tick of 1/300 second, in days as ``days`` takes them."""
    ticks_of_day = span.dice.whole(0, 86_400 * 300, span.rows)
    return days(span, first, last) * 86_400_000 + (ticks_of_day * 20 + 3) // 6
