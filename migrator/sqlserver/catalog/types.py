"""Data types as sys.columns and sys.types describe them."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from migrator.errors import SourceError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import AliasType
from migrator.sqlserver.catalog.query import Fields, Reading, name, number

_BUILTIN: Final[dict[str, SqlType]] = {
    **{type_.value: type_ for type_ in SqlType},
    "timestamp": SqlType.ROWVERSION,
    "sysname": SqlType.NVARCHAR,
}
_BYTES: Final = frozenset({SqlType.CHAR, SqlType.VARCHAR, SqlType.BINARY, SqlType.VARBINARY})
_UTF16: Final = frozenset({SqlType.NCHAR, SqlType.NVARCHAR})
_DECIMALS: Final = frozenset({SqlType.DECIMAL, SqlType.NUMERIC})
_WITH_SCALE: Final = frozenset({SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET})
_VECTOR_HEADER: Final = 8
_VECTOR_NUMBER: Final = 4
"""Bytes of a vector before its numbers, and of one number of single precision."""


class Declared(Protocol):
    """The columns of a query that ``type_fields`` made."""

    @property
    def type_schema(self) -> str | None: ...  # noqa: D102 - what sys.types says
    @property
    def type_name(self) -> str | None: ...  # noqa: D102
    @property
    def user_defined(self) -> int | None: ...  # noqa: D102
    @property
    def assembly(self) -> int | None: ...  # noqa: D102
    @property
    def base(self) -> str | None: ...  # noqa: D102
    @property
    def max_length(self) -> int: ...  # noqa: D102
    @property
    def precision(self) -> int: ...  # noqa: D102
    @property
    def scale(self) -> int: ...  # noqa: D102
    @property
    def dimensions(self) -> int | None: ...  # noqa: D102


def type_fields(holder: str, *, dimensions: bool = False) -> Fields:
    """What is asked about the type of ``holder`` (an alias in the query); ``type_joins`` goes with it.

    ``max_length`` is in bytes; sequences have none.
    """
    return {
        "type_schema": name("ts.name"),
        "type_name": name("t.name"),
        "user_defined": number("t.is_user_defined"),
        "assembly": number("t.is_assembly_type"),
        "base": name("b.name"),
        "max_length": number("t.max_length" if holder == "q" else f"{holder}.max_length"),
        "precision": number(f"{holder}.precision"),
        "scale": number(f"{holder}.scale"),
        "dimensions": number(f"{holder}.vector_dimensions" if dimensions else "NULL", since=17),
    }


def type_joins(holder: str) -> str:
    """The joins that ``type_fields`` needs. A type that the login may not see leaves NULLs, never a column less."""
    return (
        f"LEFT JOIN sys.types AS t ON t.user_type_id = {holder}.user_type_id "
        "LEFT JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id "
        f"LEFT JOIN sys.types AS b ON b.user_type_id = {holder}.system_type_id"
    )


def data_type(row: Declared) -> DataType:
    """The type with its numbers. A CLR type of the database's own is kept as its bytes. Raises SourceError."""
    user = ObjectName(row.type_schema or "", row.type_name or "") if row.user_defined else None
    word = (row.base or row.type_name or "").lower()
    if (user is not None and row.assembly) or not word:
        return DataType(SqlType.VARBINARY, length=MAX, alias=user)
    base = _BUILTIN.get(word)
    if base is None:
        raise SourceError(
            f"The server has a type {word} that is not known here.",
            why="It is none of SQL Server up to 2025.",
            todo="Look for a newer version of this program.",
        )
    if base in _BYTES:
        return DataType(base, length=row.max_length, alias=user)
    if base in _UTF16:
        return DataType(base, length=MAX if row.max_length == MAX else row.max_length // 2, alias=user)
    if base in _DECIMALS:
        return DataType(base, precision=row.precision, scale=row.scale, alias=user)
    if base in _WITH_SCALE:
        return DataType(base, scale=row.scale, alias=user)
    if base is SqlType.FLOAT:
        return DataType(base, precision=row.precision, alias=user)
    if base is SqlType.VECTOR:
        length = row.dimensions or (row.max_length - _VECTOR_HEADER) // _VECTOR_NUMBER
        return DataType(base, length=length, alias=user)
    return DataType(base, alias=user)


class _AliasRow(NamedTuple):
    type_schema: str | None
    type_name: str | None
    user_defined: int | None
    assembly: int | None
    base: str | None
    max_length: int
    precision: int
    scale: int
    dimensions: int | None
    nullable: int


_ALIASES: Final[Fields] = {**type_fields("t"), "nullable": number("t.is_nullable")}
_FROM: Final = (
    "FROM sys.types AS t JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id "
    "LEFT JOIN sys.types AS b ON b.user_type_id = t.system_type_id "
    "WHERE t.is_user_defined = 1 AND t.is_assembly_type = 0 AND t.is_table_type = 0"
)


def read_alias_types(reading: Reading) -> tuple[AliasType, ...]:
    """Every CREATE TYPE ... FROM, by name. Raises SourceError."""
    made = []
    for row in reading.read(_AliasRow, _ALIASES, _FROM):
        alias = ObjectName(row.type_schema or "", row.type_name or "")
        made.append(AliasType(alias, data_type(row).without_alias(), bool(row.nullable)))
    return tuple(sorted(made, key=lambda alias: alias.name))
