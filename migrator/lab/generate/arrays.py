"""The small pieces that row makers put their columns together from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from migrator.lab.generate.shapes import WGS84, points_wkb
from migrator.wire.schema import OFFSET, SHAPE

Raw: TypeAlias = "NDArray[Any] | np.ma.MaskedArray[Any, Any]"
"""What an Arrow type stores: unscaled numbers for decimals; days, ticks or units of time for dates and times."""

Flags = NDArray[np.bool_]


def to_arrow(values: pa.Array | Raw, type_: pa.DataType) -> pa.Array:
    """``values`` as an array of that Arrow type; a masked number is NULL."""
    if isinstance(values, pa.Array):
        return values if values.type == type_ else values.cast(type_)
    data, mask = np.ma.getdata(values), np.ma.getmaskarray(values)
    if pa.types.is_boolean(type_):
        return pa.array(data, type_, mask=mask)
    if pa.types.is_decimal128(type_):
        # The upper half of a 128-bit number repeats the sign.
        data = np.stack((data, data >> 63), axis=1).astype("<i8")
    else:
        kind = "f" if pa.types.is_floating(type_) else "u" if pa.types.is_unsigned_integer(type_) else "i"
        data = data.astype(f"<{kind}{type_.bit_width // 8}")
    return pa.Array.from_buffers(type_, len(mask), [_bitmap(mask), pa.py_buffer(np.ascontiguousarray(data))])


def texts(values: Sequence[str | None]) -> pa.Array:
    """Text, given one by one."""
    return pa.array(values, pa.string())


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts side by side; NULL where any part is."""
    return pc.binary_join_element_wise(*parts, "")


def digits(numbers: NDArray[np.int64], width: int = 1) -> pa.Array:
    """Decimal digits, filled up with zeros on the left."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def without(values: pa.Array | Raw, gone: Flags) -> pa.Array | Raw:
    """``values``, but NULL where ``gone``."""
    if isinstance(values, pa.Array):
        return pc.if_else(pa.array(gone), pa.scalar(None, values.type), values)
    return np.ma.array(values, mask=np.ma.getmaskarray(values) | gone)


def fixed_bytes(octets: NDArray[np.uint8]) -> pa.Array:
    """Binary values of one width from an array (n, width)."""
    rows, width = octets.shape
    return pa.Array.from_buffers(pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(octets))])


def cut_bytes(octets: NDArray[np.uint8], lengths: NDArray[np.int64]) -> pa.Array:
    """Binary values of these lengths, cut from ``octets`` one behind the other."""
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(lengths), [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(octets))]
    )


def moments(ticks: NDArray[np.int64], minutes: NDArray[np.int64], gone: Flags | None = None) -> pa.Array:
    """datetimeoffset values: UTC ticks and offsets in minutes; NULL where ``gone``."""
    fields = [to_arrow(ticks, OFFSET.field("utc").type), to_arrow(minutes, OFFSET.field("minutes").type)]
    return pa.StructArray.from_arrays(fields, fields=list(OFFSET), mask=None if gone is None else pa.array(gone))


def positions(longitude: NDArray[np.float64], latitude: NDArray[np.float64], gone: Flags | None = None) -> pa.Array:
    """geography points; NULL where ``gone``."""
    rows = len(longitude)
    wkb = points_wkb(longitude, latitude)
    fields = [to_arrow(np.full(rows, WGS84), pa.int32()), fixed_bytes(wkb.reshape(rows, -1)).cast(pa.binary())]
    return pa.StructArray.from_arrays(fields, fields=list(SHAPE), mask=None if gone is None else pa.array(gone))


def _bitmap(mask: Flags) -> pa.Buffer | None:
    return pa.py_buffer(np.packbits(~mask, bitorder="little")) if mask.any() else None
