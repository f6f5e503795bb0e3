"""The doctor before a server that speaks TDS: as its administrator, and as a login with nothing but printed grants."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.facts import not_ok

from migrator.doctor.permissions import source_permissions
from migrator.doctor.run import look
from migrator.errors import SourceError, SourceRejected
from migrator.model.checkup import Area, Grade
from migrator.mysql.url import Target
from migrator.rules.load import load_rules
from migrator.sqlserver.connect import Link, quoted, session
from migrator.sqlserver.facts import SourceFacts
from migrator.sqlserver.grants import script
from migrator.sqlserver.probe import probe_source
from migrator.sqlserver.url import Server
from migrator.sqlserver.version import EngineEdition, read_product

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

TABLES = (
    "CREATE TABLE dbo.orders (id int NOT NULL PRIMARY KEY, note nvarchar(max), version rowversion)",
    "CREATE TABLE dbo.loose (a int, b varchar(20))",
    "INSERT INTO dbo.orders (id, note) VALUES (1, REPLICATE(CAST(N'x' AS nvarchar(max)), 10000))",
)
TRACKED = (
    "ALTER DATABASE CURRENT SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 2 DAYS, AUTO_CLEANUP = ON)",
    "ALTER TABLE dbo.orders ENABLE CHANGE_TRACKING",
)


def run(server: Server, *statements: str) -> None:
    with session(server) as link:
        for statement in statements:
            link.execute(statement, doing="preparing a test")


def asked(server: Server) -> SourceFacts:
    with session(server) as link:
        return probe_source(link.rows)


@pytest.fixture(scope="module")
def admin() -> Server:
    return Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"])


@pytest.fixture(scope="module")
def babelfish(admin: Server) -> bool:
    with session(admin) as link:
        return read_product(link.rows).edition is EngineEdition.BABELFISH


@pytest.fixture(scope="module")
def shop(admin: Server, babelfish: bool) -> Iterator[Server]:
    """A database of this module's own, its changes tracked where the server can."""
    name = f"doctor_{secrets.token_hex(4)}"
    run(admin, f"CREATE DATABASE {name}")
    there = admin.with_database(name)
    run(there, *TABLES, *(() if babelfish else TRACKED))
    yield there
    run(admin, f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def granted(admin: Server, shop: Server, babelfish: bool) -> Iterator[Server]:
    """A login that was given what the script prints; Babelfish knows SELECT on a schema, and none of the rest."""
    name, password = f"doctor_{secrets.token_hex(4)}", f"Aa1!{secrets.token_hex(12)}"
    printed = script(shop, name).replace("<password>", password)
    of_server, of_database = printed.split(f"USE {quoted(shop.database)};\n", 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIGRATOR_TEST_GRANTED", password)
        for server, text in ((admin.with_database("master"), of_server), (shop, of_database)):
            with session(server) as link:
                for batch in re.split(r"(?m)^GO$\n?", text):
                    _grant(link, batch, babelfish)
        if babelfish:
            run(shop, f"GRANT SELECT ON SCHEMA::dbo TO {quoted(name)}")
        yield replace(shop, user=name, password_variable="MIGRATOR_TEST_GRANTED")
    if babelfish:
        run(shop, f"REVOKE SELECT ON SCHEMA::dbo FROM {quoted(name)}")
    run(shop, f"DROP USER {quoted(name)}")
    run(admin, f"DROP LOGIN {quoted(name)}")


def _grant(link: Link, batch: str, babelfish: bool) -> None:
    lines = [line for line in batch.splitlines() if line and not line.startswith("--")]
    if not babelfish:
        link.execute("\n".join(lines) or "SELECT 1", doing="granting")
        return
    for statement in ["\n".join(lines)] if lines and lines[0].startswith("DECLARE") else lines:
        try:
            link.execute(statement, doing="granting")
        except SourceRejected as error:
            if "GRANT " not in statement or not re.search("not currently supported|Cannot find the user", error.why):
                raise


def test_both_ends_are_looked_at(shop: Server, mysql: Target) -> None:
    said: list[str] = []
    checkup = look(shop, mysql, load_rules(), rates=True, say=said.append)
    assert len(said) == 3
    assert {check.area for check in checkup.checks} == set(Area)
    assert not [check for check in checkup.checks if check.grade is Grade.BLOCKER and check.area is Area.SOURCE]
    names = {check.name for check in checkup.checks}
    assert {"version", "database", "consistency", "change tracking", "keys", "permission SELECT"} <= names
    assert {"clocks", "collations", "rate from the source", "rate to the target", "latency to the source"} <= names


def test_facts_are_those_of_the_database(shop: Server, babelfish: bool) -> None:
    facts = asked(shop)
    assert facts.database == shop.database
    assert facts.tables is not None
    assert [(str(table), table.primary_key, table.selectable) for table in facts.tables] == [
        ("dbo.loose", False, True),
        ("dbo.orders", True, True),
    ]
    assert facts.options is not None
    assert facts.clock is not None
    assert facts.clock.round_trip > 0
    if babelfish:
        return  # the rest of its catalog is not SQL Server's
    assert facts.unasked == ()
    assert facts.automatic is not None
    assert facts.automatic.row_versions == 1
    assert [table.tracked for table in facts.tables] == [False, True]
    assert (facts.tables[1].lob_bytes or 0) >= 20_000
    assert facts.log is not None
    assert (facts.bytes or 0) > 0


def test_printed_grants_are_enough(granted: Server, babelfish: bool) -> None:
    facts = asked(granted)
    assert facts.user == granted.user
    assert facts.tables is not None
    assert [table.selectable for table in facts.tables] == [True, True]
    with session(granted) as link:
        assert link.rows("SELECT id FROM dbo.orders") == [(1,)]
        with pytest.raises(SourceError):
            link.execute("INSERT INTO dbo.loose (a) VALUES (1)", doing="writing to the source")
    if not babelfish:
        assert not_ok(source_permissions(facts)) == {}
        assert facts.unasked == ()


def test_a_login_without_them_is_told(granted: Server, shop: Server, babelfish: bool) -> None:
    where = "SCHEMA::dbo" if babelfish else f"DATABASE::{quoted(shop.database)}"
    run(shop, f"REVOKE SELECT ON {where} FROM {quoted(granted.user)}")
    facts = asked(granted)
    grades = not_ok(source_permissions(facts))
    # Where nothing is granted on a table, a server may as well not show it.
    assert grades.get("permission SELECT") is Grade.BLOCKER or facts.tables == ()
