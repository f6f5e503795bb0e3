"""Shapes: well-known binary as row makers write it, and the bytes that SQL Server stores ([MS-SSCLRT] 2.1).

WKB here is little-endian, two-dimensional, x (longitude) first. The stored form of a geography has the latitude first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from enum import IntEnum
from math import isnan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from migrator.lab.generate.kernels import Bytes, Offsets

Point = tuple[float, float]
Ring = Sequence[Point]

WGS84: Final = 4326
"""The SRID of GPS positions."""

POINT_WKB: Final = np.dtype([("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])
"""A point's WKB, 21 bytes."""
_STORED_POINT: Final = np.dtype(
    [("srid", "<i4"), ("version", "u1"), ("flags", "u1"), ("first", "<f8"), ("second", "<f8")]
)

_VALID: Final = 0x04
_SINGLE_POINT: Final = 0x08
_SINGLE_SEGMENT: Final = 0x10
_INTERIOR, _STROKE, _EXTERIOR = 0, 1, 2
_NONE: Final = -1


class Kind(IntEnum):
    """Kinds of shapes: the numbers are the same in WKB and in SQL Server's form."""

    POINT = 1
    LINE = 2
    POLYGON = 3
    POINTS = 4
    LINES = 5
    POLYGONS = 6
    COLLECTION = 7


def point_wkb(x: float, y: float) -> bytes:
    """A point."""
    return struct.pack("<BIdd", 1, Kind.POINT, x, y)


def line_wkb(points: Ring) -> bytes:
    """A line string."""
    return struct.pack("<BI", 1, Kind.LINE) + _points_wkb(points)


def polygon_wkb(rings: Sequence[Ring]) -> bytes:
    """A polygon: the outer ring first, each ring closed."""
    return struct.pack("<BII", 1, Kind.POLYGON, len(rings)) + b"".join(_points_wkb(ring) for ring in rings)


def many_wkb(kind: Kind, members: Sequence[bytes]) -> bytes:
    """A multi-shape or a collection of shapes."""
    return struct.pack("<BII", 1, kind, len(members)) + b"".join(members)


def points_wkb(x: NDArray[np.float64], y: NDArray[np.float64]) -> Bytes:
    """The WKB of many points, 21 bytes each, in one array."""
    out = np.empty(len(x), POINT_WKB)
    out["order"], out["kind"], out["x"], out["y"] = 1, Kind.POINT, x, y
    return out.view(np.uint8)


def _points_wkb(points: Ring) -> bytes:
    return struct.pack("<I", len(points)) + b"".join(struct.pack("<dd", x, y) for x, y in points)


def stored_points(srids: NDArray[np.int32], wkb: Bytes, *, latitude_first: bool) -> Bytes:
    """The stored form of points, 22 bytes each, from their WKB, 21 bytes each."""
    points = wkb.view(POINT_WKB)
    out = np.empty(len(points), _STORED_POINT)
    out["srid"], out["version"], out["flags"] = srids, 1, _VALID | _SINGLE_POINT
    out["first"], out["second"] = (points["y"], points["x"]) if latitude_first else (points["x"], points["y"])
    return out.view(np.uint8)


def are_points(data: Bytes, offsets: Offsets) -> bool:
    """True where every value is the WKB of a point that is not empty."""
    if len(data) == 0 or (np.diff(offsets) != POINT_WKB.itemsize).any():
        return False
    points = data[offsets[0] : offsets[-1]].view(POINT_WKB)
    return bool((points["kind"] == Kind.POINT).all() and not np.isnan(points["x"]).any())


def stored_shape(srid: int, wkb: bytes, *, latitude_first: bool) -> bytes:
    """The stored form of one shape. Raises ValueError for WKB that is not little-endian and two-dimensional."""
    return _Stored(latitude_first).shape(srid, wkb)


class _Stored:
    """Collects the points, figures (rings and strokes) and shapes of one value, depth first."""

    def __init__(self, latitude_first: bool) -> None:
        self._latitude_first = latitude_first
        self._points: list[Point] = []
        self._figures: list[tuple[int, int]] = []
        self._shapes: list[tuple[int, int, int]] = []

    def shape(self, srid: int, wkb: bytes) -> bytes:
        if self._add(wkb, 0, _NONE) != len(wkb):
            raise ValueError("bytes behind the end of a shape")
        head = struct.pack("<iB", srid, 1)
        points = b"".join(struct.pack("<dd", *(p[::-1] if self._latitude_first else p)) for p in self._points)
        kind = self._shapes[0][2]
        if kind == Kind.POINT and self._points:
            return head + bytes([_VALID | _SINGLE_POINT]) + points
        if kind == Kind.LINE and len(self._points) == 2:
            return head + bytes([_VALID | _SINGLE_SEGMENT]) + points
        return b"".join(
            (
                head + bytes([_VALID]) + struct.pack("<I", len(self._points)) + points,
                _table("<Bi", self._figures),
                _table("<iiB", self._shapes),
            )
        )

    def _add(self, wkb: bytes, at: int, parent: int) -> int:
        """Add the shape at ``at``; where it ends."""
        order, number = struct.unpack_from("<BI", wkb, at)
        if order != 1 or number not in Kind.__members__.values():
            raise ValueError("WKB that is not little-endian and two-dimensional")
        at += 5
        index = len(self._shapes)
        self._shapes.append((parent, len(self._figures), number))
        if number == Kind.POINT:
            x, y = struct.unpack_from("<dd", wkb, at)
            at += 16
            if not isnan(x):
                self._figure(_STROKE, [(x, y)])
        elif number == Kind.LINE:
            at = self._figures_at(wkb, at, [_STROKE])
        else:
            (count,) = struct.unpack_from("<I", wkb, at)
            at += 4
            if number == Kind.POLYGON:
                at = self._figures_at(wkb, at, [_EXTERIOR if ring == 0 else _INTERIOR for ring in range(count)])
            else:
                for _ in range(count):
                    at = self._add(wkb, at, index)
        if len(self._figures) == self._shapes[index][1]:
            self._shapes[index] = (parent, _NONE, number)
        return at

    def _figures_at(self, wkb: bytes, at: int, attributes: Iterable[int]) -> int:
        for attribute in attributes:
            (count,) = struct.unpack_from("<I", wkb, at)
            numbers = struct.unpack_from(f"<{2 * count}d", wkb, at + 4)
            if count:
                self._figure(attribute, list(zip(numbers[::2], numbers[1::2], strict=True)))
            at += 4 + 16 * count
        return at

    def _figure(self, attribute: int, points: list[Point]) -> None:
        self._figures.append((attribute, len(self._points)))
        self._points += points


def _table(form: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    return struct.pack("<I", len(rows)) + b"".join(struct.pack(form, *row) for row in rows)
