"""How a column's values lie in a BCP part of a .bacpac; readers and writers of such parts both take it from here.

A part has no header and no terminators: a row is its fields, one after another, little-endian. A field is a length
prefix (``prefix`` bytes, absent where 0) and then that many bytes of value. A prefix with every bit set means NULL, and
no value follows.

Microsoft's export does not follow the table of its ``bcp`` manual ("Specify prefix length in data files") everywhere.
Packages written by it since 2016 show, NULL and NOT NULL, at every scale:

- bit, decimal, uniqueidentifier, binary and rowversion keep their prefix when NOT NULL; other fixed types drop it.
- every text is UTF-16LE, varchar and text too. char NOT NULL has no prefix, nchar NOT NULL keeps one.
- time, datetime2 and datetimeoffset have 5, 8 and 10 bytes and count units of 100 ns, whatever their scale.
- rowversion is a binary(8). CLR types (hierarchyid, geography, geometry) have a prefix of 8 bytes.
- sql_variant has a prefix of 4 bytes, and it alone writes NULL as a length of 0.

No known package holds rows of these:

- json and vector are taken for their text, as nvarchar(max).
- an encrypted column is its ciphertext, a varbinary: 2 bytes of prefix, or 8 where the plain type is (max) or the
  ciphertext of its longest value is over 8,000 bytes.

Where two layouts are possible, ``layouts_of`` gives both; a reader tries them on the first rows, a writer takes the
first. Besides encrypted columns that is char NOT NULL, which some versions write with a prefix of 2 bytes where the
collation is UTF-8 (microsoft/DacFx issue 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Column


class FieldKind(IntEnum):
    """How the bytes of a value are to be read."""

    BIT = 0
    """one byte, 0 or 1"""
    UNSIGNED = 1
    """tinyint"""
    SIGNED = 2
    """two's complement"""
    FLOAT = 3
    """IEEE 754; never NaN or infinite"""
    DECIMAL = 4
    """precision, scale, sign (1 = plus, 0 = minus), 16 bytes of magnitude"""
    MONEY = 5
    """ten-thousandths: int32 high word first, then uint32 low word"""
    SMALLMONEY = 6
    """ten-thousandths: int32"""
    DATE = 7
    """unsigned days since 0001-01-01, 3 bytes"""
    TIME = 8
    """unsigned units of 100 ns since midnight, 5 bytes; a multiple of the column's own unit"""
    SMALLDATETIME = 9
    """uint16 days since 1900-01-01, uint16 minutes"""
    DATETIME = 10
    """int32 days since 1900-01-01, uint32 ticks of 1/300 second"""
    DATETIME2 = 11
    """TIME, then DATE"""
    DATETIMEOFFSET = 12
    """TIME and DATE in UTC, then int16 minutes of offset"""
    GUID = 13
    """16 bytes, the first three groups little-endian"""
    TEXT = 14
    """UTF-16LE"""
    BYTES = 15
    """as they are"""
    VARIANT = 16
    """base type, properties, value: [MS-TDS] 2.2.5.5.4"""
    HIERARCHYID = 17
    """ordinal path bits: [MS-SSCLRT] 2.2"""
    SHAPE = 18
    """geography or geometry: [MS-SSCLRT] 2.1"""


NO_LIMIT: Final = 1 << 32
"""More bytes than any value has: 2^31-1 bytes of varchar(max) are just under 2^32 as UTF-16."""


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """One field of a row: ``prefix`` is 0, 1, 2, 4 or 8 bytes; a value has ``least`` to ``most`` bytes.

    ``least == most`` is a fixed width, which the prefix, if there is one, must repeat. ``nullable`` is the column's.
    """

    kind: FieldKind
    prefix: int
    least: int
    most: int
    nullable: bool

    @property
    def fixed(self) -> int | None:
        """The width of every value that is not NULL; None where it varies."""
        return self.least if self.least == self.most else None

    @property
    def null(self) -> bytes:
        """The field of a NULL: what stands in the place of the prefix, with no value behind it."""
        return (b"\0" if self.kind is FieldKind.VARIANT else b"\xff") * self.prefix


_PLAIN: Final[dict[SqlType, tuple[FieldKind, int]]] = {
    SqlType.REAL: (FieldKind.FLOAT, 4),
    SqlType.MONEY: (FieldKind.MONEY, 8),
    SqlType.SMALLMONEY: (FieldKind.SMALLMONEY, 4),
    SqlType.DATE: (FieldKind.DATE, 3),
    SqlType.TIME: (FieldKind.TIME, 5),
    SqlType.SMALLDATETIME: (FieldKind.SMALLDATETIME, 4),
    SqlType.DATETIME: (FieldKind.DATETIME, 8),
    SqlType.DATETIME2: (FieldKind.DATETIME2, 8),
    SqlType.DATETIMEOFFSET: (FieldKind.DATETIMEOFFSET, 10),
    SqlType.TINYINT: (FieldKind.UNSIGNED, 1),
    SqlType.SMALLINT: (FieldKind.SIGNED, 2),
    SqlType.INT: (FieldKind.SIGNED, 4),
    SqlType.BIGINT: (FieldKind.SIGNED, 8),
}
"""Fixed types that drop their prefix when NOT NULL: kind, width. float is not here: its width depends."""

