"""Column definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.schema import Column, Computed, Default, Identity
from migrator.translate.tsql import constraints
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import ColumnDraft, TableDraft
from migrator.translate.tsql.expressions import computed_expression, default_expression
from migrator.translate.tsql.indexes import inline_index, names
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.types import TypeName, type_name

_NO_COLLATION: Final = "database_default"
_ENDS: Final = frozenset({",", ")", ""})


def column(cursor: Cursor, table: TableDraft, *, trusted: bool = True) -> None:
    """Step over one column with its options and constraints, and add all of them to the table."""
    place = cursor.place
    name = cursor.name("a column name")
    base = Column(name, None, nullable=True, place=place)
    if cursor.take("AS"):
        expression = computed_expression(cursor)
        persisted = cursor.take("PERSISTED")
        draft = ColumnDraft(replace(base, computed=Computed(expression, persisted)), None)
    elif cursor.word in _ENDS and not cursor.at_name() and name.lower() == "timestamp":
        # The one type that may stand without a column name: the column is then called timestamp.
        draft = ColumnDraft(base, TypeName("", name))
    else:
        draft = ColumnDraft(base, type_name(cursor))
    table.add_column(draft)
    while cursor.word not in _ENDS or cursor.at_name():
        _option(cursor, table, name, trusted=trusted)


def collation(cursor: Cursor) -> str | None:
    """Step over the name behind COLLATE; None for the database's own."""
    written = cursor.name("a collation")
    return None if written.lower() == _NO_COLLATION else written


def masking(cursor: Cursor) -> str:
    """Step over ``WITH (FUNCTION = '...')`` and return the function."""
    cursor.expect("WITH", "(", "FUNCTION", "=")
    function = cursor.string()
    cursor.expect(")")
    return function


def set_nullable(table: TableDraft, name: str, nullable: bool) -> None:
    """Say NULL or NOT NULL about a column."""
    index = table.position(name)
    table.columns[index] = replace(table.columns[index], nullable=nullable)


def _option(cursor: Cursor, table: TableDraft, name: str, *, trusted: bool) -> None:
    """Step over one option or constraint of column ``name``."""
    if cursor.take("NOT", "FOR", "REPLICATION"):
        return
    if cursor.take("COLLATE"):
        table.set_column(name, collation=collation(cursor))
    elif cursor.take("IDENTITY"):
        table.set_column(name, identity=_identity(cursor))
        set_nullable(table, name, nullable=False)
    elif cursor.take("ROWGUIDCOL"):
        table.set_column(name, rowguid=True)
    elif cursor.take("SPARSE"):
        table.set_column(name, sparse=True)
    elif cursor.take("FILESTREAM"):
        table.add_feature("filestream")
    elif cursor.take("COLUMN_SET", "FOR", "ALL_SPARSE_COLUMNS"):
        table.add_feature("column set")
    elif cursor.take("MASKED"):
        table.set_column(name, masked=masking(cursor))
    elif cursor.take("ENCRYPTED", "WITH"):
        cursor.group()
        table.set_column(name, encrypted=True)
    elif cursor.take("GENERATED", "ALWAYS", "AS"):
        kind = " ".join((cursor.name(), cursor.name())).upper()
        table.set_column(name, generated_always=kind)
        set_nullable(table, name, nullable=False)
        cursor.take("HIDDEN")
    else:
        _constraint(cursor, table, name, trusted=trusted)


def _constraint(cursor: Cursor, table: TableDraft, name: str, *, trusted: bool) -> None:
    place = cursor.place
    constraint = constraints.constraint_name(cursor)
    if cursor.take("NOT", "NULL"):
        set_nullable(table, name, nullable=False)
    elif cursor.take("NULL"):
        set_nullable(table, name, nullable=True)
    elif cursor.take("DEFAULT"):
        constraints.set_default(table, name, Default(constraint, default_expression(cursor)))
        cursor.take("WITH", "VALUES")
    elif cursor.sees("PRIMARY", "KEY") or cursor.word == "UNIQUE":
        constraints.key(cursor, table, constraint, place, inline_column=name)
    elif cursor.word == "REFERENCES" or cursor.take("FOREIGN", "KEY"):
        columns = names(cursor) if cursor.word == "(" else (name,)
        constraints.foreign_key(cursor, table, constraint, place, columns, trusted=trusted)
    elif cursor.word == "CHECK":
        constraints.check(cursor, table, constraint, place, trusted=trusted)
    elif cursor.take("INDEX"):
        inline_index(cursor, table, place, inline_column=name)
    else:
        raise cursor.unexpected("a column option")


def _identity(cursor: Cursor) -> Identity:
    if not cursor.take("("):
        return Identity(1, 1)
    seed = cursor.integer()
    cursor.expect(",")
    increment = cursor.integer()
    cursor.expect(")")
    if not increment:
        raise Unreadable("an identity cannot step by 0")
    return Identity(seed, increment)
