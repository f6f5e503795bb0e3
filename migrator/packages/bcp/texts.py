"""Text, binary values and uniqueidentifier."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from migrator.packages.bcp import kernels
from migrator.packages.bcp.fields import Fields, offsets32

_TEXT_ORDER: Final = np.array([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], np.int64)
"""Where each byte of a uniqueidentifier's text form is: its first three groups are stored backwards."""


def texts(fields: Fields) -> tuple[pa.Array, int]:
    """Text as UTF-8, and how many lone surrogates became U+FFFD."""
    fields.refuse(
        fields.valid & (fields.lengths % 2 != 0), "a text has an odd number of bytes, which UTF-16 cannot have"
    )
    data, offsets, lone = kernels.utf8(fields.data, fields.starts, fields.lengths)
    return fields.array(offsets32(offsets), data), lone


def binaries(fields: Fields) -> pa.Array:
    """binary, varbinary, image and ciphertext; rowversion as binary(8)."""
    if pa.types.is_fixed_size_binary(fields.arrow):
        order = np.arange(fields.arrow.byte_width, dtype=np.int64)
        return fields.array(kernels.pick(fields.data, fields.starts, fields.lengths, order))
    data, offsets = kernels.copy(fields.data, fields.starts, fields.lengths)
    return fields.array(offsets32(offsets), data)


def guids(fields: Fields) -> pa.Array:
    """uniqueidentifier as 16 bytes in the order of its text form."""
    return fields.array(kernels.pick(fields.data, fields.starts, fields.lengths, _TEXT_ORDER))
