"""Arrow columns as text: the canonical form that is compared, and the form that LOAD DATA reads.

Most forms have one text for both. See ``model.mapping.Form`` for what the canonical text of each form is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from migrator.errors import SourceError
from migrator.model.mapping import Form, Part, TargetColumn
from migrator.wire import kernels
from migrator.wire.arrays import fixed_bytes, flags_of, value_bytes
from migrator.wire.kernels import Bytes, Flags, Offsets
from migrator.wire.sha256 import digests

_EPOCH_DAYS: Final = 719_162
"""Days from 0001-01-01 to 1970-01-01."""
_MICROS_OF_DAY: Final = 86_400_000_000
_UNIT_MICROS: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}

SAME_TEXT: Final = frozenset({Form.INTEGER, Form.DECIMAL, Form.DATE, Form.TIME, Form.DATETIME, Form.UUID, Form.TEXT})
"""Forms whose canonical text is also what LOAD DATA reads."""
_PLAIN: Final = SAME_TEXT - {Form.TEXT} | {Form.FLOAT}
"""Forms whose load text never needs an escape."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One text for each row: ``data[offsets[i]:offsets[i + 1]]`` where ``valid[i]``, else NULL.

    ``plain`` says that no byte can need an escape in LOAD DATA.
    """

    data: Bytes
    offsets: Offsets
    valid: Flags
    plain: bool = False


def canonical_column(array: pa.Array, column: TargetColumn) -> Texts:
    """The canonical text of every value of a source column, as the target column keeps it. Raises SourceError."""
    array = _part(array, column)
    valid = flags_of(array)
    match column.form:
        case Form.FLOAT:
            return _fixed(kernels.hex_bytes(_doubles(array).byteswap().view(np.uint8)), 16, valid)
        case Form.CHAR:
            data, offsets = kernels.without_trailing_spaces(*value_bytes(array))
            return Texts(data, offsets, valid)
        case Form.BINARY:
            data, offsets = value_bytes(array)
            return Texts(kernels.hex_bytes(data[offsets[0] : offsets[-1]]), (offsets - offsets[0]) * 2, valid)
        case Form.CLOB | Form.BLOB | Form.GEOMETRY:
            return _fixed(kernels.hex_bytes(digests(*value_bytes(array)).reshape(-1)), 64, valid)
        case _:
            return _same(array, column, valid)


def load_column(array: pa.Array, column: TargetColumn) -> Texts:
    """The text of every value as LOAD DATA takes it, not yet escaped. Raises SourceError."""
    array = _part(array, column)
    valid = flags_of(array)
    match column.form:
        case Form.FLOAT:
            # The shortest text that reads back as the same double. A real is widened first: MySQL reads doubles, then
            # narrows.
            data, offsets = value_bytes(pc.cast(pc.cast(array, pa.float64()), pa.string()))
            return Texts(data, offsets, valid, plain=True)
        case Form.CHAR | Form.BINARY | Form.CLOB | Form.BLOB | Form.GEOMETRY:
            data, offsets = value_bytes(array)
            return Texts(data, offsets, valid)
        case _:
            return _same(array, column, valid)


def double_column(array: pa.Array, column: TargetColumn) -> Texts:
    """The 8 bytes of every value of a FLOAT column, little-endian."""
    array = _part(array, column)
    return _fixed(_doubles(array).view(np.uint8), 8, flags_of(array))


def _same(array: pa.Array, column: TargetColumn, valid: Flags) -> Texts:
    """The text of the forms where canonical and load text are one."""
    plain = column.form in _PLAIN
    match column.form:
        case Form.INTEGER:
            data, offsets = kernels.integer_texts(_numbers(array).astype(np.int64))
            return Texts(data, offsets, valid, plain)
        case Form.DECIMAL:
            if not pa.types.is_decimal128(array.type) or array.type.scale != column.scale:
                # Digits that the target has no room for are cut, as everywhere, never rounded.
                fewer = pc.CastOptions(pa.decimal128(38, column.scale), allow_decimal_truncate=True)
                array = pc.cast(array, options=fewer)
            data, offsets = kernels.decimal_texts(fixed_bytes(array, 16).view(np.uint64).reshape(-1, 2), column.scale)
            return Texts(data, offsets, valid, plain)
        case Form.DATE:
            return _fixed(kernels.date_texts(_numbers(array).astype(np.int64) + _EPOCH_DAYS, valid), 10, valid)
        case Form.TIME:
            return _fixed(kernels.time_texts(_cut(_numbers(array) // 1000, column.scale), valid), 15, valid)
        case Form.DATETIME:
            return _fixed(kernels.datetime_texts(_cut(_micros(array), column.scale), valid), 26, valid)
        case Form.UUID:
            return _fixed(kernels.uuid_texts(fixed_bytes(array, 16)), 36, valid)
        case _:
            data, offsets = value_bytes(array)
            return Texts(data, offsets, valid)


def _part(array: pa.Array, column: TargetColumn) -> pa.Array:
    """The part of a compound value that the target column holds."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    match column.part:
        case Part.UTC | Part.VARIANT_TYPE:
            return array.flatten()[0]
        case Part.OFFSET_MINUTES | Part.VARIANT_VALUE:
            return array.flatten()[1]
        case Part.WHOLE if column.form is Form.GEOMETRY:
            srids, shapes = array.flatten()
            for srid in pc.unique(srids.drop_null()).to_pylist():
                if srid != column.srid:
                    raise SourceError(
                        f"column {column.source} holds a shape of SRID {srid}; its target column has {column.srid}",
                        why="a MySQL column with a spatial reference system takes shapes of that one alone",
                        todo="set the srid of this column in your rules, or bring the values to one SRID in the source",
                    )
            return shapes
        case _:
            return array


def _numbers(array: pa.Array) -> NDArray[np.generic]:
    """The values of a fixed-width array as numpy has them; those of NULLs mean nothing."""
    if pa.types.is_boolean(array.type):
        array = pc.cast(array, pa.uint8())
    dtype = (
        np.dtype(f"i{array.type.bit_width // 8}") if pa.types.is_temporal(array.type) else array.type.to_pandas_dtype()
    )
    return fixed_bytes(array, array.type.bit_width // 8).view(dtype)


def _doubles(array: pa.Array) -> NDArray[np.float64]:
    # Adding zero turns -0.0 into 0.0, as on the servers.
    return _numbers(array).astype("<f8") + 0.0


def _micros(array: pa.Array) -> NDArray[np.int64]:
    """Microseconds since 0001-01-01 of timestamps or of ticks; a seventh digit is cut, never rounded."""
    numbers = _numbers(array).astype(np.int64)
    if pa.types.is_integer(array.type):
        return numbers // 10
    if array.type.unit == "ns":
        return numbers // 1000 + _EPOCH_DAYS * _MICROS_OF_DAY
    return numbers * _UNIT_MICROS[array.type.unit] + _EPOCH_DAYS * _MICROS_OF_DAY


def _cut(micros: NDArray[np.generic], scale: int) -> NDArray[np.int64]:
    """Microseconds cut down to ``scale`` digits of a second."""
    numbers = micros.astype(np.int64)
    return numbers if scale >= 6 else numbers - numbers % 10 ** (6 - scale)


def _fixed(data: Bytes, width: int, valid: Flags) -> Texts:
    return Texts(data, np.arange(len(valid) + 1, dtype=np.int64) * width, valid, plain=True)
