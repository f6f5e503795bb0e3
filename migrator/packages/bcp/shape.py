"""geography and geometry: [MS-SSCLRT] 2.1 into SRID and well-known binary.

A value is: SRID (int32), version (1 or 2), properties (bits), then points, figures (runs of points) and shapes (a tree
whose leaves own figures). Two short forms hold a point or a line of two points alone. geography stores latitude before
longitude.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from migrator.model.datatype import SqlType
from migrator.packages.bcp import kernels
from migrator.packages.bcp.fields import BadValue, Fields, Unsupported, offsets32


class _Properties(IntFlag):
    Z = 1
    M = 2
    VALID = 4
    POINT = 8
    LINE = 16
    LARGE = 32
    """A geography larger than a hemisphere."""


class _Shape(IntEnum):
    """OpenGIS types, numbered alike here and in well-known binary."""

    POINT = 1
    LINESTRING = 2
    POLYGON = 3
    MULTIPOINT = 4
    MULTILINESTRING = 5
    MULTIPOLYGON = 6
    COLLECTION = 7


_HEADER: Final = struct.Struct("<iBB")
_POINT_SIZE: Final = _HEADER.size + 16
_FIGURE: Final = np.dtype([("attribute", "u1"), ("point", "<i4")])
_SHAPE: Final = np.dtype([("parent", "<i4"), ("figure", "<i4"), ("type", "u1")])
_CURVES: Final = frozenset({8, 9, 10})
_FULL_GLOBE: Final = 11
_NOTHING: Final = -1
"""The offset of a figure or the parent of a shape, where there is none."""

_XY: Final = np.arange(6, 22, dtype=np.int64)
_YX: Final = np.concatenate((_XY[8:], _XY[:8]))
_POINT_HEAD: Final = np.array([1, 1, 0, 0, 0], np.uint8)
_POINT_PROPERTIES: Final = _Properties.VALID | _Properties.POINT


def shapes(fields: Fields) -> pa.Array:
    """geography and geometry as SRID and little-endian well-known binary, x (longitude) first."""
    made = _points(fields)
    if made is None:
        made = _any(fields)
    srids, data, offsets = made
    wkb = pa.Array.from_buffers(
        pa.binary(), len(fields), [None, pa.py_buffer(offsets32(offsets)), pa.py_buffer(data)], 0
    )
    return fields.struct(pa.array(srids), wkb)


Made = tuple[NDArray[np.int32], kernels.Bytes, kernels.Numbers]


def _points(fields: Fields) -> Made | None:
    """The column if all of it is single points, as nearly every column of places is; otherwise None."""
    if not np.all((fields.lengths == _POINT_SIZE) | ~fields.valid):
        return None
    head = kernels.integers(fields.data, fields.starts, fields.lengths, 4, 2)
    version, properties = head & 0xFF, head >> 8
    plain = ((version == 1) | (version == 2)) & (properties == _POINT_PROPERTIES)
    if not np.all(plain | ~fields.valid):
        return None
    order = _YX if fields.type.base is SqlType.GEOGRAPHY else _XY
    points = kernels.pick(fields.data, fields.starts, fields.lengths, order)
    finite = np.isfinite(points.view("<f8")).all(axis=1)
    fields.refuse(~finite, "a coordinate is infinite or not a number")
    srids = kernels.integers(fields.data, fields.starts, fields.lengths, 0, 4).astype(np.int32)
    heads = np.broadcast_to(_POINT_HEAD, (len(fields), len(_POINT_HEAD)))
    data = np.concatenate((heads, points), axis=1)[fields.valid]
    offsets = np.concatenate(([0], np.cumsum(fields.valid) * data.shape[1])).astype(np.int64)
    return srids, data.reshape(-1), offsets


def _any(fields: Fields) -> Made:
    srids = np.zeros(len(fields), np.int32)
    offsets = np.zeros(len(fields) + 1, np.int64)
    pieces = []
    for row in range(len(fields)):
        size = 0
        if fields.valid[row]:
            try:
                srids[row], wkb = to_wkb(fields.value(row), geography=fields.type.base is SqlType.GEOGRAPHY)
            except _NotHere as error:
                raise Unsupported(row, str(error)) from error
            except (ValueError, RecursionError) as error:
                raise BadValue(row, f"a shape cannot be read: {error}") from error
            pieces.append(wkb)
            size = len(wkb)
        offsets[row + 1] = offsets[row] + size
    return srids, np.frombuffer(b"".join(pieces), np.uint8), offsets


class _NotHere(Exception):
    """A shape that well-known binary of two dimensions and straight lines cannot say."""


def to_wkb(value: bytes, *, geography: bool) -> tuple[int, bytes]:
    """SRID and well-known binary of one value. Raises ValueError, or _NotHere for curves, Z, M and the full globe."""
    reader = _Reader(value)
    srid, version, bits = _HEADER.unpack(reader.take(_HEADER.size))
    properties = _Properties(bits)
    if version not in (1, 2) or bits > 0x3F:
        raise ValueError("its version is not known")
    if properties & (_Properties.Z | _Properties.M):
        raise _NotHere("a shape has Z or M values")
    if properties & (_Properties.POINT | _Properties.LINE):
        count = 1 if properties & _Properties.POINT else 2
        points = reader.points(count, geography=geography)
        reader.end()
        return srid, _leaf(_Shape.POINT if count == 1 else _Shape.LINESTRING, [points])
    tree = _Tree(
        points=reader.points(reader.count(), geography=geography),
        figures=reader.records(_FIGURE),
        shapes=reader.records(_SHAPE),
    )
    if version == 2 and reader.left:
        reader.take(reader.count())  # segment types: they say more than the points only of curves, which are refused
    reader.end()
    return srid, tree.wkb()


class _Reader:
    """Takes a value apart from its start."""

    def __init__(self, value: bytes) -> None:
        self._value = value
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._value) - self._at

    def take(self, size: int) -> bytes:
        if size > self.left:
            raise ValueError("it is cut off")
        self._at += size
        return self._value[self._at - size : self._at]

    def count(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def points(self, count: int, *, geography: bool) -> NDArray[np.float64]:
        pairs = np.frombuffer(self.take(16 * count), "<f8").reshape(count, 2)
        if not np.isfinite(pairs).all():
            raise ValueError("a coordinate is infinite or not a number")
        return pairs[:, ::-1] if geography else pairs

    def records(self, form: np.dtype[np.void]) -> NDArray[np.void]:
        count = self.count()
        return np.frombuffer(self.take(form.itemsize * count), form)

    def end(self) -> None:
        if self.left:
            raise ValueError("it is too long")


@dataclass(frozen=True)
class _Tree:
    """``figures`` begin at a point and end where the next one begins; ``shapes`` own figures in the same way."""

    points: NDArray[np.float64]
    figures: NDArray[np.void]
    shapes: NDArray[np.void]

    def wkb(self) -> bytes:
        """The root shape. Raises ValueError, _NotHere."""
        if not len(self.shapes) or self.shapes["parent"][0] != _NOTHING:
            raise ValueError("it has no root")
        # Parents come before their children, so that nothing can go in a circle.
        if np.any(self.shapes["parent"][1:] >= np.arange(1, len(self.shapes))) or np.any(self.shapes["parent"][1:] < 0):
            raise ValueError("its parts do not hang together")
        return self._wkb(0)

    def _wkb(self, index: int) -> bytes:
        number = int(self.shapes["type"][index])
        if number in _CURVES:
            raise _NotHere("a shape is a curve")
        if number == _FULL_GLOBE:
            raise _NotHere("a shape is the full globe")
        type_ = _Shape(number)
        if type_ <= _Shape.POLYGON:
            return _leaf(type_, self._runs(index))
        children = np.flatnonzero(self.shapes["parent"] == index)
        return _head(type_) + struct.pack("<I", len(children)) + b"".join(self._wkb(int(child)) for child in children)

    def _runs(self, index: int) -> list[NDArray[np.float64]]:
        """The points of each figure of a shape."""
        first = int(self.shapes["figure"][index])
        if first == _NOTHING:
            return []
        later = self.shapes["figure"][index + 1 :]
        later = later[later != _NOTHING]
        end = int(later[0]) if len(later) else len(self.figures)
        if not 0 <= first <= end <= len(self.figures):
            raise ValueError("its figures are out of order")
        bounds = [*(int(point) for point in self.figures["point"][first : end + 1]), len(self.points)][
            : end - first + 1
        ]
        if sorted(bounds) != bounds or (bounds and bounds[0] < 0):
            raise ValueError("its points are out of order")
        return [self.points[a:b] for a, b in pairwise(bounds)]


def _leaf(type_: _Shape, runs: list[NDArray[np.float64]]) -> bytes:
    if type_ is _Shape.POLYGON:
        return _head(type_) + struct.pack("<I", len(runs)) + b"".join(_counted(run) for run in runs)
    if len(runs) > 1:
        raise ValueError("it has too many figures")
    points = runs[0] if runs else np.empty((0, 2))
    if type_ is _Shape.LINESTRING:
        return _head(type_) + _counted(points)
    if len(points) > 1:
        raise ValueError("a point has more than one place")
    # Well-known binary has no count in a point: an empty one is written as two NaN, by convention.
    return _head(type_) + (points if len(points) else np.full((1, 2), np.nan)).astype("<f8").tobytes()


def _head(type_: _Shape) -> bytes:
    return struct.pack("<BI", 1, type_)


def _counted(points: NDArray[np.float64]) -> bytes:
    return struct.pack("<I", len(points)) + points.astype("<f8").tobytes()
