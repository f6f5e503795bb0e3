from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab.acquire import again, recorded, start_first
from migrator.lab.docker import Container
from migrator.lab.home import Home, State
from migrator.lab.local import LocalServer
from migrator.lab.program import Origin, Program

MYSQL = "echo 'mysqld  Ver {version} for Linux on x86_64'"


@pytest.fixture
def home(tmp_path: Path, bare: Path) -> Home:
    home = Home.at(tmp_path / "lab")
    home.claim()
    return home


def state(command: str, version: tuple[int, int, int] = (8, 0, 36), origin: Origin = Origin.PATH) -> State:
    program = Program(command=(command,), options=(), version=version, origin=origin)
    return State(program=program, release=program.release, port=0)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Program]:
    """Servers that would have been started, without starting them."""
    programs: list[Program] = []

    def start(self: LocalServer, say: object) -> State:
        programs.append(self.program)
        return State(program=self.program, release=self.program.release, port=0)

    monkeypatch.setattr(LocalServer, "start", start)
    return programs


def test_where_nothing_is_everything_tried_is_told(home: Home) -> None:
    with pytest.raises(LabError) as caught:
        start_first(home, {}, print)
    assert [line.strip().split(":")[0] for line in caught.value.why.splitlines()] == ["Docker", "PATH", "packages"]
    assert "no docker on PATH" in caught.value.why
    assert "no mysqld" in caught.value.why
    assert "no apt-get" in caught.value.why
    assert "MIGRATOR_MYSQLD" in caught.value.todo


def test_mariadb_is_refused_and_told(home: Home, install: Callable[[str, str], Path]) -> None:
    install("mysqld", MYSQL.format(version="10.11.14-MariaDB"))
    with pytest.raises(LabError, match=r"PATH: .*mysqld is MariaDB"):
        start_first(home, {}, print)


def test_a_server_on_path_serves(home: Home, install: Callable[[str, str], Path], started: list[Program]) -> None:
    path = install("mysqld", MYSQL.format(version="8.0.36"))
    server, _ = start_first(home, {}, print)
    assert server.origin is Origin.PATH
    assert started[0].command == (str(path),)


def test_who_names_a_server_gets_that_one(
    home: Home, install: Callable[[str, str], Path], started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("mysqld", MYSQL.format(version="8.0.36"))
    named = install("other", MYSQL.format(version="8.4.6"))
    monkeypatch.setenv("MIGRATOR_MYSQLD", str(named))
    server, _ = start_first(home, {}, print)
    assert server.origin is Origin.NAMED
    assert started[0].version == (8, 4, 6)


def test_who_names_a_wrong_server_gets_no_other(
    home: Home, install: Callable[[str, str], Path], started: list[Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("mysqld", MYSQL.format(version="8.0.36"))
    monkeypatch.setenv("MIGRATOR_MYSQLD", "/nowhere/mysqld")
    with pytest.raises(LabError, match="/nowhere/mysqld is no program"):
        start_first(home, {}, print)
    assert not started


def test_what_a_failed_server_began_no_other_finds(home: Home, install: Callable[[str, str], Path]) -> None:
    """A confined mysqld answers --version, and fails when it is to make a data folder."""
    refusal = f"mkdir {home.unborn}; echo 'Could not open error.log: Permission denied' >&2; exit 1"
    install("mysqld", MYSQL.format(version="8.0.36") + f'; case "$*" in *initialize*) {refusal} ;; esac')
    with pytest.raises(LabError, match=r"cannot make a data folder.*\(Could not open error.log: Permission denied\)"):
        start_first(home, {}, print)
    assert not home.unborn.exists()
    assert not home.data.exists()


def test_a_docker_that_cannot_pull_gives_way_and_leaves_nothing(
    home: Home, install: Callable[[str, str], Path], started: list[Program]
) -> None:
    install("docker", 'case "$*" in info*) echo 28 ;; *" up "*) echo "no route to registry" >&2; exit 1 ;; esac')
    install("mysqld", MYSQL.format(version="8.0.36"))
    server, _ = start_first(home, {}, print)
    assert server.origin is Origin.PATH
    assert not home.password.exists()


def test_the_recorded_server_is_used_again(home: Home, install: Callable[[str, str], Path]) -> None:
    path = install("mysqld", MYSQL.format(version="8.0.36"))
    before = replace(state(str(path)), settings={"sync-binlog": "0"})
    server = again(home, before, {}, print)
    assert server == recorded(home, before)
    assert isinstance(again(home, State(program=None, release="8.0.44", port=1), {}, print), Container)


@pytest.mark.parametrize(("now", "fits"), [("8.0.36", True), ("8.0.44", True), ("8.0.35", False), ("8.4.6", False)])
def test_data_want_their_own_series(home: Home, install: Callable[[str, str], Path], now: str, fits: bool) -> None:
    path = install("mysqld", MYSQL.format(version=now))
    if fits:
        again(home, state(str(path)), {}, print)
    else:
        with pytest.raises(LabError, match="--purge"):
            again(home, state(str(path)), {}, print)


def test_a_program_that_moved_is_found_again(home: Home, install: Callable[[str, str], Path]) -> None:
    path = install("mysqld", MYSQL.format(version="8.0.36"))
    server = again(home, state("/gone/mysqld"), {}, print)
    assert isinstance(server, LocalServer)
    assert server.program.command == (str(path),)


def test_a_program_that_is_gone_is_told(home: Home) -> None:
    with pytest.raises(LabError, match="no mysqld"):
        again(home, state("/gone/mysqld"), {}, print)
