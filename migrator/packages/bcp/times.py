"""Dates and times."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.packages.bcp import kernels
from migrator.packages.bcp.fields import Fields
from migrator.packages.bcp.kernels import Numbers

EPOCH_DAYS: Final = 719_162
"""Days from 0001-01-01 to 1970-01-01."""
CENTURY_DAYS: Final = 25_567
"""Days from 1900-01-01 to 1970-01-01."""
LAST_DAY: Final = 3_652_058
"""9999-12-31 in days since 0001-01-01."""
TICKS_OF_DAY: Final = 864_000_000_000
"""Units of 100 ns."""

_FIRST_DATETIME: Final = -53_690
_LAST_DATETIME: Final = 2_958_463
"""1753-01-01 and 9999-12-31 in days since 1900-01-01: the range of datetime."""
_THIRDS_OF_DAY: Final = 25_920_000
_MINUTES_OF_DAY: Final = 1_440
_MOST_OFFSET: Final = 840


def dates(fields: Fields) -> pa.Array:
    """date as date32."""
    return fields.array((_days(fields, 0) - EPOCH_DAYS).astype(np.int32))


def times(fields: Fields) -> pa.Array:
    """time as time64[ns]."""
    return fields.array(_ticks(fields) * 100)


def smalldatetimes(fields: Fields) -> pa.Array:
    """smalldatetime as timestamp[s]."""
    days = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 2)
    minutes = kernels.integers(fields.data, fields.starts, fields.lengths, 2, 2)
    fields.refuse(minutes >= _MINUTES_OF_DAY, "a time is beyond the end of its day")
    return fields.array((days - CENTURY_DAYS) * 86_400 + minutes * 60)


def datetimes(fields: Fields) -> pa.Array:
    """datetime as timestamp[ms], rounded to .000, .003 and .007 as SQL Server shows it."""
    days = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 4).astype(np.int32).astype(np.int64)
    thirds = kernels.integers(fields.data, fields.starts, fields.lengths, 4, 4)
    fields.refuse((days < _FIRST_DATETIME) | (days > _LAST_DATETIME), "a date is outside the years 1753 to 9999")
    fields.refuse(thirds >= _THIRDS_OF_DAY, "a time is beyond the end of its day")
    return fields.array((days - CENTURY_DAYS) * 86_400_000 + (thirds * 10 + 1) // 3)


def datetime2s(fields: Fields) -> pa.Array:
    """datetime2 as ticks of 100 ns since 0001-01-01."""
    return fields.array(_moments(fields))


def datetimeoffsets(fields: Fields) -> pa.Array:
    """datetimeoffset as UTC ticks and minutes of offset."""
    minutes = kernels.integers(fields.data, fields.starts, fields.lengths, 8, 2).astype(np.int16)
    fields.refuse(np.abs(minutes.astype(np.int64)) > _MOST_OFFSET, "an offset is more than 14 hours")
    return fields.struct(pa.array(_moments(fields)), pa.array(minutes))


def _moments(fields: Fields) -> Numbers:
    """A time (5 bytes) and a date (3 bytes) as ticks since 0001-01-01."""
    return _days(fields, 5) * TICKS_OF_DAY + _ticks(fields)


def _ticks(fields: Fields) -> Numbers:
    """A time of day in units of 100 ns."""
    ticks = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 5)
    fields.refuse(ticks >= TICKS_OF_DAY, "a time is beyond the end of its day")
    scale = 7 if fields.type.scale is None else fields.type.scale
    if scale < 7:
        fields.refuse(ticks % 10 ** (7 - scale) != 0, f"a time has more than {scale} decimals")
    return ticks


def _days(fields: Fields, offset: int) -> Numbers:
    """Days since 0001-01-01."""
    days = kernels.integers(fields.data, fields.starts, fields.lengths, offset, 3)
    fields.refuse(days > LAST_DAY, "a date is beyond the year 9999")
    return days
