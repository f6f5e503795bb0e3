"""Shorthand for tables as data: T-SQL's own words for types, nullability and keys."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import AliasType, Key, KeyColumn

NULL: Final = True
NOT_NULL: Final = False

BIT: Final = DataType(SqlType.BIT)
TINYINT: Final = DataType(SqlType.TINYINT)
SMALLINT: Final = DataType(SqlType.SMALLINT)
INT: Final = DataType(SqlType.INT)
BIGINT: Final = DataType(SqlType.BIGINT)
MONEY: Final = DataType(SqlType.MONEY)
SMALLMONEY: Final = DataType(SqlType.SMALLMONEY)
REAL: Final = DataType(SqlType.REAL)
FLOAT: Final = DataType(SqlType.FLOAT, precision=53)
DATE: Final = DataType(SqlType.DATE)
DATETIME: Final = DataType(SqlType.DATETIME)
SMALLDATETIME: Final = DataType(SqlType.SMALLDATETIME)
TEXT: Final = DataType(SqlType.TEXT)
NTEXT: Final = DataType(SqlType.NTEXT)
IMAGE: Final = DataType(SqlType.IMAGE)
UNIQUEIDENTIFIER: Final = DataType(SqlType.UNIQUEIDENTIFIER)
ROWVERSION: Final = DataType(SqlType.ROWVERSION)
XML: Final = DataType(SqlType.XML)
HIERARCHYID: Final = DataType(SqlType.HIERARCHYID)
GEOGRAPHY: Final = DataType(SqlType.GEOGRAPHY)
GEOMETRY: Final = DataType(SqlType.GEOMETRY)
SQL_VARIANT: Final = DataType(SqlType.SQL_VARIANT)


def char(length: int) -> DataType:
    """char(n)."""
    return DataType(SqlType.CHAR, length=length)


def varchar(length: int = MAX) -> DataType:
    """varchar(n), or varchar(max)."""
    return DataType(SqlType.VARCHAR, length=length)


def nchar(length: int) -> DataType:
    """nchar(n)."""
    return DataType(SqlType.NCHAR, length=length)


def nvarchar(length: int = MAX) -> DataType:
    """nvarchar(n), or nvarchar(max)."""
    return DataType(SqlType.NVARCHAR, length=length)


def binary(length: int) -> DataType:
    """binary(n)."""
    return DataType(SqlType.BINARY, length=length)


def varbinary(length: int = MAX) -> DataType:
    """varbinary(n), or varbinary(max)."""
    return DataType(SqlType.VARBINARY, length=length)


def decimal(precision: int, scale: int = 0) -> DataType:
    """decimal(p,s)."""
    return DataType(SqlType.DECIMAL, precision=precision, scale=scale)


def numeric(precision: int, scale: int = 0) -> DataType:
    """numeric(p,s)."""
    return DataType(SqlType.NUMERIC, precision=precision, scale=scale)


def time(scale: int) -> DataType:
    """time(n)."""
    return DataType(SqlType.TIME, scale=scale)


def datetime2(scale: int) -> DataType:
    """datetime2(n)."""
    return DataType(SqlType.DATETIME2, scale=scale)


def datetimeoffset(scale: int) -> DataType:
    """datetimeoffset(n)."""
    return DataType(SqlType.DATETIMEOFFSET, scale=scale)


def alias(name: str, base: DataType) -> DataType:
    """A type made by CREATE TYPE dbo.name FROM base."""
    return DataType(base.base, base.length, base.precision, base.scale, ObjectName("dbo", name))


PHONE: Final = alias("PhoneNumber", nvarchar(25))
EMAIL: Final = alias("EmailAddress", nvarchar(254))
FLAG: Final = alias("Flag", BIT)
AMOUNT: Final = alias("Amount", decimal(19, 4))
SYSNAME: Final = DataType(SqlType.NVARCHAR, length=128, alias=ObjectName("sys", "sysname"))

ALIAS_TYPES: Final = tuple(
    AliasType(type_.alias, type_.without_alias(), nullable)
    for type_, nullable in ((AMOUNT, NULL), (EMAIL, NULL), (FLAG, NOT_NULL), (PHONE, NULL))
    if type_.alias is not None
)
"""The alias types of the database, in the order of their names."""


def ordered(*columns: str) -> tuple[KeyColumn, ...]:
    """The columns of a key or an index: ``"SentAt DESC"`` counts down."""
    return tuple(KeyColumn(column.removesuffix(" DESC"), column.endswith(" DESC")) for column in columns)


def primary_key(name: str | None, *columns: str, clustered: bool = True) -> Key:
    """A PRIMARY KEY; one without a name is named by the system."""
    return Key(name, ordered(*columns), clustered)


def unique(name: str | None, *columns: str) -> Key:
    """A UNIQUE constraint, not clustered."""
    return Key(name, ordered(*columns), clustered=False)
