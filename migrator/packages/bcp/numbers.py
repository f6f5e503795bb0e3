"""Bits, integers, floats, decimals and money."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.packages.bcp import kernels
from migrator.packages.bcp.fields import BadValue, Fields

_LOW_HALF: Final = (1 << 64) - 1


def bits(fields: Fields) -> pa.Array:
    """bit as bool."""
    values = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 1)
    fields.refuse(values > 1, "a bit is neither 0 nor 1")
    return fields.array(np.packbits(values.astype(np.bool_), bitorder="little"))


def integers(fields: Fields) -> pa.Array:
    """tinyint to bigint."""
    width = fields.arrow.bit_width // 8
    values = kernels.integers(fields.data, fields.starts, fields.lengths, 0, width)
    return fields.array(values.astype(fields.arrow.to_pandas_dtype()))


def floats(fields: Fields) -> pa.Array:
    """real and float."""
    width = fields.arrow.bit_width // 8
    raw = kernels.integers(fields.data, fields.starts, fields.lengths, 0, width)
    values = raw.astype(np.uint32).view(np.float32) if width == 4 else raw.view(np.float64)
    fields.refuse(~np.isfinite(values), "a number is infinite or not a number, which SQL Server does not store")
    return fields.array(values)


def decimals(fields: Fields) -> pa.Array:
    """decimal and numeric as decimal128."""
    precision, scale = fields.arrow.precision, fields.arrow.scale
    limit = np.array([10**precision & _LOW_HALF, 10**precision >> 64], np.uint64)
    values, bad = kernels.decimals(fields.data, fields.starts, fields.lengths, precision, scale, limit)
    if bad >= 0:
        raise BadValue(bad, f"a value is no decimal({precision},{scale}): its precision, scale, sign or size differs")
    return fields.array(values)


def money(fields: Fields) -> pa.Array:
    """money as decimal128(19, 4)."""
    words = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 8).view(np.uint64)
    swapped = (words << np.uint64(32)) | (words >> np.uint64(32))
    return fields.array(_widened(swapped.view(np.int64)))


def smallmoney(fields: Fields) -> pa.Array:
    """smallmoney as decimal128(10, 4)."""
    raw = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 4)
    return fields.array(_widened(raw.astype(np.int32).astype(np.int64)))


def _widened(values: kernels.Numbers) -> kernels.Numbers:
    """64-bit two's complement as 128-bit."""
    return np.stack((values, values >> 63), axis=1)
