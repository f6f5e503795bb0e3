from __future__ import annotations

from pathlib import Path

import pytest

from migrator.errors import RulesError
from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form
from migrator.model.name import ObjectName
from migrator.rules import load_rules
from migrator.rules.forms import HOLDERS, forms_of, impossible, kept_scale
from migrator.rules.types import MYSQL_TYPES

TABLE = ObjectName("dbo", "T")
SECOND = 'companion = { suffix = "_o", to = "TEXT", form = "integer", part = "offset minutes" }'


def test_every_type_has_a_form_and_every_form_a_holder() -> None:
    assert all(forms_of(type_) for type_ in SqlType)
    assert set(HOLDERS) == set(Form)
    assert all(words <= MYSQL_TYPES for words in HOLDERS.values())


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('type = "uniqueidentifier"\nto = "BINARY(16)"\nform = "uuid"', ["BINARY cannot hold", "'uuid'", "CHAR"]),
        ('type = "rowversion"\nto = "TIMESTAMP(6)"\nform = "datetime"', ["cannot be brought into it", "binary"]),
        ('type = "int"\nto = "INT"\nform = "integer"\nloaded = false', ["would lose the values of int"]),
        ('type = "rowversion"\nto = "TIMESTAMP(6)"\nform = "datetime"\nloaded = false', ["needs default and finding"]),
        ('type = "int"\nto = "VARCHAR(11)"\nform = "text"', ["values of int", "integer"]),
        ('type = "json"\nto = "JSON"\nform = "clob"', ["JSON cannot hold"]),
        ('type = "varchar"\nto = "CHAR({length})"\nform = "text"', ["CHAR cannot hold"]),
        ('type = "datetimeoffset"\nto = "DATETIME(6)"\nform = "datetime"', ["cannot be split", "'offset minutes'"]),
        ('type = "int"\nto = "INT"\nform = "integer"\npart = "utc"', ["cannot be split", "'whole' alone"]),
        (
            'type = "datetimeoffset"\nto = "DATETIME"\nform = "datetime"\npart = "utc"\n' + SECOND,
            ["TEXT cannot hold", "SMALLINT"],
        ),
    ],
)
def test_what_cannot_be_copied_is_refused_when_it_is_read(tmp_path: Path, entry: str, words: list[str]) -> None:
    (tmp_path / "types.toml").write_text(f"[[type]]\n{entry}\n", encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rules(tmp_path)
    for word in ("types.toml:1", *words):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("CHAR(255)", True),
        ("CHAR(256)", False),
        ("VARCHAR(65535) CHARACTER SET ascii", True),
        ("VARCHAR(65536)", False),
        ("DECIMAL(65,30)", True),
        ("DECIMAL(66,0)", False),
        ("DECIMAL(38,31)", False),
        ("DECIMAL(5,6)", False),
        ("DATETIME(6)", True),
        ("DATETIME(7)", False),
        ("LONGTEXT", True),
        ("TINYINT UNSIGNED", True),
    ],
)
def test_types_that_mysql_does_not_have(text: str, fine: bool) -> None:
    assert (impossible(text) is None) == fine


def test_a_size_that_mysql_does_not_have_names_its_rule(tmp_path: Path) -> None:
    (tmp_path / "types.toml").write_text(
        '[[type]]\ntype = "decimal"\nto = "DECIMAL({precision},{scale})"\nform = "decimal"\n', encoding="utf-8"
    )
    rules = load_rules(tmp_path)
    wide = DataType(SqlType.DECIMAL, precision=38, scale=35)
    with pytest.raises(RulesError, match=r"types\.toml:1: decimal\(38,35\) becomes DECIMAL\(38,35\)"):
        rules.type_rule(wide, TABLE, "x").mysql_type(wide)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (Form.DECIMAL, "DECIMAL(19,2)", 2),
        (Form.DECIMAL, "BIGINT", 0),
        (Form.DATETIME, "DATETIME(3)", 3),
        (Form.DATETIME, "DATETIME", 0),
        (Form.TIME, "TIME(6)", 6),
        (Form.TEXT, "VARCHAR(10)", 0),
        (Form.INTEGER, "DECIMAL(12,0)", 0),
    ],
)
def test_what_a_column_keeps(form: Form, text: str, expected: int) -> None:
    assert kept_scale(form, text) == expected
