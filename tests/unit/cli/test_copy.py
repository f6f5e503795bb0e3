"""``migrator copy``: what it says, what it refuses, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import migrator

from migrator.errors import ConfigError, LedgerError, TargetOccupied
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target


def tables(target: Target) -> set[str]:
    with session(target) as connection:
        return {name for (name,) in fetch(connection, "SHOW TABLES")}


def test_a_dry_run_writes_nothing(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    told = migrator("copy", homecare, "--target", mysql, "--out", tmp_path / "o", "--tables", "care.*", "--dry-run")
    assert told.code == 0, told.err
    assert "care.Visit" in told.out
    assert "dbo." not in told.out
    values = migrator("copy", homecare, "--target", mysql, "--tables", "care.*", "--dry-run", "--json").json
    assert {table["source"].split(".")[0] for table in values["tables"]} == {"care"}
    assert values["bytes"] > 0
    assert tables(mysql) == set()
    assert not (tmp_path / "o").exists()


def test_some_tables_and_then_again(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    command = ("copy", homecare, "--target", mysql, "--out", tmp_path, "--json", "--tables")
    first = migrator(*command, "care.Visit*")
    assert first.code == 0, first.err
    assert first.json["consistency"]["kind"] == "file"
    assert first.json["rows"] == sum(table["rows"] for table in first.json["tables"]) > 0
    made = {name for name in tables(mysql) if not name.startswith("migrator__")}
    assert made == {table["target"] for table in first.json["tables"]}
    occupied = migrator(*command, "care.*")
    assert occupied.code == TargetOccupied.exit_code
    replaced = migrator(*command, "care.*", "--replace")
    assert replaced.code == 0, replaced.err
    assert replaced.json["rows"] > first.json["rows"]


def test_a_table_that_nobody_knows(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    said = migrator("copy", homecare, "--target", mysql, "--out", tmp_path, "--tables", "care.Nobody")
    assert said.code == ConfigError.exit_code
    assert "care.Nobody" in said.err
    assert tables(mysql) == set()


def test_nothing_to_resume(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    assert migrator("copy", homecare, "--target", mysql, "--out", tmp_path, "--resume").code == LedgerError.exit_code


def test_a_stranger_in_the_target(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE theirs (id INT)", doing="making a stranger")
    said = migrator("copy", homecare, "--target", mysql, "--out", tmp_path, "--replace", "--tables", "care.Visit")
    assert said.code == TargetOccupied.exit_code
    assert tables(mysql) == {"theirs"}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("mssql://reader:hunter2@sql1/care", "holds a password"),
        ("mssql://reader@sql1/", "names no database"),
        ("oracle://reader@db/care", "is no source"),
    ],
)
def test_addresses_that_cannot_be(address: str, says: str) -> None:
    said = migrator("copy", address, "--dry-run")
    assert said.code == ConfigError.exit_code
    assert says in said.err
    assert "hunter2" not in said.err + said.out
