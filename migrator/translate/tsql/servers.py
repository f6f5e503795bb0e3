"""Objects of the server around the database that scripts make by calls: jobs of SQL Server Agent, linked servers."""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind
from migrator.translate.tsql.catalog import Catalog
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Exists

_MAKERS: Final = {
    "sp_add_job": ("AGENT JOB", "@JOB_NAME"),
    "sp_addlinkedserver": ("LINKED SERVER", "@SERVER"),
}
"""Source: Transact-SQL reference, the page of each procedure. The name is the first argument of both."""


def server_object(procedure: str, cursor: Cursor, catalog: Catalog) -> bool:
    """List what a call of ``procedure`` makes by its name; the cursor stands behind the procedure. False for others."""
    if procedure not in _MAKERS:
        return False
    word, argument = _MAKERS[procedure]
    place = cursor.place if not cursor.done else cursor.stream.place(cursor.at - 1)
    if not cursor.at_string() and not (cursor.word == argument and cursor.ahead(1) == "="):
        while not cursor.done and not (cursor.word == argument and cursor.ahead(1) == "="):
            cursor.at += 1
    cursor.take(argument, "=")
    name = cursor.string() if cursor.at_string() else cursor.name() if cursor.at_name() else "(computed)"
    try:
        catalog.add_other(ObjectName("", name), ObjectKind.OTHER, word, place)
    except Exists:
        return False  # made again behind a check that it is not there
    return True
