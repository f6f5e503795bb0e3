from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab.home import LONGEST_SOCKET, Home, State, cache_folder, default_folder, runtime_folder
from migrator.lab.program import Origin, Program

PROGRAM = Program(
    command=("/lib/ld.so", "/x/mysqld"), options=("--basedir=/x",), version=(8, 0, 44), origin=Origin.PATH
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.at(tmp_path / "lab")


@pytest.mark.parametrize(
    "state",
    [
        State(program=PROGRAM, release="8.0.44", port=40000, socket="/x/mysql.sock", settings={"sync-binlog": "0"}),
        State(program=None, release="", port=40000),
    ],
)
def test_what_is_written_is_read(home: Home, state: State) -> None:
    home.claim()
    assert home.read() is None
    home.write(state)
    assert home.read() == state


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"program": {"command": 1}}', '{"program": null, "colour": "red"}', "\x00"]
)
def test_a_damaged_memory_is_an_error_with_a_way_out(home: Home, text: str) -> None:
    home.claim()
    (home.folder / "lab.json").write_text(text)
    with pytest.raises(LabError, match="--purge"):
        home.read()


def test_the_folder_is_private(home: Home) -> None:
    home.folder.mkdir(mode=0o755)
    home.claim()
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_a_folder_with_something_else_in_it_is_left_alone(home: Home) -> None:
    (home.folder / "data").mkdir(parents=True, mode=0o755)
    home.folder.chmod(0o755)
    with pytest.raises(LabError, match="holds no lab"):
        home.claim()
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o755


def test_a_file_is_no_folder(home: Home) -> None:
    home.folder.write_text("")
    with pytest.raises(LabError, match="cannot hold a lab"):
        home.claim()


def test_purge_removes_what_is_ours_and_nothing_else(home: Home) -> None:
    home.claim()
    with home.locked(print):
        home.write(State(program=None, release="", port=1))
        for folder in (home.data, home.unborn, home.scratch):
            (folder / "below").mkdir(parents=True)
        for path in (home.log, home.log_before, home.password, home.socket):
            path.touch()
        (home.folder / "notes.txt").touch()
        home.purge()
    assert [path.name for path in home.folder.iterdir()] == ["notes.txt"]


def test_purge_removes_the_folder_too(home: Home) -> None:
    home.claim()
    with home.locked(print):
        home.write(State(program=None, release="", port=1))
        home.purge()
    assert not home.folder.exists()


def test_a_long_folder_has_its_socket_elsewhere(tmp_path: Path, bare: Path) -> None:
    near = Home.at(tmp_path / "lab")
    assert near.socket.parent == near.folder
    far = Home.at(tmp_path / ("f" * LONGEST_SOCKET))
    assert far.socket.parent == runtime_folder()
    other = Home.at(tmp_path / ("g" * LONGEST_SOCKET))
    assert other.socket != far.socket


def test_a_socket_counts_in_bytes(tmp_path: Path) -> None:
    letters = (LONGEST_SOCKET - len(os.fsencode(tmp_path / "mysql.sock"))) // 2 + 1
    assert Home.at(tmp_path / ("ż" * letters)).socket.parent == runtime_folder()


def test_two_ways_to_a_folder_are_one_lab(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert Home.at(tmp_path / "link") == Home.at(tmp_path / "real")


def test_the_folders_follow_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    assert default_folder() == tmp_path / ".local/state/migrator/lab"
    assert cache_folder() == tmp_path / ".cache/migrator/mysql"
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/state")
    assert default_folder() == Path("/srv/state/migrator/lab")


def test_a_runtime_folder_that_others_can_enter_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = runtime_folder()
    folder.chmod(0o755)
    with pytest.raises(LabError, match="not ours alone"):
        runtime_folder()
    folder.rmdir()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LabError, match="not ours alone"):
        runtime_folder()


def test_the_log_is_told_by_its_end(home: Home) -> None:
    assert home.log_tail() == ""
    home.claim()
    home.log.write_bytes(b"".join(b"line %d\n" % number for number in range(100)) + b"\xff\n")
    assert home.log_tail().splitlines()[-2:] == ["line 99", "\N{REPLACEMENT CHARACTER}"]
    assert "line 50" not in home.log_tail()
