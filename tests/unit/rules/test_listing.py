from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from migrator.errors import OutputError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.rules import load, load_rules
from migrator.rules.candidates import candidates
from migrator.rules.listing import lines
from migrator.rules.starter import write_starter

TABLE = ObjectName("Sales", "Orders")


def test_every_rule_is_listed_with_the_line_that_it_begins_at() -> None:
    listed = lines(load_rules())
    folder = load.shipped_folder()
    for line in listed:
        name, number = line.place.removeprefix(f"{load.SHIPPED}/").rsplit(":", 1)
        assert (folder / name).read_text(encoding="utf-8").splitlines()[int(number) - 1] == f"[[{line.kind}]]"
    written = sum(
        len(entries)
        for path in folder.glob("*.toml")
        for entries in tomllib.loads(path.read_text(encoding="utf-8")).values()
    )
    assert len(listed) == written


def test_a_shipped_rule_that_is_replaced_outright_is_not_in_force(tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_text(
        '[[type]]\ntype = "money"\nto = "DECIMAL(20,4)"\nform = "decimal"\n'
        '[[type]]\ntype = "int"\ncolumn = "X"\nto = "BIGINT"\nform = "integer"\n',
        encoding="utf-8",
    )
    listed = [line for line in lines(load_rules(tmp_path)) if line.subject.split(",")[0] in ("money", "int")]
    assert [(line.subject, line.to, line.overlay) for line in listed] == [
        ("int", "INT", False),
        ("money", "DECIMAL(20,4)", True),
        ("int, column X", "BIGINT", True),
    ]


def test_candidates_stand_in_the_order_of_precedence(tmp_path: Path) -> None:
    entry = '[[type]]\ntype = "nvarchar"\n{where}\nto = "VARCHAR({length})"\nform = "text"\n'
    wheres = ('column = "N*"', 'table = "Sales.Orders"', 'alias = "dbo.Name"', "over_length = 5", 'column = "Other"')
    (tmp_path / "types.toml").write_text("".join(entry.replace("{where}", where) for where in wheres), encoding="utf-8")
    rules = load_rules(tmp_path)
    type_ = DataType(SqlType.NVARCHAR, length=10, alias=ObjectName("dbo", "Name"))
    found = candidates(rules, type_, TABLE, "Note")
    assert [(item.where, item.verdict) for item in found] == [
        ("nvarchar, column N*", "wins"),
        ("nvarchar, table Sales.Orders", "loses: the winner is more specific about the column"),
        ("nvarchar, alias dbo.Name", "loses: the winner is more specific about the column"),
        ("nvarchar, over_length 5", "loses: the winner is more specific about the column"),
        ("nvarchar", "loses: your own rules win over the shipped ones"),
        ("nvarchar, column Other", "does not fit: it is for columns Other"),
        ("nvarchar, max", "does not fit: it is for (max)"),
    ]
    assert found[0].place == str(rules.type_rule(type_, TABLE, "Note").origin)
    assert [item.wins for item in found] == [True] + [False] * 6
    [winner, *_] = candidates(rules, DataType(SqlType.NVARCHAR, length=MAX), TABLE, "Note")
    assert winner.where == "nvarchar, max"


def test_what_the_user_did_not_need_is_known() -> None:
    rules = load_rules().watched()
    rules.table_name(TABLE)
    assert {origin.file for origin in rules.usage.won} == {"schema_rules/names.toml"}
    assert rules.usage.unused(rules) == ()  # all of them are shipped
    assert load_rules().usage.won == set()


def test_a_starter_is_in_force_line_by_line_when_its_signs_are_taken_away(tmp_path: Path) -> None:
    written = write_starter(tmp_path / "mine")
    assert {path.name for path in written} <= set(load.FILES)
    assert [line for line in lines(load_rules(tmp_path / "mine")) if line.overlay] == []
    entries = 0
    for path in written:
        text = "\n".join(
            line[1:] if line.startswith("#") and not line.startswith("# ") else line
            for line in path.read_text(encoding="utf-8").splitlines()
        )
        entries += text.count("[[")
        path.write_text(text, encoding="utf-8")
    assert len([line for line in lines(load_rules(tmp_path / "mine")) if line.overlay]) == entries > 8


def test_a_starter_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"names\.toml is there already"):
        write_starter(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["names.toml"]
    with pytest.raises(OutputError, match="cannot be written"):
        write_starter(tmp_path / "names.toml" / "below")
