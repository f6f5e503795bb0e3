"""Changes out of a server: by change tracking where it has that, and everywhere what our own queries make of keys."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

from migrator.copy.catch_up import Bound, catch_up
from migrator.errors import ChangesLost, SourceError
from migrator.events import silent
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form, Part, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Key, KeyColumn, Table
from migrator.mysql import control, versions
from migrator.mysql.connect import execute, fetch
from migrator.mysql.connect import session as mysql_session
from migrator.mysql.url import Target
from migrator.sqlserver import changes
from migrator.sqlserver.changes import ChangeTracking
from migrator.sqlserver.connect import Link, quoted, session
from migrator.sqlserver.url import Server

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

VISITS = Table(
    ObjectName("dbo", "visits"),
    (
        Column("token", DataType(SqlType.UNIQUEIDENTIFIER), nullable=False),
        Column("part", DataType(SqlType.INT), nullable=False),
        Column("at", DataType(SqlType.DATETIMEOFFSET, scale=3), nullable=True),
        Column("note", DataType(SqlType.NVARCHAR, length=MAX), nullable=True),
    ),
    Key("PK_visits", (KeyColumn("token"), KeyColumn("part")), clustered=True),
)
MAPPING = TableMapping(
    VISITS.name,
    "visits",
    (
        TargetColumn("token", "token", "CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci", Form.UUID, False),
        TargetColumn("part", "part", "INT", Form.INTEGER, False),
        TargetColumn("at", "at", "DATETIME(3)", Form.DATETIME, True, Part.UTC, scale=3),
        TargetColumn("at_offset", "at", "SMALLINT", Form.INTEGER, True, Part.OFFSET_MINUTES),
        TargetColumn("note", "note", "LONGTEXT", Form.CLOB, True),
    ),
    ("token", "part"),
)
DDL = (
    "CREATE TABLE `visits` (`token` CHAR(36) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL, "
    "`part` INT NOT NULL, `at` DATETIME(3), `at_offset` SMALLINT, `note` LONGTEXT, PRIMARY KEY (`token`, `part`))"
)
A, B, C = (f"{letter * 8}-0000-0000-0000-00000000000{n}" for n, letter in enumerate("abc"))
ONCE = Bound(changes=0, rounds=1)


@pytest.fixture
def shop() -> Iterator[Server]:
    """A database of this test's own."""
    master = Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"]).with_database("master")
    name = f"test_{secrets.token_hex(6)}"
    with session(master) as link:
        link.execute(f"CREATE DATABASE {quoted(name)}", doing="making a test's database")
    try:
        yield master.with_database(name)
    finally:
        with session(master) as link:
            link.execute(f"DROP DATABASE {quoted(name)}", doing="dropping a test's database")


@pytest.fixture
def link(shop: Server) -> Iterator[Link]:
    with session(shop) as opened:
        opened.execute(
            "CREATE TABLE dbo.visits (token uniqueidentifier NOT NULL, part int NOT NULL, [at] datetimeoffset(3), "
            "note nvarchar(max), CONSTRAINT PK_visits PRIMARY KEY (token, part))",
            doing="making a table",
        )
        yield opened


@pytest.fixture
def target(mysql: Target) -> Target:
    with mysql_session(mysql) as connection:
        control.claim(connection, control.Run("r" * 32, "live", "m" * 64, ("visits",)))
        execute(connection, DDL, doing="making a table")
    return mysql


def begin(target: Target, version: int) -> None:
    with mysql_session(target) as connection:
        versions.begin(connection, version, ["visits"])


def held(target: Target) -> list[tuple[object, ...]]:
    with mysql_session(target) as connection:
        return fetch(
            connection, "SELECT token, part, CAST(`at` AS CHAR), at_offset, LENGTH(note) FROM visits ORDER BY 1, 2"
        )


def put(link: Link, token: str, part: int, at: str, units: int) -> None:
    link.execute(
        f"DELETE FROM dbo.visits WHERE token = '{token}' AND part = {part}; INSERT INTO dbo.visits VALUES "
        f"('{token}', {part}, '{at}', REPLICATE(CAST(N'ż' AS nvarchar(max)), {units}))",
        doing="changing a row",
    )


