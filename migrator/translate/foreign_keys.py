"""FOREIGN KEY constraints, once the types of all tables are known."""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import Action, ForeignKey, ObjectKind
from migrator.translate.computed import UNFILLED
from migrator.translate.draft import ColumnDraft, ForeignKeyDraft, IndexDraft, IndexPart, TableDraft
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import Namer
from migrator.translate.notes import Notes
from migrator.translate.storage import INDEX_LIMIT, storage

_ACTIONS: Final = {Action.NO_ACTION: "", Action.CASCADE: "CASCADE", Action.SET_NULL: "SET NULL"}


def draft_foreign_keys(drafts: dict[ObjectName, TableDraft], notes: Notes) -> None:
    """Fill ``foreign_keys`` of every draft, and add the indexes that they need."""
    names = Namer()  # unique per database in MySQL
    parents = {str(name).casefold(): draft for name, draft in drafts.items()}
    for draft in drafts.values():
        for number, key in enumerate(draft.source.foreign_keys, 1):
            label = draft.label(key.name or f"foreign key {number}")
            try:
                parent = parents.get(str(key.references).casefold())
                planned = _planned(draft, key, parent)
                if key.enabled:
                    _room_for_index(draft, tuple(column for column, _ in planned))
            except Untranslatable as error:
                notes.count(ObjectKind.FOREIGN_KEY, label)
                notes.add("foreign-key-dropped", ObjectKind.FOREIGN_KEY, label, key.place, reason=error.reason)
                continue
            if not key.enabled:
                notes.count(ObjectKind.FOREIGN_KEY, label)
                notes.add("foreign-key-disabled", ObjectKind.FOREIGN_KEY, label, key.place)
                continue
            wanted = key.name or f"fk_{draft.name}_" + "_".join(column for column, _ in planned)
            name = names.take(wanted, str(draft.object))
            notes.count(ObjectKind.FOREIGN_KEY, label, name)
            if not key.trusted:
                notes.add("foreign-key-untrusted", ObjectKind.FOREIGN_KEY, label, key.place)
            columns = tuple(column for column, _ in planned)
            _index_for(draft, name, columns)
            draft.foreign_keys.append(
                ForeignKeyDraft(
                    name=name,
                    columns=columns,
                    parent=parent.name if parent is not None else "",
                    parent_columns=tuple(column for _, column in planned),
                    actions=_actions(key),
                    source=label,
                    trusted=key.trusted,
                )
            )


def _planned(draft: TableDraft, key: ForeignKey, parent: TableDraft | None) -> list[tuple[str, str]]:
    """Pairs of child and parent column, in the order of the parent's key. Raises Untranslatable."""
    if parent is None:
        raise Untranslatable(f"the table {key.references} is not there")
    if Action.SET_DEFAULT in (key.on_delete, key.on_update):
        raise Untranslatable("InnoDB knows no SET DEFAULT")
    pairs: list[tuple[str, str]] = []
    for name, referenced in zip(key.columns, key.referenced_columns, strict=True):
        column, other = draft.of_source(name), parent.of_source(referenced)
        if column is None or other is None:
            raise Untranslatable(f"the column {name if column is None else referenced} is not there")
        if other.unfilled:
            raise Untranslatable(f"{other.name} {UNFILLED}")
        _same_type(column, other)
        if Action.SET_NULL in (key.on_delete, key.on_update) and not column.target.nullable:
            raise Untranslatable(f"SET NULL wants a column that may be NULL, and {column.name} is not")
        pairs.append((column.name, other.name))
    return _in_key_order(parent, pairs)


def _same_type(column: ColumnDraft, other: ColumnDraft) -> None:
    for side in (column, other):
        if side.generated is not None and not side.generated.stored:
            raise Untranslatable(f"{side.name} is a virtual column, which MySQL allows in no foreign key")
        if storage(side.target.type).lob:
            raise Untranslatable(f"{side.name} is {side.target.type}, which MySQL cannot index as a whole")
    mine, theirs = column.target.type, other.target.type
    texts = column.collation is not None and other.collation is not None
    if (column.collation != other.collation) if texts else (mine != theirs):
        raise Untranslatable(f"{column.name} and {other.name} are of different types in MySQL ({mine}, {theirs})")


def _in_key_order(parent: TableDraft, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    wanted = {other for _, other in pairs}
    keys = [parent.primary_key, *(index.parts for index in parent.indexes if index.unique)]
    for parts in keys:
        if (
            len(parts) == len(pairs)
            and {part.column for part in parts} == wanted
            and not any(part.prefix for part in parts)
        ):
            by_parent = {other: mine for mine, other in pairs}
            return [(by_parent[part.column], part.column) for part in parts]
    raise Untranslatable(f"{parent.name} has no key over these columns in MySQL")


def _has_index(draft: TableDraft, columns: tuple[str, ...]) -> bool:
    """True if a key or an index begins with the columns, whole and ascending as InnoDB wants them here."""
    for parts in (draft.primary_key, *(index.parts for index in draft.indexes if not index.word)):
        leading = parts[: len(columns)]
        whole = not any(part.prefix or part.descending for part in leading)
        if whole and tuple(part.column for part in leading) == columns:
            return True
    return False


def _room_for_index(draft: TableDraft, columns: tuple[str, ...]) -> None:
    if not _has_index(draft, columns) and len(draft.indexes) + bool(draft.primary_key) >= INDEX_LIMIT:
        raise Untranslatable(f"it needs an index, and MySQL allows {INDEX_LIMIT} of them a table")


def _index_for(draft: TableDraft, name: str, columns: tuple[str, ...]) -> None:
    """MySQL needs an index that begins with the columns; made here, it is built together with the others."""
    if _has_index(draft, columns):
        return
    taken = Namer(["PRIMARY", *(index.name for index in draft.indexes)])
    parts = tuple(IndexPart(column) for column in columns)
    draft.indexes.append(IndexDraft(taken.take(name), parts, unique=False, kind=ObjectKind.INDEX, source=""))


def _actions(key: ForeignKey) -> str:
    delete, update = _ACTIONS[key.on_delete], _ACTIONS[key.on_update]
    return (f" ON DELETE {delete}" if delete else "") + (f" ON UPDATE {update}" if update else "")
