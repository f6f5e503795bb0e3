"""Every text against Python's own idea of the value."""

from __future__ import annotations

import hashlib
import struct
import uuid
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from migrator.errors import SourceError
from migrator.model.mapping import Form, Part, TargetColumn
from migrator.wire.schema import OFFSET, SHAPE, TICKS, VARIANT
from migrator.wire.text import Texts, canonical_column, load_column


def column(form: Form, **settings: object) -> TargetColumn:
    return TargetColumn("c", "c", "", form, nullable=True, **settings)  # type: ignore[arg-type]  # settings of each test


def values(texts: Texts) -> list[bytes | None]:
    data = texts.data.tobytes()
    return [
        data[start:end] if valid else None
        for start, end, valid in zip(texts.offsets, texts.offsets[1:], texts.valid, strict=False)
    ]


def same(array: pa.Array, target: TargetColumn) -> list[str | None]:
    """The canonical texts, which must be the load texts too, also for a slice of the array."""
    found = values(canonical_column(array, target))
    assert found == values(load_column(array, target))
    assert values(canonical_column(array.slice(1), target)) == found[1:]
    return [None if value is None else value.decode() for value in found]


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1)))
@example([-(2**63), 2**63 - 1, 0, None, -1, 9, 10])
def test_integer(numbers: list[int | None]) -> None:
    expected = [None if number is None else str(number) for number in numbers]
    assert same(pa.array(numbers, pa.int64()), column(Form.INTEGER)) == expected


def test_small_integers_and_bit() -> None:
    assert same(pa.array([0, 255, None], pa.uint8()), column(Form.INTEGER)) == ["0", "255", None]
    assert same(pa.array([-32768, 32767], pa.int16()), column(Form.INTEGER)) == ["-32768", "32767"]
    assert same(pa.array([True, None, False]), column(Form.INTEGER)) == ["1", None, "0"]


@given(st.data())
def test_decimal(data: st.DataObject) -> None:
    precision = data.draw(st.integers(1, 38))
    scale = data.draw(st.integers(0, precision))
    limit = 10**precision - 1
    units = data.draw(st.lists(st.none() | st.integers(-limit, limit)))
    array = _decimals(units, precision, scale)
    expected = [None if unit is None else _fixed_point(unit, scale) for unit in units]
    assert same(array, column(Form.DECIMAL, scale=scale)) == expected


def _decimals(units: list[int | None], precision: int, scale: int) -> pa.Array:
    """A decimal array from its 128-bit numbers: Decimal's own arithmetic stops at 28 digits."""
    raw = b"".join((unit or 0).to_bytes(16, "little", signed=True) for unit in units)
    bits = np.packbits(np.array([unit is not None for unit in units], np.bool_), bitorder="little").tobytes()
    return pa.Array.from_buffers(pa.decimal128(precision, scale), len(units), [pa.py_buffer(bits), pa.py_buffer(raw)])


def _fixed_point(unit: int, scale: int) -> str:
    digits = str(abs(unit)).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    return f"-{text}" if unit < 0 else text


def test_decimals_beyond_the_targets_scale_are_cut() -> None:
    array = _decimals([123_456_789, -199, -1, None, 10**37], 38, 8)
    assert same(array, column(Form.DECIMAL, scale=2)) == ["1.23", "0.00", "0.00", None, "1" + "0" * 29 + ".00"]


@given(st.lists(st.none() | st.dates()))
@example([date(1, 1, 1), date(9999, 12, 31), date(2000, 2, 29), date(1900, 3, 1), None])
def test_date(days: list[date | None]) -> None:
    expected = [None if day is None else f"{day.year:04}-{day.month:02}-{day.day:02}" for day in days]
    assert same(pa.array(days, pa.date32()), column(Form.DATE)) == expected


