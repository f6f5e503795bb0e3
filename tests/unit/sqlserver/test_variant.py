"""sql_variant as T-SQL: every base type has its own way to text."""

from __future__ import annotations

import re

import pytest

from migrator.sqlserver.variant import variant_type, variant_value

WHEN = r"WHEN CAST\(SQL_VARIANT_PROPERTY\(v, 'BaseType'\) AS nvarchar\(128\)\) IN"


def branch(sql: str, base: str) -> str:
    """What the CASE gives for a base type; the one after ELSE where no WHEN names it."""
    for words, expression in re.findall(rf"{WHEN} \((.*?)\) THEN (.*?)(?= {WHEN}|$)", sql):
        if f"'{base}'" in words.split(", "):
            return str(expression)
    return sql.rpartition(" ELSE ")[2]


@pytest.mark.parametrize(
    ("base", "parts"),
    [
        ("decimal", ["Precision", "Scale"]),
        ("numeric", ["Precision", "Scale"]),
        ("time", ["Scale"]),
        ("datetime2", ["Scale"]),
        ("datetimeoffset", ["Scale"]),
        ("nvarchar", ["MaxLength", "/ 2"]),
        ("nchar", ["MaxLength", "/ 2"]),
        ("varchar", ["MaxLength"]),
        ("char", ["MaxLength"]),
        ("binary", ["MaxLength"]),
        ("varbinary", ["MaxLength"]),
    ],
)
def test_types_have_their_properties(base: str, parts: list[str]) -> None:
    found = branch(variant_type("v"), base)
    assert all(part in found for part in parts)


@pytest.mark.parametrize("base", ["int", "bit", "float", "money", "date", "datetime", "uniqueidentifier"])
def test_types_without_properties(base: str) -> None:
    assert branch(variant_type("v"), base) == "CAST(SQL_VARIANT_PROPERTY(v, 'BaseType') AS nvarchar(128)) END"


@pytest.mark.parametrize(
    ("base", "part"),
    [
        ("money", "decimal(19,4)"),
        ("smallmoney", "decimal(19,4)"),
        ("float", "AS float), 3)"),
        ("real", "AS real), 3)"),
        ("date", "AS date), 23)"),
        ("time", "AS time(7)), 121)"),
        ("datetime2", "AS datetime2(7)), 121)"),
        ("datetimeoffset", "AS datetimeoffset(7)), 121)"),
        ("datetime", "AS datetime), 121)"),
        ("smalldatetime", "AS smalldatetime), 120)"),
        ("uniqueidentifier", "LOWER("),
        ("varbinary", "AS varbinary(8000)), 2))"),
        ("binary", "AS varbinary(8000)), 2))"),
        ("varchar", "CAST(CAST(v AS varchar(8000)) AS nvarchar(max))"),
        ("char", "DATALENGTH(v) > 4000"),
        ("nvarchar", "CAST(v AS nvarchar(4000))"),
        ("int", "CAST(v AS nvarchar(4000))"),
        ("decimal", "CAST(v AS nvarchar(4000))"),
    ],
)
def test_values(base: str, part: str) -> None:
    assert part in branch(variant_value("v"), base)


def test_no_value_is_cast_to_a_max_type_at_once() -> None:
    """SQL Server refuses that."""
    assert "CAST(v AS nvarchar(max))" not in variant_value("v")
