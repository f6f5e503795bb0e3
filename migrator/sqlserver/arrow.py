"""What the driver gives, turned into the types of wire/schema.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrator.wire.arrays import fixed_bytes, flags_of

_EPOCH_SECONDS: Final = 62_135_596_800
"""From 0001-01-01 to 1970-01-01."""
_TICKS_OF_SECOND: Final = 10_000_000
_UNITS: Final = {"s": _TICKS_OF_SECOND, "ms": 10_000, "us": 10}
_TICKS_OF_MINUTE: Final = 600_000_000
_GUID_ORDER: Final = (3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15)
"""The bytes of a uniqueidentifier in the order of its text: its first three groups are little-endian numbers."""
_SHORTEST: Final[dict[str, Callable[[str], str]]] = {
    "float": lambda text: repr(float(text)),
    "real": lambda text: str(np.float32(text)),
}
_NOTHING: Final = {"int64": 0, "int32": 0, "int16": 0, "string": "", "binary": b""}


class Carrier(StrEnum):
    """How a value crosses.

    SAME        as it is
    TEXT        text
    BYTES       bytes, of one length or many
    MOMENT      a timestamp without offset, for ticks
    TIME_TICKS  100 ns since midnight
    OFFSET      ticks of the local time, and the offset in minutes
    GUID        16 bytes in SQL Server's order
    VARIANT     the type's and the value's text
    SHAPE       SRID and well-known binary
    """

    SAME = "same"
    TEXT = "text"
    BYTES = "bytes"
    MOMENT = "moment"
    TIME_TICKS = "time ticks"
    OFFSET = "offset"
    GUID = "guid"
    VARIANT = "variant"
    SHAPE = "shape"


def carried(carrier: Carrier, parts: Sequence[pa.Array], wanted: pa.DataType) -> pa.Array:
    """The column of type ``wanted`` that ``parts`` carry."""
    return _READERS[carrier](parts, wanted)


def _same(parts: Sequence[pa.Array], wanted: pa.DataType) -> pa.Array:
    [array] = parts
    return array if array.type == wanted else pc.cast(array, wanted)


def _moment(parts: Sequence[pa.Array], wanted: pa.DataType) -> pa.Array:
    [array] = parts
    unit = _UNITS[array.type.unit]
    ticks = fixed_bytes(array, 8).view(np.int64) * unit + _EPOCH_SECONDS * _TICKS_OF_SECOND
    return pa.array(ticks, wanted, mask=~flags_of(array))


def _time(parts: Sequence[pa.Array], wanted: pa.DataType) -> pa.Array:
    [array] = parts
    return pc.cast(pc.multiply(array, pa.scalar(100, pa.int64())), wanted)


def _offset(parts: Sequence[pa.Array], wanted: pa.StructType) -> pa.Array:
    local, minutes = parts
    utc = pc.subtract(local, pc.multiply(pc.cast(minutes, pa.int64()), pa.scalar(_TICKS_OF_MINUTE, pa.int64())))
    return _struct([utc, pc.cast(minutes, pa.int16())], wanted)


def _guid(parts: Sequence[pa.Array], wanted: pa.DataType) -> pa.Array:
    array = _same(parts, wanted)
    swapped = np.ascontiguousarray(fixed_bytes(array, 16).reshape(-1, 16)[:, _GUID_ORDER])
    return pa.Array.from_buffers(
        wanted, len(array), [_validity(array), pa.py_buffer(swapped.reshape(-1))], array.null_count
    )


def _variant(parts: Sequence[pa.Array], wanted: pa.StructType) -> pa.Array:
    """The texts of float and real become the shortest ones that mean the same number, as every source gives them."""
    types, values = parts
    for name, shortest in _SHORTEST.items():
        found = pc.equal(types, name)
        if pc.any(found).as_py():
            texts = [shortest(text) for text in values.filter(found).to_pylist()]
            values = pc.replace_with_mask(values, pc.fill_null(found, False), pa.array(texts, values.type))
    return _as_struct([types, values], wanted)


def _as_struct(parts: Sequence[pa.Array], wanted: pa.StructType) -> pa.Array:
    return _struct([pc.cast(part, field.type) for part, field in zip(parts, wanted, strict=True)], wanted)


def _struct(children: Sequence[pa.Array], wanted: pa.StructType) -> pa.Array:
    """A struct that is NULL where its first child is; what its children are there means nothing."""
    filled = [pc.fill_null(child, _NOTHING[str(child.type)]) if child.null_count else child for child in children]
    return pa.StructArray.from_arrays(filled, fields=list(wanted), mask=pc.is_null(children[0]))


def _validity(array: pa.Array) -> pa.Buffer | None:
    """The validity bits, beginning with the array's own first value."""
    return pa.array(flags_of(array)).buffers()[1] if array.null_count else None


_READERS: Final[dict[Carrier, Callable[[Sequence[pa.Array], pa.DataType], pa.Array]]] = {
    Carrier.SAME: _same,
    Carrier.TEXT: _same,
    Carrier.BYTES: _same,
    Carrier.MOMENT: _moment,
    Carrier.TIME_TICKS: _time,
    Carrier.OFFSET: _offset,
    Carrier.GUID: _guid,
    Carrier.VARIANT: _variant,
    Carrier.SHAPE: _as_struct,
}
