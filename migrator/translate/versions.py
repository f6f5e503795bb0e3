"""rowversion columns: a new value with every change of a row."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import SqlType
from migrator.mysql.connect import quoted
from migrator.translate.draft import Moment, RowAction, TableDraft

_TYPE: Final = "BINARY(8)"
_VALUE: Final = "UNHEX(LPAD(HEX(UUID_SHORT()), 16, '0'))"
"""Eight bytes that no other row of the server gets, in growing order (MySQL 8.0 Reference Manual, UUID_SHORT())."""


def draft_versions(draft: TableDraft) -> None:
    """Let triggers fill the rowversion column; a rule that made it another type keeps its own way."""
    for column in draft.columns:
        source = column.source
        if source is None or source.type is None or source.type.without_alias().base is not SqlType.ROWVERSION:
            continue
        if column.target.type == _TYPE and column.generated is None and not column.unfilled:
            for moment in (Moment.BEFORE_INSERT, Moment.BEFORE_UPDATE):
                draft.actions.append(RowAction(moment, f"SET NEW.{quoted(column.name)} = {_VALUE}"))
