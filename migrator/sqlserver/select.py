"""What is selected for each column, so that nothing is lost on the way through ODBC, and how it comes back.

A driver rounds, renames or refuses several types (datetime2(7), time, datetimeoffset, sql_variant, CLR types): those
cross as numbers, bytes or text that T-SQL makes of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Column, Table
from migrator.sqlserver.arrow import Carrier, carried
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.variant import variant_type, variant_value
from migrator.wire.schema import arrow_schema

_PLAIN_BYTES: Final = 24
"""A number, or a value's length."""
_TICKS_OF_DAY: Final = 864_000_000_000
_CIPHERTEXT: Final = 8_192
"""Of a value of 8,000 bytes; its key's version, its digest and its last block come to it."""
_NATIVE_DECIMALS: Final = 6
"""Fraction digits that Arrow's microseconds hold; the driver gives the seventh as nanoseconds, which end in 2262."""


@dataclass(frozen=True, slots=True)
class Projected:
    """One column: the expressions that are selected for it, and what they carry.

    ``text_units`` and ``binary_bytes`` are what one value may take in the driver's buffer; 0 for the other one.
    ``size`` is the T-SQL expression for the size of a value that has no bound (bytes; of text, two for each UTF-16 unit
    at most), else "".
    """

    column: Column
    expressions: tuple[str, ...]
    carrier: Carrier
    text_units: int = 0
    binary_bytes: int = 0
    size: str = ""