@given(st.lists(st.none() | st.integers(0, 863_999_999_999)), st.integers(0, 6))
@example([863_999_999_999, 0, None], 6)
@example([863_999_999_999], 0)
def test_time_cuts_digits_and_never_rounds(hundreds_of_ns: list[int | None], scale: int) -> None:
    array = pa.array([None if t is None else t * 100 for t in hundreds_of_ns], pa.time64("ns"))
    expected = [None if t is None else _clock(t // 10, scale) for t in hundreds_of_ns]
    assert same(array, column(Form.TIME, scale=scale)) == expected


def _clock(micros: int, scale: int) -> str:
    micros -= micros % 10 ** (6 - scale)
    return (datetime(2000, 1, 1) + timedelta(microseconds=micros)).strftime("%H:%M:%S.%f")  # noqa: DTZ001


_LAST_TICK = 3_155_378_975_999_999_999


@given(st.lists(st.none() | st.integers(0, _LAST_TICK)), st.integers(0, 6))
@example([0, _LAST_TICK, None], 6)
@example([_LAST_TICK], 3)
def test_datetime_of_ticks(ticks: list[int | None], scale: int) -> None:
    expected = [None if tick is None else _moment(tick // 10, scale) for tick in ticks]
    assert same(pa.array(ticks, TICKS), column(Form.DATETIME, scale=scale)) == expected


def _moment(micros: int, scale: int) -> str:
    micros -= micros % 10 ** (6 - scale)
    return (datetime(1, 1, 1) + timedelta(microseconds=micros)).isoformat(" ", "microseconds")  # noqa: DTZ001


@pytest.mark.parametrize(("unit", "digits"), [("s", "000000"), ("ms", "123000"), ("us", "123456"), ("ns", "123456")])
def test_datetime_of_timestamps(unit: str, digits: str) -> None:
    moment = datetime(1899, 12, 31, 23, 59, 58, int(digits))  # noqa: DTZ001
    array = pa.array([moment, None], pa.timestamp(unit))
    assert same(array, column(Form.DATETIME, scale=6)) == [f"1899-12-31 23:59:58.{digits}", None]


def test_datetimeoffset_becomes_utc_and_minutes() -> None:
    rows = [{"utc": 0, "minutes": -330}, None, {"utc": _LAST_TICK, "minutes": 840}]
    array = pa.array(rows, OFFSET)
    utc = same(array, column(Form.DATETIME, part=Part.UTC, scale=6))
    assert utc == ["0001-01-01 00:00:00.000000", None, "9999-12-31 23:59:59.999999"]
    assert same(array, column(Form.INTEGER, part=Part.OFFSET_MINUTES)) == ["-330", None, "840"]


def test_variant_becomes_type_and_value() -> None:
    array = pa.array([{"type": "int", "value": "5"}, None], VARIANT)
    assert same(array, column(Form.TEXT, part=Part.VARIANT_TYPE)) == ["int", None]
    assert same(array, column(Form.TEXT, part=Part.VARIANT_VALUE)) == ["5", None]


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)))
@example([-0.0, 5e-324, 1.7976931348623157e308, None])
def test_float_is_compared_by_bits_and_loaded_exactly(numbers: list[float | None]) -> None:
    array = pa.array(numbers, pa.float64())
    expected = [None if x is None else struct.pack(">d", x + 0.0).hex().encode() for x in numbers]
    assert values(canonical_column(array, column(Form.FLOAT))) == expected
    loaded = values(load_column(array, column(Form.FLOAT)))
    assert [None if text is None else float(text) for text in loaded] == numbers


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_real_is_widened_first(numbers: list[float]) -> None:
    array = pa.array(numbers, pa.float32())
    assert values(canonical_column(array, column(Form.FLOAT))) == [
        struct.pack(">d", x + 0.0).hex().encode() for x in numbers
    ]
    assert [float(text or b"") for text in values(load_column(array, column(Form.FLOAT)))] == numbers


@given(st.lists(st.none() | st.text()))
def test_text_forms(texts: list[str | None]) -> None:
    array = pa.array(texts, pa.string())
    raw = [None if text is None else text.encode() for text in texts]
    assert same(array, column(Form.TEXT)) == texts
    assert values(load_column(array, column(Form.CHAR))) == raw
    assert values(canonical_column(array, column(Form.CHAR))) == [r if r is None else r.rstrip(b" ") for r in raw]
    assert values(canonical_column(array, column(Form.CLOB))) == [
        r if r is None else hashlib.sha256(r).hexdigest().encode() for r in raw
    ]
    assert values(load_column(array, column(Form.CLOB))) == raw


@given(st.lists(st.none() | st.binary()))
def test_binary_forms(raw: list[bytes | None]) -> None:
    for array in (pa.array(raw, pa.binary()), pa.array([b"", *raw], pa.large_binary()).slice(1)):
        assert values(canonical_column(array, column(Form.BINARY))) == [
            r if r is None else r.hex().encode() for r in raw
        ]
        assert values(canonical_column(array, column(Form.BLOB))) == [
            r if r is None else hashlib.sha256(r).hexdigest().encode() for r in raw
        ]
        assert values(load_column(array, column(Form.BINARY))) == raw


@given(st.lists(st.none() | st.uuids()))
def test_uuid(ids: list[uuid.UUID | None]) -> None:
    array = pa.array([None if u is None else u.bytes for u in ids], pa.binary(16))
    assert same(array, column(Form.UUID)) == [None if u is None else str(u) for u in ids]


def test_shape_is_its_wkb_and_its_srid_must_be_the_columns() -> None:
    wkb = struct.pack("<BIdd", 1, 1, 21.01, 52.23)
    array = pa.array([{"srid": 4326, "wkb": wkb}, None], SHAPE)
    target = column(Form.GEOMETRY, srid=4326)
    assert values(load_column(array, target)) == [wkb, None]
    assert values(canonical_column(array, target)) == [hashlib.sha256(wkb).hexdigest().encode(), None]
    with pytest.raises(SourceError, match="SRID 4326"):
        load_column(array, column(Form.GEOMETRY, srid=0))


def test_time_type_of_python() -> None:
    array = pa.array([time(23, 59, 59, 999_999)], pa.time64("ns"))
    assert same(array, column(Form.TIME, scale=0)) == ["23:59:59.000000"]
