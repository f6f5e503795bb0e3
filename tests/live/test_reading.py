"""Rows that a SQL Server stored come out as what was written: every type, large values, ranges, one moment for all."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from support.pieces import Piece, total

from migrator import workers
from migrator.errors import SourceBusy, SourceError, SourceRejected, SourceUnreachable
from migrator.model.consistency import Consistency
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Index, Key, KeyColumn, Table
from migrator.sqlserver import pictures, segments
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.connect import Link, quoted, session
from migrator.sqlserver.hold import hold
from migrator.sqlserver.segments import Size
from migrator.sqlserver.source import SqlServer
from migrator.sqlserver.url import Server, Wanted
from migrator.sqlserver.version import EngineEdition, read_product
from migrator.wire.schema import arrow_schema

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

TICKS_OF_DAY = 864_000_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A database of this module's own."""
    there = Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"])
    made = there.with_database(f"reading_{secrets.token_hex(4)}")
    with session(there.with_database("master")) as link:
        link.execute(f"CREATE DATABASE {quoted(made.database)}", doing="making the tests' database")
        if not is_babelfish(link):
            link.execute(f"ALTER DATABASE {quoted(made.database)} SET ALLOW_SNAPSHOT_ISOLATION ON", doing="allowing")
    yield made
    pictures.forget(made)
    with session(there.with_database("master")) as link:
        link.execute(f"DROP DATABASE {quoted(made.database)}", doing="dropping the tests' database")


@pytest.fixture(scope="module")
def link(server: Server) -> Iterator[Link]:
    with session(server) as opened:
        yield opened


@pytest.fixture(scope="module")
def babelfish(link: Link) -> bool:
    return is_babelfish(link)


def is_babelfish(link: Link) -> bool:
    return read_product(link.rows).edition is EngineEdition.BABELFISH


def source(server: Server, *tables: Table, size: Size | None = None) -> SqlServer:
    """A source that knows these tables without having asked, and reads them as they are now."""
    pictures.forget(server)
    made = SqlServer(server)
    made._database = Database(server.database, "Latin1_General_CI_AS", ("dbo",), tables)
    made._sizes = {table.name: size or Size(0, 0) for table in tables}
    return made


def written(link: Link, table: Table, *rows: Sequence[str]) -> Table:
    """Make the table and fill it with T-SQL constants."""
    parts = [f"{quoted(c.name)} {c.type} {'NULL' if c.nullable else 'NOT NULL'}" for c in table.columns]
    if key := table.primary_key:
        columns = ", ".join(f"{quoted(k.name)}{' DESC' if k.descending else ''}" for k in key.columns)
        parts.append(f"PRIMARY KEY {'CLUSTERED' if key.clustered else 'NONCLUSTERED'} ({columns})")
    link.execute(f"CREATE TABLE {name(table)} ({', '.join(parts)})", doing="making a table")
    columns = ", ".join(quoted(c.name) for c in table.columns if c.type and c.type.base is not SqlType.ROWVERSION)
    for row in rows:
        link.execute(f"INSERT {name(table)} ({columns}) VALUES ({', '.join(row)})", doing="writing a row")
    return table


def name(table: Table) -> str:
    return f"{quoted(table.name.schema)}.{quoted(table.name.name)}"


def everything(reading: SqlServer, table: Table, *, batch_bytes: int = 8 << 20) -> pa.Table:
    """All segments' rows."""
    batches = [
        batch for segment in reading.segments(table) for batch in reading.read(table, segment, batch_bytes=batch_bytes)
    ]
    wanted = arrow_schema(table)
    for batch in batches:
        assert batch.schema.names == wanted.names
        assert batch.schema.types == wanted.types
        batch.validate(full=True)
    # Rows with large values come by themselves.
    return pa.Table.from_batches(batches, pa.schema([field.with_nullable(True) for field in wanted])).sort_by(
        wanted.names[0]
    )


def values(column: pa.ChunkedArray) -> list[Any]:
    """As Python has them; a time as nanoseconds since midnight."""
    return (column.cast(pa.int64()) if pa.types.is_time(column.type) else column).to_pylist()


@dataclass(frozen=True)
class Case:
    """A constant, and what it has to come out as."""

    sql: str
    expected: Any
    real: bool | None = None
    """True: only a SQL Server keeps it; False: only Babelfish does."""

    def kept(self, babelfish: bool) -> bool:
        return self.real is None or self.real is not babelfish


def ticks(year: int, month: int, day: int, seconds: int = 0, hundreds: int = 0) -> int:
    return (date(year, month, day).toordinal() - 1) * TICKS_OF_DAY + seconds * 10_000_000 + hundreds


def local(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type,misc]  # noqa: DTZ001 - a moment without an offset


def offset(utc: int, minutes: int) -> dict[str, int]:
    return {"utc": utc, "minutes": minutes}


def variant(type_: str, value: str) -> dict[str, str]:
    return {"type": type_, "value": value}


