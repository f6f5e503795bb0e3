"""How many values of an Arrow array have a certain property. Types are those of ``wire.schema``."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from migrator.wire.arrays import fixed_bytes, flags_of, value_bytes
from migrator.wire.kernels import Flags

_DAY_TICKS: Final = 864_000_000_000
"""Units of 100 ns."""
_DAYS_TO_1970: Final = date(1970, 1, 1).toordinal()
_FIRST_DAY: Final = date(1000, 1, 1).toordinal()
"""MySQL 8.0 Reference Manual, "The DATE, DATETIME, and TIMESTAMP Types": '1000-01-01' to '9999-12-31'."""
_LAST_DAY: Final = date(9999, 12, 31).toordinal()
_FOUR_BYTES: Final = 0xF0
"""The least first byte of a character outside the Basic Multilingual Plane in UTF-8."""


def present(array: pa.Array) -> int:
    """Values that are not NULL."""
    return len(array) - int(array.null_count)


def everything(array: pa.Array) -> int:
    """All rows."""
    return len(array)


def seventh_digits(array: pa.Array) -> int:
    """Times and moments whose seventh digit of a second is not zero."""
    if pa.types.is_struct(array.type):
        array = array.flatten()[0]
    unit = 1000 if pa.types.is_time(array.type) else 10  # nanoseconds or ticks
    return _count(array, _int64(array) % unit != 0)


def offsets(array: pa.Array) -> int:
    """Moments whose offset is not zero."""
    minutes = array.flatten()[1]
    return _count(minutes, fixed_bytes(minutes, 2).view(np.int16) != 0)


def outside_range(array: pa.Array) -> int:
    """Dates and moments (these in UTC) outside of what MySQL promises to hold."""
    if pa.types.is_struct(array.type):
        array = array.flatten()[0]
    if pa.types.is_date(array.type):
        days = fixed_bytes(array, 4).view(np.int32)
        first, last = _FIRST_DAY - _DAYS_TO_1970, _LAST_DAY - _DAYS_TO_1970
        return _count(array, (days < first) | (days > last))
    ticks = _int64(array)
    return _count(array, (ticks < (_FIRST_DAY - 1) * _DAY_TICKS) | (ticks >= _LAST_DAY * _DAY_TICKS))


def digits_beyond(array: pa.Array, scale: int) -> int:
    """Decimals that have a digit other than zero behind the first ``scale`` decimals."""
    if array.type.scale <= scale:
        return 0
    # Cutting leaves at most as many digits as there were, so both ways always fit.
    cut = pc.cast(array, options=pc.CastOptions(pa.decimal128(38, scale), allow_decimal_truncate=True))
    return int(pc.sum(pc.not_equal(array, pc.cast(cut, array.type))).as_py() or 0)


def blank_ends(array: pa.Array) -> int:
    """Texts that end with a blank."""
    return int(np.count_nonzero(ends_blank(array)))


def beyond_ascii(array: pa.Array) -> int:
    """Texts that are not of ASCII alone."""
    return present(array) - int(pc.sum(pc.string_is_ascii(array)).as_py() or 0)


def ends_blank(array: pa.Array) -> Flags:
    """For each value whether it is text that ends with a blank."""
    data, places = value_bytes(array)
    flags = flags_of(array) & (places[1:] > places[:-1])
    flags[flags] = data[places[1:][flags] - 1] == ord(" ")
    return flags


def supplementary(array: pa.Array) -> NDArray[np.int64]:
    """For each text how many characters it has outside the Basic Multilingual Plane: two UTF-16 units each."""
    data, places = value_bytes(array)
    found = np.flatnonzero(data[places[0] : places[-1]] >= _FOUR_BYTES) + places[0]
    return np.diff(np.searchsorted(found, places))


def _int64(array: pa.Array) -> NDArray[np.int64]:
    return fixed_bytes(array, 8).view(np.int64)


def _count(array: pa.Array, flags: Flags) -> int:
    return int(np.count_nonzero(flags & flags_of(array) if array.null_count else flags))
