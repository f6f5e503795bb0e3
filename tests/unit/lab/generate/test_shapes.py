from __future__ import annotations

import struct

import numpy as np
import pytest

from migrator.lab.generate.shapes import (
    WGS84,
    Kind,
    are_points,
    line_wkb,
    many_wkb,
    point_wkb,
    points_wkb,
    polygon_wkb,
    stored_points,
    stored_shape,
)

SQUARE = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0), (0.0, 0.0)]
HOLE = [(1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (1.0, 1.0)]


def test_a_geography_point_has_the_latitude_first() -> None:
    stored = stored_shape(WGS84, point_wkb(-122.35, 47.65), latitude_first=True)
    assert stored == bytes.fromhex("e6100000010c") + struct.pack("<dd", 47.65, -122.35)
    assert stored_shape(0, point_wkb(1, 2), latitude_first=False) == bytes.fromhex("00000000010c") + struct.pack(
        "<dd", 1, 2
    )


def test_a_line_of_two_points_is_a_single_segment() -> None:
    stored = stored_shape(0, line_wkb([(1, 2), (3, 4)]), latitude_first=False)
    assert stored == bytes.fromhex("000000000114") + struct.pack("<dddd", 1, 2, 3, 4)


def test_a_polygon_with_a_hole() -> None:
    stored = stored_shape(0, polygon_wkb([SQUARE, HOLE]), latitude_first=False)
    points = b"".join(struct.pack("<dd", *point) for point in SQUARE + HOLE)
    exterior, interior = struct.pack("<Bi", 2, 0), struct.pack("<Bi", 0, 5)
    shape = struct.pack("<iiB", -1, 0, Kind.POLYGON)
    one, two, nine = (struct.pack("<I", count) for count in (1, 2, 9))
    assert stored == bytes.fromhex("000000000104") + nine + points + two + exterior + interior + one + shape


def test_members_point_to_their_parent_and_empty_shapes_have_no_figures() -> None:
    empty = point_wkb(float("nan"), float("nan"))
    stored = stored_shape(0, many_wkb(Kind.POINTS, [point_wkb(1, 2), empty]), latitude_first=False)
    shapes = struct.pack("<I", 3) + b"".join(
        struct.pack("<iiB", *shape) for shape in ((-1, 0, Kind.POINTS), (0, 0, Kind.POINT), (0, -1, Kind.POINT))
    )
    assert stored.endswith(shapes)
    nothing = stored_shape(0, many_wkb(Kind.COLLECTION, []), latitude_first=False)
    assert nothing[6:] == struct.pack("<III", 0, 0, 1) + struct.pack("<iiB", -1, -1, Kind.COLLECTION)


def test_many_points_at_once_are_the_same_as_one_by_one() -> None:
    x, y = np.array([1.5, -180.0, 0.0]), np.array([2.5, 90.0, -0.5])
    wkb = points_wkb(x, y)
    offsets = np.arange(4, dtype=np.int64) * 21
    assert are_points(wkb, offsets)
    stored = stored_points(np.full(3, WGS84, np.int32), wkb, latitude_first=True).tobytes()
    assert stored == b"".join(stored_shape(WGS84, point_wkb(*p), latitude_first=True) for p in zip(x, y, strict=True))


def test_what_is_not_all_points_takes_the_general_way() -> None:
    line = np.frombuffer(line_wkb([(1, 2), (3, 4)]), np.uint8)
    assert not are_points(line, np.array([0, len(line)], np.int64))
    empty = points_wkb(np.array([np.nan]), np.array([np.nan]))
    assert not are_points(empty, np.array([0, 21], np.int64))
    assert not are_points(np.empty(0, np.uint8), np.zeros(1, np.int64))


@pytest.mark.parametrize(
    "wkb", [b"\0" + point_wkb(1, 2)[1:], struct.pack("<BI", 1, 1001) + bytes(24), point_wkb(1, 2) + b"!"]
)
def test_what_is_no_plain_wkb(wkb: bytes) -> None:
    with pytest.raises(ValueError, match=r"WKB|behind the end"):
        stored_shape(0, wkb, latitude_first=False)