LAST = 86_399
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
EMOJI = "zażółć gęślą 😀 jaźń"
DENORMAL = struct.unpack("<d", struct.pack("<Q", 1))[0]
REAL_DENORMAL = struct.unpack("<f", struct.pack("<I", 1))[0]

TYPES: list[tuple[str, DataType, list[Case]]] = [
    ("bit", DataType(SqlType.BIT), [Case("0", False), Case("1", True)]),
    ("tinyint", DataType(SqlType.TINYINT), [Case("0", 0), Case("127", 127), Case("128", 128), Case("255", 255)]),
    ("smallint", DataType(SqlType.SMALLINT), [Case("-32768", -32768), Case("32767", 32767)]),
    ("int", DataType(SqlType.INT), [Case("-2147483648", -(2**31)), Case("2147483647", 2**31 - 1)]),
    ("bigint", DataType(SqlType.BIGINT), [Case("-9223372036854775808", -(2**63)), Case(str(2**63 - 1), 2**63 - 1)]),
    (
        "decimal38",
        DataType(SqlType.DECIMAL, precision=38, scale=0),
        [Case("9" * 38, Decimal("9" * 38)), Case("-" + "9" * 38, Decimal("-" + "9" * 38)), Case("0", Decimal(0))],
    ),
    (
        "decimal38_38",
        DataType(SqlType.DECIMAL, precision=38, scale=38),
        [Case("." + "9" * 38, Decimal("." + "9" * 38)), Case("-." + "0" * 37 + "1", Decimal("-1e-38"))],
    ),
    (
        "numeric5_2",
        DataType(SqlType.NUMERIC, precision=5, scale=2),
        [Case("-0.05", Decimal("-0.05")), Case("999.99", Decimal("999.99")), Case("-999.99", Decimal("-999.99"))],
    ),
    (
        "money",
        DataType(SqlType.MONEY),
        [
            Case("CAST('-922337203685477.5808' AS money)", Decimal("-922337203685477.5808")),
            Case("CAST('922337203685477.5807' AS money)", Decimal("922337203685477.5807")),
            Case("-0.0001", Decimal("-0.0001")),
            Case("0", Decimal(0)),
        ],
    ),
    (
        "smallmoney",
        DataType(SqlType.SMALLMONEY),
        [
            Case("CAST('-214748.3648' AS smallmoney)", Decimal("-214748.3648")),
            Case("CAST('214748.3647' AS smallmoney)", Decimal("214748.3647")),
        ],
    ),
    (
        "real",
        DataType(SqlType.REAL),
        [
            Case("CAST('3.4028235E38' AS real)", struct.unpack("<f", b"\xff\xff\x7f\x7f")[0]),
            Case("CAST('0.1' AS real)", struct.unpack("<f", struct.pack("<f", 0.1))[0]),
            Case("CAST('1.17549435E-38' AS real)", struct.unpack("<f", b"\0\0\x80\0")[0]),
            Case("CAST('1.4012985E-45' AS real)", REAL_DENORMAL, real=False),
        ],
    ),
    (
        "float",
        DataType(SqlType.FLOAT, precision=53),
        [
            Case("CAST('1.7976931348623157E308' AS float)", 1.7976931348623157e308),
            Case("CAST('0.1' AS float)", 0.1),
            Case("CAST('4.9406564584124654E-324' AS float)", DENORMAL, real=False),
            Case("CAST('2.2250738585072014E-308' AS float)", 2.2250738585072014e-308),
            Case("CAST(-1 AS float) * CAST(0 AS float)", -0.0),
        ],
    ),
    ("date", DataType(SqlType.DATE), [Case("'0001-01-01'", date.min), Case("'9999-12-31'", date.max)]),
    *(
        (
            f"time{scale}",
            DataType(SqlType.TIME, scale=scale),
            [
                Case("'00:00:00'", 0),
                Case("'12:34:56'", 45_296 * 10**9),
                *(
                    [Case("'01:02:03." + "1234567"[:scale] + "'", 3_723 * 10**9 + int("1234567"[:scale].ljust(9, "0")))]
                    if 0 < scale < 7
                    else []
                ),
                Case(
                    "'23:59:59" + ("." if scale else "") + "9" * scale + "'",
                    LAST * 10**9 + int(("9" * scale).ljust(9, "0")),
                    real=True if scale == 7 else None,
                ),
            ],
        )
        for scale in range(8)
    ),
    (
        "smalldatetime",
        DataType(SqlType.SMALLDATETIME),
        [
            Case("'1900-01-01T00:00:00'", local(1900, 1, 1)),
            Case("'2079-06-06T23:59:00'", local(2079, 6, 6, 23, 59)),
        ],
    ),
    (
        "datetime",
        DataType(SqlType.DATETIME),
        [
            Case("'1753-01-01T00:00:00'", local(1753, 1, 1)),
            Case("'9999-12-31T23:59:59.997'", local(9999, 12, 31, 23, 59, 59, 997_000)),
            Case("'2024-02-29T12:00:00.003'", local(2024, 2, 29, 12, 0, 0, 3_000)),
            Case("'2024-02-29T12:00:00.007'", local(2024, 2, 29, 12, 0, 0, 7_000)),
        ],
    ),
    *(
        (
            f"datetime2_{scale}",
            DataType(SqlType.DATETIME2, scale=scale),
            [
                Case("'0001-01-01'", 0),
                Case(
                    "'9999-12-31 23:59:59" + ("." if scale else "") + "9" * scale + "'",
                    ticks(9999, 12, 31, LAST, int(("9" * scale).ljust(7, "0"))),
                    real=True if scale == 7 else None,
                ),
                Case("'2262-04-12 01:02:03'", ticks(2262, 4, 12, 3_723)),
            ],
        )
        for scale in range(8)
    ),
    *(
        (
            f"datetimeoffset{scale}",
            DataType(SqlType.DATETIMEOFFSET, scale=scale),
            [
                Case("'0001-01-02 00:00:00 +14:00'", offset(ticks(1, 1, 1, 36_000), 840)),
                Case("'9999-12-30 23:59:59 -14:00'", offset(ticks(9999, 12, 31, LAST - 36_000), -840)),
                Case("'2024-05-06 07:08:09 -03:30'", offset(ticks(2024, 5, 6, 25_689 + 12_600), -210)),
                Case("'2024-05-06 00:30:00 +05:45'", offset(ticks(2024, 5, 5, 86_400 + 1_800 - 20_700), 345)),
            ],
        )
        for scale in (0, 3, 7)
    ),
    (
        "datetimeoffset7th",
        DataType(SqlType.DATETIMEOFFSET, scale=7),
        [
            Case(
                "'2024-05-06 07:08:09.1234567 +02:00'",
                offset(ticks(2024, 5, 6, 25_689 - 7_200, 1_234_567), 120),
                real=True,
            )
        ],
    ),
    (
        "datetime2_7th",
        DataType(SqlType.DATETIME2, scale=7),
        [Case("'2024-05-06 07:08:09.1234567'", ticks(2024, 5, 6, 25_689, 1_234_567), real=True)],
    ),
    ("char", DataType(SqlType.CHAR, length=5), [Case("'ab'", "ab   "), Case("''", "     "), Case("'abcde'", "abcde")]),
    (
        "varchar",
        DataType(SqlType.VARCHAR, length=8000),
        [
            Case("''", ""),
            Case("' a  '", " a  "),
            Case("REPLICATE('x', 8000)", "x" * 8000),
            Case("'a\tb\r\nc\\'", "a\tb\r\nc\\"),
        ],
    ),
    ("nchar", DataType(SqlType.NCHAR, length=4), [Case("N'ż'", "ż   "), Case("N'😀'", "😀  ", real=True)]),
    (
        "nvarchar",
        DataType(SqlType.NVARCHAR, length=4000),
        [
            Case("N''", ""),
            Case("N'  '", "  "),
            Case(f"N'{EMOJI}'", EMOJI),
            Case("REPLICATE(N'ż', 4000)", "ż" * 4000),
            Case("REPLICATE(N'😀', 2000)", "😀" * 2000),
            Case("NCHAR(0xD83D) + N'x'", "\ufffdx", real=True),
            Case("N'x' + NCHAR(0xDE00)", "x\ufffd", real=True),
        ],
    ),
    ("binary", DataType(SqlType.BINARY, length=4), [Case("0x00", bytes(4)), Case("0xFF00FF00", b"\xff\x00\xff\x00")]),
    (
        "varbinary",
        DataType(SqlType.VARBINARY, length=8000),
        [Case("0x", b""), Case("0x00", b"\0"), Case("0x" + "00FF" * 4000, b"\x00\xff" * 4000)],
    ),
    (
        "uniqueidentifier",
        DataType(SqlType.UNIQUEIDENTIFIER),
        [
            Case(f"'{GUID}'", UUID(GUID).bytes),
            Case(f"'{UUID(int=0)}'", bytes(16)),
            Case(f"'{UUID(int=2**128 - 1)}'", b"\xff" * 16),
        ],
    ),
    (
        "varchar_max",
        DataType(SqlType.VARCHAR, length=MAX),
        [Case("''", ""), Case("'x '", "x "), Case("REPLICATE(CAST('ab' AS varchar(max)), 10000)", "ab" * 10_000)],
    ),
    (
        "nvarchar_max",
        DataType(SqlType.NVARCHAR, length=MAX),
        [
            Case("N''", ""),
            Case("REPLICATE(CAST(N'ż' AS nvarchar(max)), 300000)", "ż" * 300_000),
            Case(f"N'{EMOJI}'", EMOJI),
            Case("REPLICATE(CAST(N'x' AS nvarchar(max)), 4000)", "x" * 4000),
            Case("REPLICATE(CAST(N'x' AS nvarchar(max)), 4001)", "x" * 4001),
        ],
    ),
    (
        "varbinary_max",
        DataType(SqlType.VARBINARY, length=MAX),
        [
            Case("0x", b""),
            Case("CAST(REPLICATE(CAST('ab' AS varchar(max)), 10000) AS varbinary(max))", b"ab" * 10_000),
            Case("0x0000", b"\0\0"),
        ],
    ),
    ("text", DataType(SqlType.TEXT), [Case("''", ""), Case("'old text'", "old text")]),
    ("ntext", DataType(SqlType.NTEXT), [Case("N''", ""), Case(f"N'{EMOJI}'", EMOJI)]),
    ("image", DataType(SqlType.IMAGE), [Case("0x", b""), Case("0x00FF", b"\x00\xff")]),
    ("xml", DataType(SqlType.XML), [Case("N'<a>ż</a>'", "<a>ż</a>"), Case("N''", "", real=True)]),
    (
        "sql_variant",
        DataType(SqlType.SQL_VARIANT),
        [
            Case("CAST(1 AS bit)", variant("bit", "1")),
            Case("CAST(255 AS tinyint)", variant("tinyint", "255")),
            Case("CAST(-32768 AS smallint)", variant("smallint", "-32768")),
            Case("CAST(-7 AS int)", variant("int", "-7")),
            Case("CAST(9223372036854775807 AS bigint)", variant("bigint", "9223372036854775807")),
            Case("CAST(-12.340 AS decimal(10,3))", variant("decimal(10,3)", "-12.340"), real=True),
            Case("CAST(" + "9" * 38 + " AS numeric(38,0))", variant("numeric(38,0)", "9" * 38)),
            Case("CAST(-1.5 AS money)", variant("money", "-1.5000")),
            Case("CAST(1.25 AS smallmoney)", variant("smallmoney", "1.2500")),
            Case("CAST('0.1' AS float)", variant("float", "0.1")),
            Case("CAST('1E300' AS float)", variant("float", "1e+300")),
            Case("CAST('0.1' AS real)", variant("real", "0.1")),
            Case("CAST('2024-02-29' AS date)", variant("date", "2024-02-29")),
            Case("CAST('01:02:03.120' AS time(3))", variant("time(3)", "01:02:03.120"), real=True),
            Case("CAST('01:02:03' AS time(0))", variant("time(0)", "01:02:03"), real=True),
            Case(
                "CAST('2024-02-29 01:02:03.10' AS datetime2(2))",
                variant("datetime2(2)", "2024-02-29 01:02:03.10"),
                real=True,
            ),
            Case("CAST('2024-02-29T01:02:03.007' AS datetime)", variant("datetime", "2024-02-29 01:02:03.007")),
            Case("CAST('2024-02-29T01:02:00' AS smalldatetime)", variant("smalldatetime", "2024-02-29 01:02:00")),
            Case(
                "CAST('2024-02-29 01:02:03.100 -03:30' AS datetimeoffset(3))",
                variant("datetimeoffset(3)", "2024-02-29 01:02:03.100 -03:30"),
                real=True,
            ),
            Case(f"CAST('{GUID}' AS uniqueidentifier)", variant("uniqueidentifier", GUID.lower())),
            Case("CAST('ab' AS varchar(10))", variant("varchar(10)", "ab")),
            Case("CAST('' AS varchar(10))", variant("varchar(10)", "")),
            Case("CAST('ab' AS char(4))", variant("char(4)", "ab  ")),
            Case(f"CAST(N'{EMOJI}' AS nvarchar(40))", variant("nvarchar(40)", EMOJI)),
            Case("CAST(N'ab' AS nchar(3))", variant("nchar(3)", "ab ")),
            Case("CAST(0x00FF AS varbinary(8))", variant("varbinary(8)", "00ff"), real=True),
            Case("CAST(0x0F AS binary(2))", variant("binary(2)", "0f00"), real=True),
            Case("CAST(REPLICATE('x', 8000) AS varchar(8000))", variant("varchar(8000)", "x" * 8000)),
            Case("CAST(REPLICATE(N'ż', 4000) AS nvarchar(4000))", variant("nvarchar(4000)", "ż" * 4000)),
        ],
    ),
    (
        "hierarchyid",
        DataType(SqlType.HIERARCHYID),
        [Case("'/'", "/", real=True), Case("'/1/2.5/'", "/1/2.5/", real=True)],
    ),
    (
        "geography",
        DataType(SqlType.GEOGRAPHY),
        [
            Case(
                "geography::Point(52.25, 21.0, 4326)",
                {"srid": 4326, "wkb": struct.pack("<bIdd", 1, 1, 21.0, 52.25)},
                real=True,
            )
        ],
    ),
    (
        "geometry",
        DataType(SqlType.GEOMETRY),
        [Case("geometry::Point(1, 2, 0)", {"srid": 0, "wkb": struct.pack("<bIdd", 1, 1, 1.0, 2.0)}, real=True)],
    ),
]


