"""Arrow batches as the native rows of a BCP part: the reverse of reading one.

A batch is typed as ``wire.schema`` says and laid out as ``packages.bcp.layout`` says. Each column becomes the bytes of
its values side by side; two passes over the columns then find every row's place and scatter the fields there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from migrator.lab.generate import kernels
from migrator.lab.generate.hierarchy import hierarchy_bytes
from migrator.lab.generate.kernels import Bytes, Offsets
from migrator.lab.generate.shapes import are_points, stored_points, stored_shape
from migrator.lab.generate.variant import variant_bytes
from migrator.model.datatype import SqlType
from migrator.model.schema import Column, Table
from migrator.packages.bcp.layout import FieldKind, FieldLayout, layout_of
from migrator.wire.arrays import fixed_bytes, flags_of, value_bytes

_DAYS_TO_1970: Final = 719_162
"""From 0001-01-01."""
_DAYS_1900_TO_1970: Final = 25_567
_DAY_TICKS: Final = 864_000_000_000
"""Units of 100 ns."""
_GUID_ORDER: Final = np.array([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15])
"""Where each stored byte of a uniqueidentifier stands in its text."""

Data = tuple[Bytes, Offsets]
"""A column's values side by side: value i is ``data[offsets[i]:offsets[i + 1]]``; those of NULLs mean nothing."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A column ready to be written."""

    layout: FieldLayout
    values: kernels.Values


def encode(batch: pa.RecordBatch, table: Table) -> Bytes:
    """The rows of a batch of ``table.stored_columns`` as BCP bytes. Raises ValueError for a value of wrong length."""
    fields = [_field(batch.column(index), column) for index, column in enumerate(table.stored_columns)]
    sizes = np.zeros(batch.num_rows, np.int64)
    for field in fields:
        kernels.field_sizes(field.values, field.layout.prefix, sizes)
    cursor = np.cumsum(sizes) - sizes
    out = np.empty(int(sizes.sum()), np.uint8)
    for field in fields:
        null = field.layout.null[0] if field.layout.prefix else 0
        kernels.field_write(field.values, field.layout.prefix, null, out, cursor)
    return out


def _field(array: pa.Array, column: Column) -> _Field:
    layout = layout_of(column)
    valid = flags_of(array)
    if not layout.nullable and not valid.all():
        raise ValueError(f"{column.name} is NOT NULL")
    data, offsets = _DATA[layout.kind](array, column)
    lengths = np.diff(offsets)[valid]
    if len(lengths) and (lengths.min() < layout.least or lengths.max() > layout.most):
        raise ValueError(f"{column.name} has a value that is not {layout.least} to {layout.most} bytes long")
    return _Field(layout, (data, offsets, valid))


def _text(array: pa.Array, column: Column) -> Data:
    padded = column.type is not None and column.type.base in (SqlType.CHAR, SqlType.NCHAR)
    width = 2 * (column.type.length or 1) if padded and column.type is not None else 0
    return kernels.utf16(*value_bytes(array), width)


def _number(array: pa.Array, _: Column) -> Data:
    width = array.type.bit_width // 8
    return _fixed(fixed_bytes(array, width).reshape(-1, width))


def _bit(array: pa.Array, _: Column) -> Data:
    return _fixed(fixed_bytes(array.cast(pa.uint8()), 1).reshape(-1, 1))


def _decimal(array: pa.Array, _: Column) -> Data:
    out = np.empty((len(array), 19), np.uint8)
    out[:, 0], out[:, 1] = array.type.precision, array.type.scale
    kernels.decimal_values(fixed_bytes(array, 16).view(np.uint64).reshape(-1, 2), out[:, 2:])
    return _fixed(out)


def _money(array: pa.Array, _: Column) -> Data:
    halves = fixed_bytes(array, 16).view(np.uint32).reshape(-1, 4)
    return _fixed(np.ascontiguousarray(halves[:, [1, 0]]).view(np.uint8))


def _smallmoney(array: pa.Array, _: Column) -> Data:
    return _fixed(np.ascontiguousarray(fixed_bytes(array, 16).reshape(-1, 16)[:, :4]))


def _date(array: pa.Array, _: Column) -> Data:
    return _fixed(_low_bytes(fixed_bytes(array, 4).view(np.int32) + _DAYS_TO_1970, 3))


