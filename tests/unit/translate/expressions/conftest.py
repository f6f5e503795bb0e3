"""A table with a column of each kind, one row in it, and a translator of expressions over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.mysql.connect import Connection, execute, session
from migrator.mysql.url import Target
from migrator.rules import load_rules
from migrator.translate.expressions.scope import ColumnValue, Scope
from migrator.translate.expressions.translator import Translator

LATIN = "SQL_Latin1_General_CP1_CI_AS"
BINARY = "Latin1_General_BIN2"


def column(
    name: str, type_: DataType, *, nullable: bool = True, collation: str = LATIN, counter: bool = False
) -> ColumnValue:
    return ColumnValue(name, type_, nullable, collation, counter)


COLUMNS = {
    item.target.casefold(): item
    for item in (
        column("i", DataType(SqlType.INT)),
        column("neg", DataType(SqlType.INT)),
        column("t", DataType(SqlType.TINYINT)),
        column("b", DataType(SqlType.BIT)),
        column("d", DataType(SqlType.DECIMAL, precision=10, scale=2)),
        column("m", DataType(SqlType.MONEY)),
        column("r", DataType(SqlType.REAL)),
        column("f", DataType(SqlType.FLOAT, precision=53)),
        column("v", DataType(SqlType.VARCHAR, length=20)),
        column("n", DataType(SqlType.NVARCHAR, length=20)),
        column("blanks", DataType(SqlType.VARCHAR, length=20)),
        column("c", DataType(SqlType.CHAR, length=5)),
        column("bin", DataType(SqlType.VARCHAR, length=20), collation=BINARY),
        column("long", DataType(SqlType.NVARCHAR, length=MAX)),
        column("day", DataType(SqlType.DATE)),
        column("dt", DataType(SqlType.DATETIME)),
        column("dt2", DataType(SqlType.DATETIME2, scale=7)),
        column("tm", DataType(SqlType.TIME, scale=3)),
        column("g", DataType(SqlType.UNIQUEIDENTIFIER)),
        column("h", DataType(SqlType.HIERARCHYID)),
        column("nothing", DataType(SqlType.NVARCHAR, length=20)),
        column("counter", DataType(SqlType.INT), counter=True),
        column("digits", DataType(SqlType.VARCHAR, length=20)),
        column("iso", DataType(SqlType.VARCHAR, length=30)),
        column("us", DataType(SqlType.VARCHAR, length=30)),
        column("bytes", DataType(SqlType.VARBINARY, length=8)),
        column("at", DataType(SqlType.DATETIMEOFFSET, scale=7)),
        column("doc", DataType(SqlType.XML)),
        column("place", DataType(SqlType.GEOGRAPHY)),
        column("small", DataType(SqlType.SMALLDATETIME)),
        column("part", DataType(SqlType.HIERARCHYID)),
        column("big", DataType(SqlType.BIGINT)),
        column("sharp", DataType(SqlType.DATETIME2, scale=3)),
        column("late", DataType(SqlType.DATETIME2, scale=6)),
    )
}
TABLE = """CREATE TABLE v (i INT, neg INT, t TINYINT UNSIGNED, b TINYINT(1), d DECIMAL(10,2), m DECIMAL(19,4),
r FLOAT, f DOUBLE, v VARCHAR(20), n VARCHAR(20), blanks VARCHAR(20), c CHAR(5),
bin VARCHAR(20) COLLATE utf8mb4_0900_bin, `long` LONGTEXT, day DATE, dt DATETIME(3), dt2 DATETIME(6), tm TIME(3),
g CHAR(36) CHARACTER SET ascii, h VARCHAR(892) CHARACTER SET ascii, nothing VARCHAR(20), counter INT,
digits VARCHAR(20), iso VARCHAR(30), us VARCHAR(30), bytes VARBINARY(8),
`at` DATETIME(6), doc LONGTEXT, place POINT SRID 4326,
small DATETIME(0), part VARCHAR(892) CHARACTER SET ascii, big BIGINT, sharp DATETIME(3), late DATETIME(6))
COLLATE utf8mb4_0900_as_ci"""
ROW = """INSERT INTO v VALUES (7, -7, 3, 1, 12.50, 3.1415, 0.1, 2.5, 'Abc', 'Łódź', 'x  ', 'ab', 'Abc', '{"a": 1}',
'2024-02-29', '2024-02-29 23:59:59.997', '2024-03-01 00:00:00.000001', '10:30:15.250',
'0e984725-c51c-4bf4-9960-e1c80e27aba0', '/1/2.5/3/', NULL, 1,
' 42 ', '2024-02-29 10:11:12.5', '02/29/2024', X'CAFE', '2024-02-29 12:00:00',
'<r><a n="1">x &amp; y</a><a n="2"><b>z</b></a><d>2024-02-29Z</d></r>',
ST_GeomFromText('POINT(52.5 13.25)', 4326), '2024-02-09 09:05:00', '/1/', 5000000000,
'2024-02-29 23:59:59.997', NULL)"""


RULES = load_rules()


@pytest.fixture
def translator() -> Callable[..., Translator]:
    """Makes a translator; one that is not ``stable`` is for a DEFAULT without columns, a lenient one for a query."""

    def make(*, stable: bool = True, fraction: int | None = None, lenient: bool = False) -> Translator:
        columns = COLUMNS if stable or lenient else {}
        return Translator(Scope(RULES, columns, stable=stable and not lenient, fraction=fraction, lenient=lenient))

    return make


@pytest.fixture
def values(mysql: Target) -> Iterator[Connection]:
    """A connection to a database with the table ``v`` and its row."""
    with session(mysql) as connection:
        execute(connection, TABLE, doing="creating")
        execute(connection, ROW, doing="filling")
        yield connection