def kept_by(babelfish: bool, value: Any) -> Any:
    """Babelfish forgets the length and the digits of a variant's type."""
    if babelfish and isinstance(value, dict) and "type" in value:
        return variant(value["type"].partition("(")[0], value["value"])
    return value


@pytest.mark.parametrize(("type_name", "type_", "cases"), TYPES, ids=[type_name for type_name, _, _ in TYPES])
def test_every_type(
    server: Server, link: Link, babelfish: bool, type_name: str, type_: DataType, cases: list[Case]
) -> None:
    kept = [case for case in cases if case.kept(babelfish)]
    if not kept:
        pytest.skip("only a SQL Server keeps such values")
    columns = (Column("id", DataType(SqlType.INT), nullable=False), Column("v", type_, nullable=True, collation=None))
    table = Table(ObjectName("dbo", f"t_{type_name}"), columns, Key(None, (KeyColumn("id"),), clustered=True))
    rows = [(str(number), case.sql) for number, case in enumerate(kept)]
    written(link, table, *rows, (str(len(kept)), "NULL"))
    found = everything(source(server, table), table)
    assert values(found["id"]) == list(range(len(kept) + 1))
    expected = [*(case.expected for case in kept), None]
    assert [kept_by(babelfish, v) for v in values(found["v"])] == [kept_by(babelfish, v) for v in expected]
    if type_.base is SqlType.FLOAT:
        assert list(map(repr, values(found["v"]))) == list(map(repr, expected))
    # All of them NULL, and no row at all.
    link.execute(f"UPDATE {name(table)} SET v = NULL", doing="emptying")
    assert values(everything(source(server, table), table)["v"]) == [None] * (len(kept) + 1)
    link.execute(f"DELETE FROM {name(table)}", doing="emptying")
    assert everything(source(server, table), table).num_rows == 0


