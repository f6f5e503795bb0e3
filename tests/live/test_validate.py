"""Rows of a SQL Server and of MySQL held against each other."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from support.commands import migrator

from migrator.mysql.connect import execute, quoted, session
from migrator.mysql.url import Target
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

TABLE = """CREATE TABLE dbo.visit (id int NOT NULL PRIMARY KEY, code nvarchar(40) NULL, area nchar(6) NULL,
  price decimal(9,2) NOT NULL, mileage float NULL, ratio real NULL, begins datetime2(6) NOT NULL, day date NULL,
  token uniqueidentifier NULL, flags varbinary(8) NULL, note nvarchar(max) NULL)"""
ROWS = """INSERT INTO dbo.visit SELECT n, CASE WHEN n % 7 = 0 THEN NULL ELSE CONCAT(N'Żółć ', n, N' ') END, N'a  ',
  n / 4.0, n / 7.0E0, n / 3.0E0, DATEADD(second, n, CAST('2024-01-31T23:59:59.123456' AS datetime2(6))),
  DATEADD(day, n % 9000, CAST('1990-01-01' AS date)), NULL, CAST(n AS varbinary(8)), CONCAT(N'line ', n)
  FROM (SELECT a.n * 1000 + b.n * 100 + c.n * 10 + d.n + 1 AS n FROM (VALUES (0), (1)) AS a(n)
  CROSS JOIN {digits} AS b(n) CROSS JOIN {digits} AS c(n) CROSS JOIN {digits} AS d(n)) AS numbers"""
DIGITS = "(VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9))"


@pytest.fixture
def source(mysql: Target) -> Iterator[str]:
    """The address of a database with one table of 2,000 rows."""
    address = os.environ["MIGRATOR_TEST_SQLSERVER"]
    name = mysql.database
    with source_session(Server.parse(address).with_database("master")) as link:
        link.execute(f"CREATE DATABASE {bracketed(name)}", doing="making a test's database")
    try:
        head, _, options = address.partition("?")
        mine = f"{head.rstrip('/')}/{name}?{options}"
        with source_session(Server.parse(mine)) as link:
            link.execute(TABLE, doing="making a table")
            link.execute(ROWS.format(digits=DIGITS), doing="filling it")
        yield mine
    finally:
        with source_session(Server.parse(address).with_database("master")) as link:
            link.execute(f"DROP DATABASE {bracketed(name)}", doing="dropping a test's database")


def test_values_are_compared_with_each_other(source: str, mysql: Target) -> None:
    copied = migrator("rehearse", source, "--target", mysql, "--json")
    assert copied.json["rows"] == 2000, copied.err
    for method in ("wire", "pushdown", "auto"):
        same = migrator("validate", source, "--target", mysql, "--method", method, "--json")
        assert (same.code, same.json["verdict"]) == (0, "equal"), same.err
        assert same.json["why"]
    [table] = same.json["table_list"]
    with session(mysql) as connection:
        for statement in (
            "UPDATE {} SET mileage = mileage * (1 + 2.3e-16) WHERE id = 100",
            "DELETE FROM {} WHERE id = 200",
            "UPDATE {} SET id = 900000 WHERE id = 300",
        ):
            assert execute(connection, statement.format(quoted(table["target"])), doing="changing") == 1
    found = migrator("validate", source, "--target", mysql, "--method", "wire", "--show-values", "--json")
    assert found.code == 1
    assert [(item["kind"], item["key"], item["columns"]) for item in found.json["difference_list"]] == [
        ("changed", {"id": "100"}, ["mileage"]),
        ("missing", {"id": "200"}, []),
        ("missing", {"id": "300"}, []),
        ("extra", {"id": "900000"}, []),
    ]
    assert [item["fingerprint_of_source"] for item in found.json["table_list"]] == ["compared value by value"]
