"""SQL Server's data types as a column declares them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from migrator.model.name import ObjectName

MAX: Final = -1
"""The length of varchar(max), nvarchar(max) and varbinary(max), as in sys.columns.max_length."""


class SqlType(StrEnum):
    """Base types (sys.types), by the name that T-SQL gives them."""

    BIT = "bit"
    TINYINT = "tinyint"
    SMALLINT = "smallint"
    INT = "int"
    BIGINT = "bigint"
    DECIMAL = "decimal"
    NUMERIC = "numeric"
    MONEY = "money"
    SMALLMONEY = "smallmoney"
    REAL = "real"
    FLOAT = "float"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    SMALLDATETIME = "smalldatetime"
    DATETIME2 = "datetime2"
    DATETIMEOFFSET = "datetimeoffset"
    CHAR = "char"
    VARCHAR = "varchar"
    NCHAR = "nchar"
    NVARCHAR = "nvarchar"
    TEXT = "text"
    NTEXT = "ntext"
    BINARY = "binary"
    VARBINARY = "varbinary"
    IMAGE = "image"
    UNIQUEIDENTIFIER = "uniqueidentifier"
    ROWVERSION = "rowversion"
    XML = "xml"
    JSON = "json"
    VECTOR = "vector"
    HIERARCHYID = "hierarchyid"
    GEOGRAPHY = "geography"
    GEOMETRY = "geometry"
    SQL_VARIANT = "sql_variant"


LOB_TYPES: Final = frozenset({SqlType.TEXT, SqlType.NTEXT, SqlType.IMAGE, SqlType.XML, SqlType.JSON})


@dataclass(frozen=True, slots=True)
class DataType:
    """A base type with what was declared beside it.

    ``length`` is in characters for text (UTF-16 units for nchar and nvarchar, bytes of the code page for char and
    varchar) and in bytes for binary; ``MAX`` for (max); None where the type has none. float has ``precision`` in bits
    (1-53), decimal has ``precision`` and ``scale``, the time types have ``scale`` (0-7; None means 7). ``alias`` is the
    CREATE TYPE name that the column used: the rest is then the alias's base type, already resolved.
    """

    base: SqlType
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    alias: ObjectName | None = None

    @property
    def is_max(self) -> bool:
        """True for the (max) types."""
        return self.length == MAX

    @property
    def is_lob(self) -> bool:
        """True where a value may be larger than a row: (max), text, ntext, image, xml, json."""
        return self.is_max or self.base in LOB_TYPES

    def without_alias(self) -> DataType:
        """The same type as if the column had named the base type itself."""
        return replace(self, alias=None)

    def __str__(self) -> str:
        if self.length is not None:
            return f"{self.base}({'max' if self.is_max else self.length})"
        if self.base in (SqlType.DECIMAL, SqlType.NUMERIC) and self.precision is not None:
            return f"{self.base}({self.precision},{self.scale or 0})"
        if self.base is SqlType.FLOAT and self.precision is not None:
            return f"{self.base}({self.precision})"
        if self.base in (SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET) and self.scale is not None:
            return f"{self.base}({self.scale})"
        return str(self.base)
