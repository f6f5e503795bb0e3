from __future__ import annotations

from pathlib import Path

import pytest

from migrator.model.explanation import ExampleReport
from migrator.mysql.trial import tried
from migrator.mysql.url import Target
from migrator.rules import load_rules
from migrator.rules.starter import write_starter
from migrator.translate.examples import run_examples

SHIPPED = load_rules()


def run(folder: Path, **files: str) -> ExampleReport:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return run_examples(load_rules(folder), SHIPPED)


def of_type(example: str, **keys: str) -> str:
    pairs = {"type": "money", "to": "DECIMAL(20,4)", "form": "decimal"} | keys
    return "[[type]]\n" + "".join(f'{key} = "{value}"\n' for key, value in pairs.items()) + f"examples = [{example}]\n"


def test_the_shipped_examples_hold_and_no_shipped_type_collation_or_name_lacks_one() -> None:
    report = run_examples(SHIPPED, SHIPPED)
    assert report.failed == ()
    assert len(report.outcomes) > 150
    assert not [rule.origin for rule in (*SHIPPED.types, *SHIPPED.collations, *SHIPPED.schemas) if not rule.examples]


def test_a_server_takes_what_they_become(mysql: Target) -> None:
    report = tried(run_examples(SHIPPED, SHIPPED), mysql)
    assert report.failed == ()
    assert sum(bool(outcome.statements) for outcome in report.outcomes) > 100


def test_what_a_server_refuses_does_not_hold(tmp_path: Path, mysql: Target) -> None:
    text = '[[collation]]\ncollation = "Polish*"\nto = "utf8mb4_klingon_ci"\n'
    text += 'examples = [{ tsql = "Polish_CI_AS", mysql = "utf8mb4_klingon_ci" }]\n'
    report = run(tmp_path, collations=text)
    assert report.failed == ()
    [failed] = tried(report, mysql).failed
    assert failed.place == f"{tmp_path.as_posix()}/collations.toml:1"
    assert "MySQL refuses it" in failed.problem


def test_an_overlay_does_not_break_what_is_shipped(tmp_path: Path) -> None:
    report = run(tmp_path, types=of_type('{ tsql = "money", mysql = "DECIMAL(20,4)" }'))
    assert report.failed == ()
    assert len(report.outcomes) == len(run_examples(SHIPPED, SHIPPED).outcomes) + 1


@pytest.mark.parametrize(
    ("text", "got", "problem"),
    [
        (of_type('{ tsql = "money", mysql = "DECIMAL(19,4)" }'), "DECIMAL(20,4)", "it becomes DECIMAL(20,4)"),
        (of_type('{ tsql = "mony", mysql = "DECIMAL(19,4)" }'), "", "mony"),
        (of_type('{ tsql = "money", mysql = "x", column = "total" }'), "", "write it as schema.table.column"),
        (
            of_type('{ tsql = "int", mysql = "INT" }'),
            "INT",
            "this rule has no say in it: decided by schema_rules/types.toml:",
        ),
        (
            of_type('{ tsql = "money", mysql = "DECIMAL(19,4)", column = "dbo.T.other" }', column="Total"),
            "DECIMAL(19,4)",
            "this rule has no say in it",
        ),
    ],
)
def test_what_does_not_hold_says_why(tmp_path: Path, text: str, got: str, problem: str) -> None:
    [failed] = run(tmp_path, types=text).failed
    assert failed.place == f"{tmp_path.as_posix()}/types.toml:1"
    assert failed.got == got
    assert problem in failed.problem
    assert failed.problem


def test_the_column_of_a_type_follows_from_its_patterns(tmp_path: Path) -> None:
    text = of_type('{ tsql = "money", mysql = "DECIMAL(20,4)" }', table="Sales.Or*", column="T?tal")
    assert run(tmp_path, types=text).failed == ()
    text = of_type(
        '{ tsql = "varchar(25)", mysql = "VARCHAR(40)" }',
        type="varchar",
        alias="dbo.Ph*",
        to="VARCHAR(40)",
        form="text",
    )
    assert run(tmp_path, types=text).failed == ()


@pytest.mark.parametrize(
    ("columns", "tsql", "mysql", "problem"),
    [
        ("a varchar(10)", "LEN(a)", "CHAR_LENGTH(`a`)", ""),
        ("a varchar(10)", "LEN(a)", "LENGTH(`a`)", "it becomes CHAR_LENGTH(`a`)"),
        ("a int", "LEN(a)", "CHAR_LENGTH(`a`)", "it becomes CHAR_LENGTH(CAST(`a` AS CHAR"),
        ("a varchar(10)", "LEN(b)", "CHAR_LENGTH(`b`)", "b is no column"),
        ("a varchar(10)", "UPPER(a)", "UPPER(`a`)", "this rule has no say in it"),
        ("a varchar(", "LEN(a)", "x", "ends"),
    ],
)
def test_functions(tmp_path: Path, columns: str, tsql: str, mysql: str, problem: str) -> None:
    text = '[[function]]\nname = "len"\narguments = "text"\nto = "CHAR_LENGTH({0})"\nreturns = "int"\n'
    text += f'examples = [{{ tsql = "{tsql}", mysql = "{mysql}", columns = "{columns}" }}]\n'
    failed = run(tmp_path, functions=text).failed
    assert bool(failed) == bool(problem)
    assert all(problem in outcome.problem for outcome in failed)


def test_names(tmp_path: Path) -> None:
    text = (
        '[[strip]]\nof = "table"\nprefix = "tbl_"\nexamples = [{ tsql = "Sales.tbl_X", mysql = "Sales_X" }]\n'
        '[[case]]\nof = "column"\nto = "snake"\nexamples = [{ tsql = "dbo.T.OrderId", mysql = "order_id" }]\n'
        '[[table]]\ntable = "dbo.A"\nto = "b"\n'
        'examples = [{ tsql = "dbo.A", mysql = "b" }, { tsql = "A", mysql = "b" }]\n'
    )
    [failed] = run(tmp_path, names=text).failed
    assert failed.problem == "A is not a table: write it as schema.table"


def test_rules_without_examples_are_counted(tmp_path: Path) -> None:
    shipped = run_examples(SHIPPED, SHIPPED).without
    assert run(tmp_path, types=of_type("")).without == shipped + 1


def test_the_starter_holds_what_it_promises(tmp_path: Path) -> None:
    for path in write_starter(tmp_path):
        lines = path.read_text(encoding="utf-8").splitlines()
        text = "\n".join(line[1:] if line.startswith("#") and line[1:2] != " " else line for line in lines)
        path.write_text(text, encoding="utf-8")
    report = run(tmp_path)
    assert report.failed == ()
    assert len([outcome for outcome in report.outcomes if not outcome.place.startswith("schema_rules")]) >= 9
