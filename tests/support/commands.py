"""The command line as its users run it: all of it in this process, or a process of its own to kill and to signal."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from migrator.cli.main import run
from migrator.mysql import control
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

COMMAND = [sys.executable, "-m", "migrator"]


def _settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("MIGRATOR_")}


_SETTINGS = _settings()


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, which must be one JSON document."""
        body: dict[str, Any] = json.loads(self.out)
        return body


def start(*arguments: str | Path | Target, **environment: str) -> subprocess.Popen[str]:
    """Start ``migrator`` in a process of its own group."""
    return subprocess.Popen(
        [*COMMAND, *(str(argument) for argument in arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], timeout: float = 120) -> Answer:
    """Wait for a started command."""
    out, err = process.communicate(timeout=timeout)
    return Answer(process.returncode, out, err)


def as_process(*arguments: str | Path | Target, **environment: str) -> Answer:
    """Run ``migrator`` to its end, from the start of the interpreter to the end of its last process."""
    return finish(start(*arguments, **environment))


def migrator(*arguments: str | Path | Target, **environment: str) -> Answer:
    """Run ``migrator`` from its first argument to its exit code, in here: the libraries are loaded only once.

    Workers are processes, as ever, and keep the environment of the first command that had any: a command with settings
    of its own is a process of its own.
    """
    if environment or _settings() != _SETTINGS:
        return as_process(*arguments, **environment)
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before = signal.getsignal(signal.SIGTERM)
    try:
        with (
            patch.object(sys, "argv", ["migrator", *(str(argument) for argument in arguments)]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            run()
    except SystemExit as ended:
        return Answer(_exit_code(ended), *(stream.buffer.getvalue().decode() for stream in (out, err)))
    finally:
        signal.signal(signal.SIGTERM, before)
    raise AssertionError("a command ends with an exit code")


def _exit_code(ended: SystemExit) -> int:
    assert ended.code is None or isinstance(ended.code, int), ended.code
    return ended.code or 0


def slices(target: Target) -> int:
    """How many slices the target holds; 0 while there is no control table."""
    with session(target) as connection:
        if control.find_run(connection) is None:
            return 0
        [(count,)] = fetch(connection, f"SELECT COUNT(*) FROM `{control.SLICE_TABLE}`")
    return int(count)