@pytest.mark.parametrize("steady", [True, False])
def test_keys_and_rows_of_every_size(
    shop: Server, link: Link, target: Target, monkeypatch: pytest.MonkeyPatch, steady: bool
) -> None:
    """The queries around CHANGETABLE, with a table of keys in its place: so they run where nothing tracks changes."""
    put(link, A, 1, "2024-02-29T23:30:00.123+02:00", 10)
    put(link, A, 2, "0001-01-01T00:00:00.000+00:00", 5_000)
    put(link, B, 1, "9999-12-31T18:29:59.999-05:30", 140_000)
    put(link, C, 1, "2024-01-01T00:00:00.000+14:00", 5)
    link.execute("CREATE TABLE dbo.changed (token uniqueidentifier, part int)", doing="making a table")
    link.execute(
        f"INSERT INTO dbo.changed VALUES ('{A}', 1), ('{A}', 2), ('{B}', 1), ('{B}', 2)", doing="filling a table"
    )
    monkeypatch.setattr(changes, "changetable", lambda table, since: "dbo.changed AS ct")
    monkeypatch.setattr(changes, "oldest_query", lambda table: "SELECT CAST(5 AS bigint) AS c0")
    monkeypatch.setattr(changes, "_ACTIVE", "SELECT 1 AS c0")
    monkeypatch.setattr(changes, "_CURRENT", "SELECT CAST(7 AS bigint) AS c0")
    monkeypatch.setattr(ChangeTracking, "steady", steady)
    monkeypatch.setattr(ChangeTracking, "tracked", lambda self, table: True)
    begin(target, 5)
    with mysql_session(target) as connection:  # old states: one that changed, one that is gone, one that stays
        execute(
            connection,
            f"INSERT INTO visits VALUES ('{A}', 1, NULL, NULL, 'old'), ('{B}', 2, NULL, NULL, 'gone'), "
            f"('{C}', 1, NULL, NULL, 'stays')",
            doing="filling a table",
        )
    with ChangeTracking(shop) as source:
        result = catch_up(source, [(VISITS, MAPPING)], target, bound=Bound(rounds=1), emit=silent)
    assert result.changes == 4
    assert held(target) == [
        (A, 1, "2024-02-29 21:30:00.123", 120, 20),
        (A, 2, "0001-01-01 00:00:00.000", 0, 10_000),
        (B, 1, "9999-12-31 23:59:59.999", -330, 280_000),
        (C, 1, None, None, 5),
    ]


def _tracks(link: Link) -> bool:
    try:
        link.rows("SELECT CHANGE_TRACKING_CURRENT_VERSION()")
    except SourceError:
        return False
    return True


@pytest.fixture
def tracked(shop: Server, link: Link) -> ChangeTracking:
    if not _tracks(link):
        pytest.skip("this server has no change tracking")
    name = quoted(shop.database)
    link.execute(
        f"ALTER DATABASE {name} SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 2 DAYS, AUTO_CLEANUP = ON)",
        doing="tracking changes",
    )
    link.execute(f"ALTER DATABASE {name} SET ALLOW_SNAPSHOT_ISOLATION ON", doing="allowing snapshots")
    link.execute("ALTER TABLE dbo.visits ENABLE CHANGE_TRACKING", doing="tracking a table")
    return ChangeTracking(shop)


def test_what_is_tracked_is_caught_up_with(link: Link, tracked: ChangeTracking, target: Target) -> None:
    begin(target, tracked.version())
    assert tracked.steady
    assert tracked.tracked(VISITS)
    put(link, A, 1, "2024-02-29T12:00:00+02:00", 3)
    put(link, B, 1, "2024-02-29T12:00:00+02:00", 300_000)
    put(link, C, 1, "2024-02-29T12:00:00+02:00", 0)
    assert catch_up(tracked, [(VISITS, MAPPING)], target, bound=ONCE, emit=silent).changes == 3
    link.execute("UPDATE dbo.visits SET part = 9 WHERE part = 1 AND note = N''", doing="changing a key")
    link.execute(f"DELETE FROM dbo.visits WHERE token = '{A}'", doing="deleting a row")
    last = catch_up(tracked, [(VISITS, MAPPING)], target, bound=ONCE, final=True, emit=silent)
    assert (last.changes, last.left, last.done) == (3, 0, True)
    assert held(target) == [
        (B, 1, "2024-02-29 10:00:00.000", 120, 600_000),
        (C, 9, "2024-02-29 10:00:00.000", 120, 0),
    ]


def test_a_truncated_table_is_an_error(link: Link, tracked: ChangeTracking, target: Target) -> None:
    begin(target, tracked.version())
    put(link, A, 1, "2024-02-29T12:00:00+02:00", 3)
    catch_up(tracked, [(VISITS, MAPPING)], target, bound=ONCE, emit=silent)
    put(link, A, 2, "2024-02-29T12:00:00+02:00", 3)
    link.execute("TRUNCATE TABLE dbo.visits", doing="truncating")
    with pytest.raises(ChangesLost):
        catch_up(tracked, [(VISITS, MAPPING)], target, bound=ONCE, emit=silent)


def test_a_database_that_tracks_nothing(shop: Server, link: Link) -> None:
    if not _tracks(link):
        pytest.skip("this server has no change tracking")
    with ChangeTracking(shop) as source, pytest.raises(SourceError, match="does not track changes"):
        source.version()
