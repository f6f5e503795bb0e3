"""The T-SQL that is selected for each type: nothing that ODBC would round, rename or refuse."""

from __future__ import annotations

import pyarrow as pa
import pytest

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Computed, Table
from migrator.sqlserver.arrow import Carrier
from migrator.sqlserver.select import projection
from migrator.wire.schema import arrow_schema

DAYS = "CAST(DATEDIFF(day, CAST('0001-01-01' AS date), {0}) AS bigint) * 864000000000"
TICKS = (
    DAYS + " + (DATEPART(hour, {0}) * 3600 + DATEPART(minute, {0}) * 60 + DATEPART(second, {0})) "
    "* CAST(10000000 AS bigint) + DATEPART(nanosecond, {0}) / 100"
)
SECONDS = "CAST(DATEDIFF(second, CAST('00:00:00' AS time(0)), t.[k0]) AS bigint)"
NATIONAL = "CAST(DATALENGTH({0}) AS bigint) * (2 / DATALENGTH(N'a'))"
"""Sizes of national text."""


def table(*types: DataType, encrypted: bool = False) -> Table:
    return Table(
        ObjectName("dbo", "t"),
        tuple(Column(f"k{i}", type_, nullable=True, encrypted=encrypted) for i, type_ in enumerate(types)),
    )


AS_THEY_ARE = [
    SqlType.BIT,
    SqlType.TINYINT,
    SqlType.SMALLINT,
    SqlType.INT,
    SqlType.BIGINT,
    SqlType.MONEY,
    SqlType.SMALLMONEY,
    SqlType.REAL,
    SqlType.FLOAT,
    SqlType.DECIMAL,
    SqlType.NUMERIC,
    SqlType.DATE,
    SqlType.DATETIME,
    SqlType.SMALLDATETIME,
]
CASES: list[tuple[DataType, tuple[str, ...], Carrier, int, int, str]] = [
    *((DataType(base), ("t.[k0]",), Carrier.SAME, 0, 0, "") for base in AS_THEY_ARE),
    *(
        (
            DataType(SqlType.TIME, scale=scale),
            (f"{SECONDS} * 10000000 + DATEPART(nanosecond, t.[k0]) / 100",),
            Carrier.TIME_TICKS,
            0,
            0,
            "",
        )
        for scale in (0, 7)
    ),
    *(
        (DataType(SqlType.DATETIME2, scale=scale), (f"CAST(t.[k0] AS datetime2({scale}))",), Carrier.MOMENT, 0, 0, "")
        for scale in (0, 3, 6)
    ),
    (DataType(SqlType.DATETIME2, scale=7), (TICKS.format("t.[k0]"),), Carrier.SAME, 0, 0, ""),
    (DataType(SqlType.DATETIME2), (TICKS.format("t.[k0]"),), Carrier.SAME, 0, 0, ""),
    (
        DataType(SqlType.DATETIMEOFFSET, scale=3),
        (TICKS.format("CAST(t.[k0] AS datetime2(7))"), "DATEPART(tzoffset, t.[k0])"),
        Carrier.OFFSET,
        0,
        0,
        "",
    ),
    (DataType(SqlType.UNIQUEIDENTIFIER), ("CAST(t.[k0] AS binary(16))",), Carrier.GUID, 0, 16, ""),
    (DataType(SqlType.ROWVERSION), ("CAST(t.[k0] AS binary(8))",), Carrier.BYTES, 0, 8, ""),
    (DataType(SqlType.HIERARCHYID), ("CAST(t.[k0].ToString() AS nvarchar(4000))",), Carrier.TEXT, 4000, 0, ""),
    *(
        (
            DataType(base),
            ("t.[k0].STSrid", "t.[k0].STAsBinary()"),
            Carrier.SHAPE,
            0,
            0,
            "DATALENGTH(t.[k0].STAsBinary())",
        )
        for base in (SqlType.GEOGRAPHY, SqlType.GEOMETRY)
    ),
    *(
        (
            DataType(base),
            ("CAST(t.[k0] AS nvarchar(max))",),
            Carrier.TEXT,
            0,
            0,
            NATIONAL.format("CAST(t.[k0] AS nvarchar(max))"),
        )
        for base in (SqlType.XML, SqlType.JSON, SqlType.VECTOR)
    ),
    (DataType(SqlType.BINARY, length=16), ("t.[k0]",), Carrier.BYTES, 0, 16, ""),
    (DataType(SqlType.VARBINARY, length=8000), ("t.[k0]",), Carrier.BYTES, 0, 8000, ""),
    (DataType(SqlType.VARBINARY, length=MAX), ("t.[k0]",), Carrier.BYTES, 0, 0, "DATALENGTH(t.[k0])"),
    (DataType(SqlType.IMAGE), ("t.[k0]",), Carrier.BYTES, 0, 0, "DATALENGTH(t.[k0])"),
    (DataType(SqlType.NCHAR, length=10), ("t.[k0]",), Carrier.TEXT, 10, 0, ""),
    (DataType(SqlType.NVARCHAR, length=4000), ("t.[k0]",), Carrier.TEXT, 4000, 0, ""),
    (DataType(SqlType.NVARCHAR, length=MAX), ("t.[k0]",), Carrier.TEXT, 0, 0, NATIONAL.format("t.[k0]")),
    (DataType(SqlType.NTEXT), ("t.[k0]",), Carrier.TEXT, 0, 0, NATIONAL.format("t.[k0]")),
    (DataType(SqlType.CHAR, length=10), ("t.[k0]",), Carrier.TEXT, 10, 0, ""),
    (DataType(SqlType.VARCHAR, length=8000), ("t.[k0]",), Carrier.TEXT, 8000, 0, ""),
    (DataType(SqlType.VARCHAR, length=MAX), ("t.[k0]",), Carrier.TEXT, 0, 0, "2 * CAST(DATALENGTH(t.[k0]) AS bigint)"),
    (DataType(SqlType.TEXT), ("t.[k0]",), Carrier.TEXT, 0, 0, "2 * CAST(DATALENGTH(t.[k0]) AS bigint)"),
]


