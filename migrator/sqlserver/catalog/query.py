"""Queries as data: which columns a view has depends on the release, and some views depend on permissions.

Every expression is cast in SQL, so that whatever driver delivers it, a name is str and a number or a flag is int.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from migrator.errors import SourceDenied, SourceError, SourceRejected
from migrator.sqlserver.version import OLDEST, Product, Rows

R = TypeVar("R")

REFUSALS: Final = (SourceDenied, SourceRejected)
"""A permission that is missing, and a query that the server does not take: it will answer others."""
_NAMED: Final = 10
"""So many names stand in a note; the others are counted."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a query's result; NULL in releases before ``since``, which do not know what it is made of."""

    sql: str
    since: int = OLDEST

    def text(self, major: int) -> str:
        """The expression for a release."""
        return self.sql if major >= self.since else "NULL"


Fields = Mapping[str, Field]


def number(sql: str, since: int = OLDEST) -> Field:
    """A whole number or a flag."""
    return Field(f"CAST({sql} AS bigint)", since)


def name(sql: str, since: int = OLDEST) -> Field:
    """A name (sysname) or another short text."""
    return Field(f"CAST({sql} AS nvarchar(128))", since)


def text(sql: str, since: int = OLDEST) -> Field:
    """A text of any length."""
    return Field(f"CAST({sql} AS nvarchar(max))", since)


def variant(sql: str, since: int = OLDEST) -> Field:
    """A sql_variant with a whole number in it, as text: a decimal(38) fits into no integer."""
    return Field(f"CAST({sql} AS nvarchar(60))", since)


def query(fields: Fields, source: str, product: Product) -> str:
    """SELECT of ``fields``; ``source`` is everything from FROM on."""
    columns = ", ".join(f"{field.text(product.major)} AS [{key}]" for key, field in fields.items())
    return f"SELECT {columns} {source}"


def listed(names: Iterable[object]) -> str:
    """Names for a note, the first few and how many more."""
    known = sorted(map(str, names))
    shown = ", ".join(known[:_NAMED])
    return shown if len(known) <= _NAMED else f"{shown} and {len(known) - _NAMED:,} more"


@dataclass(slots=True)
class Reading:
    """A catalog being read: who answers, and what could not be read so far."""

    rows: Rows
    product: Product
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say once what is missing from the catalog, and why."""
        if text not in self.notes:
            self.notes.append(text)

    def read(self, row: Callable[..., R], fields: Fields, source: str) -> list[R]:
        """What no catalog can do without. Raises SourceError."""
        answer = self.rows(query(fields, source, self.product))
        return [row(**dict(zip(fields, values, strict=True))) for values in answer]

    def read_if_allowed(self, what: str, row: Callable[..., R], fields: Fields, source: str) -> list[R]:
        """The same, but where the server refuses, ``what`` is noted as missing. Raises SourceError."""
        try:
            return self.read(row, fields, source)
        except REFUSALS as error:
            self.refuse(what, error)
            return []

    def refuse(self, what: str, error: SourceError) -> None:
        """Note that the server refused to show ``what``."""
        self.note(f"{what} could not be read: {error.why or error.what}")
