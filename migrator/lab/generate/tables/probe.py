"""One column of every type with its smallest, largest and oddest values, once NULL and once NOT NULL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

import pyarrow as pa

from migrator.lab.generate import columns as t
from migrator.lab.generate.awkward import BINARY, LATIN, TEXT, UNICODE, XML
from migrator.lab.generate.census import Constant
from migrator.lab.generate.population import Columns, Population, Span
from migrator.lab.generate.shapes import WGS84, Kind, many_wkb, point_wkb
from migrator.lab.generate.tables.area import shapes
from migrator.lab.generate.tables.verification import FLOAT_EXTREMES, REAL_EXTREMES
from migrator.lab.generate.values import DAY, DAYS_TO_1970, SECOND, stamps
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.wire.schema import arrow_type

PROBE: Final = ObjectName("audit", "TypeProbe")
PROBE_STRICT: Final = ObjectName("audit", "TypeProbeStrict")
_ROWS: Final = len(TEXT) + 3

_NINES: Final = 10**38 - 1
_NOON_ISH: Final = (12 * 3600 + 34 * 60 + 56) * SECOND + 1_234_567
_LEAP_DAY: Final = DAYS_TO_1970 + 19_782
"""2024-02-29, in days since 0001-01-01."""
_LAST_DAY: Final = 3_652_058


@dataclass(frozen=True, slots=True)
class Probe:
    """A column and its values, as Python values or as what the Arrow type stores; the table's rows go round in them."""

    name: str
    type: DataType
    values: Sequence[Any]


