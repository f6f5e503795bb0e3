"""Native rows as Microsoft's export writes them, one value at a time: what the fast reader is held against."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import Context, Decimal
from uuid import UUID

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table

Value = bool | int | float | Decimal | str | bytes | UUID | tuple[int, ...] | None
"""Times are numbers: 100 ns for time, (days, 100 ns) since 0001 for datetime2, the same and minutes for datetimeoffset,
(days since 1900, 1/300 s) for datetime, (days since 1900, minutes) for smalldatetime, days since 0001 for date."""

CHAR, INT, BIGINT = DataType(SqlType.CHAR, length=5), DataType(SqlType.INT), DataType(SqlType.BIGINT)
TEXT_MAX, BINARY_MAX = DataType(SqlType.NVARCHAR, length=MAX), DataType(SqlType.VARBINARY, length=MAX)

_ALWAYS_PREFIXED = {
    **dict.fromkeys((SqlType.BIT, SqlType.DECIMAL, SqlType.NUMERIC, SqlType.UNIQUEIDENTIFIER), 1),
    **dict.fromkeys((SqlType.NCHAR, SqlType.VARCHAR, SqlType.NVARCHAR), 2),
    **dict.fromkeys((SqlType.BINARY, SqlType.VARBINARY, SqlType.ROWVERSION), 2),
    **dict.fromkeys((SqlType.TEXT, SqlType.NTEXT, SqlType.IMAGE, SqlType.SQL_VARIANT), 4),
    **dict.fromkeys((SqlType.XML, SqlType.JSON, SqlType.VECTOR), 8),
    **dict.fromkeys((SqlType.HIERARCHYID, SqlType.GEOGRAPHY, SqlType.GEOMETRY), 8),
}
_WIDE = Context(prec=80)
_INTEGERS = {SqlType.TINYINT: "<B", SqlType.SMALLINT: "<h", SqlType.INT: "<i", SqlType.BIGINT: "<q"}


def table(*columns: Column, name: str = "T") -> Table:
    return Table(ObjectName("dbo", name), columns)


def column(type_: DataType, *, nullable: bool = False, name: str = "c", encrypted: bool = False) -> Column:
    return Column(name, type_, nullable, encrypted=encrypted)


def field(type_: DataType, value: Value, *, nullable: bool) -> bytes:
    """One field: prefix and value."""
    prefix = _prefix(type_, nullable=nullable)
    if value is None:
        return (b"\0" if type_.base is SqlType.SQL_VARIANT else b"\xff") * prefix
    body = _body(type_, value)
    return len(body).to_bytes(prefix, "little") + body if prefix else body


def rows(columns: Sequence[Column], values: Sequence[Sequence[Value]]) -> bytes:
    """A whole part."""
    return b"".join(
        field(column.type, value, nullable=column.nullable)
        for row in values
        for column, value in zip(columns, row, strict=True)
        if column.type is not None
    )


def _prefix(type_: DataType, *, nullable: bool) -> int:
    if type_.is_max:
        return 8
    if type_.base is SqlType.CHAR:
        return 2 if nullable else 0
    return _ALWAYS_PREFIXED.get(type_.base, int(nullable))


def _body(type_: DataType, value: Value) -> bytes:  # noqa: PLR0912  # one case a type
    match type_.base, value:
        case SqlType.BIT, bool():
            return bytes([value])
        case ((SqlType.TINYINT | SqlType.SMALLINT | SqlType.INT | SqlType.BIGINT), int()):
            return struct.pack(_INTEGERS[type_.base], value)
        case SqlType.REAL, float():
            return struct.pack("<f", value)
        case SqlType.FLOAT, float():
            return struct.pack("<f" if (type_.precision or 53) <= 24 else "<d", value)
        case ((SqlType.DECIMAL | SqlType.NUMERIC), Decimal()):
            magnitude = int(_WIDE.abs(value).scaleb(type_.scale or 0, _WIDE))
            head = bytes([type_.precision or 18, type_.scale or 0, 0 if value < 0 else 1])
            return head + magnitude.to_bytes(16, "little")
        case SqlType.MONEY, Decimal():
            high, low = divmod(int(value.scaleb(4)), 1 << 32)
            return struct.pack("<iI", high, low)
        case SqlType.SMALLMONEY, Decimal():
            return struct.pack("<i", int(value.scaleb(4)))
        case SqlType.DATE, int():
            return value.to_bytes(3, "little")
        case SqlType.TIME, int():
            return value.to_bytes(5, "little")
        case SqlType.DATETIME2, (int(days), int(ticks)):
            return ticks.to_bytes(5, "little") + days.to_bytes(3, "little")
        case SqlType.DATETIMEOFFSET, (int(days), int(ticks), int(minutes)):
            return ticks.to_bytes(5, "little") + days.to_bytes(3, "little") + struct.pack("<h", minutes)
        case SqlType.DATETIME, (int(days), int(thirds)):
            return struct.pack("<iI", days, thirds)
        case SqlType.SMALLDATETIME, (int(days), int(minutes)):
            return struct.pack("<HH", days, minutes)
        case SqlType.UNIQUEIDENTIFIER, UUID():
            return value.bytes_le
        case ((SqlType.CHAR | SqlType.NCHAR), str()):
            return value.ljust(type_.length or 1).encode("utf-16-le", "surrogatepass")
        case _, str():
            return value.encode("utf-16-le", "surrogatepass")
        case _, bytes():
            return value
    raise TypeError(f"{value!r} is no {type_}")
