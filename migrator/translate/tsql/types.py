"""Data types as scripts write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import AliasType
from migrator.translate.tsql.cursor import DEFAULT_SCHEMA, Cursor
from migrator.translate.tsql.problems import Unreadable

_LONG_NAMES: Final = (
    (("NATIONAL", "CHARACTER", "VARYING"), "nvarchar"),
    (("NATIONAL", "CHAR", "VARYING"), "nvarchar"),
    (("NATIONAL", "CHARACTER"), "nchar"),
    (("NATIONAL", "CHAR"), "nchar"),
    (("NATIONAL", "TEXT"), "ntext"),
    (("CHARACTER", "VARYING"), "varchar"),
    (("CHAR", "VARYING"), "varchar"),
    (("NCHAR", "VARYING"), "nvarchar"),
    (("BINARY", "VARYING"), "varbinary"),
    (("DOUBLE", "PRECISION"), "float"),
)
"""ISO spellings of several words. Source: Transact-SQL reference, "Data type synonyms"."""

_SYNONYMS: Final[Mapping[str, str]] = {
    "integer": "int",
    "dec": "decimal",
    "character": "char",
    "timestamp": "rowversion",
}
_SYSNAME: Final = DataType(SqlType.NVARCHAR, length=128)
_BASES: Final[Mapping[str, SqlType]] = {str(base): base for base in SqlType}
_WITH_LENGTH: Final[Mapping[SqlType, int]] = {
    SqlType.CHAR: 8000,
    SqlType.VARCHAR: 8000,
    SqlType.NCHAR: 4000,
    SqlType.NVARCHAR: 4000,
    SqlType.BINARY: 8000,
    SqlType.VARBINARY: 8000,
}
"""The greatest length that may be written; a column without one has length 1."""
_WITH_MAX: Final = frozenset({SqlType.VARCHAR, SqlType.NVARCHAR, SqlType.VARBINARY})
_WITH_SCALE: Final = frozenset({SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET})
_VECTOR_DIMENSIONS: Final = 1998


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as it was written: ``schema`` is empty where none was, ``arguments`` are what stands in its brackets."""

    schema: str
    name: str
    arguments: tuple[str, ...] = ()

    def __str__(self) -> str:
        name = f"{self.schema}.{self.name}" if self.schema else self.name
        return f"{name}({', '.join(self.arguments)})" if self.arguments else name


def type_name(cursor: Cursor) -> TypeName:
    """Step over a type."""
    for words, name in _LONG_NAMES:
        if cursor.take(*words):
            return TypeName("", name, _arguments(cursor))
    parts = cursor.parts("a data type")
    return TypeName(parts[-2] if len(parts) > 1 else "", parts[-1], _arguments(cursor))


def _arguments(cursor: Cursor) -> tuple[str, ...]:
    if cursor.word != "(":
        return ()
    return tuple(" ".join(argument.split()) for argument in cursor.group().split(","))


@dataclass(frozen=True, slots=True)
class Resolved:
    """A type with everything filled in; ``nullable`` is what a column gets that says neither NULL nor NOT NULL."""

    type: DataType
    nullable: bool = True


def resolve(written: TypeName, aliases: Mapping[tuple[str, str], AliasType]) -> Resolved:
    """What a written type means; ``aliases`` by lower-case schema and name. Raises Unreadable for an unknown type."""
    lower = written.name.lower()
    schema = written.schema.lower()
    if schema in ("", "sys"):
        if lower == "sysname":
            return Resolved(_SYSNAME, nullable=False)
        base = _BASES.get(_SYNONYMS.get(lower, lower))
        if base is not None:
            # A rowversion is NOT NULL by default: Transact-SQL reference, CREATE TABLE, "Nullability rules".
            return Resolved(_builtin(base, written), nullable=base is not SqlType.ROWVERSION)
    alias = aliases.get((schema or DEFAULT_SCHEMA, lower))
    if alias is None:
        raise Unreadable(f"the type {written} is not known")
    type_ = alias.type
    full = DataType(type_.base, type_.length, type_.precision, type_.scale, alias=alias.name)
    return Resolved(full, nullable=alias.nullable)


def _builtin(base: SqlType, written: TypeName) -> DataType:
    arguments = written.arguments
    if base is SqlType.XML:
        return DataType(base)  # its argument is a schema collection
    numbers = [MAX if argument.lower() == "max" else _number(argument, written) for argument in arguments]
    first = numbers[0] if numbers else None
    longest = _WITH_LENGTH.get(base)
    if longest is not None and len(numbers) <= 1:
        length = 1 if first is None else first
        if (length == MAX and base in _WITH_MAX) or 1 <= length <= longest:
            return DataType(base, length=length)
    elif base in (SqlType.DECIMAL, SqlType.NUMERIC) and len(numbers) <= 2:
        precision = 18 if first is None else first
        scale = numbers[1] if len(numbers) > 1 else 0
        if 1 <= precision <= 38 and 0 <= scale <= precision:
            return DataType(base, precision=precision, scale=scale)
    elif base is SqlType.FLOAT and len(numbers) <= 1:
        precision = 53 if first is None else first
        if 1 <= precision <= 53:  # up to 24 bits it is a real: Transact-SQL reference, "float and real"
            return DataType(SqlType.REAL) if precision <= 24 else DataType(base, precision=precision)
    elif base in _WITH_SCALE and len(numbers) <= 1:
        scale = 7 if first is None else first
        if 0 <= scale <= 7:
            return DataType(base, scale=scale)
    elif base is SqlType.VECTOR and numbers:
        if 1 <= numbers[0] <= _VECTOR_DIMENSIONS:
            return DataType(base, length=numbers[0])
    elif not numbers:
        return DataType(base)
    raise Unreadable(f"{written} is no type that SQL Server has")


def _number(argument: str, written: TypeName) -> int:
    if not (argument.isascii() and argument.isdigit() and len(argument) <= 9):
        raise Unreadable(f"{written} is no type that SQL Server has")
    return int(argument)


def alias(name: ObjectName, written: TypeName, *, nullable: bool) -> AliasType:
    """CREATE TYPE ``name`` FROM ``written``. Raises Unreadable: an alias has a built-in type."""
    return AliasType(name, resolve(written, {}).type, nullable)
