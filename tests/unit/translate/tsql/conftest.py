from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.schema import Database, Table
from migrator.translate.tsql.read import read_script

Read = Callable[[str], Database]
ReadTable = Callable[[str], Table]


@pytest.fixture
def read() -> Read:
    """Reads a script of which nothing may be left unread."""

    def whole(text: str) -> Database:
        database = read_script(text)
        assert database.unread == ()
        return database

    return whole


@pytest.fixture
def read_table(read: Read) -> ReadTable:
    """Reads a script that makes one table."""

    def one(text: str) -> Table:
        (table,) = read(text).tables
        return table

    return one
