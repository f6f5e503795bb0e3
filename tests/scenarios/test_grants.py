"""A user of the target with nothing but the printed grants does a whole migration, and takes it away again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import migrator

from migrator.lab.server import Lab
from migrator.mysql.connect import execute, session
from migrator.mysql.control import find_run, release
from migrator.mysql.grants import script
from migrator.mysql.url import Target, Tls


@pytest.fixture
def granted(lab: Lab) -> Iterator[Target]:
    """Such a user, on a database that is not there yet. The private server, because it takes a global setting, too."""
    name, password = f"test_{secrets.token_hex(6)}", secrets.token_hex(12)
    user = Target(name, "127.0.0.1", lab.state.port, name, tls=Tls.OFF, password_variable="MIGRATOR_TEST_GRANTED")
    text = "\n".join(line for line in script(user, name).splitlines() if not line.startswith("--"))
    with session(lab.target()) as root:
        for statement in text.replace("<password>", password).rstrip(";\n").split(";\n"):
            execute(root, statement, doing="granting")
        execute(root, "SET GLOBAL log_bin_trust_function_creators = 1", doing="letting others make triggers")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MIGRATOR_TEST_GRANTED", password)
            yield user
        execute(root, "SET GLOBAL log_bin_trust_function_creators = 0", doing="as it was")
        execute(root, f"DROP DATABASE IF EXISTS {name}", doing="dropping a test's database")
        execute(root, f"DROP USER {name}", doing="dropping a user")


def test_printed_grants_are_enough_for_a_target(homecare: Path, granted: Target, tmp_path: Path) -> None:
    done = migrator("rehearse", homecare, "--target", granted, "--out", tmp_path / "out", "--json")
    assert done.code == 0, done.err
    assert done.json["differences"] == 0
    with session(granted) as connection:
        release(connection)  # what --replace does
        assert find_run(connection) is None
