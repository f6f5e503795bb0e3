"""System-versioned tables: triggers that keep their history, and the history tables that no source shows.

SQL Server writes the time at which the transaction began, in UTC (MS Learn, "Temporal tables"); a trigger has the time
of its statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind, Table, Temporal
from migrator.mysql.connect import quoted
from migrator.translate.draft import ColumnDraft, IndexDraft, IndexPart, Moment, RowAction, TableDraft
from migrator.translate.notes import Notes


def draft_histories(drafts: dict[ObjectName, TableDraft], name_of: Callable[[Table], str], notes: Notes) -> None:
    """Add the triggers of every temporal table, and to ``drafts`` the history tables that are missing.

    ``name_of`` gives a table its name in MySQL and counts it.
    """
    by_name = {str(name).casefold(): draft for name, draft in drafts.items()}
    for draft in list(drafts.values()):
        temporal = draft.source.temporal
        if temporal is None:
            continue
        label = str(draft.object)
        start, end = draft.of_source(temporal.period_start), draft.of_source(temporal.period_end)
        if start is None or end is None:
            reason = "its period columns are not known"
            notes.add("temporal", ObjectKind.TABLE, label, draft.source.place, reason=reason)
            continue
        name = temporal.history or _free(ObjectName(draft.object.schema, f"{draft.object.name}_history"), by_name)
        history = by_name.get(str(name).casefold())
        if history is None:
            history = _history(draft, temporal, name, name_of)
            drafts[name] = by_name[str(name).casefold()] = history
        draft.actions += _actions(draft, history, start, end)
        notes.add("temporal-triggers", ObjectKind.TABLE, label, draft.source.place, history=history.name)


def _free(name: ObjectName, taken: Collection[str]) -> ObjectName:
    while str(name).casefold() in taken:
        name = ObjectName(name.schema, f"{name.name}_")
    return name


def _history(draft: TableDraft, temporal: Temporal, name: ObjectName, name_of: Callable[[Table], str]) -> TableDraft:
    """A table of the same columns without keys, as SQL Server makes it; it has an index over its period."""
    sources = tuple(
        replace(column, identity=None, default=None, computed=None, generated_always=None, place=None)
        for column in draft.source.columns
    )
    table = Table(name, sources, place=draft.source.place)
    made = TableDraft(table, name_of(table), draft.collation, loaded=False)
    made.columns = [
        replace(column, default=None, generated=None, auto_increment=False, unfilled=False)
        for column in draft.columns
        if column.source is not None
    ]
    period = [made.of_source(side) for side in (temporal.period_end, temporal.period_start)]
    parts = tuple(IndexPart(column.name) for column in period if column is not None)
    made.indexes.append(IndexDraft(f"ix_{made.name}"[:64], parts, False, ObjectKind.INDEX, ""))
    return made


def _actions(draft: TableDraft, history: TableDraft, start: ColumnDraft, end: ColumnDraft) -> list[RowAction]:
    now = f"UTC_TIMESTAMP({start.target.scale})"
    first, last = f"NEW.{quoted(start.name)}", f"NEW.{quoted(end.name)}"
    return [
        RowAction(Moment.BEFORE_UPDATE, f"SET {first} = {now}, {last} = OLD.{quoted(end.name)}"),
        RowAction(Moment.AFTER_UPDATE, _insert(draft, history, end, first)),
        RowAction(Moment.AFTER_DELETE, _insert(draft, history, end, now)),
    ]


def _insert(draft: TableDraft, history: TableDraft, end: ColumnDraft, moment: str) -> str:
    """INSERT of the old row, which was valid until ``moment``."""
    columns, values = [], []
    for column in draft.columns:
        other = _counterpart(history, column)
        if other is not None and other.generated is None:
            columns.append(quoted(other.name))
            values.append(moment if column is end else f"OLD.{quoted(column.name)}")
    return f"INSERT INTO {quoted(history.name)} ({', '.join(columns)}) VALUES ({', '.join(values)})"  # noqa: S608 - every name is quoted


def _counterpart(history: TableDraft, column: ColumnDraft) -> ColumnDraft | None:
    if column.source is None:
        return None
    folded, part = column.source.name.casefold(), column.target.part
    for other in history.columns:
        if other.source is not None and other.source.name.casefold() == folded and other.target.part is part:
            return other
    return None
