"""``migrator rules`` as its users run it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commands import as_process, migrator

from migrator.mysql.connect import fetch, session
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
    held = as_process("rules", "test", shop / "mine", "--execute", "--target", mysql)
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


OTHERWISE = """
[[type]]
type = "uniqueidentifier"
to = "BINARY(16)"
form = "binary"

[[type]]
type = "rowversion"
to = "TIMESTAMP(6)"
form = "datetime"
loaded = false
default = "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"
finding = "rowversion-renewed"

[[type]]
type = "money"
to = "DECIMAL(19,2)"
form = "decimal"

[[type]]
type = "datetime2"
to = "DATETIME(3)"
form = "datetime"

[[type]]
type = "nvarchar"
max = true
to = "MEDIUMTEXT"
form = "text"
collated = true
"""


def test_rows_come_over_as_ones_own_rules_want_them(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    rules = tmp_path / "mine"
    rules.mkdir()
    (rules / "types.toml").write_text(OTHERWISE, encoding="utf-8")
    cases = (f'[[case]]\nof = "{of}"\nto = "snake"\n' for of in ("table", "column"))
    (rules / "names.toml").write_text("".join(cases), encoding="utf-8")
    answer = migrator("rehearse", homecare, "--target", mysql, "--rules", rules, "--out", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["differences"] == 0
    with session(mysql) as connection:
        types = {
            str(row[0]).lower()
            for row in fetch(
                connection,
                "SELECT column_type FROM information_schema.columns WHERE table_schema = DATABASE() "
                "AND table_name NOT LIKE 'migrator%'",
            )
        }
        names = fetch(connection, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
    assert {"binary(16)", "timestamp(6)", "decimal(19,2)", "datetime(3)", "mediumtext"} <= types
    assert "char(36)" not in types
    assert all(str(name).islower() for (name,) in names)
