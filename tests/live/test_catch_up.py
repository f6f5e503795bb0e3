"""Copied while somebody writes, then caught up with: at the end both sides are equal, row by row.

Where the server tracks no changes, a trigger of the test notes them, and is asked in the place of CHANGETABLE.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.copy.catch_up import Bound
from migrator.errors import SourceError
from migrator.events import silent
from migrator.model.schema import Table
from migrator.mysql.url import Target
from migrator.sqlserver import changes, pictures
from migrator.sqlserver.changes import ChangeTracking
from migrator.sqlserver.connect import Link, quoted, session
from migrator.sqlserver.source import SqlServer
from migrator.sqlserver.url import Server
from migrator.workflows.catch_up import Following, catch_up
from migrator.workflows.copy import copy
from migrator.workflows.migrate import Setting, study
from migrator.workflows.validate import validate

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]
ROWS = 1000
LONGEST = 3900
"""Units of the longest note: one row has it from the beginning, so none grows beyond what was measured."""
TABLES = ("visits",)


@pytest.fixture
def shop() -> Iterator[Server]:
    master = Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"]).with_database("master")
    name = f"test_{secrets.token_hex(6)}"
    with session(master) as link:
        link.execute(f"CREATE DATABASE {quoted(name)}", doing="making a test's database")
    try:
        server = master.with_database(name)
        with session(server) as link:
            link.execute(
                "CREATE TABLE dbo.visits (id int NOT NULL CONSTRAINT PK_visits PRIMARY KEY, code nvarchar(20) NOT NULL "
                "CONSTRAINT UQ_code UNIQUE, [at] datetimeoffset(3), note nvarchar(max))",
                doing="making a table",
            )
            for start in range(0, ROWS, 500):
                values = ", ".join(
                    f"({n}, N'code {n}', '2024-02-29T12:00:00+02:00', N'ż{n}')" for n in range(start, start + 500)
                )
                link.execute(f"INSERT INTO dbo.visits VALUES {values}", doing="filling a table")
            longest = f"REPLICATE(CAST(N'y' AS nvarchar(max)), {LONGEST})"
            link.execute(f"INSERT INTO dbo.visits VALUES (-1, N'longest', NULL, {longest})", doing="filling a table")
        yield server
    finally:
        pictures.forget(master.with_database(name))  # what read it in this process
        with session(master) as link:
            link.execute(f"DROP DATABASE {quoted(name)}", doing="dropping a test's database")


@pytest.fixture
def followed(shop: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The database with its changes tracked, by itself or by a trigger."""
    with session(shop) as link:
        try:
            link.rows("SELECT CHANGE_TRACKING_CURRENT_VERSION()")
        except SourceError:
            _note_by_trigger(link, monkeypatch)
            return shop
        name = quoted(shop.database)
        link.execute(f"ALTER DATABASE {name} SET CHANGE_TRACKING = ON", doing="tracking changes")
        link.execute(f"ALTER DATABASE {name} SET ALLOW_SNAPSHOT_ISOLATION ON", doing="allowing snapshots")
        link.execute("ALTER TABLE dbo.visits ENABLE CHANGE_TRACKING", doing="tracking a table")
    return shop


def _note_by_trigger(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    link.execute("CREATE TABLE dbo.noted (version int IDENTITY(1, 1), id int)", doing="making a table")
    link.execute(
        "CREATE TRIGGER dbo.note_visits ON dbo.visits AFTER INSERT, UPDATE, DELETE AS "
        "INSERT INTO dbo.noted (id) SELECT id FROM inserted UNION SELECT id FROM deleted",
        doing="making a trigger",
    )

    def changetable(table: Table, since: int) -> str:
        return f"(SELECT DISTINCT id FROM dbo.noted WHERE version > {since}) AS ct"

    monkeypatch.setattr(changes, "changetable", changetable)
    monkeypatch.setattr(changes, "oldest_query", lambda table: "SELECT CAST(0 AS bigint) AS c0")
    monkeypatch.setattr(changes, "_CURRENT", "SELECT CAST(ISNULL(MAX(version), 0) AS bigint) AS c0 FROM dbo.noted")
    monkeypatch.setattr(changes, "_ACTIVE", "SELECT 1 AS c0")
    monkeypatch.setattr(ChangeTracking, "tracked", lambda self, table: table.primary_key is not None)


def _write(server: Server, stop: threading.Event, wrote: list[int]) -> None:
    """New rows, changed rows, rows that go, unique values that change places, until told to stop."""
    with session(server) as link:
        number = ROWS
        while not stop.is_set():
            number += 1
            changed, gone, one, other = (number * factor % ROWS for factor in (7, 13, 3, 5))
            note = f"REPLICATE(CAST(N'x' AS nvarchar(max)), {number * 37 % LONGEST})"
            link.execute(f"INSERT INTO dbo.visits VALUES ({number}, N'code {number}', NULL, NULL)", doing="writing")
            link.execute(f"UPDATE dbo.visits SET note = {note} WHERE id = {changed}", doing="writing")
            link.execute(f"DELETE FROM dbo.visits WHERE id = {gone}", doing="writing")
            link.execute(
                "DECLARE @one nvarchar(20), @other nvarchar(20); "
                f"SELECT @one = code FROM dbo.visits WHERE id = {one}; "
                f"SELECT @other = code FROM dbo.visits WHERE id = {other}; "
                f"IF @one IS NOT NULL AND @other IS NOT NULL AND @one <> @other BEGIN BEGIN TRANSACTION; "
                f"UPDATE dbo.visits SET code = N'on its way' WHERE id = {one}; "
                f"UPDATE dbo.visits SET code = @one WHERE id = {other}; "
                f"UPDATE dbo.visits SET code = @other WHERE id = {one}; COMMIT TRANSACTION; END",
                doing="writing",
            )
            wrote.append(number)


def test_both_sides_are_equal_after_the_freeze(followed: Server, mysql: Target, tmp_path: Path) -> None:
    stop = threading.Event()
    wrote: list[int] = []
    writer = threading.Thread(target=_write, args=(followed, stop, wrote), daemon=True)
    source = SqlServer(followed)
    writer.start()
    try:
        copy(source, Setting("shop", mysql, tmp_path, workers=2, tables=TABLES), silent)
        bound = Bound(changes=0, rounds=1)
        while_writing = catch_up(source, Following(mysql, bound, tables=TABLES), silent)
    finally:
        stop.set()
        writer.join()
    assert while_writing.changes > 0
    last = catch_up(source, Following(mysql, bound, final=True, tables=TABLES), silent)
    assert (last.left, last.done) == (0, True)
    assert len(wrote) > 10
    studied = study(SqlServer(followed), None, TABLES)
    compared = validate(SqlServer(followed), studied.database, studied.translation, mysql, workers=2, emit=silent)
    assert compared.equal
    assert compared.rows > ROWS / 2
