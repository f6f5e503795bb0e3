from __future__ import annotations

import json

from migrator.model.explanation import Candidate, ColumnExplanation, ExampleOutcome, ExampleReport, RuleLine, Step
from migrator.report.rules import (
    examples_text,
    examples_values,
    explanation_text,
    explanation_values,
    rules_text,
    rules_values,
)

HELD = ExampleOutcome("mine/types.toml:1", "type", "money", "DECIMAL(19,4)", "DECIMAL(19,4)")
FAILED = ExampleOutcome("mine/types.toml:7", "type", "int", "INT", "", "it cannot be read\x1b[31m")


def test_only_what_fails_is_told_at_length() -> None:
    text = examples_text(ExampleReport((HELD, FAILED), 1))
    assert text.splitlines() == [
        "mine/types.toml:7: type: int",
        "  expected INT",
        "  got      -",
        "  it cannot be read\\x1b[31m",
        "1 of 2 examples hold; 1 rule without any",
    ]
    values = examples_values(ExampleReport((HELD, FAILED), 1))
    assert (values["ran"], values["failed"], values["without"]) == (2, 1, 1)
    assert json.loads(json.dumps(values))["examples"][0]["problem"] == ""


def test_rules_are_lines_and_ones_own_are_marked() -> None:
    lines = (
        RuleLine("type", "schema_rules/types.toml:9", "int", "INT", overlay=False),
        RuleLine("column", "mine/names.toml:1", "dbo.T.a\nb", "c", overlay=True),
    )
    assert rules_text(lines).splitlines() == [
        "  type      int -> INT  (schema_rules/types.toml:9)",
        "+ column    dbo.T.a\\nb -> c  (mine/names.toml:1)",
    ]
    assert [line["overlay"] for line in rules_values(lines)["rules"]] == [False, True]


def test_an_explanation_has_the_winner_first_and_the_ddl_last() -> None:
    explanation = ColumnExplanation(
        "dbo.T.a",
        "int",
        (Candidate("x:1", "int, column a", "BIGINT", "wins", wins=True), Candidate("y:2", "int", "INT", "loses: so")),
        (Step("name", "a", "b", ("z:3",)), Step("row size", "too long for a row", "TEXT", ())),
        ("x:1", "z:3"),
        (),
        ("`b` BIGINT NULL COMMENT 'two\nlines'",),
    )
    assert explanation_text((explanation, explanation)).split("\n\n")[1].splitlines() == [
        "dbo.T.a  int",
        "  -> BIGINT",
        "       x:1  [int, column a]",
        "       wins",
        "     INT",
        "       y:2  [int]",
        "       loses: so",
        "  name: a -> b  by z:3",
        "  row size: too long for a row -> TEXT",
        "  `b` BIGINT NULL COMMENT 'two\\nlines'",
    ]
    [column] = explanation_values((explanation,))["columns"]
    assert (column["object"], column["candidates"][0]["wins"]) == ("dbo.T.a", True)
