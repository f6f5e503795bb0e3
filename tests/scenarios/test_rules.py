"""``migrator rules`` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commands import migrator

from migrator.mysql.url import Target

SHOP = "CREATE TABLE dbo.Orders (Id int NOT NULL PRIMARY KEY, Total money NOT NULL, Notes nvarchar(max) NULL);"
TYPES = """
[[type]]
type = "money"
column = "Total"
to = "DECIMAL(21,4)"
form = "decimal"
examples = [{ tsql = "money", mysql = "DECIMAL(21,4)" }]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.sql").write_text(SHOP, encoding="utf-8")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "types.toml").write_text(TYPES, encoding="utf-8")
    return tmp_path


def test_explain(shop: Path) -> None:
    answer = migrator("rules", "explain", "dbo.Orders.Total", shop / "shop.sql", "--rules", shop / "mine")
    assert (answer.code, answer.err) == (0, "")
    assert f"{shop}/mine/types.toml:2  [money, column Total]\n       wins" in answer.out
    values = migrator("rules", "explain", "Orders", shop / "shop.sql", "--json").json
    assert [column["object"] for column in values["columns"]] == [
        "dbo.Orders.Id",
        "dbo.Orders.Total",
        "dbo.Orders.Notes",
    ]
    assert values["columns"][2]["ddl"] == ["`Notes` LONGTEXT NULL"]


def test_explain_what_is_not_there(shop: Path) -> None:
    answer = migrator("rules", "explain", "dbo.Orders.Totl", shop / "shop.sql", "--json")
    assert answer.code == 3
    assert answer.json["do"] == "perhaps you meant dbo.Orders.Total"


def test_examples_that_hold_and_one_that_does_not(shop: Path, mysql: Target) -> None:
    held = migrator("rules", "test", shop / "mine", "--execute", "--target", mysql)
    assert (held.code, held.err) == (0, "")
    assert "examples hold" in held.out
    (shop / "mine" / "types.toml").write_text(TYPES.replace('mysql = "DECIMAL(21,4)"', 'mysql = "FLOAT"'))
    failed = migrator("rules", "test", shop / "mine")
    assert failed.code == 1
    assert failed.out.startswith(f"{shop}/mine/types.toml:2: type: money\n  expected FLOAT\n  got      DECIMAL(21,4)\n")
    values = migrator("rules", "test", shop / "mine", "--json")
    assert values.code == 1
    assert (values.json["failed"], values.json["ran"]) == (1, len(values.json["examples"]))


def test_a_wrong_rule_is_an_error_with_its_place(shop: Path) -> None:
    (shop / "mine" / "types.toml").write_text(TYPES.replace("to =", "too ="))
    for command in (("test", shop / "mine"), ("list", "--rules", shop / "mine")):
        answer = migrator("rules", *command)
        assert answer.code == 4
        assert f"{shop}/mine/types.toml:2: type needs 'to'" in answer.err


def test_list(shop: Path) -> None:
    answer = migrator("rules", "list", "--kind", "type", "--rules", shop / "mine")
    assert f"+ type      money, column Total -> DECIMAL(21,4)  ({shop}/mine/types.toml:2)" in answer.out
    assert all(line[2:].startswith("type ") for line in answer.out.splitlines())
    listed = json.loads(migrator("rules", "list", "--json").out)["rules"]
    assert {line["kind"] for line in listed} == {"type", "schema", "collation", "function", "check", "object"}


def test_init(tmp_path: Path) -> None:
    answer = migrator("rules", "init", tmp_path / "new")
    assert answer.code == 0
    assert {Path(line).name for line in answer.out.splitlines()} == {
        "checks.toml",
        "collations.toml",
        "names.toml",
        "types.toml",
    }
    assert migrator("rules", "test", tmp_path / "new").code == 0
    assert migrator("rules", "init", tmp_path / "new").code == 41
