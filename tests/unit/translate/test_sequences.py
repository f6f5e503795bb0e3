from __future__ import annotations

import pytest

from migrator.model.name import ObjectName
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.sequences import sequence_of
from migrator.translate.tsql.read import read_script

RULES = load_rules()
TABLE = "CREATE TABLE dbo.T (Id {type} NOT NULL DEFAULT (NEXT VALUE FOR dbo.S) PRIMARY KEY, A int NULL{more});"


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("NEXT VALUE FOR S", ObjectName("dbo", "S")),
        ("(next value for [my].[a]]b])", ObjectName("my", "a]b")),
        ('((NEXT  VALUE\nFOR db."s" . x))', ObjectName("s", "x")),
        ("NEXT VALUE FOR S + 1", None),
        ("(1)", None),
    ],
)
def test_names_of_sequences(expression: str, name: ObjectName | None) -> None:
    assert sequence_of(expression) == name


@pytest.mark.parametrize(
    ("script", "counts"),
    [
        ("CREATE SEQUENCE dbo.S START WITH 3;" + TABLE.format(type="int", more=""), True),
        ("CREATE SEQUENCE dbo.S START WITH 3;" + TABLE.format(type="tinyint", more=""), True),
        ("CREATE SEQUENCE dbo.S START WITH 0;" + TABLE.format(type="int", more=""), False),
        ("CREATE SEQUENCE dbo.S START WITH 3 CYCLE;" + TABLE.format(type="int", more=""), False),
        ("CREATE SEQUENCE dbo.S START WITH 3 INCREMENT BY 2;" + TABLE.format(type="int", more=""), False),
        ("CREATE SEQUENCE dbo.S START WITH 3;" + TABLE.format(type="decimal(9,0)", more=""), False),
        ("CREATE SEQUENCE dbo.S START WITH 3;" + TABLE.format(type="int", more=", I int IDENTITY"), False),
        (
            "CREATE SEQUENCE dbo.S START WITH 3;" + TABLE.format(type="int", more=", B int DEFAULT (NEXT VALUE FOR s)"),
            False,
        ),
    ],
)
def test_auto_increment_stands_for_a_sequence_of_one_column(script: str, counts: bool) -> None:
    made = plan(read_script(script), RULES)
    assert (made.mappings[0].auto_increment == "Id") is counts
    rules = [finding.rule for finding in made.findings]
    assert ("sequence-identity" in rules, "sequence-table" in rules) == (counts, not counts)


def test_a_function_never_takes_a_name_twice() -> None:
    script = "CREATE SEQUENCE dbo.s_S; CREATE SEQUENCE s.S; CREATE TABLE dbo.s_S_ (a int);"
    made = plan(read_script(script), RULES)
    names = [(statement.makes, statement.table.casefold()) for statement in made.statements if statement.makes]
    assert len(set(names)) == len(names) == 2
