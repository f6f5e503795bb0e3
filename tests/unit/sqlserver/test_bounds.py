"""Ranges of keys: together they hold every row once, and a kept bound is nothing but a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import LedgerError
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Computed, Index, IndexKind, Key, KeyColumn, Table
from migrator.model.segment import Bounds
from migrator.sqlserver.bounds import as_text, constant, in_order, is_whole, range_columns, ranges, text_of, where

INT = DataType(SqlType.INT)


def column(base: SqlType = SqlType.INT, name: str = "k", **properties: Any) -> Column:
    collation = properties.pop("collation", None)
    nullable = properties.pop("nullable", False)
    return Column(name, DataType(base, **properties), nullable=nullable, collation=collation)


def table(*columns: Column, key: Sequence[str] = (), clustered: bool = True, **parts: Any) -> Table:
    primary = Key("pk", tuple(KeyColumn(name) for name in key), clustered) if key else None
    return Table(ObjectName("dbo", "t"), columns, primary, **parts)


# Which columns cut a table.


def test_the_clustered_key_cuts() -> None:
    a, b = column(name="a"), column(name="b")
    assert range_columns(table(a, b, key=("b", "a"))) == (b, a)


def test_a_clustered_index_comes_before_a_key_that_is_not() -> None:
    a, b = column(name="a"), column(name="b", nullable=True)
    clustered = Index("cx", (KeyColumn("b", descending=True),), clustered=True)
    made = table(a, b, key=("a",), clustered=False, indexes=(clustered,))
    assert range_columns(made) == (b,)
    assert in_order(made, "t") == "t.[b] DESC"


def test_a_columnstore_does_not_cut_but_its_tables_key_does() -> None:
    a, b = column(name="a"), column(name="b")
    store = Index("cci", (), clustered=True, kind=IndexKind.COLUMNSTORE)
    assert range_columns(table(a, b, key=("a",), clustered=False, indexes=(store,))) == (a,)
    assert range_columns(table(a, b, indexes=(store,))) == ()


def test_a_heap_is_not_cut() -> None:
    made = table(column())
    assert range_columns(made) == ()
    assert in_order(made, "t") == ""
    assert range_columns(table(column(), indexes=(Index("ix", (KeyColumn("k"),)),))) == ()


@pytest.mark.parametrize(
    "bad",
    [
        column(SqlType.SQL_VARIANT),
        column(SqlType.HIERARCHYID),
        Column("k", INT, nullable=False, computed=Computed("(1)", persisted=True)),
        Column("k", None, nullable=False, computed=Computed("(1)", persisted=True)),
        Column("k", INT, nullable=False, encrypted=True),
    ],
)
def test_what_has_no_text_does_not_cut(bad: Column) -> None:
    assert range_columns(table(bad, key=("k",))) == ()
    spare = Key("uq", (KeyColumn("other"),), clustered=False)
    other = column(name="other")
    assert range_columns(table(bad, other, key=("k",), uniques=(spare,))) == (other,)


def test_only_the_first_column_may_be_null() -> None:
    first, second = column(name="a", nullable=True), column(name="b")
    by_both = Index("cx", (KeyColumn("a"), KeyColumn("b")), clustered=True)
    by_both_otherwise = Index("cx", (KeyColumn("b"), KeyColumn("a")), clustered=True)
    assert range_columns(table(first, second, indexes=(by_both,))) == (first, second)
    assert range_columns(table(first, second, indexes=(by_both_otherwise,))) == ()


def test_only_integers_can_be_computed() -> None:
    whole = {base for base in SqlType if is_whole(column(base))}
    assert whole == {SqlType.TINYINT, SqlType.SMALLINT, SqlType.INT, SqlType.BIGINT}


# Constants.

CONSTANTS = [
    (column(SqlType.INT), "-5", "CAST(-5 AS int)"),
    (column(SqlType.BIT), "1", "CAST(1 AS bit)"),
    (column(SqlType.DECIMAL, precision=38, scale=2), "9" * 36 + ".99", f"CAST({'9' * 36}.99 AS decimal(38,2))"),
    (column(SqlType.MONEY), "-0.0001", "CAST(-0.0001 AS money)"),
    (column(SqlType.FLOAT), "1.428571428571429e-001", "CAST(1.428571428571429e-001 AS float)"),
    (column(SqlType.REAL), "2.5e+10", "CAST(2.5e+10 AS real)"),
    (column(SqlType.NVARCHAR, length=9), "zażółć 'x]", "N'zażółć ''x]'"),
    (column(SqlType.NCHAR, length=9), "", "N''"),
    (column(SqlType.VARCHAR, length=9), "a'b", "CONVERT(varchar(9), N'a''b')"),
    (
        column(SqlType.CHAR, length=9, collation="Polish_CI_AS"),
        "ż",
        "CONVERT(varchar(9), N'ż' COLLATE Polish_CI_AS)",
    ),
    (column(SqlType.CHAR, length=9, collation="x; DROP"), "ż", "CONVERT(varchar(9), N'ż')"),
    (column(SqlType.BINARY, length=8), "00ff", "0x00ff"),
    (column(SqlType.VARBINARY, length=8), "", "0x"),
    (column(SqlType.ROWVERSION), "00000000000007d1", "0x00000000000007d1"),
    (column(SqlType.UNIQUEIDENTIFIER), "6F96", "CAST(N'6F96' AS uniqueidentifier)"),
    (column(SqlType.DATE), "0001-01-01", "CAST(N'0001-01-01' AS date)"),
    (column(SqlType.TIME, scale=3), "23:59:59.999", "CAST(N'23:59:59.999' AS time(3))"),
    (
        column(SqlType.DATETIME2, scale=7),
        "9999-12-31 23:59:59.9999999",
        "CAST(N'9999-12-31 23:59:59.9999999' AS datetime2(7))",
    ),
    (
        column(SqlType.DATETIMEOFFSET, scale=0),
        "2024-01-02 03:04:05 +14:00",
        "CAST(N'2024-01-02 03:04:05 +14:00' AS datetimeoffset(0))",
    ),
    # Year, day, month: so a session with another language would read it without the T.
    (column(SqlType.DATETIME), "2024-01-02 03:04:05.007", "CAST(N'2024-01-02T03:04:05.007' AS datetime)"),
    (column(SqlType.SMALLDATETIME), "2024-01-02 03:04:00", "CAST(N'2024-01-02T03:04:00' AS smalldatetime)"),
]


@pytest.mark.parametrize(("made", "text", "expected"), CONSTANTS)
def test_constants(made: Column, text: str, expected: str) -> None:
    assert constant(made, text) == expected


def test_an_alias_is_the_type_below_it() -> None:
    made = Column("k", DataType(SqlType.DATE, alias=ObjectName("dbo", "Day")), nullable=False)
    assert constant(made, "2024-01-02") == "CAST(N'2024-01-02' AS date)"


HOSTILE = ["1; DROP TABLE t", "1 OR 1=1", "1)--", "0x00", "", "1e", "--1", "٣", "1\n", "NaN", "' OR ''='", "N'x'"]


@pytest.mark.parametrize("base", [SqlType.INT, SqlType.BIT, SqlType.DECIMAL, SqlType.MONEY, SqlType.FLOAT])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_number_is_a_number(base: SqlType, text: str) -> None:
    with pytest.raises(LedgerError):
        constant(column(base), text)


@pytest.mark.parametrize("base", [SqlType.BINARY, SqlType.VARBINARY, SqlType.ROWVERSION])
@pytest.mark.parametrize("text", ["0", "0x00", "zz", "00 OR 1=1", "00\n"])
def test_hex_is_hex(base: SqlType, text: str) -> None:
    with pytest.raises(LedgerError):
        constant(column(base), text)


TEXTUAL = [
    base
    for base in SqlType
    if base.name in {"NCHAR", "NVARCHAR", "CHAR", "VARCHAR", "DATE", "TIME", "DATETIME", "SMALLDATETIME"}
    or base.name in {"DATETIME2", "DATETIMEOFFSET", "UNIQUEIDENTIFIER"}
]


@given(st.sampled_from(TEXTUAL), st.text(st.sampled_from("ab'])(-; N")))
def test_nothing_leaves_its_quotes(base: SqlType, text: str) -> None:
    found = constant(column(base, length=9), text)
    body = re.fullmatch(r"(?:CAST|CONVERT)?\(?(?:varchar\(9\), )?N'((?:[^']|'')*)'(?: AS \w+\(9\)\)|\))?", found)
    assert body is not None, found
    assert body[1].replace("''", "'").replace("T", " ") == text


def test_bounds_as_text() -> None:
    assert as_text(column(SqlType.BINARY, length=8), "t.k") == "CAST(t.k AS varbinary(1700))"
    assert as_text(column(SqlType.FLOAT), "t.k") == "LTRIM(RTRIM(CONVERT(nvarchar(40), t.k, 2)))"
    assert as_text(column(SqlType.MONEY), "t.k") == "CAST(CAST(t.k AS decimal(19,4)) AS nvarchar(40))"
    assert as_text(column(SqlType.DATETIME2, scale=7), "t.k") == "CONVERT(nvarchar(40), t.k, 121)"
    assert as_text(column(SqlType.NVARCHAR, length=5), "t.k") == "CAST(t.k AS nvarchar(1700))"
    assert (text_of(b"\x00\xff"), text_of("ż "), text_of(7)) == ("00ff", "ż ", "7")


# Conditions.


def test_no_bounds_no_condition() -> None:
    assert where(table(column(), key=("k",)), Bounds(("k",), None, None), "t") == ""


def test_one_column() -> None:
    made = table(column(name="a]"), key=("a]",))
    assert where(made, Bounds(("a]",), ("1",), ("5",)), "t") == "t.[a]]] >= CAST(1 AS int) AND t.[a]]] < CAST(5 AS int)"
    assert where(made, Bounds(("a]",), None, ("5",)), "t") == "t.[a]]] < CAST(5 AS int)"


def test_nulls_belong_to_the_first_range() -> None:
    made = table(column(nullable=True), indexes=(Index("cx", (KeyColumn("k"),), clustered=True),))
    assert where(made, Bounds(("k",), None, ("5",)), "t") == "(t.[k] IS NULL OR t.[k] < CAST(5 AS int))"
    assert "NULL" not in where(made, Bounds(("k",), ("1",), ("5",)), "t")


def test_several_columns_begin_with_the_first() -> None:
    made = table(column(name="a"), column(name="b"), key=("a", "b"))
    assert where(made, Bounds(("a", "b"), ("1", "2"), None), "t") == (
        "t.[a] >= CAST(1 AS int) AND ((t.[a] > CAST(1 AS int)) OR (t.[a] = CAST(1 AS int) AND t.[b] >= CAST(2 AS int)))"
    )


def holds(condition: str, row: tuple[int | None, ...], names: str) -> bool:
    """SQL's answer: a little evaluator of its own, with NULL as neither true nor false."""
    tokens = re.findall(r"CAST\((-?\d+) AS int\)|(t\.\[\w\])|(>=|<=|[<>=()]|AND|OR|IS NULL)", condition)
    words = [next(filter(None, token)) for token in tokens]

    def either() -> bool | None:
        found = both()
        while words and words[0] == "OR":
            words.pop(0)
            other = both()
            found = True if found or other else (None if None in (found, other) else False)
        return found

    def both() -> bool | None:
        found = one()
        while words and words[0] == "AND":
            words.pop(0)
            other = one()
            found = False if found is False or other is False else (None if None in (found, other) else True)
        return found

    def one() -> bool | None:
        if words[0] == "(":
            words.pop(0)
            found = either()
            assert words.pop(0) == ")"
            return found
        value = row[names.index(words.pop(0)[3])]
        sign = words.pop(0)
        if sign == "IS NULL":
            return value is None
        other = int(words.pop(0))
        if value is None:
            return None
        return {
            "<": value < other,
            "<=": value <= other,
            "=": value == other,
            ">=": value >= other,
            ">": value > other,
        }[sign]

    answer = either() if words else True
    assert not words
    return answer is True


@given(st.data(), st.integers(1, 3), st.booleans())
def test_every_row_is_in_one_range_and_in_order(data: st.DataObject, width: int, nullable: bool) -> None:
    names = "abc"[:width]
    made = table(*(column(name=name, nullable=nullable and name == "a") for name in names), key=tuple(names))
    columns = [made.column(name) for name in names]
    numbers = st.integers(-2, 2)
    keys = st.tuples(*[numbers] * width)
    cuts = sorted(data.draw(st.sets(keys, max_size=6)))
    found = ranges(columns, [tuple(map(str, cut)) for cut in cuts])
    assert len(found) == len(cuts) + 1
    conditions = [where(made, bounds, "t") for bounds in found]
    first = st.none() | numbers if nullable else numbers
    for row in data.draw(st.lists(st.tuples(first, *[numbers] * (width - 1)), min_size=1)):
        expected = 0 if row[0] is None else sum(cut <= row for cut in cuts)
        assert [index for index, text in enumerate(conditions) if holds(text, row, names)] == [expected]