@dataclass(frozen=True, slots=True)
class Projection:
    """The SELECT list of a table and the way back from what the driver gives."""

    table: Table
    columns: tuple[Projected, ...]

    @property
    def sql(self) -> str:
        """The list. Columns are named by position: a name may be anything, and one column may be two here."""
        made = [expression for column in self.columns for expression in column.expressions]
        return ", ".join(f"{expression} AS c{index}" for index, expression in enumerate(made))

    @property
    def unbounded(self) -> tuple[Projected, ...]:
        """Columns whose values may be larger than any buffer of a whole batch."""
        return tuple(column for column in self.columns if column.size)

    def limits(self, largest: int) -> tuple[int, int]:
        """What a value may take in the driver's buffer, in units of text and in bytes, where the largest unbounded
        value has ``largest`` bytes; 0, 0 without unbounded columns.

        The driver knows one limit for all columns: it may not cut the bounded ones either.
        """
        if not self.unbounded:
            return 0, 0
        return (
            max(largest // 2 + 1, *(column.text_units for column in self.columns)),
            max(largest, 1, *(column.binary_bytes for column in self.columns)),
        )

    def row_bytes(self, largest: int) -> int:
        """What the driver's buffers take for one row where the largest unbounded value has ``largest`` bytes."""
        text_units, binary_bytes = self.limits(largest)
        return sum(
            (2 * text_units if holds_text(column) else binary_bytes) + _PLAIN_BYTES
            if column.size
            else 2 * column.text_units + column.binary_bytes + _PLAIN_BYTES
            for column in self.columns
        )

    def batch(self, read: pa.RecordBatch) -> pa.RecordBatch:
        """The rows as ``wire.schema.arrow_schema`` says."""
        schema = arrow_schema(self.table)
        arrays = []
        at = 0
        for column, field in zip(self.columns, schema, strict=True):
            parts = [read.column(at + part) for part in range(len(column.expressions))]
            at += len(parts)
            arrays.append(carried(column.carrier, parts, field.type))
        return pa.RecordBatch.from_arrays(arrays, schema=pa.schema([field.with_nullable(True) for field in schema]))


def projection(table: Table, alias: str = "t") -> Projection:
    """The projection of a table's stored columns, read under ``alias``."""
    return Projection(
        table, tuple(_projected(column, f"{alias}.{quoted(column.name)}") for column in table.stored_columns)
    )


def _projected(column: Column, name: str) -> Projected:
    if column.type is None:
        raise ValueError(f"{column.name} is stored but has no type")
    if column.encrypted:
        size = f"DATALENGTH({name})" if column.type.is_lob else ""
        return Projected(column, (name,), Carrier.BYTES, binary_bytes=_CIPHERTEXT, size=size)
    maker = _MAKERS.get(column.type.base)
    return maker(column, column.type, name) if maker else Projected(column, (name,), Carrier.SAME)


def _time(column: Column, _: DataType, name: str) -> Projected:
    # DATEDIFF counts whole seconds from midnight: no second is begun before it is there.
    seconds = f"CAST(DATEDIFF(second, CAST('00:00:00' AS time(0)), {name}) AS bigint)"
    return Projected(column, (f"{seconds} * 10000000 + {_hundreds(name)}",), Carrier.TIME_TICKS)


def _datetime2(column: Column, type_: DataType, name: str) -> Projected:
    scale = 7 if type_.scale is None else type_.scale
    if scale > _NATIVE_DECIMALS:
        return Projected(column, (_ticks(name),), Carrier.SAME)
    # The cast changes nothing, but the driver's Arrow type goes by what it says.
    return Projected(column, (f"CAST({name} AS datetime2({scale}))",), Carrier.MOMENT)


def _datetimeoffset(column: Column, _: DataType, name: str) -> Projected:
    local = _ticks(f"CAST({name} AS datetime2(7))")
    return Projected(column, (local, f"DATEPART(tzoffset, {name})"), Carrier.OFFSET)


def _guid(column: Column, _: DataType, name: str) -> Projected:
    return Projected(column, (f"CAST({name} AS binary(16))",), Carrier.GUID, binary_bytes=16)


def _rowversion(column: Column, _: DataType, name: str) -> Projected:
    return Projected(column, (f"CAST({name} AS binary(8))",), Carrier.BYTES, binary_bytes=8)


def _variant(column: Column, _: DataType, name: str) -> Projected:
    value = variant_value(name)
    return Projected(column, (variant_type(name), value), Carrier.VARIANT, text_units=128, size=_national_size(value))


def _hierarchy(column: Column, _: DataType, name: str) -> Projected:
    return Projected(column, (f"CAST({name}.ToString() AS nvarchar(4000))",), Carrier.TEXT, text_units=4000)


def _shape(column: Column, _: DataType, name: str) -> Projected:
    shape = f"{name}.STAsBinary()"
    return Projected(column, (f"{name}.STSrid", shape), Carrier.SHAPE, size=f"DATALENGTH({shape})")


def _document(column: Column, _: DataType, name: str) -> Projected:
    text = f"CAST({name} AS nvarchar(max))"
    return Projected(column, (text,), Carrier.TEXT, size=_national_size(text))


def _binary(column: Column, type_: DataType, name: str) -> Projected:
    if type_.is_lob:
        return Projected(column, (name,), Carrier.BYTES, size=f"DATALENGTH({name})")
    return Projected(column, (name,), Carrier.BYTES, binary_bytes=type_.length or 1)


def _national(column: Column, type_: DataType, name: str) -> Projected:
    if type_.is_lob:
        return Projected(column, (name,), Carrier.TEXT, size=_national_size(name))
    return Projected(column, (name,), Carrier.TEXT, text_units=type_.length or 1)


def _national_size(name: str) -> str:
    """Two bytes for each UTF-16 unit. A server that keeps UTF-8 (Babelfish) counts the bytes of that, of which there
    are as many as units or more: there one letter has one byte."""
    return f"CAST(DATALENGTH({name}) AS bigint) * (2 / DATALENGTH(N'a'))"


def _narrow(column: Column, type_: DataType, name: str) -> Projected:
    # A byte of a code page may become a whole UTF-16 unit, and never more than one.
    if type_.is_lob:
        return Projected(column, (name,), Carrier.TEXT, size=f"2 * CAST(DATALENGTH({name}) AS bigint)")
    return Projected(column, (name,), Carrier.TEXT, text_units=type_.length or 1)


_MAKERS: Final[dict[SqlType, Callable[[Column, DataType, str], Projected]]] = {
    SqlType.TIME: _time,
    SqlType.DATETIME2: _datetime2,
    SqlType.DATETIMEOFFSET: _datetimeoffset,
    SqlType.UNIQUEIDENTIFIER: _guid,
    SqlType.ROWVERSION: _rowversion,
    SqlType.SQL_VARIANT: _variant,
    SqlType.HIERARCHYID: _hierarchy,
    SqlType.GEOGRAPHY: _shape,
    SqlType.GEOMETRY: _shape,
    SqlType.XML: _document,
    SqlType.JSON: _document,
    SqlType.VECTOR: _document,
    SqlType.BINARY: _binary,
    SqlType.VARBINARY: _binary,
    SqlType.IMAGE: _binary,
    SqlType.NCHAR: _national,
    SqlType.NVARCHAR: _national,
    SqlType.NTEXT: _national,
    SqlType.CHAR: _narrow,
    SqlType.VARCHAR: _narrow,
    SqlType.TEXT: _narrow,
}
"""Who makes the expressions; the driver gives every other type as it is."""


def holds_text(projected: Projected) -> bool:
    """True where an unbounded column's buffer is one of text."""
    return projected.carrier in (Carrier.TEXT, Carrier.VARIANT)


def _ticks(name: str) -> str:
    """100 ns since 0001-01-01, in functions that every release since 2008 has."""
    return (
        f"CAST(DATEDIFF(day, CAST('0001-01-01' AS date), {name}) AS bigint) * {_TICKS_OF_DAY} + "
        f"(DATEPART(hour, {name}) * 3600 + DATEPART(minute, {name}) * 60 + DATEPART(second, {name})) "
        f"* CAST(10000000 AS bigint) + {_hundreds(name)}"
    )


def _hundreds(name: str) -> str:
    return f"DATEPART(nanosecond, {name}) / 100"
