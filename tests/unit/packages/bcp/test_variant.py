from __future__ import annotations

import struct
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.packages.bcp.variant import to_text

LATIN1 = bytes.fromhex("0904d00034")  # SQL_Latin1_General_CP1_CI_AS
POLISH = bytes.fromhex("1504d00000")  # Polish_CI_AS
UTF8 = bytes.fromhex("0904d00400")  # Latin1_General_100_CI_AS_SC_UTF8
CP850 = bytes.fromhex("0904d00028")  # a sort order of code page 850
DAY = 864_000_000_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("320001", ("bit", "1")),
        ("3000ff", ("tinyint", "255")),
        ("3400ffff", ("smallint", "-1")),
        ("380001000000", ("int", "1")),
        ("7f00ffffffffffffff7f", ("bigint", "9223372036854775807")),
        ("3b000000c03f", ("real", "1.5")),
        ("3e00000000000000f83f", ("float", "1.5")),
        ("3c00ffffffffffffffff", ("money", "-0.0001")),
        ("7a0010270000", ("smallmoney", "1.0000")),
        ("6a02050201" + "39300000", ("decimal(5,2)", "123.45")),
        ("6c02050200" + "05000000", ("numeric(5,2)", "-0.05")),
        ("6a02260001" + (10**38 - 1).to_bytes(16, "little").hex(), ("decimal(38,0)", "9" * 38)),
        ("2800" + "6e280b", ("date", "2003-02-01")),
        ("290107" + "07b9f6595f", ("time(7)", "11:22:33.1234567")),
        ("290100" + "f99f00", ("time(0)", "11:22:33")),
        ("290100" + "80e2e3595f", ("time(0)", "11:22:33")),
        ("290103" + (40_953_115).to_bytes(4, "little").hex(), ("time(3)", "11:22:33.115")),
        ("2a0107" + "07b9f6595f6e280b", ("datetime2(7)", "2003-02-01 11:22:33.1234567")),
        ("2a0100" + "f99f006e280b", ("datetime2(0)", "2003-02-01 11:22:33")),
        ("2b0107" + "070ff123366e280b2701", ("datetimeoffset(7)", "2003-02-01 11:22:33.1234567 +04:55")),
        ("2b0107" + "000000000000" + "0000" + "1e00", ("datetimeoffset(7)", "0001-01-01 00:30:00.0000000 +00:30")),
        ("3d00" + "13930000f177bb00", ("datetime", "2003-02-01 11:22:33.123")),
        ("3a00" + "1393ab02", ("smalldatetime", "2003-02-01 11:23:00")),
        ("a5020800" + "cafe", ("varbinary(8)", "cafe")),
        ("ad020200" + "cafe", ("binary(2)", "cafe")),
        ("e707" + LATIN1.hex() + "1400" + "41014200", ("nvarchar(10)", "ŁB")),
        ("ef07" + LATIN1.hex() + "0400" + "41012000", ("nchar(2)", "Ł ")),
        ("a707" + LATIN1.hex() + "1a00" + b"ABC".hex(), ("varchar(26)", "ABC")),
        ("a707" + LATIN1.hex() + "1a00" + "8081", ("varchar(26)", "€\x81")),
        ("af07" + POLISH.hex() + "0400" + "b3e59f20", ("char(4)", "łĺź ")),
        ("a707" + UTF8.hex() + "1a00" + "łódź".encode().hex(), ("varchar(26)", "łódź")),
        ("a707" + CP850.hex() + "1a00" + "82", ("varchar(26)", "é")),
        (
            "2400" + UUID("00112233-4455-6677-8899-aabbccddeeff").bytes_le.hex(),
            ("uniqueidentifier", "00112233-4455-6677-8899-aabbccddeeff"),
        ),
    ],
)
def test_values(value: str, expected: tuple[str, str]) -> None:
    assert to_text(bytes.fromhex(value)) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "38",
        "990001",
        "38010001000000",
        "2900",
        "3800010000",
        "380001000000ff",
        "320002",
        "6a0205020200000000",
        "6a02050201" + (10**5).to_bytes(4, "little").hex(),
        "6a02030501" + "01000000",
        "2800ffffff",
        "290107" + DAY.to_bytes(5, "little").hex(),
        "290108" + "0000000000",
        "2a0107" + bytes(5).hex() + "ffffff",
        "2b0107" + bytes(8).hex() + "4903",
        "2b0107" + bytes(8).hex() + "ffff",
        "3d00" + "0000000000828b01",
        "3d00" + "ffffff7f00000000",
        "3a00" + "0000a005",
        "e707" + LATIN1.hex() + "1400" + "410142",
        "a707" + LATIN1.hex() + "0200" + "414243",
        "a5020200" + "cafe00",
        "2400" + "00",
    ],
)
def test_values_that_cannot_be(value: str) -> None:
    with pytest.raises((ValueError, struct.error, OverflowError)):
        to_text(bytes.fromhex(value))


@given(st.integers(0, DAY - 1), st.integers(0, 7), st.booleans())
def test_time_in_both_forms(ticks: int, scale: int, protocol: bool) -> None:
    unit = 10 ** (7 - scale)
    ticks -= ticks % unit
    width = 3 if scale <= 2 else 4 if scale <= 4 else 5
    if protocol and width == 5 and scale < 7:
        return  # five bytes are the form of whole columns there
    data = (ticks // unit).to_bytes(width, "little") if protocol else ticks.to_bytes(5, "little")
    shown = (datetime(1, 1, 1) + timedelta(microseconds=ticks // 10)).time().isoformat("seconds")  # noqa: DTZ001
    fraction = f".{ticks % 10**7:07}"[: scale + 1] if scale else ""
    assert to_text(bytes([0x29, 1, scale]) + data) == (f"time({scale})", shown + fraction)


@given(
    st.integers(1, 38).flatmap(lambda p: st.tuples(st.just(p), st.integers(0, p), st.integers(1 - 10**p, 10**p - 1)))
)
def test_decimal(case: tuple[int, int, int]) -> None:
    precision, scale, number = case
    value = bytes([0x6A, 2, precision, scale, int(number >= 0)]) + abs(number).to_bytes(16, "little")
    name, text = to_text(value)
    assert name == f"decimal({precision},{scale})"
    sign, digits, exponent = Decimal(text).as_tuple()
    assert exponent == -scale
    assert int("".join(map(str, digits))) * (-1 if sign else 1) == number


@given(st.dates())
def test_date(day: date) -> None:
    assert to_text(b"\x28\x00" + (day.toordinal() - 1).to_bytes(3, "little")) == ("date", day.isoformat())


@given(st.binary(max_size=30))
def test_no_bytes_break_it(value: bytes) -> None:
    try:
        name, text = to_text(value)
    except (ValueError, struct.error, OverflowError):
        return
    assert name
    assert isinstance(text, str)
