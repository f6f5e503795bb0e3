from __future__ import annotations

import pytest
from support import native
from support.native import column

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.schema import Column, Computed
from migrator.packages.bcp.layout import NO_LIMIT, FieldKind, FieldLayout, layout_of, layouts_of


@pytest.mark.parametrize(
    ("type_", "prefix", "width"),
    [
        (DataType(SqlType.BIT), 1, 1),
        (DataType(SqlType.DECIMAL, precision=38, scale=10), 1, 19),
        (DataType(SqlType.UNIQUEIDENTIFIER), 1, 16),
        (DataType(SqlType.ROWVERSION), 2, 8),
    ],
    ids=str,
)
def test_types_that_keep_their_prefix(type_: DataType, prefix: int, width: int) -> None:
    for nullable in (False, True):
        layout = layout_of(column(type_, nullable=nullable))
        assert (layout.prefix, layout.fixed) == (prefix, width)


@pytest.mark.parametrize(
    ("type_", "width"),
    [
        (DataType(SqlType.TINYINT), 1),
        (DataType(SqlType.BIGINT), 8),
        (DataType(SqlType.REAL), 4),
        (DataType(SqlType.FLOAT, precision=24), 4),
        (DataType(SqlType.FLOAT, precision=25), 8),
        (DataType(SqlType.FLOAT), 8),
        (DataType(SqlType.MONEY), 8),
        (DataType(SqlType.SMALLMONEY), 4),
        (DataType(SqlType.DATE), 3),
        (DataType(SqlType.SMALLDATETIME), 4),
        (DataType(SqlType.DATETIME), 8),
        *((DataType(SqlType.TIME, scale=scale), 5) for scale in range(8)),
        *((DataType(SqlType.DATETIME2, scale=scale), 8) for scale in range(8)),
        *((DataType(SqlType.DATETIMEOFFSET, scale=scale), 10) for scale in range(8)),
    ],
    ids=str,
)
def test_types_that_drop_their_prefix(type_: DataType, width: int) -> None:
    assert layout_of(column(type_)).prefix == 0
    assert layout_of(column(type_, nullable=True)).prefix == 1
    assert layout_of(column(type_)).fixed == layout_of(column(type_, nullable=True)).fixed == width


@pytest.mark.parametrize(
    ("type_", "prefix", "most"),
    [
        (DataType(SqlType.NCHAR, length=10), 2, 20),
        (DataType(SqlType.VARCHAR, length=8000), 2, 16000),
        (DataType(SqlType.NVARCHAR, length=4000), 2, 8000),
        (DataType(SqlType.BINARY, length=16), 2, 16),
        (DataType(SqlType.VARBINARY, length=16), 2, 16),
        (DataType(SqlType.VARCHAR, length=MAX), 8, NO_LIMIT),
        (DataType(SqlType.VARBINARY, length=MAX), 8, NO_LIMIT),
        (DataType(SqlType.TEXT), 4, NO_LIMIT),
        (DataType(SqlType.NTEXT), 4, NO_LIMIT),
        (DataType(SqlType.IMAGE), 4, NO_LIMIT),
        (DataType(SqlType.XML), 8, NO_LIMIT),
        (DataType(SqlType.HIERARCHYID), 8, 892),
        (DataType(SqlType.GEOGRAPHY), 8, NO_LIMIT),
        (DataType(SqlType.SQL_VARIANT), 4, 8016),
    ],
    ids=str,
)
def test_types_of_varying_length(type_: DataType, prefix: int, most: int) -> None:
    for nullable in (False, True):
        layout = layout_of(column(type_, nullable=nullable))
        assert (layout.prefix, layout.least, layout.most, layout.fixed) == (prefix, 0, most, None)


def test_char_not_null_is_bare_or_prefixed() -> None:
    bare, prefixed = layouts_of(column(native.CHAR))
    assert (bare.prefix, bare.fixed) == (0, 10)
    assert (prefixed.prefix, prefixed.most) == (2, 10)
    assert [layout.prefix for layout in layouts_of(column(native.CHAR, nullable=True))] == [2]


def test_encrypted_is_binary_whatever_its_type() -> None:
    assert [layout.prefix for layout in layouts_of(column(native.INT, encrypted=True))] == [2, 8]
    assert [layout.prefix for layout in layouts_of(column(native.TEXT_MAX, encrypted=True))] == [8, 2]
    assert layout_of(column(native.INT, encrypted=True)).kind is FieldKind.BYTES


def test_null() -> None:
    assert layout_of(column(native.INT, nullable=True)).null == b"\xff"
    assert layout_of(column(native.TEXT_MAX, nullable=True)).null == b"\xff" * 8
    assert layout_of(column(DataType(SqlType.SQL_VARIANT), nullable=True)).null == bytes(4)


def test_every_type_has_a_layout() -> None:
    for base in SqlType:
        assert isinstance(layout_of(column(DataType(base))), FieldLayout)


def test_computed_column_has_none() -> None:
    with pytest.raises(ValueError, match="not stored"):
        layout_of(Column("c", None, nullable=True, computed=Computed("1", persisted=False)))
