"""Indexes: what stands behind their name, in a table or in a statement of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from migrator.model.schema import Index, IndexKind, KeyColumn, Partitioning, Place
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import TableDraft
from migrator.translate.tsql.expressions import filter_expression

_DROP_EXISTING: Final = re.compile(r"DROP_EXISTING(\s*=\s*ON\b|\s*$|\s*,)", re.IGNORECASE)
_BARE_OPTIONS: Final = frozenset(
    {"ALLOW_DUP_ROW", "DROP_EXISTING", "FILLFACTOR", "IGNORE_DUP_KEY", "IGNORE_DUP_ROW", "PAD_INDEX", "SORT_IN_TEMPDB"}
    | {"SORTED_DATA", "SORTED_DATA_REORG", "STATISTICS_NORECOMPUTE"}
)
"""Options that WITH takes without brackets, for scripts of old servers."""


@dataclass(frozen=True, slots=True)
class Storage:
    """What WITH and ON said: whether an index of the same name is replaced, and whether a partition scheme is used."""

    drop_existing: bool = False
    partitioned: Partitioning | None = None


def storage(cursor: Cursor, *, options: bool = True) -> Storage:
    """Step over ``WITH (...)``, ``ON group``, ``TEXTIMAGE_ON group`` and ``FILESTREAM_ON group`` in any order.

    Without ``options`` it stops before WITH, for a caller who reads what is inside.
    """
    drop_existing, partitioned = False, None
    while True:
        if options and (cursor.sees("WITH", "(") or (cursor.word == "WITH" and cursor.ahead(1) in _BARE_OPTIONS)):
            cursor.take("WITH")
            start = cursor.at
            if cursor.word == "(":
                cursor.group()
            else:
                _bare_options(cursor)
            drop_existing = drop_existing or bool(_DROP_EXISTING.search(cursor.back_text(start)))
        elif cursor.word == "ON" and cursor.ahead(1) not in ("DELETE", "UPDATE"):
            cursor.take("ON")
            partitioned = _group_or_scheme(cursor) or partitioned
        elif cursor.take("TEXTIMAGE_ON") or cursor.take("FILESTREAM_ON"):
            _group_or_scheme(cursor)
        else:
            return Storage(drop_existing, partitioned)


def _bare_options(cursor: Cursor) -> None:
    while True:
        cursor.at += 1
        if cursor.take("="):
            cursor.at += 1
        if not (cursor.word == "," and cursor.ahead(1) in _BARE_OPTIONS):
            return
        cursor.at += 1


def _group_or_scheme(cursor: Cursor) -> Partitioning | None:
    """Step over a filegroup, or a partition scheme with its column: then both."""
    name = cursor.string() if cursor.at_string() else cursor.name("a filegroup")
    if not cursor.take("("):
        return None
    column = cursor.name("a column name")
    cursor.expect(")")
    return Partitioning(name, column)


def key_columns(cursor: Cursor) -> tuple[KeyColumn, ...]:
    """Step over ``(a, b DESC)``."""
    cursor.expect("(")
    columns = []
    while True:
        name = cursor.name("a column name")
        descending = cursor.take_any("ASC", "DESC") == "DESC"
        columns.append(KeyColumn(name, descending))
        if not cursor.take(","):
            cursor.expect(")")
            return tuple(columns)


def names(cursor: Cursor) -> tuple[str, ...]:
    """Step over ``(a, b)``."""
    return tuple(column.name for column in key_columns(cursor))


def index_body(
    cursor: Cursor, table: TableDraft, base: Index, *, inline_column: str | None = None
) -> tuple[Index, Storage]:
    """Step over all from the key columns of ``base`` to its end. An index in a column's definition needs no list."""
    columns: tuple[KeyColumn, ...] = ()
    if cursor.word == "(":
        columns = key_columns(cursor)
    elif inline_column is not None:
        columns = (KeyColumn(inline_column),)
    elif base.kind is not IndexKind.COLUMNSTORE:
        raise cursor.unexpected("(")
    if cursor.take("ORDER"):
        names(cursor)
    included = names(cursor) if cursor.take("INCLUDE") else ()
    filter_ = filter_expression(cursor) if cursor.take("WHERE") else None
    where = storage(cursor)
    if base.clustered:
        table.partitioning = where.partitioned or table.partitioning
    return Index(
        base.name, columns, included, base.unique, base.clustered, filter_, base.kind, base.disabled, base.place
    ), where


def inline_index(cursor: Cursor, table: TableDraft, place: Place, *, inline_column: str | None = None) -> None:
    """Step over ``INDEX name ...`` inside CREATE TABLE (the word INDEX is already behind) and add it to the table."""
    name = cursor.name("an index name")
    unique = cursor.take("UNIQUE")
    clustered = cursor.take_any("CLUSTERED", "NONCLUSTERED") == "CLUSTERED"
    kind = IndexKind.ROWSTORE
    if cursor.take("COLUMNSTORE"):
        kind = IndexKind.COLUMNSTORE
    elif cursor.take("HASH"):
        kind = IndexKind.HASH
    base = Index(name, (), unique=unique, clustered=clustered, kind=kind, place=place)
    index, _ = index_body(cursor, table, base, inline_column=inline_column)
    table.add_index(index)
