"""A table with a column of every form, as a source holds it and as the target does."""

from __future__ import annotations

import struct
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pyarrow as pa

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.wire.schema import SHAPE, TICKS

TYPES = {
    "id": DataType(SqlType.BIGINT),
    "code": DataType(SqlType.NVARCHAR, length=40),
    "area": DataType(SqlType.NCHAR, length=4),
    "price": DataType(SqlType.MONEY),
    "mileage": DataType(SqlType.FLOAT),
    "ratio": DataType(SqlType.REAL),
    "day": DataType(SqlType.DATE),
    "at": DataType(SqlType.TIME, scale=6),
    "begins": DataType(SqlType.DATETIME2, scale=7),
    "token": DataType(SqlType.UNIQUEIDENTIFIER),
    "note": DataType(SqlType.NVARCHAR, length=MAX),
    "flags": DataType(SqlType.VARBINARY, length=8),
    "scan": DataType(SqlType.VARBINARY, length=MAX),
    "place": DataType(SqlType.GEOGRAPHY),
    "stamp": DataType(SqlType.ROWVERSION),
}


def mapping(*key: str, name: str = "visits") -> TableMapping:
    """How the table comes over, with the key that the target is to have."""

    def column(name: str, type_: str, form: Form, *, scale: int = 0, srid: int = 0) -> TargetColumn:
        return TargetColumn(
            name, name, type_, form, nullable=name not in key, scale=scale, srid=srid, surrogate=name in {"id", "token"}
        )

    columns = (
        column("id", "BIGINT", Form.INTEGER),
        column("code", "VARCHAR(40)", Form.TEXT),
        column("area", "CHAR(4)", Form.CHAR),
        column("price", "DECIMAL(19,4)", Form.DECIMAL, scale=4),
        column("mileage", "DOUBLE", Form.FLOAT),
        column("ratio", "FLOAT", Form.FLOAT),
        column("day", "DATE", Form.DATE),
        column("at", "TIME(6)", Form.TIME, scale=6),
        column("begins", "DATETIME(6)", Form.DATETIME, scale=6),
        column("token", "CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci", Form.UUID),
        column("note", "LONGTEXT", Form.CLOB),
        column("flags", "VARBINARY(8)", Form.BINARY),
        column("scan", "LONGBLOB", Form.BLOB),
        column("place", "GEOMETRY", Form.GEOMETRY, srid=4326),
        TargetColumn(
            "stamp", "stamp", "BINARY(8)", Form.BINARY, nullable=True, compared=False, why_not="it is a counter"
        ),
    )
    return TableMapping(ObjectName("dbo", name), name, columns, key)


def rows(numbers: range, **overrides: list[object]) -> pa.RecordBatch:
    """A row for each number; ``overrides`` are whole columns."""
    sizes = [abs(n) for n in numbers]
    values: dict[str, list[object]] = {
        "id": list(numbers),
        "code": [None if n % 11 == 0 else f"Wizyta {n} żółć 😀 " for n in numbers],
        "area": [f"{n % 100}  " for n in numbers],
        "price": [Decimal(n * 12_345).scaleb(-4) for n in numbers],
        "mileage": [None if n % 5 == 0 else n / 7 for n in numbers],
        "ratio": [n / 3 for n in numbers],
        "day": [date(1, 1, 1) + timedelta(days=n) for n in sizes],
        "at": [n * 1_001_000 % 86_400_000_000_000 for n in sizes],
        "begins": [n * 36_000_000_010 for n in sizes],
        "token": [UUID(int=n * 0x1234567890ABCDEF1234567890ABC % 2**128).bytes for n in numbers],
        "note": [None if n % 3 == 0 else f"line {n}\n\tend" * (n % 7) for n in sizes],
        "flags": [n.to_bytes(4) for n in sizes],
        "scan": [None if n % 4 else bytes(range(n % 251)) for n in sizes],
        "place": [{"srid": 4326, "wkb": struct.pack("<bIdd", 1, 1, n % 180, -(n % 90))} for n in sizes],
        "stamp": [n.to_bytes(8) for n in sizes],
    }
    types = {
        "id": pa.int64(),
        "code": pa.string(),
        "area": pa.string(),
        "price": pa.decimal128(19, 4),
        "mileage": pa.float64(),
        "ratio": pa.float32(),
        "day": pa.date32(),
        "at": pa.time64("ns"),
        "begins": TICKS,
        "token": pa.binary(16),
        "note": pa.string(),
        "flags": pa.binary(),
        "scan": pa.binary(),
        "place": SHAPE,
        "stamp": pa.binary(8),
    }
    values |= overrides
    return pa.record_batch({name: pa.array(values[name], type_) for name, type_ in types.items()})
