"""IDENTITY columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.schema import ObjectKind
from migrator.translate.draft import TableDraft
from migrator.translate.notes import Notes

_COUNTING: Final = ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT")


def draft_identity(draft: TableDraft, notes: Notes) -> None:
    """Make the identity column AUTO_INCREMENT where MySQL can."""
    for column in list(draft.columns):
        source = column.source
        if source is None or source.identity is None:
            continue
        label = draft.label(source.name)
        if not column.target.type.startswith(_COUNTING):
            notes.add("identity-type", ObjectKind.COLUMN, label, source.place, type=column.target.type)
            continue
        if source.identity.increment < 0 or source.identity.seed < 1:
            notes.add("identity-start", ObjectKind.COLUMN, label, source.place, seed=source.identity.seed)
        if source.identity.increment != 1:
            notes.add("identity-step", ObjectKind.COLUMN, label, source.place, step=source.identity.increment)
        draft.first_number = source.identity.seed
        target = replace(column.target, nullable=False)
        draft.replace(column, replace(column, auto_increment=True, target=target))
