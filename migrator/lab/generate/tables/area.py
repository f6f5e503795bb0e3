"""Service areas: shapes on the map and on the floor plan."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from migrator.lab.generate.arrays import digits, joined
from migrator.lab.generate.census import Constant
from migrator.lab.generate.columns import GEOGRAPHY, GEOMETRY, INT, NOT_NULL, NULL, nvarchar, primary_key, unique
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.shapes import WGS84, Kind, Point, line_wkb, many_wkb, point_wkb, polygon_wkb
from migrator.lab.generate.tables.address import TOWNS
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Identity, Table
from migrator.wire.schema import SHAPE

SERVICE_AREA: Final = ObjectName("care", "ServiceArea")
_COUNT: Final = 40


def _square(x: float, y: float, half: float) -> list[Point]:
    """A closed ring, counter-clockwise."""
    return [
        (x - half, y - half),
        (x + half, y - half),
        (x + half, y + half),
        (x - half, y + half),
        (x - half, y - half),
    ]


def shapes(x: float, y: float) -> list[bytes]:
    """One shape of every kind around a place, and the empty ones that both sides store."""
    outer, hole, beside = _square(x, y, 0.5), _square(x, y, 0.125)[::-1], _square(x + 2, y, 0.25)
    point, line = point_wkb(x, y), line_wkb([(x, y), (x + 1, y + 0.5), (x + 2, y)])
    return [
        polygon_wkb([outer]),
        polygon_wkb([outer, hole]),
        point,
        line_wkb([(x, y), (x + 1, y)]),
        line,
        many_wkb(Kind.POINTS, [point, point_wkb(x + 1, y + 1)]),
        many_wkb(Kind.LINES, [line, line_wkb([(x, y - 1), (x + 1, y - 1)])]),
        many_wkb(Kind.POLYGONS, [polygon_wkb([outer, hole]), polygon_wkb([beside])]),
        many_wkb(Kind.COLLECTION, [point, line, polygon_wkb([outer])]),
        many_wkb(Kind.COLLECTION, []),
    ]


def _shape(srid: int, wkb: bytes | None) -> dict[str, object] | None:
    return None if wkb is None else {"srid": srid, "wkb": wkb}


def _areas(span: Span) -> Columns:
    places = [TOWNS[row % len(TOWNS)] for row in range(span.rows)]
    on_map = [shapes(float(x), float(y)) for x, y in places]
    on_plan = [shapes(row * 10.0 - 50.0, -row * 3.25) for row in range(span.rows)]
    return {
        "ServiceAreaId": span.index + 1,
        "Name": joined("Rejon ", digits(span.index, 2)),
        "Boundary": pa.array([_shape(0, made[row % 2]) for row, made in enumerate(on_plan)], SHAPE),
        "Sketch": pa.array([_shape(0, made[row] if row < 10 else None) for row, made in enumerate(on_plan)], SHAPE),
        "Coverage": pa.array([_shape(WGS84, made[row % 10]) for row, made in enumerate(on_map)], SHAPE),
    }


POPULATIONS: Final = (
    Population(
        Table(
            SERVICE_AREA,
            (
                Column("ServiceAreaId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("Name", nvarchar(80), NOT_NULL),
                Column("Boundary", GEOMETRY, NOT_NULL, description="A polygon on the agency's own plan, SRID 0."),
                Column("Sketch", GEOMETRY, NULL),
                Column("Coverage", GEOGRAPHY, NULL),
            ),
            primary_key=primary_key("PK_ServiceArea", "ServiceAreaId"),
            uniques=(unique("UQ_ServiceArea_Name", "Name"),),
        ),
        Constant(_COUNT),
        _areas,
    ),
)
