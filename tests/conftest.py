"""What the whole run shares: a private MySQL with a database for every test, a generated package, and turns.

Where a run has several processes (``pytest -n 3``), all of them use the one server. Where no server can be had, tests
fail.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class Run:
    """What belongs to the run and not to one of its processes. ``owner`` is the process that somebody started."""

    folder: Path
    owner: int

    @property
    def lab(self) -> Path:
        return self.folder / "lab"

    @contextmanager
    def turn(self, *, alone: bool) -> Iterator[None]:
        """Be one of many, or the only one. Who wants to be alone keeps the door shut until the others have left."""
        with (self.folder / "door").open("w") as door, (self.folder / "room").open("w") as room:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            fcntl.flock(door, fcntl.LOCK_UN)
            try:
                yield
            finally:
                # Closing would not do: a process that a test forked may still have the file.
                fcntl.flock(room, fcntl.LOCK_UN)


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    given = getattr(config, "workerinput", {}).get("run")  # pytest-xdist tells a worker so
    config.stash[RUN] = (
        Run(Path(given[0]), given[1]) if given else Run(Path(tempfile.mkdtemp(prefix="migrator-tests-")), os.getpid())
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Of pytest-xdist, for ``-n auto``: one more than there are processors, as tests often wait for the server."""
    return min(os.cpu_count() or 1, 7) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of pytest-xdist: before a worker starts."""
    run = node.config.stash[RUN]
    node.workerinput["run"] = (str(run.folder), run.owner)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The server ends with the run, however that ends."""
    run = config.stash[RUN]
    if run.owner == os.getpid():
        down(run.lab, purge=True)
        shutil.rmtree(run.folder)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with item.config.stash[RUN].turn(alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config) -> Lab:
    """A private server for the whole run: whoever needs it first starts it."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        # The first run downloads a server: nobody should wonder what takes so long.
        with capture.global_and_fixture_disabled():
            sys.stderr.write(f"\n{line}\n")

    run = pytestconfig.stash[RUN]
    return up(run.lab, owner_pid=run.owner, settings=SMALL_AND_FAST, say=say)


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
