"""Rows that MySQL would refuse as too long: the longest columns outside keys become TEXT or BLOB."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.schema import ObjectKind
from migrator.translate.draft import ColumnDraft, TableDraft
from migrator.translate.notes import Notes
from migrator.translate.storage import COLUMN_LIMIT, PAGE_LIMIT, ROW_LIMIT, storage

ROW_SIZE: Final = "row size"
"""What stands among a column's rules where the program had to choose another type."""
_RECORD_HEADER: Final = 5 + 6 + 7
"""InnoDB's record header, transaction number and roll pointer."""
_ROW_NUMBER: Final = 6
"""What InnoDB adds where there is no key to cluster by."""


def row_bytes(draft: TableDraft) -> int:
    """What MySQL counts against 65,535: declared sizes, length bytes and one bit per nullable column."""
    nullable = sum(column.target.nullable for column in draft.columns)
    return (nullable + 7) // 8 + sum(storage(column.target.type).row for column in draft.columns)


def page_bytes(draft: TableDraft) -> int:
    """What InnoDB counts against half a page; virtual columns are not in it."""
    stored = [column for column in draft.columns if column.generated is None or column.generated.stored]
    nullable = sum(column.target.nullable for column in stored)
    header = _RECORD_HEADER + (0 if draft.source.primary_key else _ROW_NUMBER)
    return header + (nullable + 7) // 8 + sum(storage(column.target.type).page for column in stored)


def fit_row(draft: TableDraft, notes: Notes) -> bool:
    """Make the row fit; False (with a remark) where it cannot."""
    keys = _key_columns(draft)
    while row_bytes(draft) > ROW_LIMIT:
        column = _longest(draft, keys)
        if column is None:
            break
        type_ = column.target.type
        word = "BLOB" if type_.startswith("VARBINARY") else "TEXT"
        moved = word + type_[type_.index(")") + 1 :]
        draft.replace(
            column, replace(column, target=replace(column.target, type=moved), rules=(*column.rules, ROW_SIZE))
        )
        if column.source is not None:
            label = draft.label(column.source.name)
            notes.add("row-size", ObjectKind.COLUMN, label, column.source.place, type=type_, word=word, limit=ROW_LIMIT)
    label = str(draft.object)
    if len(draft.columns) > COLUMN_LIMIT or row_bytes(draft) > ROW_LIMIT or page_bytes(draft) > PAGE_LIMIT:
        notes.add(
            "row-too-wide", ObjectKind.TABLE, label, draft.source.place, bytes=page_bytes(draft), limit=PAGE_LIMIT
        )
        return False
    return True


def _key_columns(draft: TableDraft) -> set[str]:
    source = draft.source
    keys = [source.primary_key, *source.uniques] if source.primary_key else list(source.uniques)
    names = {column.name.casefold() for key in keys if key is not None for column in key.columns}
    names |= {column.name.casefold() for index in source.indexes for column in index.columns}
    return names | {name.casefold() for key in source.foreign_keys for name in key.columns}


def _longest(draft: TableDraft, keys: set[str]) -> ColumnDraft | None:
    candidates = [column for column in draft.columns if column.target.type.startswith(("VARCHAR", "VARBINARY"))]
    free = [column for column in candidates if column.target.source.casefold() not in keys]
    return max(free or candidates, key=lambda column: storage(column.target.type).row, default=None)
