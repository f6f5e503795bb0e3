from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab import process

IMPOLITE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
POLITE = "import time; print(1, flush=True); time.sleep(60)"


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    process.kill(tmp_path / "data")


def serve(data: Path, program: str = POLITE) -> None:
    log = data.parent / "log"
    process.start_detached([sys.executable, "-c", program, f"--datadir={data}"], folder=data.parent, log=log)
    deadline = time.monotonic() + 10
    while not log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_server_is_known_from_its_first_moment(data: Path) -> None:
    process.start_detached(
        [sys.executable, "-c", POLITE, f"--datadir={data}"], folder=data.parent, log=data.parent / "log"
    )
    assert process.serving(data)


def test_a_server_is_nobodys_child(data: Path) -> None:
    serve(data)
    (pid,) = process.serving(data)
    assert os.getsid(pid) != os.getsid(0)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def test_only_the_whole_argument_counts(data: Path) -> None:
    serve(data)
    assert not process.serving(data.parent)
    assert not process.serving(data.with_name("dat"))
    assert not process.serving(data / "x")


def test_stop_asks_first(data: Path) -> None:
    serve(data)
    process.stop(data, seconds=10)
    assert not process.serving(data)


def test_who_does_not_listen_is_killed(data: Path) -> None:
    serve(data, IMPOLITE)
    started = time.monotonic()
    process.stop(data, seconds=0.2)
    assert not process.serving(data)
    assert time.monotonic() - started < 5


def test_a_program_that_is_missing_says_so_in_the_log(data: Path) -> None:
    log = data.parent / "log"
    process.start_detached([str(data / "mysqld")], folder=data.parent, log=log)
    deadline = time.monotonic() + 10
    while "not found" not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_log_that_cannot_be_written_is_an_error(data: Path) -> None:
    with pytest.raises(LabError):
        process.start_detached(["/bin/true"], folder=data.parent, log=data / "nowhere/log")


def test_identity_outlives_no_process() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert process.identity(child.pid)
        assert process.identity(child.pid) == process.identity(child.pid)
        assert process.identity(child.pid) != process.identity(os.getpid())
        child.kill()
        deadline = time.monotonic() + 10
        while process.identity(child.pid):  # a zombie, until it is waited for
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert process.identity(child.pid) == ""


def test_nobody_has_no_identity() -> None:
    assert process.identity(2**22 + 1) == ""
