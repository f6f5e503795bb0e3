"""The bench of a live table at its smallest, with visits that the server makes itself."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

import pytest
from typer.testing import CliRunner

from migrator.cli.main import app
from migrator.errors import SourceRejected
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target
from migrator.sqlserver.connect import session as source_session
from migrator.sqlserver.seed import seeded
from migrator.sqlserver.url import Server

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

ROWS = 3_000


@pytest.fixture
def visits() -> Server:
    """An address of a database that is not there."""
    return Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"]).with_database(f"bench_{secrets.token_hex(4)}")


def there(server: Server) -> bool:
    with source_session(server.with_database("master")) as link:
        return bool(link.rows(f"SELECT 1 FROM sys.databases WHERE name = N'{server.database}'"))


def test_all_three_are_measured_and_nothing_stays(visits: Server, mysql: Target, tmp_path: Path) -> None:
    command = ["bench", "--copy", str(visits), "--seed-rows", str(ROWS), "--naive-rows", "1000", "--rounds", "1"]
    answer = CliRunner().invoke(app, [*command, "--target", str(mysql), "--out", str(tmp_path), "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.output)["live"]
    assert (found["table"], found["rows"]) == ("dbo.visits", ROWS)
    assert found["naive"]["rows"] == 1000
    assert found["speedup"] > 0
    ours, floor = found["ours"], found["floor"]
    assert found["ratio"] == (ours["load_s"] + ours["build_s"]) / (floor["load_s"] + floor["build_s"])
    assert found["peak"] > 10e6
    assert not there(visits)
    assert not list(tmp_path.glob("*.tsv"))
    with session(mysql) as connection:
        assert fetch(connection, "SELECT COUNT(*), COUNT(DISTINCT `token`) FROM `visits`") == [(ROWS, ROWS)]
        assert len(fetch(connection, "SHOW INDEX FROM `visits` WHERE Seq_in_index = 1")) == 3


def test_visits_are_as_many_as_asked_for_and_a_database_that_is_there_stays(visits: Server) -> None:
    with seeded(visits, 1_234) as made:
        with source_session(made) as link:
            assert link.rows("SELECT COUNT(*), MIN(visit_id), MAX(visit_id) FROM dbo.visits") == [(1_234, 1, 1_234)]
        with pytest.raises(SourceRejected, match="already"), seeded(visits, 10):
            pass
        assert there(visits)
    assert not there(visits)
