"""Indexes that are no B-trees: full-text and spatial ones, and those that MySQL has not."""

from __future__ import annotations

from typing import Final

from migrator.model.mapping import Form
from migrator.model.schema import Index, IndexKind
from migrator.translate.draft import ColumnDraft, IndexPart, TableDraft

NOT_IN_MYSQL: Final = {
    IndexKind.COLUMNSTORE: "index-columnstore",
    IndexKind.XML: "index-xml",
    IndexKind.OTHER: "index-other",
}
"""The remark for each kind that is left out."""


def full_text_parts(draft: TableDraft, index: Index) -> tuple[IndexPart, ...] | None:
    """The columns of a FULLTEXT key, without those that are no text that is stored; None where nothing is left, or
    where they have more than one collation."""
    columns = [draft.of_source(column.name) for column in index.columns]
    texts = [column for column in columns if column is not None and _is_text(column)]
    if not texts or len({column.collation for column in texts}) > 1:
        return None
    return tuple(IndexPart(column.name) for column in texts)


def _is_text(column: ColumnDraft) -> bool:
    return column.collation is not None and (column.generated is None or column.generated.stored)


def spatial_parts(draft: TableDraft, index: Index) -> tuple[IndexPart, ...] | None:
    """The column of a SPATIAL key; None where it may be NULL."""
    column = draft.of_source(index.columns[0].name) if index.columns else None
    if column is None or column.target.nullable or column.target.form is not Form.GEOMETRY:
        return None
    return (IndexPart(column.name),)
