"""CREATE TABLE, and the body of CREATE TYPE ... AS TABLE."""

from __future__ import annotations

from migrator.translate.tsql.columns import column
from migrator.translate.tsql.constraints import STARTS, table_constraint
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import TableDraft
from migrator.translate.tsql.indexes import inline_index, storage
from migrator.translate.tsql.problems import Unreadable


def create_table(cursor: Cursor, text: str) -> TableDraft:
    """Read a whole CREATE TABLE from behind these two words. Raises Unreadable."""
    place = cursor.place
    table = TableDraft(cursor.object_name("a table name"), text, place)
    if cursor.word == "(":
        elements(cursor, table)
    _options(cursor, table)
    cursor.finish()
    table.settle()
    return table


def elements(cursor: Cursor, table: TableDraft) -> None:
    """Step over ``(column, constraint, index ...)`` and add all of them. T-SQL takes a comma too many at the end."""
    cursor.expect("(")
    while True:
        element(cursor, table)
        if cursor.take(","):
            if cursor.take(")"):
                return
            continue
        # A constraint may follow a column without a comma: then it is the table's, as if the comma were there.
        if cursor.word in STARTS:
            continue
        cursor.expect(")")
        return


def element(cursor: Cursor, table: TableDraft, *, trusted: bool = True) -> None:
    """Step over one column, constraint, index or period and add it."""
    if cursor.sees("PERIOD", "FOR", "SYSTEM_TIME"):
        period(cursor, table)
    elif cursor.word in STARTS:
        table_constraint(cursor, table, trusted=trusted)
    elif cursor.word == "INDEX":
        place = cursor.place
        cursor.take("INDEX")
        inline_index(cursor, table, place)
    else:
        column(cursor, table, trusted=trusted)


def period(cursor: Cursor, table: TableDraft) -> None:
    """Step over ``PERIOD FOR SYSTEM_TIME (start, end)`` and note it."""
    cursor.expect("PERIOD", "FOR", "SYSTEM_TIME", "(")
    start = cursor.name("a column name")
    cursor.expect(",")
    end = cursor.name("a column name")
    cursor.expect(")")
    table.period = (start, end)


def _options(cursor: Cursor, table: TableDraft) -> None:
    """Step over everything behind the elements."""
    while not cursor.done:
        start = cursor.at
        if cursor.take("AS"):
            kind = cursor.take_any("NODE", "EDGE", "FILETABLE")
            if not kind:
                raise Unreadable("CREATE TABLE AS SELECT is not read")
            table.add_feature({"NODE": "graph node", "EDGE": "graph edge", "FILETABLE": "file table"}[kind])
        elif cursor.take("WITH", "("):
            table_options(cursor, table)
        elif partitioning := storage(cursor, options=False).partitioned:
            table.partitioning = partitioning
        if cursor.at == start:
            raise cursor.unexpected("a table option")


def table_options(cursor: Cursor, table: TableDraft) -> None:
    """Step over the options of ``WITH (`` or ``SET (`` with the closing bracket; note those that change the table."""
    while not cursor.take(")"):
        if cursor.take("SYSTEM_VERSIONING", "="):
            _versioning(cursor, table)
        elif cursor.take("MEMORY_OPTIMIZED", "=", "ON"):
            table.add_feature("memory-optimised")
        elif cursor.take("LEDGER", "=", "ON"):
            table.add_feature("ledger")
        elif cursor.word == "(":
            cursor.group()
        elif cursor.done:
            raise cursor.unexpected(")")
        else:
            cursor.at += 1


def _versioning(cursor: Cursor, table: TableDraft) -> None:
    table.versioned = cursor.take_any("ON", "OFF") == "ON"
    table.history = None
    if not (table.versioned and cursor.take("(")):
        return
    while not cursor.take(")"):
        if cursor.take("HISTORY_TABLE", "="):
            table.history = cursor.object_name("a table name")
        elif cursor.done:
            raise cursor.unexpected(")")
        else:
            cursor.at += 1
