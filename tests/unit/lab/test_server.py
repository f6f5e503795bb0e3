"""A real server goes through its life, and through the deaths that a laptop and a CI machine have for it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.errors import LabError, TargetDenied
from migrator.lab import debian, ephemeral, process
from migrator.lab.acquire import VARIABLE
from migrator.lab.home import LONGEST_SOCKET, Home, State, cache_folder, runtime_folder
from migrator.lab.program import Program
from migrator.lab.server import Condition, Lab, down, status, up
from migrator.lab.settings import AURORA
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target, Tls

SMALL = {"innodb-buffer-pool-size": "128M", "loose-innodb-redo-log-capacity": "64M", "sync-binlog": "0"}
BYTES = {"1G": str(2**30)}


@pytest.fixture(scope="session")
def program(lab: Lab) -> Program:
    """A mysqld that runs as a process: the one of the tests' own lab, unless that is in Docker."""
    return lab.state.program or debian.packaged(cache_folder(), say=print)


@pytest.fixture
def mysqld(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as one executable, named to the lab."""
    path = tmp_path / "mysqld"
    words = " ".join(f"'{word}'" for word in (*program.command, "--no-defaults", *program.options))
    path.write_text(f'#!/bin/sh\nshift\nexec {words} "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(path))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "lab"
    process.kill(tmp_path / "lab/data")
    process.kill(tmp_path / "lab/data.new")


def variables(target: Target) -> dict[str, str]:
    with session(target) as connection:
        return dict(fetch(connection, "SHOW GLOBAL VARIABLES"))


def test_its_life(mysqld: Path, folder: Path, lab: Lab) -> None:
    neighbour = process.serving(lab.home.data)
    said: list[str] = []
    assert status(folder).condition is Condition.ABSENT
    assert not folder.exists()
    assert not down(folder)

    first = up(folder, settings={"innodb-buffer-pool-size": "128M"}, say=said.append)
    assert [line.split()[0] for line in said] == ["making", "starting"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    said.clear()
    started = time.monotonic()
    assert up(folder, say=said.append) == first
    assert time.monotonic() - started < 2  # a look at a process and a ping, on a machine that is busy with other tests
    assert said == []
    assert status(folder).condition is Condition.RUNNING
    assert status(folder).lab == first

    found = variables(first.target())
    found["default_time_zone"] = found["time_zone"]
    found["log_bin"] = found["log_bin_basename"].rpartition("/")[2]
    for name, value in AURORA.items():
        assert found[name.replace("-", "_")] == BYTES.get(value, value), name
    assert found["innodb_buffer_pool_size"] == str(128 * 2**20)
    assert int(found["port"]) == first.state.port

    with pytest.raises(TargetDenied), session(Target("root", "127.0.0.1", first.state.port, tls=Tls.OFF)):
        pytest.fail("root came in over the network without a password")

    assert down(folder)
    assert status(folder).condition is Condition.STOPPED
    assert not first.home.socket.exists()
    assert not down(folder)
    assert down(folder, purge=True)
    assert not folder.exists()
    assert process.serving(lab.home.data) == neighbour


def test_what_a_power_cut_leaves(mysqld: Path, tmp_path: Path) -> None:
    """A stale socket, a lock that names a living process and half a data folder, below a folder with a long name."""
    folder = tmp_path / ("f" * LONGEST_SOCKET)
    lab = up(folder, settings=SMALL)
    try:
        assert lab.home.socket.parent == runtime_folder()
        with session(lab.target()) as connection:
            execute(connection, "CREATE DATABASE kept", doing="a test")
        lab.kill()
        assert status(folder).condition is Condition.STOPPED
        lab.home.socket.touch()
        lab.home.socket.with_name(lab.home.socket.name + ".lock").write_text(f"{os.getpid()}\n")
        (lab.home.unborn / "mysql").mkdir(parents=True)

        again = up(folder)
        assert again == lab
        assert not lab.home.unborn.exists()
        with session(again.target("kept")) as connection:
            assert fetch(connection, "SELECT DATABASE(), @@innodb_buffer_pool_size") == [("kept", 128 * 2**20)]
        assert again.restart() == lab
    finally:
        down(folder, purge=True)
    assert not lab.home.socket.exists()


def test_killed_while_it_makes_the_data_folder(mysqld: Path, folder: Path) -> None:
    home = Home.at(folder)
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"from migrator.lab.server import up; from pathlib import Path; up(Path({str(folder)!r}))",
        ]
    ) as child:
        deadline = time.monotonic() + 60
        while not (home.unborn / "ibdata1").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        child.kill()
    assert not home.data.exists()
    lab = up(folder, settings=SMALL)
    assert not process.serving(home.unborn)
    assert status(folder).condition is Condition.RUNNING
    lab.kill()
    down(folder, purge=True)


def test_a_server_that_cannot_start_is_told_by_its_log(mysqld: Path, folder: Path) -> None:
    home = Home.at(folder)
    with pytest.raises(LabError, match="unknown variable 'no-such-option=1'"):
        up(folder, settings={"no-such-option": "1"})
    assert not home.data.exists()


def test_a_lab_whose_owner_was_killed_is_swept(lab: Lab, bare: Path, folder: Path) -> None:
    home = Home.at(folder)
    home.claim()
    home.write(State(program=None, release="", port=1))
    home.data.mkdir()
    serve = ["import time; time.sleep(60)", f"--datadir={home.data}"]
    process.start_detached([sys.executable, "-c", *serve], folder=home.folder, log=home.log)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        ephemeral.mark(home, owner.pid)
        up(lab.folder)
        assert process.serving(home.data)
        owner.send_signal(signal.SIGKILL)
    up(lab.folder)
    assert not process.serving(home.data)
    assert not folder.exists()
    assert not list(runtime_folder().glob("*.owner"))


def test_an_orphan_whose_folder_is_gone_is_swept(lab: Lab, bare: Path, folder: Path) -> None:
    home = Home.at(folder)
    folder.mkdir()
    serve = ["import time; time.sleep(60)", f"--datadir={home.data}"]
    process.start_detached([sys.executable, "-c", *serve], folder=folder, log=home.log)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner:
        ephemeral.mark(home, owner.pid)
        owner.kill()
    home.log.unlink()
    folder.rmdir()
    up(lab.folder)
    assert not process.serving(home.data)
    assert not list(runtime_folder().glob("*.owner"))


def test_a_damaged_lab_can_be_purged(bare: Path, folder: Path) -> None:
    home = Home.at(folder)
    home.claim()
    home.data.mkdir()
    (folder / "lab.json").write_text("{")
    with pytest.raises(LabError, match="--purge"):
        up(folder)
    assert down(folder, purge=True)
    assert not folder.exists()


def test_a_lab_that_never_came_about_leaves_nothing(bare: Path, folder: Path) -> None:
    with pytest.raises(LabError, match="no MySQL server can be had"):
        up(folder, owner_pid=os.getpid())
    assert down(folder, purge=True)
    assert not folder.exists()
    assert not list(runtime_folder().iterdir())


def test_data_of_another_server_are_left_alone(mysqld: Path, folder: Path) -> None:
    (folder / "data/mysql").mkdir(parents=True)
    with pytest.raises(LabError, match="holds no lab"):
        up(folder)
    (folder / "lock").touch()
    assert not down(folder, purge=True)
    assert (folder / "data/mysql").is_dir()
