"""Constraints, written beside a column or on a line of their own."""

from __future__ import annotations

from dataclasses import replace

from migrator.model.schema import Action, Check, Default, ForeignKey, Key, KeyColumn, Place
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import TableDraft
from migrator.translate.tsql.expressions import default_expression
from migrator.translate.tsql.indexes import key_columns, names, storage
from migrator.translate.tsql.problems import Exists

STARTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "DEFAULT", "CONNECTION"})
"""The words that begin a constraint of a table."""


def constraint_name(cursor: Cursor) -> str | None:
    """Step over ``CONSTRAINT name`` if it stands here."""
    return cursor.name("a constraint name") if cursor.take("CONSTRAINT") else None


def table_constraint(cursor: Cursor, table: TableDraft, *, trusted: bool = True) -> None:
    """Step over one constraint of a table and add it. ``trusted`` is False after WITH NOCHECK."""
    place = cursor.place
    name = constraint_name(cursor)
    if cursor.sees("PRIMARY", "KEY") or cursor.word == "UNIQUE":
        key(cursor, table, name, place)
    elif cursor.take("FOREIGN", "KEY"):
        foreign_key(cursor, table, name, place, names(cursor), trusted=trusted)
    elif cursor.word == "CHECK":
        check(cursor, table, name, place, trusted=trusted)
    elif cursor.take("DEFAULT"):
        expression = default_expression(cursor)
        cursor.expect("FOR")
        column = cursor.name("a column name")
        cursor.take("WITH", "VALUES")
        set_default(table, column, Default(name, expression))
    elif cursor.take("CONNECTION"):
        cursor.group()
        if cursor.take("ON", "DELETE"):
            _action(cursor)
        table.add_feature("edge constraint")
    else:
        raise cursor.unexpected("a constraint")


def set_default(table: TableDraft, column: str, default: Default) -> None:
    """Give a column its default. Raises Exists where it has one."""
    if table.column(column).column.default is not None:
        raise Exists(f"{table.name}.{column} has two defaults")
    table.set_column(column, default=default)


def key(cursor: Cursor, table: TableDraft, name: str | None, place: Place, *, inline_column: str | None = None) -> None:
    """Step over PRIMARY KEY or UNIQUE with everything behind it, and add it."""
    primary = cursor.take("PRIMARY", "KEY")
    if not primary:
        cursor.expect("UNIQUE")
    kind = cursor.take_any("CLUSTERED", "NONCLUSTERED")
    if cursor.take("HASH"):
        kind = "NONCLUSTERED"
    columns = (KeyColumn(inline_column),) if inline_column is not None and cursor.word != "(" else key_columns(cursor)
    partitioning = storage(cursor).partitioned
    if partitioning is not None and kind != "NONCLUSTERED" and (primary or kind == "CLUSTERED"):
        table.partitioning = partitioning  # the clustered index is the table
    if primary:
        made = Key(name, columns, clustered=kind != "NONCLUSTERED", place=place)
        table.set_primary_key(made, by_default=not kind)
    else:
        table.add_unique(Key(name, columns, clustered=kind == "CLUSTERED", place=place))


def foreign_key(
    cursor: Cursor, table: TableDraft, name: str | None, place: Place, columns: tuple[str, ...], *, trusted: bool = True
) -> None:
    """Step over REFERENCES with everything behind it, and add the foreign key. No list means the other primary key."""
    cursor.expect("REFERENCES")
    references = cursor.object_name("a table")
    referenced = names(cursor) if cursor.word == "(" else ()
    made = ForeignKey(name, columns, references, referenced, trusted=trusted, place=place)
    while True:
        if cursor.take("ON", "DELETE"):
            made = replace(made, on_delete=_action(cursor))
        elif cursor.take("ON", "UPDATE"):
            made = replace(made, on_update=_action(cursor))
        elif not cursor.take("NOT", "FOR", "REPLICATION"):
            break
    table.add_foreign_key(made)


def _action(cursor: Cursor) -> Action:
    for action in Action:
        if cursor.take(*action.value.split()):
            return action
    raise cursor.unexpected("NO ACTION, CASCADE, SET NULL or SET DEFAULT")


def check(cursor: Cursor, table: TableDraft, name: str | None, place: Place, *, trusted: bool = True) -> None:
    """Step over CHECK and add it; its expression is kept without the brackets around it."""
    cursor.expect("CHECK")
    cursor.take("NOT", "FOR", "REPLICATION")
    table.add_check(Check(name, cursor.group(), trusted=trusted, place=place))
