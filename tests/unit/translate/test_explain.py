from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrator.errors import ConfigError
from migrator.model.name import ObjectName
from migrator.report.rules import explanation_text
from migrator.rules import load_rules
from migrator.translate.explain import explain
from migrator.translate.tsql.read import read_script

SHOP = """
CREATE SCHEMA Sales;
GO
CREATE TABLE Sales.[Order Details] (
  Id int NOT NULL PRIMARY KEY,
  Total money NOT NULL,
  Seen datetimeoffset(7) NULL,
  Name nvarchar(20) COLLATE Polish_CI_AS NULL,
  Twice AS (Total * 2),
  Odd AS (dbo.f(Id))
);
CREATE TABLE dbo.People (Id int NOT NULL PRIMARY KEY, [a.b] int NULL);
EXEC sp_addextendedproperty 'MS_Description', 'two
  `lines`, it''s', 'SCHEMA', 'dbo', 'TABLE', 'People', 'COLUMN', 'Id';
"""
DATABASE = read_script(SHOP, "shop.sql")
RULES = load_rules()


def test_a_column_and_everything_behind_it() -> None:
    [found] = explain(DATABASE, RULES, "sales.[order details].NAME")
    assert (found.object, found.source_type) == ("Sales.Order Details.Name", "nvarchar(20)")
    assert [candidate.wins for candidate in found.candidates] == [True, False]
    assert found.candidates[0].place == found.rules[0]
    assert [(step.what, step.source, step.target) for step in found.steps] == [
        ("collation", "Polish_CI_AS", "utf8mb4_0900_as_ci"),
        ("table", "Sales.Order Details", "Sales_Order Details"),
        ("name", "Name", "Name"),
    ]
    assert [finding.rule for finding in found.findings] == ["collation-language"]
    assert found.ddl == ("`Name` VARCHAR(20) NULL",)


def test_a_whole_table_and_a_table_of_dbo_by_its_name_alone() -> None:
    assert len(explain(DATABASE, RULES, "Sales.Order Details")) == 6
    assert [item.object for item in explain(DATABASE, RULES, "people")] == ["dbo.People.Id", "dbo.People.a.b"]
    [dotted] = explain(DATABASE, RULES, "People.[a.b]")
    assert dotted.ddl == ("`a.b` INT NULL",)


def test_letter_case_decides_where_nothing_else_does() -> None:
    tables = tuple(
        replace(DATABASE.tables[1], name=ObjectName("dbo", name), columns=DATABASE.tables[1].columns[:1])
        for name in ("t", "T")
    )
    database = replace(DATABASE, tables=tables)
    found = [explain(database, RULES, f"dbo.{name}")[0].object for name in ("T", "t")]
    assert found == ["dbo.T.Id", "dbo.t.Id"]


def test_a_value_in_two_columns_has_two_lines() -> None:
    [found] = explain(DATABASE, RULES, "Sales.Order Details.Seen")
    assert found.ddl == ("`Seen` DATETIME(6) NULL", "`Seen_offset` SMALLINT NULL")
    assert [step.target for step in found.steps if step.what == "name"] == ["Seen", "Seen_offset"]


def test_a_comment_may_hold_line_ends() -> None:
    [found] = explain(DATABASE, RULES, "dbo.People.Id")
    [line] = found.ddl
    assert line.startswith("`Id` INT NOT NULL COMMENT 'two")
    assert line.endswith("it''s'")


def test_computed_columns() -> None:
    [twice] = explain(DATABASE, RULES, "Sales.Order Details.Twice")
    assert twice.candidates[0].to == "DECIMAL(19,4)"
    assert "GENERATED ALWAYS" in twice.ddl[0]
    [odd] = explain(DATABASE, RULES, "Sales.Order Details.Odd")
    assert odd.candidates[0].to == "LONGTEXT"
    assert odd.ddl == ("`Odd` LONGTEXT NULL",)
    assert [finding.rule for finding in odd.findings] == ["computed-plain"]


@pytest.mark.parametrize(
    ("name", "why", "todo"),
    [
        ("Sales.Order Details.Totl", "Sales.Order Details has no such column", "meant Sales.Order Details.Total"),
        ("Sales.OrderDetails", "no table", "meant Sales.Order Details"),
        ("dbo.Peeple.Id", "no table", "meant dbo.People"),
        ("xyz", "no table", "schema.table"),
        ("", "no table", "schema.table"),
        ("dbo.People.Id.x", "no such column", "schema.table"),
    ],
)
def test_an_unknown_name_is_an_error_with_suggestions(name: str, why: str, todo: str) -> None:
    with pytest.raises(ConfigError) as caught:
        explain(DATABASE, RULES, name)
    assert why in caught.value.why
    assert todo in caught.value.todo


def test_ones_own_rules_are_named_by_their_folder(tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_text(
        '[[type]]\ntype = "money"\ncolumn = "T*"\nto = "DECIMAL(21,4)"\nform = "decimal"\n', encoding="utf-8"
    )
    text = explanation_text(explain(DATABASE, load_rules(tmp_path), "Sales.Order Details.Total"))
    assert f"{tmp_path.as_posix()}/types.toml:1  [money, column T*]\n       wins" in text
    assert "loses: your own rules win over the shipped ones" in text
    assert text.endswith("`Total` DECIMAL(21,4) NOT NULL")


def test_text_of_what_is_not_there() -> None:
    wide = read_script(f"CREATE TABLE W ({', '.join(f'c{number} int' for number in range(1100))});")
    [column] = explain(wide, RULES, "dbo.W.c7")
    assert (column.ddl, column.steps) == ((), ())
    assert "the target does not have this column" in explanation_text((column,))
