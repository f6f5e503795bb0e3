"""The Arrow type in which every source hands over a SQL Server type. Nothing is lost here; rounding is the target's
rule."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Table

TICKS: Final = pa.int64()
"""datetime2: 100 ns since 0001-01-01 00:00:00. An Arrow timestamp cannot hold years 1 to 9999 with seven digits."""

OFFSET: Final = pa.struct([pa.field("utc", TICKS, nullable=False), pa.field("minutes", pa.int16(), nullable=False)])
"""datetimeoffset: UTC ticks and the offset in minutes."""

SHAPE: Final = pa.struct([pa.field("srid", pa.int32(), nullable=False), pa.field("wkb", pa.binary(), nullable=False)])
"""geography, geometry: the SRID and little-endian WKB, x (longitude) first."""

VARIANT: Final = pa.struct(
    [pa.field("type", pa.string(), nullable=False), pa.field("value", pa.string(), nullable=False)]
)
"""sql_variant: the T-SQL base type as declared (``decimal(10,2)``) and the value's canonical text."""

_FIXED: Final[dict[SqlType, pa.DataType]] = {
    SqlType.BIT: pa.bool_(),
    SqlType.TINYINT: pa.uint8(),
    SqlType.SMALLINT: pa.int16(),
    SqlType.INT: pa.int32(),
    SqlType.BIGINT: pa.int64(),
    SqlType.MONEY: pa.decimal128(19, 4),
    SqlType.SMALLMONEY: pa.decimal128(10, 4),
    SqlType.REAL: pa.float32(),
    SqlType.DATE: pa.date32(),
    SqlType.TIME: pa.time64("ns"),
    SqlType.SMALLDATETIME: pa.timestamp("s"),
    SqlType.DATETIME: pa.timestamp("ms"),
    SqlType.DATETIME2: TICKS,
    SqlType.DATETIMEOFFSET: OFFSET,
    SqlType.UNIQUEIDENTIFIER: pa.binary(16),
    SqlType.ROWVERSION: pa.binary(8),
    SqlType.GEOGRAPHY: SHAPE,
    SqlType.GEOMETRY: SHAPE,
    SqlType.SQL_VARIANT: VARIANT,
    SqlType.BINARY: pa.binary(),
    SqlType.VARBINARY: pa.binary(),
    SqlType.IMAGE: pa.binary(),
}
"""uniqueidentifier: its 16 bytes in the order of its text form. Types that are not listed are UTF-8 text:
char to nvarchar(max), xml, json, vector (a JSON array), hierarchyid (its path, ``/1/2.5/``)."""


def arrow_type(type_: DataType) -> pa.DataType:
    """The Arrow type of a value of ``type_``."""
    if type_.base in (SqlType.DECIMAL, SqlType.NUMERIC):
        return pa.decimal128(type_.precision or 18, type_.scale or 0)
    if type_.base is SqlType.FLOAT:
        return pa.float32() if (type_.precision or 53) <= 24 else pa.float64()
    return _FIXED.get(type_.base, pa.string())


def arrow_schema(table: Table) -> pa.Schema:
    """The schema of a table's batches: its stored columns, in table order, by their source names."""
    fields = []
    for column in table.stored_columns:
        if column.type is None:
            raise ValueError(f"{table.name}.{column.name} is stored but has no type")
        # An encrypted column is its ciphertext: nobody but the client holds the key.
        type_ = pa.binary() if column.encrypted else arrow_type(column.type)
        fields.append(pa.field(column.name, type_, nullable=column.nullable))
    return pa.schema(fields)
