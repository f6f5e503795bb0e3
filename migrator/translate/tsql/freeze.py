"""A finished table: types looked up, references spelled like what they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from migrator.model.schema import AliasType, Column, ForeignKey, Table, Temporal, Unread
from migrator.translate.tsql.draft import ColumnDraft, TableDraft
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.types import resolve


def frozen_table(
    draft: TableDraft,
    tables: Mapping[tuple[str, str], TableDraft],
    aliases: Mapping[tuple[str, str], AliasType],
) -> tuple[Table, list[Unread]]:
    """The table, and its foreign keys that lead nowhere. Raises Unreadable: an unknown type, or no column at all."""
    if not draft.columns:
        raise Unreadable(f"{draft.name} has no columns")
    foreign_keys, unread = [], []
    for written in draft.foreign_keys:
        try:
            foreign_keys.append(_foreign_key(written, tables))
        except Unreadable as problem:
            text = f"FOREIGN KEY ({', '.join(written.columns)}) REFERENCES {written.references}"
            unread.append(Unread(written.place or draft.place, text, problem.reason))
    temporal = None
    # A ledger table without a period gets period columns that are hidden and its own.
    if draft.versioned and (draft.period is not None or "ledger" not in draft.features):
        if draft.period is None:
            raise Unreadable(f"{draft.name} is system-versioned without PERIOD FOR SYSTEM_TIME")
        history = draft.history
        if history is not None and (kept := tables.get((history.schema.lower(), history.name.lower()))):
            history = kept.name
        temporal = Temporal(history, *draft.period)
    table = Table(
        name=draft.name,
        columns=tuple(_column(column, aliases) for column in draft.columns),
        primary_key=draft.primary_key,
        uniques=tuple(draft.uniques),
        foreign_keys=tuple(foreign_keys),
        checks=tuple(draft.checks),
        indexes=tuple(draft.indexes),
        temporal=temporal,
        features=tuple(draft.features),
        description=draft.description,
        place=draft.place,
        partitioning=draft.partitioning,
    )
    return table, unread


def _column(draft: ColumnDraft, aliases: Mapping[tuple[str, str], AliasType]) -> Column:
    if draft.written is None:
        return replace(draft.column, nullable=draft.nullable is not False)
    resolved = resolve(draft.written, aliases)
    nullable = resolved.nullable if draft.nullable is None else draft.nullable
    return replace(draft.column, type=resolved.type, nullable=nullable)


def _foreign_key(written: ForeignKey, tables: Mapping[tuple[str, str], TableDraft]) -> ForeignKey:
    """Spell table and columns as the other table does. A table that no script makes stays as it was written."""
    target = tables.get((written.references.schema.lower(), written.references.name.lower()))
    if target is None:
        if not written.referenced_columns:
            raise Unreadable(f"no script makes {written.references}, and its columns are not named")
        if len(written.referenced_columns) != len(written.columns):
            raise Unreadable(f"its columns are not as many as those of {written.references}")
        return written
    columns = written.referenced_columns
    if columns:
        columns = tuple(target.column(name).name for name in columns)
    elif target.primary_key is not None:
        columns = tuple(column.name for column in target.primary_key.columns)
    if len(columns) != len(written.columns):
        raise Unreadable(f"its columns are not as many as those of {target.name}")
    return replace(written, references=target.name, referenced_columns=columns)