_PREFIXED: Final[dict[SqlType, tuple[FieldKind, int, int]]] = {
    SqlType.BIT: (FieldKind.BIT, 1, 1),
    SqlType.DECIMAL: (FieldKind.DECIMAL, 1, 19),
    SqlType.NUMERIC: (FieldKind.DECIMAL, 1, 19),
    SqlType.UNIQUEIDENTIFIER: (FieldKind.GUID, 1, 16),
    SqlType.ROWVERSION: (FieldKind.BYTES, 2, 8),
}
"""Fixed types that keep their prefix when NOT NULL: kind, prefix, width."""

_LARGE: Final[dict[SqlType, tuple[FieldKind, int, int]]] = {
    SqlType.TEXT: (FieldKind.TEXT, 4, NO_LIMIT),
    SqlType.NTEXT: (FieldKind.TEXT, 4, NO_LIMIT),
    SqlType.IMAGE: (FieldKind.BYTES, 4, NO_LIMIT),
    SqlType.XML: (FieldKind.TEXT, 8, NO_LIMIT),
    SqlType.JSON: (FieldKind.TEXT, 8, NO_LIMIT),
    SqlType.VECTOR: (FieldKind.TEXT, 8, NO_LIMIT),
    SqlType.SQL_VARIANT: (FieldKind.VARIANT, 4, 8016),
    SqlType.HIERARCHYID: (FieldKind.HIERARCHYID, 8, 892),
    SqlType.GEOGRAPHY: (FieldKind.SHAPE, 8, NO_LIMIT),
    SqlType.GEOMETRY: (FieldKind.SHAPE, 8, NO_LIMIT),
}
"""Types of varying length that are always prefixed: kind, prefix, most bytes (from the manual)."""


def layout_of(column: Column) -> FieldLayout:
    """The layout of a stored column: what a writer writes and a reader expects. Raises ValueError without a type."""
    return layouts_of(column)[0]


def layouts_of(column: Column) -> tuple[FieldLayout, ...]:
    """Every layout that the column may have, the likeliest first; mostly just one. Raises ValueError without a type."""
    if column.type is None:
        raise ValueError(f"{column.name} has no type and is not stored")
    if column.encrypted:
        return _encrypted(column.type, column.nullable)
    return _plain(column.type, column.nullable)


def _plain(type_: DataType, nullable: bool) -> tuple[FieldLayout, ...]:
    base = type_.base
    if base in _PREFIXED:
        kind, prefix, width = _PREFIXED[base]
        return (FieldLayout(kind, prefix, width, width, nullable),)
    if base in _LARGE:
        kind, prefix, most = _LARGE[base]
        return (FieldLayout(kind, prefix, 0, most, nullable),)
    if base in (SqlType.CHAR, SqlType.NCHAR, SqlType.VARCHAR, SqlType.NVARCHAR):
        return _text(type_, nullable)
    if base in (SqlType.BINARY, SqlType.VARBINARY):
        return (_binary(type_, nullable),)
    if base is SqlType.FLOAT:
        kind, width = FieldKind.FLOAT, 4 if (type_.precision or 53) <= 24 else 8
    else:
        kind, width = _PLAIN[base]
    return (FieldLayout(kind, int(nullable), width, width, nullable),)


def _text(type_: DataType, nullable: bool) -> tuple[FieldLayout, ...]:
    if type_.is_max:
        return (FieldLayout(FieldKind.TEXT, 8, 0, NO_LIMIT, nullable),)
    width = 2 * (1 if type_.length is None else type_.length)
    # char(n) and nchar(n) made under ANSI_PADDING OFF are not padded, so that a short value is no damage.
    prefixed = FieldLayout(FieldKind.TEXT, 2, 0, width, nullable)
    if type_.base is SqlType.CHAR and not nullable:
        return (FieldLayout(FieldKind.TEXT, 0, width, width, nullable), prefixed)
    return (prefixed,)


def _binary(type_: DataType, nullable: bool) -> FieldLayout:
    if type_.is_max:
        return FieldLayout(FieldKind.BYTES, 8, 0, NO_LIMIT, nullable)
    width = 1 if type_.length is None else type_.length
    return FieldLayout(FieldKind.BYTES, 2, 0, width, nullable)


def _encrypted(type_: DataType, nullable: bool) -> tuple[FieldLayout, ...]:
    # Ciphertext = version, 32 bytes of authentication, 16 of start value, at least one block of 16.
    short = FieldLayout(FieldKind.BYTES, 2, 65, 8000, nullable)
    long = FieldLayout(FieldKind.BYTES, 8, 65, NO_LIMIT, nullable)
    return (long, short) if type_.is_max else (short, long)
