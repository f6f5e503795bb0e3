"""Rows that a SQL Server stored come out as what was written: every type, large values, ranges, one moment for all."""

from __future__ import annotations

import os
import secrets
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest

from migrator.errors import SourceBusy, SourceError, SourceRejected, SourceUnreachable
from migrator.model.consistency import Consistency
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Index, Key, KeyColumn, Table
from migrator.model.segment import Segment
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
    real: bool = False
    """Only a SQL Server keeps it."""


def ticks(year: int, month: int, day: int, seconds: int = 0, hundreds: int = 0) -> int:
    return (date(year, month, day).toordinal() - 1) * TICKS_OF_DAY + seconds * 10_000_000 + hundreds


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
            Case("CAST('1.4012985E-45' AS real)", REAL_DENORMAL),
        ],
    ),
    (
        "float",
        DataType(SqlType.FLOAT, precision=53),
        [
            Case("CAST('1.7976931348623157E308' AS float)", 1.7976931348623157e308),
            Case("CAST('0.1' AS float)", 0.1),
            Case("CAST('4.9406564584124654E-324' AS float)", DENORMAL),
            Case("CAST('-0.0' AS float)", -0.0),
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
                    real=scale == 7,
                ),
            ],
        )
        for scale in range(8)
    ),
    (
        "smalldatetime",
        DataType(SqlType.SMALLDATETIME),
        [
            Case("'1900-01-01T00:00:00'", datetime(1900, 1, 1)),
            Case("'2079-06-06T23:59:00'", datetime(2079, 6, 6, 23, 59)),
        ],
    ),
    (
        "datetime",
        DataType(SqlType.DATETIME),
        [
            Case("'1753-01-01T00:00:00'", datetime(1753, 1, 1)),
            Case("'9999-12-31T23:59:59.997'", datetime(9999, 12, 31, 23, 59, 59, 997_000)),
            Case("'2024-02-29T12:00:00.003'", datetime(2024, 2, 29, 12, 0, 0, 3_000)),
            Case("'2024-02-29T12:00:00.007'", datetime(2024, 2, 29, 12, 0, 0, 7_000)),
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
                    real=scale == 7,
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
            Case("CAST('01:02:03.120' AS time(3))", variant("time(3)", "01:02:03.120")),
            Case("CAST('01:02:03' AS time(0))", variant("time(0)", "01:02:03")),
            Case("CAST('2024-02-29 01:02:03.10' AS datetime2(2))", variant("datetime2(2)", "2024-02-29 01:02:03.10")),
            Case("CAST('2024-02-29T01:02:03.007' AS datetime)", variant("datetime", "2024-02-29 01:02:03.007")),
            Case("CAST('2024-02-29T01:02:00' AS smalldatetime)", variant("smalldatetime", "2024-02-29 01:02:00")),
            Case(
                "CAST('2024-02-29 01:02:03.100 -03:30' AS datetimeoffset(3))",
                variant("datetimeoffset(3)", "2024-02-29 01:02:03.100 -03:30"),
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


@pytest.mark.parametrize(("type_name", "type_", "cases"), TYPES, ids=[type_name for type_name, _, _ in TYPES])
def test_every_type(
    server: Server, link: Link, babelfish: bool, type_name: str, type_: DataType, cases: list[Case]
) -> None:
    kept = [case for case in cases if not (case.real and babelfish)]
    if not kept:
        pytest.skip("only a SQL Server keeps such values")
    columns = (Column("id", DataType(SqlType.INT), nullable=False), Column("v", type_, nullable=True, collation=None))
    table = Table(ObjectName("dbo", f"t_{type_name}"), columns, Key(None, (KeyColumn("id"),), clustered=True))
    rows = [(str(number), case.sql) for number, case in enumerate(kept)]
    written(link, table, *rows, (str(len(kept)), "NULL"))
    found = everything(source(server, table), table)
    assert values(found["id"]) == list(range(len(kept) + 1))
    expected = [*(case.expected for case in kept), None]
    assert values(found["v"]) == expected
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
        case = next((case for case in reversed(cases) if not (case.real and babelfish)), None)
        if case is not None:
            columns.append(Column(type_name, type_, nullable=True))
            constants.append(case.sql)
            expected.append(case.expected)
    table = Table(ObjectName("dbo", "all_types"), tuple(columns), Key(None, (KeyColumn("id"),), clustered=True))
    # More than SQL Server has room for in one page: wide values go off the row.
    written(link, table, constants, ["2", *["NULL"] * (len(columns) - 1)])
    found = everything(source(server, table), table)
    for column, one in zip(columns[1:], expected[1:], strict=True):
        assert values(found[column.name]) == [one, None], column.name
