from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.datatype import DataType, SqlType
from migrator.packages.bcp.fields import BadValue, Fields, Unsupported
from migrator.packages.bcp.shape import shapes
from migrator.wire.schema import SHAPE

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON, COLLECTION = range(1, 8)
Point = tuple[float, float]


@dataclass
class Geometry:
    """A shape as its two forms have it: runs of points for leaves, parts for the rest."""

    type: int
    runs: list[list[Point]] = field(default_factory=list)
    parts: list[Geometry] = field(default_factory=list)

    def wkb(self) -> bytes:
        head = struct.pack("<BI", 1, self.type)
        if self.type == POINT:
            return head + struct.pack("<2d", *(self.runs[0][0] if self.runs else (float("nan"), float("nan"))))
        if self.type == LINE:
            return head + counted(self.runs[0] if self.runs else [])
        if self.type == POLYGON:
            return head + struct.pack("<I", len(self.runs)) + b"".join(map(counted, self.runs))
        return head + struct.pack("<I", len(self.parts)) + b"".join(part.wkb() for part in self.parts)

    def stored(self, srid: int, *, geography: bool = False, version: int = 1) -> bytes:
        points: list[Point] = []
        figures: list[tuple[int, int]] = []
        found: list[tuple[int, int, int]] = []
        self._collect(-1, points, figures, found)
        pairs = [(y, x) if geography else (x, y) for x, y in points]
        return (
            struct.pack("<iBB", srid, version, 4)
            + counted(pairs)
            + struct.pack("<I", len(figures)) + b"".join(struct.pack("<Bi", *figure) for figure in figures)
            + struct.pack("<I", len(found)) + b"".join(struct.pack("<iiB", *shape) for shape in found)
        )  # fmt: skip

    def _collect(
        self, parent: int, points: list[Point], figures: list[tuple[int, int]], found: list[tuple[int, int, int]]
    ) -> None:
        own = len(found)
        first = len(figures) if self._has_figures() else -1
        found.append((parent, first, self.type))
        for number, run in enumerate(self.runs):
            figures.append((2 if self.type == POLYGON and not number else int(self.type != POLYGON), len(points)))
            points.extend(run)
        for part in self.parts:
            part._collect(own, points, figures, found)

    def _has_figures(self) -> bool:
        return bool(self.runs) or any(part._has_figures() for part in self.parts)


def counted(points: list[Point]) -> bytes:
    return struct.pack("<I", len(points)) + b"".join(struct.pack("<2d", *point) for point in points)


def read(values: list[bytes | None], base: SqlType = SqlType.GEOMETRY) -> list[dict[str, object] | None]:
    data, starts, lengths = b"", [], []
    for value in values:
        starts.append(len(data))
        lengths.append(-1 if value is None else len(value))
        data += value or b""
    array = shapes(
        Fields(
            np.frombuffer(data, np.uint8),
            np.array(starts, np.int64),
            np.array(lengths, np.int64),
            DataType(base),
            SHAPE,
        )
    )
    array.validate(full=True)
    found: list[dict[str, object] | None] = array.to_pylist()
    return found


coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
points = st.builds(lambda p: Geometry(POINT, [[p]]), coordinates)
lines = st.builds(lambda run: Geometry(LINE, [run]), st.lists(coordinates, min_size=2, max_size=5))
rings = st.lists(coordinates, min_size=3, max_size=5).map(lambda run: [*run, run[0]])
polygons = st.builds(lambda runs: Geometry(POLYGON, runs), st.lists(rings, min_size=1, max_size=3))
empties = st.sampled_from(range(1, 8)).map(Geometry)
leaves = st.one_of(points, lines, polygons, empties)
multis = st.one_of(
    st.builds(lambda parts: Geometry(MULTIPOINT, parts=parts), st.lists(points, min_size=1, max_size=4)),
    st.builds(lambda parts: Geometry(MULTILINE, parts=parts), st.lists(lines, min_size=1, max_size=4)),
    st.builds(lambda parts: Geometry(MULTIPOLYGON, parts=parts), st.lists(polygons, min_size=1, max_size=4)),
)
geometries = st.recursive(
    st.one_of(leaves, multis),
    lambda inner: st.builds(lambda parts: Geometry(COLLECTION, parts=parts), st.lists(inner, max_size=4)),
    max_leaves=6,
)


