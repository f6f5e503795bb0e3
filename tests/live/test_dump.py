"""A live database written as files, and back."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.commands import migrator
from support.dumps import run_script

from migrator.errors import SourceRejected
from migrator.mysql.url import Target
from migrator.sqlserver.connect import session
from migrator.sqlserver.url import Server

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

ROWS = """
INSERT INTO dbo.visits SELECT TOP 2000 ROW_NUMBER() OVER (ORDER BY (SELECT 1)), N'żółć ''x''\n\t\\',
  '2024-02-03 04:05:06.123456', 12.34, 0x00270A0D5C22, NEWID() FROM sys.all_columns a CROSS JOIN sys.all_columns b
"""
VISITS = """
CREATE TABLE dbo.visits (id int NOT NULL PRIMARY KEY, note nvarchar(100), at datetime2(6), amount decimal(12, 2),
  raw varbinary(20), token uniqueidentifier)
"""
TABLES = (
    VISITS,
    ROWS,
    "CREATE TABLE dbo.loose (a int, b varchar(20))",
    "INSERT INTO dbo.loose VALUES (1, 'a'), (1, 'a'), (NULL, NULL)",
)


def run(server: Server, *statements: str) -> None:
    with session(server) as link:
        for statement in statements:
            link.execute(statement, doing="preparing a test")


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    admin = Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"])
    name = f"dump_{secrets.token_hex(4)}"
    run(admin, f"CREATE DATABASE {name}")
    run(admin.with_database(name), *TABLES)
    yield str(admin.with_database(name))
    for _ in range(10):  # a server may take its time to see that a command's connections are gone
        with suppress(SourceRejected):
            run(admin, f"DROP DATABASE {name}")
            break
        time.sleep(1)


def equal(source: str, target: Target) -> bool:
    answer = migrator("validate", source, "--target", target, "--json")
    assert answer.code in {0, 1}, answer.err
    return answer.code == 0


@pytest.mark.parametrize("form", ["mysqlsh", "parquet"])
def test_a_folder(shop: str, mysql: Target, tmp_path: Path, form: str) -> None:
    dumped = migrator("dump", shop, "--format", form, "--out", tmp_path / "dump", "--workers", "2", "--json")
    assert dumped.code == 0, dumped.err
    assert dumped.json["rows"] == 2003
    loaded = migrator("load", tmp_path / "dump", "--target", mysql, "--json")
    assert (loaded.code, loaded.json["different"]) == (0, []), loaded.err
    assert equal(shop, mysql)


def test_a_script(shop: str, mysql: Target, tmp_path: Path) -> None:
    dumped = migrator("dump", shop, "--out", tmp_path / "shop.sql", "--json")
    assert dumped.code == 0, dumped.err
    assert dumped.json["consistency"] != "none"
    run_script(mysql, (tmp_path / "shop.sql").read_bytes())
    assert equal(shop, mysql)
