"""Every column says which rules made it, and a rule without effect is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.errors import RulesError
from migrator.model.translation import Translation
from migrator.rules import load, load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/source.sql"))


def translated(source: str, folder: Path | None = None, **files: str) -> Translation:
    for name, text in files.items():
        assert folder is not None
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return plan(read_script(source, "source.sql"), load_rules(folder))


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_every_source_is_there(name: str) -> None:
    database = read_script((FIXTURES / name / "source.sql").read_text(encoding="utf-8"), "source.sql")
    own = FIXTURES / name / "rules"
    translation = plan(database, load_rules(own if own.is_dir() else None))
    traced = list(dict.fromkeys(column.object for column in translation.columns))
    assert traced == [f"{table.name}.{column.name}" for table in database.tables for column in table.columns]
    loaded = {(f"{item.target}.{column.name}", column.type) for item in translation.mappings for column in item.columns}
    assert loaded <= {(column.target, column.type) for column in translation.columns}
    for column in translation.columns:
        assert bool(column.target) == bool(column.type)
        assert column.rules or not column.target
        for place in column.rules:
            if place == "row size":
                continue
            file, line = place.rsplit(":", 1)
            folder = load.shipped_folder() if file.startswith(load.SHIPPED) else own
            text = (folder / Path(file).name).read_text(encoding="utf-8")
            assert text.splitlines()[int(line) - 1].startswith("[[")


def test_type_first_then_collation_then_name(tmp_path: Path) -> None:
    translation = translated(
        "CREATE TABLE dbo.T (A int NOT NULL PRIMARY KEY, B varchar(10) COLLATE Polish_CI_AI, C AS (A * 2));",
        tmp_path,
        types='[[type]]\ntype = "varchar"\nto = "VARCHAR({length})"\nform = "text"\ncollated = true\n',
        names='[[case]]\nof = "column"\nto = "lower"\n',
    )
    folder = tmp_path.as_posix()
    rules = {column.object: column.rules for column in translation.columns}
    _, polish, *_ = rules["dbo.T.B"]
    assert rules["dbo.T.B"] == (f"{folder}/types.toml:1", polish, f"{folder}/names.toml:1")
    assert polish.startswith("schema_rules/collations.toml:")
    assert rules["dbo.T.A"] == rules["dbo.T.C"]
    assert rules["dbo.T.A"][0].startswith("schema_rules/types.toml:")
    assert rules["dbo.T.A"][1:] == (f"{folder}/names.toml:1",)


def test_a_value_in_two_columns_has_two_entries() -> None:
    found = translated("CREATE TABLE dbo.T (A datetimeoffset(3));").columns
    assert [(item.object, item.source_type, item.target, item.type) for item in found] == [
        ("dbo.T.A", "datetimeoffset(3)", "T.A", "DATETIME(3)"),
        ("dbo.T.A", "datetimeoffset(3)", "T.A_offset", "SMALLINT"),
    ]


def test_what_the_target_has_not_is_there_without_a_target() -> None:
    wide = ", ".join(f"c{number} int" for number in range(1100))
    found = translated(f"CREATE TABLE dbo.T (A int, B AS (dbo.f(A))); CREATE TABLE dbo.W ({wide});").columns
    there = {item.object: item.target for item in found}
    assert there["dbo.T.A"] == "T.A"
    assert there["dbo.T.B"] == "T.B"
    assert there["dbo.W.c1099"] == ""
    assert next(item.type for item in found if item.object == "dbo.W.c0") == ""


def test_an_alias_is_shown_with_what_it_stands_for() -> None:
    [column] = translated("CREATE TYPE dbo.Phone FROM varchar(25);\nGO\nCREATE TABLE dbo.T (A dbo.Phone);").columns
    assert column.source_type == "dbo.Phone = varchar(25)"


def test_a_row_that_was_made_to_fit_says_so() -> None:
    columns = ", ".join(f"c{number} nvarchar(4000)" for number in range(5))
    found = translated(f"CREATE TABLE dbo.T ({columns});").columns
    assert [item.type for item in found if "row size" in item.rules] == ["TEXT"]


def unused(translation: Translation) -> list[str]:
    return [finding.object for finding in translation.findings if finding.rule == "rule-unused"]


def test_rules_that_decide_nothing_are_reported_with_their_place(tmp_path: Path) -> None:
    translation = translated(
        "CREATE TABLE dbo.Orders (Id int NOT NULL PRIMARY KEY, Total money);",
        tmp_path,
        types='\n[[type]]\ntype = "money"\ntable = "dbo.Ordres"\nto = "DECIMAL(20,4)"\nform = "decimal"\n'
        '[[type]]\ntype = "money"\nto = "DECIMAL(20,4)"\nform = "decimal"\n',
        names='[[strip]]\nof = "table"\nprefix = "tbl_"\n',
        collations='[[collation]]\ncollation = "Polish*"\nto = "utf8mb4_bin"\n',
    )
    folder = tmp_path.as_posix()
    assert unused(translation) == [
        f"{folder}/collations.toml:1",
        f"{folder}/names.toml:1",
        f"{folder}/types.toml:2",
    ]
    [first, *_] = [finding for finding in translation.findings if finding.rule == "rule-unused"]
    assert first.place is not None
    assert (first.place.file, first.place.line) == (f"{folder}/collations.toml", 1)


def test_shipped_rules_and_remarks_may_be_unused(tmp_path: Path) -> None:
    check = (
        '[[check]]\nid = "xml-as-text"\ntitle = "t"\nseverity = "info"\nstatus = "manual"\nminutes = 1\n'
        'reason = "r"\nadvice = "a"\n'
    )
    assert unused(translated("CREATE TABLE dbo.T (A int);", tmp_path, checks=check)) == []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (
            '[[schema]]\nschema = "Sales"\nprefix = ""\n',
            ["Sales.Orders", "dbo.Orders", "both be called Orders", "names.toml:1"],
        ),
        ('[[table]]\ntable = "dbo.Orders"\nto = "SALES_orders"\n', ["dbo.Orders", "Sales.Orders", "names.toml:1"]),
        ('[[column]]\ntable = "dbo.Orders"\ncolumn = "A"\nto = "b"\n', ["dbo.Orders.A", "dbo.Orders.B"]),
        ('[[strip]]\nof = "column"\nprefix = "x_"\n', ["dbo.Orders.x_A", "dbo.Orders.A"]),
        ('[[table]]\ntable = "dbo.Orders"\nto = "migrator__run"\n', ["dbo.Orders", "migrator__run, which is reserved"]),
    ],
)
def test_names_that_meet_because_of_a_rule_are_an_error(tmp_path: Path, names: str, words: list[str]) -> None:
    source = (
        "CREATE SCHEMA Sales;\nGO\nCREATE TABLE Sales.Orders (A int);\nCREATE TABLE dbo.Orders (A int, B int, x_A int);"
    )
    with pytest.raises(RulesError) as caught:
        translated(source, tmp_path, names=names)
    for word in words:
        assert word in str(caught.value)


def test_names_that_meet_in_the_source_itself_still_get_a_hash(tmp_path: Path) -> None:
    source = "CREATE SCHEMA Sales;\nGO\nCREATE TABLE dbo.Sales_Orders (A int); CREATE TABLE Sales.Orders (A int);"
    translation = translated(source, tmp_path, names='[[case]]\nof = "table"\nto = "lower"\n')
    first, second = (mapping.target for mapping in translation.mappings)
    assert first == "sales_orders"
    assert second.startswith("sales_orders_")
    assert "name-changed" in {finding.rule for finding in translation.findings}


RENEWED = (
    '[[type]]\ntype = "rowversion"\nto = "TIMESTAMP(6)"\nform = "datetime"\nloaded = false\n'
    'default = "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"\nfinding = "rowversion-renewed"\n'
)


def test_what_is_not_loaded_is_in_the_target_and_not_in_the_map(tmp_path: Path) -> None:
    translation = translated("CREATE TABLE dbo.T (A int, V rowversion);", tmp_path, types=RENEWED)
    assert [column.name for column in translation.mappings[0].columns] == ["A"]
    assert [column.target for column in translation.columns] == ["T.A", "T.V"]


@pytest.mark.parametrize(
    "source",
    [
        "CREATE TABLE dbo.T (A int, V rowversion NOT NULL PRIMARY KEY);",
        "CREATE TABLE dbo.T (A int, V rowversion NOT NULL UNIQUE);",
        "CREATE TABLE dbo.T (V rowversion NOT NULL);",
    ],
)
def test_values_of_a_key_cannot_be_left_behind(tmp_path: Path, source: str) -> None:
    with pytest.raises(RulesError, match=r"dbo\.T\.V is not loaded, by .*types\.toml:1"):
        translated(source, tmp_path, types=RENEWED)
