"""A translated expression, and what is known about its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypedDict

from migrator.model.datatype import DataType, SqlType


class Untranslatable(Exception):
    """There is no MySQL expression of the same meaning; ``reason`` is for people. Its catcher makes a finding of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Leeway:
    """Whether a translation may differ from the source in a way that a remark names: in a query, not in a constraint.

    ``remarks`` collects the ids of those that were used.
    """

    lenient: bool
    remarks: list[str]

    def differs(self, remark: str, reason: str) -> None:
        """Remark on a difference. Raises Untranslatable, for ``reason``, where there may be none."""
        if not self.lenient:
            raise Untranslatable(reason)
        self.remarks.append(remark)


class Family(StrEnum):
    """Types that behave alike in expressions."""

    INTEGER = "integer"
    EXACT = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DATETIME = "date and time"
    BINARY = "binary"
    GUID = "uniqueidentifier"
    OTHER = "other"


_FAMILIES: Final = {
    SqlType.BIT: Family.INTEGER,
    SqlType.TINYINT: Family.INTEGER,
    SqlType.SMALLINT: Family.INTEGER,
    SqlType.INT: Family.INTEGER,
    SqlType.BIGINT: Family.INTEGER,
    SqlType.DECIMAL: Family.EXACT,
    SqlType.NUMERIC: Family.EXACT,
    SqlType.MONEY: Family.EXACT,
    SqlType.SMALLMONEY: Family.EXACT,
    SqlType.REAL: Family.FLOAT,
    SqlType.FLOAT: Family.FLOAT,
    SqlType.CHAR: Family.TEXT,
    SqlType.VARCHAR: Family.TEXT,
    SqlType.NCHAR: Family.TEXT,
    SqlType.NVARCHAR: Family.TEXT,
    SqlType.TEXT: Family.TEXT,
    SqlType.NTEXT: Family.TEXT,
    SqlType.DATE: Family.DATE,
    SqlType.TIME: Family.TIME,
    SqlType.DATETIME: Family.DATETIME,
    SqlType.SMALLDATETIME: Family.DATETIME,
    SqlType.DATETIME2: Family.DATETIME,
    SqlType.BINARY: Family.BINARY,
    SqlType.VARBINARY: Family.BINARY,
    SqlType.IMAGE: Family.BINARY,
    SqlType.UNIQUEIDENTIFIER: Family.GUID,
}
NUMBERS: Final = frozenset({Family.INTEGER, Family.EXACT, Family.FLOAT})
MOMENTS: Final = frozenset({Family.DATE, Family.TIME, Family.DATETIME})
MONEY_TYPES: Final = frozenset({SqlType.MONEY, SqlType.SMALLMONEY})
UNICODE_TYPES: Final = frozenset({SqlType.NCHAR, SqlType.NVARCHAR, SqlType.NTEXT})
PADDED_TYPES: Final = frozenset({SqlType.CHAR, SqlType.NCHAR})

Literal = str | int | Decimal
INT: Final = DataType(SqlType.INT)
BIGINT: Final = DataType(SqlType.BIGINT)
DOUBLE: Final = DataType(SqlType.FLOAT, precision=53)
DATETIME: Final = DataType(SqlType.DATETIME)
STRICT: Final = Leeway(lenient=False, remarks=[])
"""No difference is allowed, so it collects no remark."""


@dataclass(frozen=True, slots=True)
class Value:
    """MySQL text of an expression whose T-SQL type is known.

    ``type`` is None for NULL alone. ``literal`` is the value of a constant. ``atom`` text needs no parentheses inside
    another expression. ``parts`` are the operands where the value is a concatenation. ``raw_char`` marks a char(n)
    column: MySQL gives it back without the blanks that pad it in SQL Server. ``collation`` is SQL Server's, of the
    columns that a text is made of. Text is ``foreign`` where a part of it was made of a number or a date: MySQL gives
    that the session's collation, which must not decide a comparison. ``local`` is the local time of a datetimeoffset,
    whose text is UTC, where that is known.
    """

    sql: str
    type: DataType | None
    nullable: bool = True
    literal: Literal | None = None
    atom: bool = True
    parts: tuple[str, ...] = ()
    raw_char: bool = False
    collation: str | None = None
    foreign: bool = False
    local: str | None = None

    @property
    def family(self) -> Family:
        """The family of its type; OTHER for NULL."""
        return family_of(self.type)

    @property
    def inner(self) -> str:
        """The text for use inside another expression."""
        return self.sql if self.atom else f"({self.sql})"


def family_of(type_: DataType | None) -> Family:
    """The family of a type; OTHER where there is none."""
    return Family.OTHER if type_ is None else _FAMILIES.get(type_.base, Family.OTHER)


class Inherited(TypedDict):
    """What a text takes over from the texts that it is made of."""

    collation: str | None
    foreign: bool


def inherited(values: Iterable[Value]) -> Inherited:
    """The collation of a text made of ``values``: that of the first column among them."""
    texts = [value for value in values if value.family is Family.TEXT]
    collation = next((value.collation for value in texts if value.collation is not None), None)
    return Inherited(collation=collation, foreign=any(value.foreign for value in texts))


def quoted_text(text: str) -> str:
    """A MySQL string literal; the session has backslash escapes, as is the default."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''").replace("\0", "\\0") + "'"