def _time(array: pa.Array, _: Column) -> Data:
    return _fixed(_low_bytes(fixed_bytes(array, 8).view(np.int64) // 100, 5))


def _smalldatetime(array: pa.Array, _: Column) -> Data:
    minutes = fixed_bytes(array, 8).view(np.int64) // 60
    days, minutes = np.divmod(minutes, 1440)
    return _fixed(np.hstack((_low_bytes(days + _DAYS_1900_TO_1970, 2), _low_bytes(minutes, 2))))


def _datetime(array: pa.Array, _: Column) -> Data:
    days, milliseconds = np.divmod(fixed_bytes(array, 8).view(np.int64), 86_400_000)
    ticks = (milliseconds * 3 + 5) // 10
    return _fixed(np.hstack((_low_bytes(days + _DAYS_1900_TO_1970, 4), _low_bytes(ticks, 4))))


def _datetime2(array: pa.Array, _: Column) -> Data:
    return _fixed(_moments(fixed_bytes(array, 8).view(np.int64)))


def _datetimeoffset(array: pa.Array, _: Column) -> Data:
    utc, minutes = array.flatten()
    return _fixed(np.hstack((_moments(fixed_bytes(utc, 8).view(np.int64)), fixed_bytes(minutes, 2).reshape(-1, 2))))


def _guid(array: pa.Array, _: Column) -> Data:
    return _fixed(fixed_bytes(array, 16).reshape(-1, 16)[:, _GUID_ORDER])


def _bytes(array: pa.Array, _: Column) -> Data:
    return value_bytes(array)


def _variant(array: pa.Array, _: Column) -> Data:
    values = (None if pair is None else variant_bytes(pair["type"], pair["value"]) for pair in array.to_pylist())
    return value_bytes(pa.array(values, pa.binary()))


def _hierarchy(array: pa.Array, _: Column) -> Data:
    values = (None if path is None else hierarchy_bytes(path) for path in array.to_pylist())
    return value_bytes(pa.array(values, pa.binary()))


def _shape(array: pa.Array, column: Column) -> Data:
    latitude_first = column.type is not None and column.type.base is SqlType.GEOGRAPHY
    given = array.filter(array.is_valid())
    srids, shapes = given.flatten()
    data, offsets = value_bytes(shapes)
    if are_points(data, offsets):
        stored = stored_points(
            fixed_bytes(srids, 4).view(np.int32), data[offsets[0] : offsets[-1]], latitude_first=latitude_first
        )
        return stored, np.concatenate(([0], np.cumsum(flags_of(array) * 22)))
    values = (
        None if shape is None else stored_shape(shape["srid"], shape["wkb"], latitude_first=latitude_first)
        for shape in array.to_pylist()
    )
    return value_bytes(pa.array(values, pa.binary()))


_DATA: Final[Mapping[FieldKind, Callable[[pa.Array, Column], Data]]] = {
    FieldKind.BIT: _bit,
    FieldKind.UNSIGNED: _number,
    FieldKind.SIGNED: _number,
    FieldKind.FLOAT: _number,
    FieldKind.DECIMAL: _decimal,
    FieldKind.MONEY: _money,
    FieldKind.SMALLMONEY: _smallmoney,
    FieldKind.DATE: _date,
    FieldKind.TIME: _time,
    FieldKind.SMALLDATETIME: _smalldatetime,
    FieldKind.DATETIME: _datetime,
    FieldKind.DATETIME2: _datetime2,
    FieldKind.DATETIMEOFFSET: _datetimeoffset,
    FieldKind.GUID: _guid,
    FieldKind.TEXT: _text,
    FieldKind.BYTES: _bytes,
    FieldKind.VARIANT: _variant,
    FieldKind.HIERARCHYID: _hierarchy,
    FieldKind.SHAPE: _shape,
}


def _moments(ticks: NDArray[np.int64]) -> Bytes:
    """Ticks since 0001-01-01 as time (5 bytes) and date (3 bytes)."""
    days, rest = np.divmod(ticks, _DAY_TICKS)
    return np.hstack((_low_bytes(rest, 5), _low_bytes(days, 3)))


def _low_bytes(numbers: NDArray[np.signedinteger], width: int) -> Bytes:
    """The ``width`` low bytes of each number, little-endian, as an array (n, width)."""
    return numbers.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]


def _fixed(rows: Bytes) -> Data:
    """Values of one width from an array (n, width)."""
    return np.ascontiguousarray(rows).reshape(-1), np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