def test_all_types_in_one_row(server: Server, link: Link, babelfish: bool) -> None:
    columns = [Column("id", DataType(SqlType.INT), nullable=False)]
    constants, expected = ["1"], [1]
    for type_name, type_, cases in TYPES:
        case = next((case for case in reversed(cases) if case.kept(babelfish)), None)
        if case is not None:
            columns.append(Column(type_name, type_, nullable=True))
            constants.append(case.sql)
            expected.append(case.expected)
    table = Table(ObjectName("dbo", "all_types"), tuple(columns), Key(None, (KeyColumn("id"),), clustered=True))
    # More than SQL Server has room for in one page: wide values go off the row.
    written(link, table, constants, ["2", *["NULL"] * (len(columns) - 1)])
    found = everything(source(server, table), table)
    for column, one in zip(columns[1:], expected[1:], strict=True):
        seen = [kept_by(babelfish, value) for value in values(found[column.name])]
        assert seen == [kept_by(babelfish, one), None], column.name


READER = """
import hashlib, json, resource, sys
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Table
from migrator.model.segment import Segment
from migrator.sqlserver.source import SqlServer
from migrator.sqlserver.url import Server

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

kinds = {"v": DataType(SqlType.VARBINARY, length=MAX), "n": DataType(SqlType.NVARCHAR, length=MAX)}
columns = [Column("id", DataType(SqlType.INT), nullable=False)]
columns += [Column(name, type_, nullable=True) for name, type_ in kinds.items()]
table = Table(ObjectName("dbo", sys.argv[2]), tuple(columns))
source = SqlServer(Server.parse(sys.argv[1]))
source._database = Database("x", "", (), (table,))
found = {}
before = peak()
for batch in source.read(table, Segment(table.name, "1", 0)):
    for row in range(batch.num_rows):
        sizes = []
        for name in ("v", "n"):
            value = batch.column(name)[row].as_buffer()
            sizes.append(None if value is None else [len(value), hashlib.sha256(value).hexdigest()])
        found[batch.column("id")[row].as_py()] = sizes
        del value
print(json.dumps({"grown": peak() - before, "found": found}))
"""


