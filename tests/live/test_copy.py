"""A whole SQL Server database into MySQL: every type, keys of all kinds, large values, killed in the middle."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.commands import migrator, start

from migrator.bench import watched
from migrator.errors import SourceError
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target
from migrator.sqlserver import pictures
from migrator.sqlserver.connect import Link
from migrator.sqlserver.connect import quoted as bracketed
from migrator.sqlserver.connect import session as source_session
from migrator.sqlserver.url import Server

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(300),
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

EVERY_TYPE = """CREATE TABLE dbo.everything (id int IDENTITY(1, 1) NOT NULL PRIMARY KEY, b bit, ti tinyint, si smallint,
  bi bigint, d decimal(38,10), n numeric(9,0), m money, sm smallmoney, r real, f float, da date, t time(3),
  sdt smalldatetime, dt datetime, dt6 datetime2(6), dto datetimeoffset(6), c char(5), vc varchar(8000), nc nchar(5),
  nvc nvarchar(4000), vmax varchar(max), nmax nvarchar(max), bin binary(4), vb varbinary(8000), vbmax varbinary(max),
  g uniqueidentifier, x xml, sv sql_variant)"""
ROWS = (
    """(1, 255, -32768, -9223372036854775808, CAST('1234567890123456789012345678.0123456789' AS decimal(38,10)),
    999999999, -922337203685477.5808, 214748.3647, 1.5e-10, 1.7e308, '0001-01-01', '23:59:59.999',
    '2079-06-06T23:59:00', '9999-12-31T23:59:59.997', '9999-12-31T23:59:59.999999', '2020-01-01T12:00:00.123456+14:00',
    'ab', REPLICATE('x', 8000), N'日本', REPLICATE(N'ж', 4000), REPLICATE(CAST('y' AS varchar(max)), 100000),
    N'tab' + NCHAR(9) + N'nl' + NCHAR(10) + N'\\N\\', 0x00FF0A09, CAST(REPLICATE('z', 8000) AS varbinary(8000)),
    0x005C0A09, '0E984725-C51C-4BF4-9960-E1C80E27ABA0', N'<a>żółć</a>', CAST(5 AS decimal(5,2)))""",
    f"({', '.join(['NULL'] * 28)})",
    """(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '1753-01-01', '00:00:00', '1900-01-01T00:00:00', '1753-01-01T00:00:00',
    '0001-01-01T00:00:00', '0001-01-02T00:00:00-14:00', '', '', N'', N'', '', N'', 0x, 0x, 0x,
    '00000000-0000-0000-0000-000000000000', N'', CAST(N'é' AS nvarchar(10)))""",
)
COLUMNS = (
    "b, ti, si, bi, d, n, m, sm, r, f, da, t, sdt, dt, dt6, dto, c, vc, nc, nvc, vmax, nmax, bin, vb, vbmax, g, x, sv"
)
KEYS = (
    "CREATE TABLE dbo.heap (a int NULL, b nvarchar(20) NULL)",
    "CREATE TABLE dbo.pairs (a int NOT NULL, b varchar(20) NOT NULL, c int NULL, PRIMARY KEY (a, b))",
    "CREATE TABLE dbo.guids (g uniqueidentifier NOT NULL PRIMARY KEY, c int NULL)",
    "CREATE TABLE dbo.texts (t nvarchar(40) NOT NULL PRIMARY KEY, c int NULL)",
    "CREATE TABLE dbo.empty (id int NOT NULL PRIMARY KEY)",
)
DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"
NUMBERS = f"""(SELECT a.n * 10000 + b.n * 1000 + c.n * 100 + d.n * 10 + e.n AS n FROM {DIGITS} AS a(n)
  CROSS JOIN {DIGITS} AS b(n) CROSS JOIN {DIGITS} AS c(n) CROSS JOIN {DIGITS} AS d(n)
  CROSS JOIN {DIGITS} AS e(n)) AS numbers"""
FILL = (
    f"INSERT INTO dbo.heap SELECT n / 2, CONCAT(N'row ', n / 2) FROM {NUMBERS} WHERE n < 3000",
    f"INSERT INTO dbo.pairs SELECT n % 7, CONCAT('k', n), n FROM {NUMBERS} WHERE n < 3000",
    f"INSERT INTO dbo.guids SELECT NEWID(), n FROM {NUMBERS} WHERE n < 3000",
    f"""INSERT INTO dbo.texts SELECT CONCAT(CASE n % 2 WHEN 0 THEN N'Ä' ELSE N'b' END, n), n
    FROM {NUMBERS} WHERE n < 3000""",
)
LARGE_VALUE_PEAK = 800 << 20
"""Of all our processes. 64 MB are there several times: as UTF-16 from the driver, as UTF-8, as a line to load."""
Fill = Callable[[Link], None]


@pytest.fixture
def database(mysql: Target) -> Iterator[Callable[[Fill], str]]:
    """Makes a database, has it filled, and gives its address."""
    address = os.environ["MIGRATOR_TEST_SQLSERVER"]
    name = mysql.database
    head, _, options = address.partition("?")
    mine = f"{head.rstrip('/')}/{name}?{options}"
    master = Server.parse(address).with_database("master")
    with source_session(master) as link:
        link.execute(f"CREATE DATABASE {bracketed(name)}", doing="making a test's database")

    def filled(fill: Fill) -> str:
        with source_session(Server.parse(mine)) as link:
            fill(link)
        return mine

    try:
        yield filled
    finally:
        pictures.forget(Server.parse(mine))  # commands run in this process, which keeps its connection
        _drop(master, name)


def _drop(master: Server, name: str) -> None:
    for left in reversed(range(20)):  # a killed process is not gone from the server at once
        try:
            with source_session(master) as link:
                link.execute(f"DROP DATABASE {bracketed(name)}", doing="dropping a test's database")
        except SourceError:
            if not left:
                raise
            time.sleep(1)
        else:
            return


def run(link: Link, *statements: str) -> None:
    for statement in statements:
        link.execute(statement, doing="filling a test's database")


def test_every_type_arrives_as_it_was(database: Callable[[Fill], str], mysql: Target) -> None:
    source = database(
        lambda link: run(link, EVERY_TYPE, *(f"INSERT INTO dbo.everything ({COLUMNS}) VALUES {row}" for row in ROWS))
    )
    answer = migrator("rehearse", source, "--target", mysql, "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["verdict"], answer.json["rows"], answer.json["differences"]) == ("fits", 3, 0)
    for method in ("wire", "pushdown"):
        again = migrator("validate", source, "--target", mysql, "--method", method, "--json")
        assert (again.code, again.json["verdict"]) == (0, "equal"), again.err
    with session(mysql) as connection:
        found = fetch(connection, "SELECT LENGTH(vmax), CHAR_LENGTH(nvc), HEX(vbmax), nmax, dto_offset FROM everything")
    assert found[0] == (100_000, 4000, "005C0A09", "tab\tnl\n\\N\\", 840)


def test_keys_of_all_kinds(database: Callable[[Fill], str], mysql: Target) -> None:
    source = database(lambda link: run(link, *KEYS, *FILL))
    answer = migrator("copy", source, "--target", mysql, "--json")
    assert answer.code == 0, answer.err
    assert {table["target"]: table["rows"] for table in answer.json["tables"]} == {
        "heap": 3000,
        "pairs": 3000,
        "guids": 3000,
        "texts": 3000,
        "empty": 0,
    }
    assert answer.json["consistency"]["kind"] == "snapshot"
    again = migrator("validate", source, "--target", mysql, "--json")
    assert (again.code, again.json["verdict"], again.json["rows"]) == (0, "equal", 12_000), again.err


@pytest.mark.slow
def test_killed_and_resumed(database: Callable[[Fill], str], mysql: Target, tmp_path: Path) -> None:
    wide = f"INSERT INTO dbo.wide SELECT n, REPLICATE(CONCAT('text ', n), 60) FROM {NUMBERS}"
    source = database(
        lambda link: run(link, "CREATE TABLE dbo.wide (id int NOT NULL PRIMARY KEY, t varchar(1000))", wide)
    )
    command = ("copy", source, "--target", mysql, "--out", tmp_path, "--json")
    chance = random.Random(7)
    again: tuple[str, ...] = ()
    for number in (signal.SIGKILL, signal.SIGINT, signal.SIGKILL):
        with start(*command, *again) as process:
            time.sleep(chance.uniform(2, 6))
            process.send_signal(number)
            process.communicate()
        if (tmp_path / "ledger.sqlite").exists():
            again = ("--resume",)
    last = migrator(*command, *again)
    assert last.code == 0, last.err
    assert last.json["rows"] == 100_000
    proof = migrator("validate", source, "--target", mysql, "--method", "pushdown", "--json")
    assert (proof.code, proof.json["verdict"], proof.json["rows"]) == (0, "equal", 100_000), proof.err


def test_a_large_value_passes(database: Callable[[Fill], str], mysql: Target, tmp_path: Path) -> None:
    source = database(
        lambda link: run(
            link,
            "CREATE TABLE dbo.files (id int NOT NULL PRIMARY KEY, content varchar(max) NULL, tag int NULL)",
            "INSERT INTO dbo.files VALUES (1, REPLICATE(CAST('0123456789abcdef' AS varchar(max)), 4194304), 7), "
            "(2, 'small', 8), (3, NULL, 9)",
        )
    )
    answer, _, peak = watched(["copy", source, "--target", str(mysql), "--out", str(tmp_path), "--workers", "1"])
    assert answer["rows"] == 3
    assert peak < LARGE_VALUE_PEAK
    with session(mysql) as connection:
        assert fetch(connection, "SELECT id, LENGTH(content), SHA2(content, 256) FROM files WHERE id = 1") == [
            (1, 64 << 20, hashlib.sha256(b"0123456789abcdef" * (4 << 20)).hexdigest())
        ]