@pytest.mark.parametrize("case", CASES, ids=[str(case[0]) for case in CASES])
def test_expressions(case: tuple[DataType, tuple[str, ...], Carrier, int, int, str]) -> None:
    type_, *expected = case
    [column] = projection(table(type_)).columns
    assert [
        column.expressions,
        column.carrier,
        column.text_units,
        column.binary_bytes,
        column.size,
    ] == expected


def test_every_type_has_a_test() -> None:
    assert {case[0].base for case in CASES} | {SqlType.SQL_VARIANT} == set(SqlType)


def test_what_the_driver_must_never_see() -> None:
    """It has no native time that may be NULL, no datetimeoffset, no sql_variant and no CLR type."""
    refused = [
        SqlType.TIME,
        SqlType.DATETIMEOFFSET,
        SqlType.SQL_VARIANT,
        SqlType.HIERARCHYID,
        SqlType.GEOGRAPHY,
        SqlType.GEOMETRY,
        SqlType.XML,
        SqlType.JSON,
        SqlType.VECTOR,
    ]
    for base in refused:
        for expression in projection(table(DataType(base))).columns[0].expressions:
            assert expression != "t.[k0]"


def test_an_encrypted_column_is_its_ciphertext() -> None:
    [short, long] = projection(
        table(DataType(SqlType.INT), DataType(SqlType.NVARCHAR, length=MAX), encrypted=True)
    ).columns
    assert (short.expressions, short.carrier, short.binary_bytes, short.size) == (("t.[k0]",), Carrier.BYTES, 8192, "")
    assert (long.expressions, long.carrier, long.size) == (("t.[k1]",), Carrier.BYTES, "DATALENGTH(t.[k1])")


def test_the_list_is_numbered_and_names_are_quoted() -> None:
    columns = (
        Column("a]b'c", DataType(SqlType.INT), nullable=False),
        Column("made", None, nullable=True, computed=Computed("(1)", persisted=False)),
        Column("żółć", DataType(SqlType.GEOGRAPHY), nullable=True),
    )
    found = projection(Table(ObjectName("dbo", "t"), columns), "x")
    assert found.sql == "x.[a]]b'c] AS c0, x.[żółć].STSrid AS c1, x.[żółć].STAsBinary() AS c2"


def test_batches_come_as_the_wire_wants_them() -> None:
    made = table(DataType(SqlType.INT), DataType(SqlType.GEOMETRY), DataType(SqlType.TIME, scale=7))
    read = pa.record_batch(
        {
            "c0": pa.array([1, None], pa.int32()),
            "c1": pa.array([0, None], pa.int32()),
            "c2": pa.array([b"x", None], pa.binary()),
            "c3": pa.array([7, None], pa.int64()),
        }
    )
    batch = projection(made).batch(read)
    assert batch.schema.names == ["k0", "k1", "k2"]
    assert batch.schema.types == arrow_schema(made).types
    assert batch.column("k1").to_pylist() == [{"srid": 0, "wkb": b"x"}, None]
    assert batch.column("k2").cast(pa.int64()).to_pylist() == [700, None]


def test_no_limit_without_unbounded_columns() -> None:
    found = projection(table(DataType(SqlType.VARCHAR, length=8000), DataType(SqlType.BINARY, length=100)))
    assert found.limits(0) == (0, 0)
    assert found.row_bytes(0) == 2 * 8000 + 24 + 100 + 24


@pytest.mark.parametrize(
    ("largest", "limits"),
    [(0, (8000, 100)), (15_999, (8000, 15_999)), (16_001, (8001, 16_001)), (1 << 30, (1 + (1 << 29), 1 << 30))],
)
def test_limits_never_cut_a_bounded_column(largest: int, limits: tuple[int, int]) -> None:
    found = projection(
        table(
            DataType(SqlType.VARCHAR, length=8000),
            DataType(SqlType.BINARY, length=100),
            DataType(SqlType.NVARCHAR, length=MAX),
            DataType(SqlType.IMAGE),
        )
    )
    assert found.limits(largest) == limits
    assert found.row_bytes(largest) == 2 * 8000 + 100 + 2 * limits[0] + limits[1] + 4 * 24