def _times(scale: int) -> list[int]:
    """Nanoseconds since midnight: the first, the last and one between, cut to the scale."""
    unit = 10 ** (7 - scale)
    return [ticks // unit * unit * 100 for ticks in (0, DAY - 1, _NOON_ISH, 1)]


def _moments(scale: int) -> list[int]:
    """Ticks since year 1: its first day and the last of year 9999, one of today and midnights between."""
    unit = 10 ** (7 - scale)
    moments = (0, (_LAST_DAY + 1) * DAY - 1, _LEAP_DAY * DAY + _NOON_ISH, DAYS_TO_1970 * DAY, 364_877 * DAY + DAY - 1)
    return [ticks // unit * unit for ticks in moments]


def _offsets(scale: int) -> list[dict[str, int]]:
    """The same moments as UTC, with offsets that keep the local time inside the years 1 to 9999."""
    first, last, *rest = _moments(scale)
    between = [{"utc": utc, "minutes": minutes} for utc in rest for minutes in (-840, -1, 0, 345, 840)]
    return [
        {"utc": first, "minutes": 0}, {"utc": last, "minutes": 0},
        {"utc": first, "minutes": 840}, {"utc": last, "minutes": -840}, *between,
    ]  # fmt: skip


def _shapes(srid: int) -> list[dict[str, object]]:
    empty = many_wkb(Kind.COLLECTION, [point_wkb(19.5, 51.75)])
    return [{"srid": srid, "wkb": wkb} for wkb in (*shapes(19.5, 51.75), empty)]


_UNSCALED: Final = {SqlType.MONEY: Decimal("0.0001"), SqlType.SMALLMONEY: Decimal("0.0001")}
_GUIDS: Final = (bytes(16), b"\xff" * 16, bytes.fromhex("6f9619ff8b86d011b42d00c04fc964ff"), bytes(range(16)))
_PATHS: Final = ("/", "/1/", "/1/2.5/", "/-3/", "/16/79/80/1103/1104/5199/5200/", "/0/-9/-73/-4169/", "/1.1.1/4/8/")
_VARIANTS: Final = (
    ("int", "-2147483648"),
    ("bigint", "9223372036854775807"),
    ("bit", "0"),
    ("tinyint", "255"),
    ("smallint", "-32768"),
    ("decimal(38,10)", "-1234567890123456789012345678.0123456789"),
    ("numeric(5,2)", "999.99"),
    ("money", "-922337203685477.5808"),
    ("date", "9999-12-31"),
    ("time(7)", "23:59:59.9999999"),
    ("datetime2(3)", "2024-02-29 12:34:56.123"),
    ("datetime", "1753-01-01 00:00:00.003"),
    ("uniqueidentifier", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
    ("varbinary(8)", "00ff5c0a"),
    ("varchar(20)", "Straße \\N"),
    ("nvarchar(20)", "żółw 🐢"),
)

PROBES: Final = (
    Probe("Bit", t.BIT, (True, False)),
    Probe("TinyInt", t.TINYINT, (0, 255, 127, 128, 1)),
    Probe("SmallInt", t.SMALLINT, (-32_768, 32_767, 0, -1)),
    Probe("Int", t.INT, (-(2**31), 2**31 - 1, 0, -1)),
    Probe("BigInt", t.BIGINT, (-(2**63), 2**63 - 1, 0, -1)),
    Probe("Decimal38", t.decimal(38), tuple(Decimal(n) for n in (_NINES, -_NINES, 0, 1, -1))),
    Probe("Decimal38Scale30", t.decimal(38, 30), tuple(Decimal(f"{s}12345678.{'0123456789' * 3}") for s in ("", "-"))),
    Probe("Decimal18", t.decimal(18), tuple(Decimal(n) for n in (10**18 - 1, 1 - 10**18, 0))),
    Probe("Numeric28", t.numeric(28, 10), tuple(map(Decimal, ("999999999999999999.9999999999", "-0.0000000001", "0")))),
    Probe("Decimal9", t.decimal(9, 9), tuple(map(Decimal, ("0.999999999", "-0.999999999", "0")))),
    Probe("Money", t.MONEY, tuple(n * _UNSCALED[SqlType.MONEY] for n in (-(2**63), 2**63 - 1, 0, 1, -1, 2**32))),
    Probe("SmallMoney", t.SMALLMONEY, tuple(n * _UNSCALED[SqlType.SMALLMONEY] for n in (-(2**31), 2**31 - 1, 0, -1))),
    Probe("Real", t.REAL, REAL_EXTREMES),
    Probe("Float", t.FLOAT, FLOAT_EXTREMES),
    Probe("Date", t.DATE, tuple(day - DAYS_TO_1970 for day in (0, _LAST_DAY, _LEAP_DAY, 364_877, 577_735))),
    *(Probe(f"Time{scale}", t.time(scale), _times(scale)) for scale in range(8)),
    Probe(
        "DateTime",
        t.DATETIME,
        tuple(
            datetime.fromisoformat(text)
            for text in ("1753-01-01", "9999-12-31T23:59:59.997", "1900-01-01T00:00:00.003", "2024-02-29T12:34:56.787")
        ),
    ),
    Probe(
        "SmallDateTime",
        t.SMALLDATETIME,
        tuple(map(datetime.fromisoformat, ("1900-01-01", "2079-06-06T23:59", "2024-02-29T12:34"))),
    ),
    *(Probe(f"DateTime2_{scale}", t.datetime2(scale), _moments(scale)) for scale in range(8)),
    *(Probe(f"DateTimeOffset{scale}", t.datetimeoffset(scale), _offsets(scale)) for scale in range(8)),
    Probe("Char", t.char(60), LATIN),
    Probe("VarChar", t.varchar(4_000), (*LATIN, "v" * 4_000)),
    Probe("NChar", t.nchar(60), TEXT),
    Probe("NVarChar", t.nvarchar(2_000), (*TEXT, "ł" * 2_000, "🙂" * 1_000)),
    Probe("VarCharMax", t.varchar(), (*LATIN, "long text " * 10_000)),
    Probe("NVarCharMax", t.nvarchar(), (*TEXT, "długi tekst 🙂 " * 10_000)),
    Probe("Text", t.TEXT, LATIN),
    Probe("NText", t.NTEXT, TEXT),
    Probe(
        "Binary",
        t.binary(16),
        (bytes(16), b"\xff" * 16, bytes(range(16)), b"\\N\t\n\r'\"\\ \x00\x1a\x00\x00\x00\x00\x00"),
    ),
    Probe("VarBinary", t.varbinary(600), BINARY),
    Probe("VarBinaryMax", t.varbinary(), (*BINARY, bytes(range(256)) * 400)),
    Probe("Image", t.IMAGE, BINARY),
    Probe("UniqueIdentifier", t.UNIQUEIDENTIFIER, _GUIDS),
    Probe("Xml", t.XML, XML),
    Probe("HierarchyId", t.HIERARCHYID, _PATHS),
    Probe("Geography", t.GEOGRAPHY, _shapes(WGS84)),
    Probe("Geometry", t.GEOMETRY, _shapes(0)),
    Probe("Variant", t.SQL_VARIANT, tuple({"type": type_, "value": value} for type_, value in _VARIANTS)),
    Probe("Phone", t.PHONE, ("+48 601 000 000", "", *UNICODE[1:4])),
    Probe("Flag", t.FLAG, (False, True)),
    Probe("Amount", t.AMOUNT, tuple(map(Decimal, ("999999999999999.9999", "-999999999999999.9999", "0.0001")))),
    Probe("SysName", t.SYSNAME, ("dbo", "żółw", "a]b")),
)
"""Every type that native rows can hold but rowversion, which a table has once."""


def _probe_rows(span: Span, *, nullable: bool) -> Columns:
    made: dict[str, pa.Array] = {}
    for probe in PROBES:
        around = (*probe.values, None) if nullable else tuple(probe.values)
        values = [around[row % len(around)] for row in range(span.rows)]
        made[probe.name] = _array(values, arrow_type(probe.type))
    return {"ProbeId": span.index - 1, **made, "RowVersion": stamps(span)}


def _array(values: list[Any], type_: pa.DataType) -> pa.Array:
    """``values`` as that type; numbers stand for what a time type stores."""
    if pa.types.is_time(type_) or pa.types.is_date(type_):
        return pa.array(values, pa.int32() if pa.types.is_date(type_) else pa.int64()).cast(type_)
    return pa.array(values, type_)


def _population(name: ObjectName, *, nullable: bool) -> Population:
    columns = (
        Column("ProbeId", t.INT, t.NOT_NULL),
        *(Column(probe.name, probe.type, nullable) for probe in PROBES),
        Column("RowVersion", t.ROWVERSION, t.NOT_NULL),
    )
    table = Table(name, columns, primary_key=t.primary_key(f"PK_{name.name}", "ProbeId"))
    return Population(table, Constant(_ROWS), partial(_probe_rows, nullable=nullable))


POPULATIONS: Final = (_population(PROBE, nullable=t.NULL), _population(PROBE_STRICT, nullable=t.NOT_NULL))
