"""The writing half of the script that everybody writes first; measured, never used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pymysql

from migrator.model.mapping import TableMapping
from migrator.mysql.connect import commit, quoted, session
from migrator.mysql.errors import explain
from migrator.mysql.url import Target


def insert_many(target: Target, mapping: TableMapping, batches: Iterable[Sequence[Sequence[Any]]]) -> int:
    """Insert batches of rows, in the order of the mapping's columns: pymysql's ``executemany``, which puts as many rows
    into a statement as its packet holds, and a commit a batch. The rows. Raises TargetError."""
    names = ", ".join(quoted(column.name) for column in mapping.columns)
    marks = ", ".join(["%s"] * len(mapping.columns))
    statement = f"INSERT INTO {quoted(mapping.target)} ({names}) VALUES ({marks})"  # noqa: S608 - quoted
    rows = 0
    with session(target, autocommit=False) as connection:
        for batch in batches:
            try:
                with connection.cursor() as cursor:
                    cursor.executemany(statement, batch)
            except (pymysql.MySQLError, OSError, TypeError) as error:
                raise explain(error, f"inserting into {mapping.target} the naive way") from error
            commit(connection, doing=f"inserting into {mapping.target} the naive way")
            rows += len(batch)
    return rows
