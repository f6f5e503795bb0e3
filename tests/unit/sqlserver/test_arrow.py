"""What the driver delivers, in every carrier and every shape of array, against Python's own arithmetic."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.sqlserver.arrow import Carrier, carried
from migrator.wire.schema import OFFSET, SHAPE, TICKS, VARIANT

YEAR_ONE = datetime(1, 1, 1)  # noqa: DTZ001 - local time of nowhere
ODD = st.none() | st.datetimes()


def read(carrier: Carrier, wanted: pa.DataType, *parts: pa.Array) -> list[Any]:
    """What comes of the arrays, which must be the same of slices of larger ones."""
    found = carried(carrier, parts, wanted)
    found.validate(full=True)
    assert found.type == wanted
    padded = [pa.concat_arrays([part[:1], part, part[:1]]) if len(part) else part for part in parts]
    sliced = carried(carrier, [part.slice(1, len(part) - 2) if len(part) else part for part in padded], wanted)
    assert sliced.equals(found)
    values: list[Any] = (found.cast(pa.int64()) if pa.types.is_time(wanted) else found).to_pylist()
    return values


def ticks(moment: datetime) -> int:
    return (moment - YEAR_ONE) // timedelta(microseconds=1) * 10


EXAMPLES: list[tuple[Carrier, pa.DataType, list[tuple[list[Any], pa.DataType]]]] = [
    (Carrier.SAME, pa.int32(), [([1, None], pa.int32())]),
    (Carrier.TEXT, pa.string(), [(["", None], pa.string())]),
    (Carrier.BYTES, pa.binary(), [([b"", None], pa.binary())]),
    (Carrier.MOMENT, TICKS, [([YEAR_ONE, None], pa.timestamp("us"))]),
    (Carrier.TIME_TICKS, pa.time64("ns"), [([5, None], pa.int64())]),
    (Carrier.OFFSET, OFFSET, [([5, None], pa.int64()), ([0, None], pa.int32())]),
    (Carrier.GUID, pa.binary(16), [([bytes(16), None], pa.binary(16))]),
    (Carrier.VARIANT, VARIANT, [(["int", None], pa.string()), (["5", None], pa.string())]),
    (Carrier.SHAPE, SHAPE, [([4326, None], pa.int32()), ([b"x", None], pa.binary())]),
]


def test_there_is_an_example_of_every_carrier() -> None:
    assert {carrier for carrier, _, _ in EXAMPLES} == set(Carrier)


@pytest.mark.parametrize(("carrier", "wanted", "parts"), EXAMPLES, ids=[carrier for carrier, _, _ in EXAMPLES])
def test_nulls_and_nothing(carrier: Carrier, wanted: pa.DataType, parts: list[tuple[list[Any], pa.DataType]]) -> None:
    first, second = read(carrier, wanted, *(pa.array(values, type_) for values, type_ in parts))
    assert first is not None
    assert second is None
    assert read(carrier, wanted, *(pa.array([None] * 9, type_) for _, type_ in parts)) == [None] * 9
    assert read(carrier, wanted, *(pa.array([], type_) for _, type_ in parts)) == []
    assert None not in read(carrier, wanted, *(pa.array(values[:1] * 9, type_) for values, type_ in parts))


@given(st.lists(ODD))
def test_moments(moments: list[datetime | None]) -> None:
    expected = [None if moment is None else ticks(moment) for moment in moments]
    assert read(Carrier.MOMENT, TICKS, pa.array(moments, pa.timestamp("us"))) == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_moments_of_every_unit(unit: str) -> None:
    moments = [YEAR_ONE, datetime(9999, 12, 31, 23, 59, 59), datetime(1969, 12, 31, 23, 59, 59), None]  # noqa: DTZ001
    expected = [0, ticks(moments[1]), ticks(moments[2]), None]  # type: ignore[arg-type]
    assert read(Carrier.MOMENT, TICKS, pa.array(moments, pa.timestamp(unit))) == expected


@given(st.lists(st.none() | st.integers(0, 863_999_999_999)))
def test_times(times: list[int | None]) -> None:
    expected = [None if time is None else time * 100 for time in times]
    assert read(Carrier.TIME_TICKS, pa.time64("ns"), pa.array(times, pa.int64())) == expected


@given(st.lists(st.none() | st.tuples(st.integers(0, 3_155_378_975_999_999_999), st.integers(-840, 840))))
def test_offsets(moments: list[tuple[int, int] | None]) -> None:
    local = pa.array([None if moment is None else moment[0] for moment in moments], pa.int64())
    minutes = pa.array([None if moment is None else moment[1] for moment in moments], pa.int32())
    expected = [
        None if moment is None else {"utc": moment[0] - moment[1] * 600_000_000, "minutes": moment[1]}
        for moment in moments
    ]
    assert read(Carrier.OFFSET, OFFSET, local, minutes) == expected


@given(st.lists(st.none() | st.uuids()))
def test_guids_are_in_the_order_of_their_text(guids: list[UUID | None]) -> None:
    delivered = [None if guid is None else guid.bytes_le for guid in guids]
    expected = [None if guid is None else guid.bytes for guid in guids]
    assert read(Carrier.GUID, pa.binary(16), pa.array(delivered, pa.binary(16))) == expected
    assert read(Carrier.GUID, pa.binary(16), pa.array(delivered, pa.binary())) == expected


def test_numbers_take_the_type_of_their_column() -> None:
    money = [Decimal("922337203685477.5807"), None, Decimal("-0.0001")]
    assert read(Carrier.SAME, pa.decimal128(19, 4), pa.array(money, pa.decimal128(19, 4))) == money
    assert read(Carrier.SAME, pa.uint8(), pa.array([0, 255, None], pa.int16())) == [0, 255, None]
    with pytest.raises(pa.ArrowInvalid):  # never a number that is another one
        carried(Carrier.SAME, [pa.array([256], pa.int16())], pa.uint8())


def test_variants() -> None:
    types = ["float", "real", "float", None, "varchar(5)", "float", "int"]
    values = ["1.0000000000000001e-001", "1.00000001e-001", "-0.0000000000000000e+000", None, "", "1.0e+300", "7"]
    found = read(Carrier.VARIANT, VARIANT, pa.array(types), pa.array(values))
    expected = [repr(0.1), "0.1", repr(-0.0), None, "", repr(1e300), "7"]
    assert [value and value["value"] for value in found] == expected
    assert [value and value["type"] for value in found] == types


def test_shapes() -> None:
    point = struct.pack("<bIdd", 1, 1, 21.0, 52.25)
    found = read(Carrier.SHAPE, SHAPE, pa.array([4326, None, 0]), pa.array([point, None, b""]))
    assert found == [{"srid": 4326, "wkb": point}, None, {"srid": 0, "wkb": b""}]