def test_large_values_in_bounded_memory(server: Server, link: Link) -> None:
    columns = (
        Column("id", DataType(SqlType.INT), nullable=False),
        Column("v", DataType(SqlType.VARBINARY, length=MAX), nullable=True),
        Column("n", DataType(SqlType.NVARCHAR, length=MAX), nullable=True),
    )
    table = written(link, Table(ObjectName("dbo", "large"), columns))
    bytes_ = [0, 1, 8_000, 8_001, 256 << 10, (256 << 10) + 1, 8 << 20, (8 << 20) + 1, *[20 << 20] * 4, 64 << 20, None]
    letters = [0, 1, 4_000, 4_001, 128 << 10, (128 << 10) + 1, 4 << 20, (4 << 20) + 1, *[0] * 4, None, 32 << 20]
    for number, (size, length) in enumerate(zip(bytes_, letters, strict=True)):
        binary = "NULL" if size is None else f"CAST(REPLICATE(CAST('x' AS varchar(max)), {size}) AS varbinary(max))"
        text = "NULL" if length is None else f"REPLICATE(CAST(N'ż' AS nvarchar(max)), {length})"
        link.execute(f"INSERT {name(table)} VALUES ({number}, {binary}, {text})", doing="writing a row")
    done = subprocess.run(
        [sys.executable, "-c", READER, str(server), "large"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)

    def digest(unit: bytes, size: int | None) -> list[Any] | None:
        return None if size is None else [len(unit) * size, hashlib.sha256(unit * size).hexdigest()]

    for number, (size, length) in enumerate(zip(bytes_, letters, strict=True)):
        assert answer["found"][str(number)] == [digest(b"x", size), digest("ż".encode(), length)], (size, length)
    # 280 MB are read; a value of 64 MB stands in the driver's buffer, in that of the conversion and in Arrow's.
    assert answer["grown"] < 400, answer["grown"]


NUMBERS = (
    "WITH d AS (SELECT v FROM (VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9)) AS x(v)), "
    "n AS (SELECT a.v + 10 * b.v + 100 * c.v + 1000 * d.v AS n FROM d AS a, d AS b, d AS c, d AS d) "
)
"""0 to 9,999 as ``n.n``."""
ROWS = 1_000
KEYS: list[tuple[str, list[tuple[DataType, str]]]] = [
    ("int", [(DataType(SqlType.INT), "n - 500")]),
    ("sparse", [(DataType(SqlType.BIGINT), "n * CAST(n AS bigint) * 1000003 - 500000000000")]),
    ("tinyint", [(DataType(SqlType.TINYINT), "n / 10"), (DataType(SqlType.SMALLINT), "-n")]),
    ("guid", [(DataType(SqlType.UNIQUEIDENTIFIER), "NEWID()")]),
    ("varchar", [(DataType(SqlType.VARCHAR, length=20), "CHAR(65 + n % 26 + 32 * (n % 2)) + CAST(n AS varchar(10))")]),
    ("nvarchar", [(DataType(SqlType.NVARCHAR, length=20), "NCHAR(380 - n % 20) + N' ''' + CAST(n AS nvarchar(10))")]),
    ("char", [(DataType(SqlType.CHAR, length=8), "CAST(n * 7 AS varchar(8))")]),
    (
        "composite",
        [(DataType(SqlType.INT), "n / 300"), (DataType(SqlType.NVARCHAR, length=10), "CAST(n % 300 AS nvarchar(10))")],
    ),
    (
        "three",
        [
            (DataType(SqlType.BIT), "n % 2"),
            (DataType(SqlType.DATE), "DATEADD(day, n % 7, CAST('2024-01-01' AS date))"),
            (DataType(SqlType.INT), "n"),
        ],
    ),
    ("datetime", [(DataType(SqlType.DATETIME), "DATEADD(millisecond, n * 123457, CAST('20240128' AS datetime))")]),
    (
        "smalldatetime",
        [(DataType(SqlType.SMALLDATETIME), "DATEADD(minute, n * 97, CAST('20240128' AS smalldatetime))")],
    ),
    (
        "datetime2",
        [(DataType(SqlType.DATETIME2, scale=7), "DATEADD(microsecond, n, CAST('9999-12-30' AS datetime2(7)))")],
    ),
    (
        "datetimeoffset",
        [
            (
                DataType(SqlType.DATETIMEOFFSET, scale=3),
                "TODATETIMEOFFSET(DATEADD(minute, n * 1000, CAST('2024-01-01' AS datetime2(3))), n % 840)",
            )
        ],
    ),
    ("time", [(DataType(SqlType.TIME, scale=3), "DATEADD(second, n * 80, CAST('00:00:00' AS time(3)))")]),
    (
        "decimal",
        [(DataType(SqlType.DECIMAL, precision=30, scale=10), "(n - 500) * CAST(1.2345678901 AS decimal(20,10))")],
    ),
    ("money", [(DataType(SqlType.MONEY), "CAST(n - 500 AS money) / 8")]),
    ("float", [(DataType(SqlType.FLOAT, precision=53), "(n - 500) / CAST(7 AS float)")]),
    ("real", [(DataType(SqlType.REAL), "CAST(n * 2 AS real) / 8")]),
    ("binary", [(DataType(SqlType.BINARY, length=8), "CAST(CAST(n * 7919 AS bigint) AS binary(8))")]),
    ("varbinary", [(DataType(SqlType.VARBINARY, length=8), "CAST(CAST(n * 7919 AS int) AS varbinary(8))")]),
]


def keyed(link: Link, table_name: str, key: list[tuple[DataType, str]], *, descending: bool = False) -> Table:
    """A table of 1,000 rows with such a key; ``v`` counts them."""
    columns = [Column(f"k]{i}", type_, nullable=False) for i, (type_, _) in enumerate(key)]
    keys = tuple(KeyColumn(column.name, descending=descending and i % 2 == 0) for i, column in enumerate(columns))
    table = Table(
        ObjectName("dbo", table_name),
        (Column("v", DataType(SqlType.INT), nullable=False), *columns),
        Key(None, keys, clustered=True),
    )
    written(link, table)
    made = ", ".join(expression for _, expression in key)
    link.execute(f"{NUMBERS} INSERT {name(table)} SELECT n, {made} FROM n WHERE n < {ROWS}", doing="filling a table")
    return table


@pytest.fixture
def odd_names(babelfish: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Babelfish cannot read ]] in a name."""
    if babelfish:
        made = Column.__init__

        def plain(self: Column, name: str, *rest: Any, **named: Any) -> None:
            made(self, name.replace("]", "'"), *rest, **named)

        monkeypatch.setattr(Column, "__init__", plain)


@pytest.mark.usefixtures("odd_names")
@pytest.mark.parametrize(("kind", "key"), KEYS, ids=[kind for kind, _ in KEYS])
def test_segments_hold_every_row_once_and_are_even(
    server: Server, link: Link, kind: str, key: list[tuple[DataType, str]]
) -> None:
    table = keyed(link, f"k_{kind}", key, descending=kind in ("composite", "datetime"))
    reading = source(server, table, size=Size(ROWS, 8 * segments.SEGMENT_BYTES))
    found = reading.segments(table)
    assert len(found) == 8
    rows = [
        [value for batch in reading.read(table, segment) for value in batch.column("v").to_pylist()]
        for segment in found
    ]
    assert sorted(value for piece in rows for value in piece) == list(range(ROWS))
    assert all(0.7 * ROWS / 8 <= len(piece) <= 1.3 * ROWS / 8 for piece in rows), [len(piece) for piece in rows]


def test_rows_without_a_key_value_belong_to_the_first_range(server: Server, link: Link) -> None:
    columns = (Column("v", DataType(SqlType.INT), nullable=False), Column("k", DataType(SqlType.INT), nullable=True))
    by_k = Index("cx", (KeyColumn("k"),), clustered=True)
    table = written(link, Table(ObjectName("dbo", "nulls"), columns, indexes=(by_k,)))
    link.execute(f"CREATE CLUSTERED INDEX cx ON {name(table)} (k)", doing="making an index")
    link.execute(
        f"{NUMBERS} INSERT {name(table)} SELECT n, CASE WHEN n % 4 = 0 THEN NULL ELSE n / 100 END "
        f"FROM n WHERE n < {ROWS}",
        doing="filling a table",
    )
    reading = source(server, table, size=Size(ROWS, 8 * segments.SEGMENT_BYTES))
    found = reading.segments(table)
    assert len(found) > 1
    read = Counter(
        value for segment in found for batch in reading.read(table, segment) for value in batch.column("v").to_pylist()
    )
    assert read == Counter(range(ROWS))


def test_a_heap_is_one_segment(server: Server, link: Link) -> None:
    columns = (Column("v", DataType(SqlType.INT), nullable=False),)
    table = written(link, Table(ObjectName("dbo", "heap"), columns))
    link.execute(f"{NUMBERS} INSERT {name(table)} SELECT n FROM n WHERE n < {ROWS}", doing="filling a table")
    reading = source(server, table, size=Size(ROWS, 8 * segments.SEGMENT_BYTES))
    [segment] = reading.segments(table)
    assert segment.bounds is None
    assert values(everything(reading, table)["v"]) == list(range(ROWS))


def test_small_batches(server: Server, link: Link) -> None:
    table = Table(
        ObjectName("dbo", "batches"),
        (
            Column("v", DataType(SqlType.INT), nullable=False),
            Column("n", DataType(SqlType.NVARCHAR, length=100), nullable=True),
        ),
        Key(None, (KeyColumn("v"),), clustered=True),
    )
    written(link, table)
    link.execute(f"{NUMBERS} INSERT {name(table)} SELECT n, N'x' FROM n WHERE n < {ROWS}", doing="filling a table")
    [segment] = source(server, table).segments(table)
    batches = list(source(server, table).read(table, segment, batch_bytes=4_000))
    assert [batch.num_rows for batch in batches[:-1]] == [batches[0].num_rows] * (len(batches) - 1)
    assert len(batches) > 3
    assert [value for batch in batches for value in batch.column("v").to_pylist()] == list(range(ROWS))


def test_workers_read_one_moment(server: Server, link: Link, tmp_path: Path) -> None:
    columns = (Column("id", DataType(SqlType.INT), nullable=False), Column("v", DataType(SqlType.INT), nullable=False))
    table = Table(ObjectName("dbo", "moment"), columns, Key(None, (KeyColumn("id"),), clustered=True))
    written(link, table)
    link.execute(f"{NUMBERS} INSERT {name(table)} SELECT n, 1 FROM n WHERE n < {ROWS}", doing="filling a table")
    reading = source(server, table, size=Size(ROWS, 2 * segments.SEGMENT_BYTES))
    after = tmp_path / "written"
    pieces = [Piece(reading, table, segment, str(after)) for segment in reading.segments(table)]
    assert len(pieces) == 2
    found: list[tuple[int, int, int]] = []
    with hold(replace(server, wanted=Wanted.SNAPSHOT), (table,), 2, resuming=False) as held:
        assert held.consistency is Consistency.SNAPSHOT
        run = workers.run_all(total, pieces, workers=2, emit=lambda event: None, begin=held.begin)
        thread = threading.Thread(target=lambda: found.extend(run))
        thread.start()
        last = time.monotonic() + 60
        while not (held.kept and held.kept()) and time.monotonic() < last:
            time.sleep(0.02)
        link.execute(
            f"BEGIN TRANSACTION; UPDATE {name(table)} SET v = 100; DELETE FROM {name(table)} WHERE id % 2 = 0; "
            f"INSERT {name(table)} VALUES (-1, 7), (100000, 7); COMMIT",
            doing="writing behind their backs",
        )
        after.touch()
        thread.join(60)
        assert held.outcome(0).consistency is Consistency.SNAPSHOT
    assert len({process for process, _, _ in found}) == 2
    assert sum(rows for _, rows, _ in found) == ROWS
    assert sum(amount for _, _, amount in found) == ROWS


def test_writers_wait_until_all_have_begun(server: Server, link: Link, babelfish: bool) -> None:
    if babelfish:
        pytest.skip("Babelfish takes no lock for TABLOCK, HOLDLOCK")
    table = Table(ObjectName("dbo", "frozen"), (Column("v", DataType(SqlType.INT), nullable=False),))
    written(link, table)
    with session(server) as writer, hold(replace(server, wanted=Wanted.SNAPSHOT), (table,), 2, resuming=False):
        writer.execute("SET LOCK_TIMEOUT 200", doing="waiting a little")
        with pytest.raises(SourceBusy):
            writer.execute(f"INSERT {name(table)} VALUES (1)", doing="writing")
    link.execute(f"INSERT {name(table)} VALUES (1)", doing="writing once they let go")


def test_a_connection_that_is_killed(server: Server, link: Link) -> None:
    columns = (
        Column("v", DataType(SqlType.INT), nullable=False),
        Column("filler", DataType(SqlType.CHAR, length=4000), nullable=False),
    )
    table = Table(ObjectName("dbo", "killed"), columns, Key(None, (KeyColumn("v"),), clustered=True))
    written(link, table)
    link.execute(f"{NUMBERS} INSERT {name(table)} SELECT n, 'x' FROM n", doing="filling a table")
    reading = source(server, table)
    [segment] = reading.segments(table)
    [(process,)] = [
        tuple(batch.to_pylist()[0].values())
        for batch in pictures.bulk(server).batches("SELECT CAST(@@SPID AS int) AS c0", rows=1, doing="asking")
    ]
    slipped = reading.slipped
    batches = reading.read(table, segment, batch_bytes=100_000)
    next(batches)
    try:
        link.execute(f"KILL {process}", doing="killing")
    except SourceError as error:
        pytest.skip(f"this login may not kill: {error.why}")
    with pytest.raises(SourceUnreachable):
        for _ in batches:
            pass
    assert reading.slipped == slipped + 1
    # Another attempt has another connection.
    assert sum(batch.num_rows for batch in reading.read(table, segment)) == 10_000


def test_a_value_that_does_not_fit_is_an_error_never_cut(server: Server, link: Link) -> None:
    link.execute("CREATE TABLE dbo.grown (t nvarchar(max), b varbinary(max))", doing="making a table")
    link.execute("INSERT dbo.grown VALUES (REPLICATE(N'x', 101), 0x00)", doing="writing")
    link.execute("INSERT dbo.grown VALUES (N'', CAST(REPLICATE('x', 101) AS varbinary(max)))", doing="writing")
    with BulkLink(server) as bulk:
        for column in ("t", "b"):
            for ahead in (False, True):
                with pytest.raises(SourceBusy, match="a value grew"):
                    list(
                        bulk.batches(
                            f"SELECT {column} FROM dbo.grown",
                            rows=10,
                            text_units=100,
                            binary_bytes=100,
                            ahead=ahead,
                            doing="reading",
                        )
                    )


def test_names_and_texts_cross_whatever_the_locale(server: Server, link: Link, babelfish: bool) -> None:
    # Babelfish knows no UTF-16 in binary, in which a query with such a letter has to cross.
    smile = "" if babelfish else " 😀"
    link.execute(f"CREATE TABLE dbo.[żółć'\"{smile}] ([kolumna ż] nvarchar(20))", doing="making a table")
    link.execute(f"INSERT dbo.[żółć'\"{smile}] VALUES (N'gęś')", doing="writing")
    asking = (
        "import sys; from migrator.sqlserver.batches import BulkLink; from migrator.sqlserver.url import Server; "
        "link = BulkLink(Server.parse(sys.argv[1])); "
        "print(ascii([b.to_pylist() for b in link.batches(sys.argv[2], rows=2, doing='asking')]))"
    )
    query = f"SELECT [kolumna ż] AS c FROM dbo.[żółć'\"{smile}] WHERE [kolumna ż] = N'gęś'"
    for setting in ("C", "C.UTF-8"):
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", asking, str(server), query],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "LC_ALL": setting},
        )
        assert done.returncode == 0, done.stderr
        assert ascii("gęś") in done.stdout


def test_a_query_that_is_refused(server: Server) -> None:
    with BulkLink(server) as bulk:
        with pytest.raises(SourceRejected, match="while asking"):
            list(bulk.batches("SELECT * FROM dbo.nowhere", rows=1, doing="asking"))
        # The connection goes on.
        assert [b.num_rows for b in bulk.batches("SELECT 1 AS c", rows=1, doing="asking")] == [1]
