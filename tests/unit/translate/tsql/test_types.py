from __future__ import annotations

import pytest

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.stream import Stream
from migrator.translate.tsql.types import Resolved, alias, resolve, type_name


def read_type(text: str) -> Resolved:
    stream = Stream("a.sql", text)
    cursor = Cursor(stream, 0, len(stream.tokens))
    written = type_name(cursor)
    cursor.finish()
    name = alias(ObjectName("dbo", "Name"), type_name(_cursor("nvarchar(50)")), nullable=False)
    return resolve(written, {("dbo", "name"): name})


def _cursor(text: str) -> Cursor:
    stream = Stream("a.sql", text)
    return Cursor(stream, 0, len(stream.tokens))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("int", DataType(SqlType.INT)),
        ("INTEGER", DataType(SqlType.INT)),
        ("[int]", DataType(SqlType.INT)),
        ("[sys].[geography]", DataType(SqlType.GEOGRAPHY)),
        ("varchar", DataType(SqlType.VARCHAR, length=1)),
        ("varchar(20)", DataType(SqlType.VARCHAR, length=20)),
        ("nvarchar ( MAX )", DataType(SqlType.NVARCHAR, length=MAX)),
        ("character varying(5)", DataType(SqlType.VARCHAR, length=5)),
        ("national char varying(5)", DataType(SqlType.NVARCHAR, length=5)),
        ("binary varying(max)", DataType(SqlType.VARBINARY, length=MAX)),
        ("decimal", DataType(SqlType.DECIMAL, precision=18, scale=0)),
        ("dec(9)", DataType(SqlType.DECIMAL, precision=9, scale=0)),
        ("numeric(38, 10)", DataType(SqlType.NUMERIC, precision=38, scale=10)),
        ("float", DataType(SqlType.FLOAT, precision=53)),
        ("float(24)", DataType(SqlType.REAL)),
        ("double precision", DataType(SqlType.FLOAT, precision=53)),
        ("real", DataType(SqlType.REAL)),
        ("datetime2", DataType(SqlType.DATETIME2, scale=7)),
        ("time(0)", DataType(SqlType.TIME, scale=0)),
        ("timestamp", DataType(SqlType.ROWVERSION)),
        ("xml(CONTENT dbo.things)", DataType(SqlType.XML)),
        ("vector(3)", DataType(SqlType.VECTOR, length=3)),
        ("name", DataType(SqlType.NVARCHAR, length=50, alias=ObjectName("dbo", "Name"))),
        ("[dbo].[NAME]", DataType(SqlType.NVARCHAR, length=50, alias=ObjectName("dbo", "Name"))),
    ],
)
def test_every_spelling_of_a_type(text: str, expected: DataType) -> None:
    assert read_type(text).type == expected


@pytest.mark.parametrize(
    ("text", "nullable"), [("int", True), ("rowversion", False), ("sysname", False), ("name", False)]
)
def test_some_types_are_not_null_by_themselves(text: str, nullable: bool) -> None:
    assert read_type(text).nullable is nullable


@pytest.mark.parametrize(
    "text",
    [
        "money(3)",
        "varchar(0)",
        "varchar(8001)",
        "nchar(max)",
        "decimal(39)",
        "decimal(5, 6)",
        "float(54)",
        "time(8)",
        "int(11)",
        "enum",
        "other.name",
        "varchar(x)",
        "varchar(1, 2)",
        "varchar(99999999999999999999)",
        "vector(1999)",
    ],
)
def test_what_sql_server_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_type(text)
