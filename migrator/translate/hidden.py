"""Generated columns that only serve a unique index: INVISIBLE, so that no SELECT * and no INSERT meets them."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.mapping import Form, TargetColumn
from migrator.mysql.connect import quoted
from migrator.translate.draft import ColumnDraft, Generated, IndexPart, TableDraft
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import Namer
from migrator.translate.rowsize import row_bytes
from migrator.translate.storage import KEY_LIMIT, ROW_LIMIT, storage

_HASH_TYPE = "BINARY(32)"


def filtered_parts(
    draft: TableDraft, index: str, parts: tuple[IndexPart, ...], condition: str
) -> tuple[IndexPart, ...]:
    """``parts`` with one column replaced by a copy that is NULL where ``condition`` is not true: uniqueness ends there.

    Raises Untranslatable.
    """
    usable = [column for column in (draft.named(part.column) for part in parts) if not column.auto_increment]
    if not usable:
        raise Untranslatable("MySQL allows no generated column over the AUTO_INCREMENT column")
    # where the copied column is never NULL itself, uniqueness inside the filter is SQL Server's
    carrier = next((column for column in usable if not column.target.nullable), usable[0])
    copy = replace(carrier.target, name=_name(draft, index, carrier.name), nullable=True, compared=False)
    expression = f"CASE WHEN {condition} THEN {quoted(carrier.name)} END"
    hidden = ColumnDraft(copy, None, carrier.collation, generated=Generated(expression, stored=False, hidden=True))
    draft.columns.append(hidden)
    if row_bytes(draft) > ROW_LIMIT:
        draft.columns.remove(hidden)
        raise Untranslatable(f"with the hidden column for it a row would have more than MySQL's {ROW_LIMIT} bytes")
    return tuple(replace(part, column=hidden.name) if part.column == carrier.name else part for part in parts)


def hashed_parts(draft: TableDraft, index: str, parts: tuple[IndexPart, ...]) -> tuple[IndexPart, ...] | None:
    """``parts`` short enough for a key, the longest columns replaced by a hash of what MySQL compares them by.

    Two values are equal under a collation where their WEIGHT_STRING() is: hashes are unique where the values are.
    None where nothing is left to hash.
    """
    fitted = list(parts)
    while sum(_bytes(draft, part) for part in fitted) > KEY_LIMIT:
        place = max(range(len(fitted)), key=lambda number: _bytes(draft, fitted[number]))
        column = draft.named(fitted[place].column)
        if column.generated is not None or column.auto_increment or not storage(column.target.type).prefixable:
            return None
        weight = quoted(column.name) if column.collation is None else f"WEIGHT_STRING({quoted(column.name)})"
        target = TargetColumn(
            name=_name(draft, index, column.name),
            source=column.target.source,
            type=_HASH_TYPE,
            form=Form.BINARY,
            nullable=column.target.nullable,
            compared=False,
        )
        expression = f"UNHEX(SHA2({weight}, 256))"
        draft.columns.append(ColumnDraft(target, None, generated=Generated(expression, stored=False, hidden=True)))
        fitted[place] = IndexPart(target.name)
    return tuple(fitted)


def _bytes(draft: TableDraft, part: IndexPart) -> int:
    size = storage(draft.named(part.column).target.type)
    return KEY_LIMIT + 1 if size.lob else size.key


def _name(draft: TableDraft, index: str, column: str) -> str:
    return Namer(other.name for other in draft.columns).take(f"{index}_{column}", index)
