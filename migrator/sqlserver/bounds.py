"""Ranges of keys as T-SQL: which columns cut a table, what their values are as text, and the WHERE of a range."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from migrator.errors import LedgerError
from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Column, IndexKind, KeyColumn, Table
from migrator.model.segment import Bounds
from migrator.sqlserver.connect import literal, quoted

_WHOLE: Final = frozenset({SqlType.TINYINT, SqlType.SMALLINT, SqlType.INT, SqlType.BIGINT})
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})*")
_NATIONAL: Final = frozenset({SqlType.NCHAR, SqlType.NVARCHAR})


def range_columns(table: Table) -> tuple[Column, ...]:
    """The columns whose ranges cut the table: those by which the source keeps its rows, so that a range is one piece of
    its disk; else those of a key. Empty for a heap without one, and where a column's values have no text."""
    return tuple(table.column(key.name) for key in _range_keys(table))


def in_order(table: Table, alias: str) -> str:
    """The ORDER BY list that the source gives without sorting; "" for a heap."""
    return ", ".join(f"{alias}.{quoted(key.name)}{' DESC' if key.descending else ''}" for key in _range_keys(table))


def _range_keys(table: Table) -> tuple[KeyColumn, ...]:
    clustered = [
        *(key.columns for key in (table.primary_key, *table.uniques) if key is not None and key.clustered),
        *(index.columns for index in table.indexes if index.clustered and index.kind is IndexKind.ROWSTORE),
    ]
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
    for columns in (*clustered, *keys):
        found = tuple(table.column(column.name) for column in columns)
        if all(_cuts(column) for column in found) and not any(column.nullable for column in found[1:]):
            return columns
    return ()


def is_whole(column: Column) -> bool:
    """True for an integer, whose ranges can be computed."""
    return column.type is not None and column.type.base in _WHOLE


def as_text(column: Column, name: str) -> str:
    """The T-SQL expression for a bound's text; ``name`` is the column under its alias."""
    base = _type(column).base
    if base in (SqlType.BINARY, SqlType.VARBINARY, SqlType.ROWVERSION):
        return f"CAST({name} AS varbinary(1700))"
    if base in (SqlType.FLOAT, SqlType.REAL):
        return f"LTRIM(RTRIM(CONVERT(nvarchar(40), {name}, 2)))"
    if base in _DATES:
        return f"CONVERT(nvarchar(40), {name}, 121)"
    if base in (SqlType.MONEY, SqlType.SMALLMONEY):
        return f"CAST(CAST({name} AS decimal(19,4)) AS nvarchar(40))"
    return f"CAST({name} AS nvarchar(1700))"


def text_of(value: object) -> str:
    """What is kept of a bound that ``as_text`` selected: bytes as hex."""
    return value.hex() if isinstance(value, bytes) else str(value)


def constant(column: Column, text: str) -> str:
    """The bound as a T-SQL constant of the column's own type: another type could make the server read the whole index.

    Raises LedgerError where the text is none of that type: somebody changed it where it was kept.
    """
    type_ = _type(column)
    if type_.base in _NATIONAL:
        return literal(text)
    if type_.base in (SqlType.CHAR, SqlType.VARCHAR):
        # The constant's characters are put into the code page of the column, not into that of the database.
        collation = f" COLLATE {column.collation}" if column.collation and column.collation.isidentifier() else ""
        return f"CONVERT(varchar({type_.length}), {literal(text)}{collation})"
    if type_.base in (SqlType.BINARY, SqlType.VARBINARY, SqlType.ROWVERSION):
        return f"0x{_checked(_HEX, column, text)}"
    if type_.base in (SqlType.DATETIME, SqlType.SMALLDATETIME):
        # With a blank between day and time these two are read as the session's language has them.
        return f"CAST({literal(text.replace(' ', 'T'))} AS {type_.without_alias()})"
    if type_.base in _DATES or type_.base is SqlType.UNIQUEIDENTIFIER:
        return f"CAST({literal(text)} AS {type_.without_alias()})"
    return f"CAST({_checked(_NUMBER, column, text)} AS {type_.without_alias()})"


def where(table: Table, bounds: Bounds, alias: str) -> str:
    """The condition for the rows of a range; "" for all rows. Raises LedgerError."""
    columns = [table.column(name) for name in bounds.columns]
    names = [f"{alias}.{quoted(column.name)}" for column in columns]
    conditions = []
    if bounds.low is not None:
        conditions.append(_beyond(columns, names, bounds.low, ">", ">="))
    if bounds.high is not None:
        below = _beyond(columns, names, bounds.high, "<", "<")
        # The source sorts NULL before every value; a comparison would leave it out of every range.
        nulls = columns[0].nullable and bounds.low is None
        conditions.append(f"({names[0]} IS NULL OR {below})" if nulls else below)
    return " AND ".join(conditions)


def ranges(columns: Sequence[Column], cuts: Sequence[tuple[str, ...]]) -> tuple[Bounds, ...]:
    """The ranges between the cuts (ascending, each different), together holding every row once."""
    names = tuple(column.name for column in columns)
    return tuple(Bounds(names, low, high) for low, high in pairwise((None, *cuts, None)))


def _beyond(columns: Sequence[Column], names: Sequence[str], values: Sequence[str], strict: str, last: str) -> str:
    """A comparison of rows, which T-SQL does not have: column by column. The first one stands alone in front, so that
    an index can be entered by it."""
    constants = [constant(column, value) for column, value in zip(columns, values, strict=True)]
    if len(names) == 1:
        return f"{names[0]} {last} {constants[0]}"
    alternatives = []
    for index, (name, value) in enumerate(zip(names, constants, strict=True)):
        equal = [f"{n} = {c}" for n, c in zip(names[:index], constants[:index], strict=True)]
        sign = last if index == len(names) - 1 else strict
        alternatives.append(" AND ".join([*equal, f"{name} {sign} {value}"]))
    return f"{names[0]} {strict}= {constants[0]} AND ({' OR '.join(f'({item})' for item in alternatives)})"


_DATES: Final = frozenset(
    {SqlType.DATE, SqlType.TIME, SqlType.DATETIME, SqlType.SMALLDATETIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET}
)
_CUTTING: Final = (
    _WHOLE
    | _NATIONAL
    | _DATES
    | {
        SqlType.BIT,
        SqlType.DECIMAL,
        SqlType.NUMERIC,
        SqlType.MONEY,
        SqlType.SMALLMONEY,
        SqlType.FLOAT,
        SqlType.REAL,
        SqlType.CHAR,
        SqlType.VARCHAR,
        SqlType.BINARY,
        SqlType.VARBINARY,
        SqlType.UNIQUEIDENTIFIER,
        SqlType.ROWVERSION,
    }
)


def _cuts(column: Column) -> bool:
    return column.computed is None and not column.encrypted and _type(column).base in _CUTTING


def _type(column: Column) -> DataType:
    if column.type is None:
        raise ValueError(f"{column.name} has no type")
    return column.type


def _checked(pattern: re.Pattern[str], column: Column, text: str) -> str:
    if not pattern.fullmatch(text):
        raise LedgerError(
            f"a kept range of {column.name} is not of its type",
            why="the plan in the target's migrator__segment was changed, or the column's type was",
            todo="start anew with --replace",
        )
    return text
