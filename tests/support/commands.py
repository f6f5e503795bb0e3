"""The command line as its users run it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.mysql import control
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

COMMAND = [sys.executable, "-m", "migrator"]


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


def migrator(*arguments: str | Path | Target, **environment: str) -> Answer:
    """Run ``migrator`` to its end."""
    return finish(start(*arguments, **environment))


def slices(target: Target) -> int:
    """How many slices the target holds; 0 while there is no control table."""
    with session(target) as connection:
        if control.find_run(connection) is None:
            return 0
        [(count,)] = fetch(connection, f"SELECT COUNT(*) FROM `{control.SLICE_TABLE}`")
    return int(count)