@given(
    st.lists(st.one_of(st.none(), geometries), max_size=4),
    st.integers(0, 10**6),
    st.booleans(),
    st.sampled_from([1, 2]),
)
def test_any_geometry(values: list[Geometry | None], srid: int, geography: bool, version: int) -> None:
    stored = [None if value is None else value.stored(srid, geography=geography, version=version) for value in values]
    assert read(stored, SqlType.GEOGRAPHY if geography else SqlType.GEOMETRY) == [
        None if value is None else {"srid": srid, "wkb": value.wkb()} for value in values
    ]


@given(st.lists(st.one_of(st.none(), coordinates), max_size=8), st.booleans())
def test_columns_of_points(values: list[Point | None], geography: bool) -> None:
    stored = [
        None if value is None else struct.pack("<iBB2d", 4326, 1, 12, *(value[::-1] if geography else value))
        for value in values
    ]
    assert read(stored, SqlType.GEOGRAPHY if geography else SqlType.GEOMETRY) == [
        None if value is None else {"srid": 4326, "wkb": struct.pack("<BI2d", 1, POINT, *value)} for value in values
    ]


def test_points_among_other_shapes() -> None:
    point = struct.pack("<iBB2d", 7, 1, 12, 1.0, 2.0)
    line = struct.pack("<iBB4d", 7, 1, 20, 1.0, 2.0, 3.0, 4.0)
    assert read([point, None, line]) == [
        {"srid": 7, "wkb": struct.pack("<BI2d", 1, POINT, 1, 2)},
        None,
        {"srid": 7, "wkb": struct.pack("<BII4d", 1, LINE, 2, 1, 2, 3, 4)},
    ]


def test_bytes_of_a_real_export() -> None:
    """LINESTRING (1 2, 3 4, 5 6) and a square, as SQL Server 2019 exported them."""
    line = bytes.fromhex(
        "00000000010403000000000000000000f03f00000000000000400000000000000840000000000000104000000000000014400000000000001840"
        "01000000010000000001000000ffffffff0000000002"
    )
    (found,) = read([line])
    assert found == {"srid": 0, "wkb": Geometry(LINE, [[(1, 2), (3, 4), (5, 6)]]).wkb()}
    geography = bytes.fromhex(
        "e6100000011400000000000008403333333333 33f33f000000000000184000000000000012c0".replace(" ", "")
    )
    (found,) = read([geography], SqlType.GEOGRAPHY)
    assert found == {"srid": 4326, "wkb": Geometry(LINE, [[(1.2, 3.0), (-4.5, 6.0)]]).wkb()}


SQUARE = Geometry(POLYGON, [[(0, 0), (1, 0), (1, 1), (0, 0)]]).stored(0)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        SQUARE[:-1],
        SQUARE + b"\0",
        SQUARE[:4] + b"\3" + SQUARE[5:],
        SQUARE[:5] + b"\x44" + SQUARE[6:],
        SQUARE[:6] + b"\xff\xff\xff\x7f" + SQUARE[10:],
        SQUARE[:-9] + struct.pack("<iiB", 0, 0, 3),
        SQUARE[:-9] + struct.pack("<iiB", -1, 5, 3),
        SQUARE[:-9] + struct.pack("<iiB", -1, 0, 12),
        SQUARE[:-9] + struct.pack("<iiB", -1, 0, 0),
        struct.pack("<iBBIII", 0, 1, 4, 0, 0, 0),
        struct.pack("<iBB2d", 0, 1, 12, float("nan"), 1.0),
        struct.pack("<iBB4d", 0, 1, 20, float("inf"), 1.0, 1.0, 1.0),
        struct.pack("<iBB", 0, 1, 12),
    ],
)
def test_bytes_that_are_no_shape(value: bytes) -> None:
    good = Geometry(POINT, [[(1, 2)]]).stored(0)
    with pytest.raises(BadValue) as caught:
        read([good, value])
    assert caught.value.row == 1
    assert not isinstance(caught.value, Unsupported)


@given(st.integers(0, len(SQUARE) - 1), st.integers(0, 255))
def test_no_byte_breaks_it(at: int, byte: int) -> None:
    spoilt = SQUARE[:at] + bytes([byte]) + SQUARE[at + 1 :]
    try:
        read([spoilt])
    except BadValue as error:
        assert error.row == 0  # noqa: PT017


@pytest.mark.parametrize("type_", [8, 9, 10, 11])
def test_curves_and_the_globe_are_refused(type_: int) -> None:
    with pytest.raises(Unsupported):
        read([SQUARE[:-1] + bytes([type_])])


@pytest.mark.parametrize("properties", [13, 14, 15])
def test_z_and_m_are_refused(properties: int) -> None:
    with pytest.raises(Unsupported, match="Z or M"):
        read([struct.pack("<iBB4d", 0, 1, properties, 1, 2, 3, 4)])
