"""The MySQL of the tests: one private server for a run, one database for a test. Where none can be had, tests fail."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.lab.generate import generate
from migrator.lab.server import Lab, down, up
from migrator.mysql.connect import execute, quoted, session
from migrator.mysql.url import Target

# A run's data need not survive a power cut, only the death of a process.
SMALL_AND_FAST = {
    "innodb-buffer-pool-size": "256M",
    "innodb-flush-log-at-trx-commit": "2",
    "loose-innodb-redo-log-capacity": "512M",  # MySQL 8.0.30 and later
    "sync-binlog": "0",
}


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config) -> Iterator[Lab]:
    """A private server for the whole run; it ends with the run, however that ends."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        # The first run downloads a server: nobody should wonder what takes so long.
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\n{line}\n")

    folder = Path(tempfile.mkdtemp(prefix="migrator-tests-"))
    try:
        yield up(folder, owner_pid=os.getpid(), settings=SMALL_AND_FAST, say=say)
    finally:
        down(folder, purge=True)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Target:
    """The server that MIGRATOR_TEST_MYSQL names (mysql://user@host:port/), else the lab's."""
    named = os.environ.get("MIGRATOR_TEST_MYSQL")
    return Target.parse(named) if named else request.getfixturevalue("lab").target()


@pytest.fixture
def mysql(server: Target) -> Iterator[Target]:
    """An empty database of this test's own."""
    target = server.with_database(f"test_{secrets.token_hex(6)}")
    with session(target, database="") as connection:
        execute(connection, f"CREATE DATABASE {quoted(target.database)}", doing="making a test's database")
    yield target
    with session(target, database="") as connection:
        execute(connection, f"DROP DATABASE IF EXISTS {quoted(target.database)}", doing="dropping a test's database")


@pytest.fixture(scope="session")
def homecare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated database at a hundredth of its size: every table, every awkward value."""
    path = tmp_path_factory.mktemp("homecare") / "homecare.bacpac"
    generate(path, scale=0.01, seed=1)
    return path
