"""Which ranges of keys can be asked of the target, and how."""

from __future__ import annotations

from itertools import pairwise

import pytest

from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.model.segment import Bounds
from migrator.mysql.ranges import conditions

NAME = ObjectName("dbo", "x")


def asked(
    type_: DataType, target: tuple[str, Form, int], *cuts: str | None, columns: tuple[str, ...] = ("a",)
) -> tuple[str, ...] | None:
    word, form, scale = target
    table = Table(NAME, tuple(Column(name, type_, nullable=False) for name in columns))
    mapped = tuple(TargetColumn(name, name, word, form, nullable=False, scale=scale) for name in columns)
    bounds = [
        Bounds(
            columns, None if low is None else (low,) * len(columns), None if high is None else (high,) * len(columns)
        )
        for low, high in pairwise(cuts)
    ]
    return conditions(bounds, TableMapping(NAME, "x", mapped, columns), table)


INT, WHOLE = DataType(SqlType.INT), ("INT", Form.INTEGER, 0)


def test_every_row_is_in_one_range() -> None:
    assert asked(INT, WHOLE, None, "-5", "7", None) == (
        "(t.`a` IS NULL OR t.`a` < -5)",
        "t.`a` >= -5 AND t.`a` < 7",
        "t.`a` >= 7",
    )
    assert asked(INT, WHOLE, None, "7", None, columns=("a", "b")) == (
        "(t.`a` IS NULL OR (t.`a` <= 7 AND ((t.`a` < 7) OR (t.`a` = 7 AND t.`b` < 7))))",
        "(t.`a` >= 7 AND ((t.`a` > 7) OR (t.`a` = 7 AND t.`b` >= 7)))",
    )


@pytest.mark.parametrize("cuts", [(), ("1", None), (None, "1")])
def test_ranges_that_leave_rows_out_are_none(cuts: tuple[str | None, ...]) -> None:
    assert asked(INT, WHOLE, *cuts) is None


@pytest.mark.parametrize(
    ("type_", "target", "text", "constant"),
    [
        (DataType(SqlType.DECIMAL, precision=9, scale=2), ("DECIMAL(9,2)", Form.DECIMAL, 2), "-1.50", "-1.50"),
        (DataType(SqlType.DATE), ("DATE", Form.DATE, 0), "2024-02-29", "'2024-02-29'"),
        (
            DataType(SqlType.DATETIME),
            ("DATETIME(3)", Form.DATETIME, 3),
            "2024-02-29 10:11:12.337",
            "'2024-02-29 10:11:12.337'",
        ),
        (DataType(SqlType.TIME, scale=6), ("TIME(6)", Form.TIME, 6), "10:11:12.3370000", "'10:11:12.337000'"),
        (DataType(SqlType.BINARY, length=2), ("BINARY(2)", Form.BINARY, 0), "00ff", "X'00ff'"),
    ],
)
def test_keys_that_both_sort_alike(type_: DataType, target: tuple[str, Form, int], text: str, constant: str) -> None:
    assert asked(type_, target, None, text, None) == (f"(t.`a` IS NULL OR t.`a` < {constant})", f"t.`a` >= {constant}")


@pytest.mark.parametrize(
    ("type_", "target"),
    [
        (DataType(SqlType.NVARCHAR, length=9), ("VARCHAR(9)", Form.TEXT, 0)),
        (DataType(SqlType.UNIQUEIDENTIFIER), ("CHAR(36)", Form.UUID, 0)),
        (DataType(SqlType.FLOAT, precision=53), ("DOUBLE", Form.FLOAT, 0)),
        (DataType(SqlType.VARBINARY, length=9), ("VARBINARY(9)", Form.BINARY, 0)),
        (DataType(SqlType.DATETIME2, scale=7), ("DATETIME(6)", Form.DATETIME, 6)),
        (DataType(SqlType.DATETIME2), ("DATETIME(6)", Form.DATETIME, 6)),
        (DataType(SqlType.DECIMAL, precision=9, scale=3), ("DECIMAL(9,2)", Form.DECIMAL, 2)),
    ],
)
def test_keys_that_they_do_not(type_: DataType, target: tuple[str, Form, int]) -> None:
    assert asked(type_, target, None, "01", None) is None


@pytest.mark.parametrize("text", ["1 OR 1=1", "", "x", "0x10"])
def test_what_is_no_value_is_never_sql(text: str) -> None:
    assert asked(INT, WHOLE, None, text, None) is None
