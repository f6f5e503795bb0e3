"""Arrow arrays as numpy sees them, without a copy where that can be: the array's own slice of its buffers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:  # the names of types alone: compiled code is for those who run it
    from migrator.wire.kernels import Bytes, Flags, Offsets


def flags_of(array: pa.Array) -> Flags:
    """True where a value stands, False for NULL."""
    if array.null_count == 0:
        return np.ones(len(array), np.bool_)
    flags: Flags = pc.is_valid(array).to_numpy(zero_copy_only=False)
    return flags


def fixed_bytes(array: pa.Array, width: int) -> Bytes:
    """The values of a fixed-width array, ``width`` bytes each; those of NULLs mean nothing."""
    if array.buffers()[1] is None:
        return np.zeros(len(array) * width, np.uint8)
    start = array.offset * width
    return np.frombuffer(array.buffers()[1], np.uint8)[start : start + len(array) * width]


def value_bytes(array: pa.Array) -> tuple[Bytes, Offsets]:
    """Data and offsets of an array of text or bytes: value i is ``data[offsets[i]:offsets[i + 1]]``."""
    if pa.types.is_fixed_size_binary(array.type):
        width = array.type.byte_width
        return fixed_bytes(array, width), np.arange(len(array) + 1, dtype=np.int64) * width
    wide = pa.types.is_large_binary(array.type) or pa.types.is_large_string(array.type)
    _, offset_buffer, data_buffer = array.buffers()
    offsets = np.frombuffer(offset_buffer, np.int64 if wide else np.int32)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.empty(0, np.uint8)
    return data, offsets.astype(np.int64)
