"""Server processes of a lab, told from all others by the data folder in their command line.

No pid file is trusted: a number in a file outlives its process, may come to mean another one, and is never written when
the writer is killed a moment too early. What the system itself says about a running process is always true.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from migrator.errors import LabError
from migrator.lab.program import environment

_SECONDS_TO_DIE: Final = 60
_SECONDS_BETWEEN_LOOKS: Final = 0.01
# The shell ends at once and leaves the server to the system: nobody has to wait for it, and Ctrl-C does not reach it.
_DETACH: Final = '"$@" &'


def start_detached(command: Sequence[str], *, folder: Path, log: Path) -> None:
    """Start a server that outlives us; what it says before it opens its own log goes to ``log``. Raises LabError."""
    try:
        with log.open("ab") as output:
            subprocess.run(
                ["/bin/sh", "-c", _DETACH, "sh", *command],
                check=True,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env=environment(),
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise LabError("the MySQL server cannot be started", why=str(error)) from error


def serving(data: Path) -> tuple[int, ...]:
    """Ids of our user's processes that run on the data folder ``data``, none where it does not run."""
    mark = f"--datadir={data}"
    return tuple(
        found.pid
        for found in psutil.process_iter(["cmdline", "uids"])
        if found.info["uids"] and found.info["uids"].real == os.getuid() and mark in (found.info["cmdline"] or ())
    )


def stop(data: Path, *, seconds: float) -> None:
    """Ask the servers on ``data`` to end (SIGTERM), after ``seconds`` end them (SIGKILL); return when they are gone."""
    if not _end(data, signal.SIGTERM, seconds=seconds):
        kill(data)


def kill(data: Path) -> None:
    """End the servers on ``data`` without asking; return when they are gone. Raises LabError if one stays."""
    if not _end(data, signal.SIGKILL, seconds=_SECONDS_TO_DIE):
        raise LabError(
            "a MySQL server does not die",
            why=f"process {serving(data)} is stuck in the system",
            todo="look at its disk",
        )


def identity(pid: int) -> str:
    """A word for a process that no later process with the same id shares; "" where there is none."""
    try:
        found = psutil.Process(pid)
        # A dead process whose last thread still closes files holds its locks: it is not gone.
        if found.status() == psutil.STATUS_ZOMBIE and found.num_threads() <= 1:
            return ""
        return _exact(pid) if psutil.LINUX else str(found.create_time())
    except (psutil.Error, OSError):
        return ""


def _exact(pid: int) -> str:
    # psutil's time of creation moves when the clock is set; these do not. The name in brackets may hold anything:
    # fields are counted after it, and the start time is field 22 (proc(5)).
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return f"{boot} {fields[19]}"


def _end(data: Path, number: signal.Signals, *, seconds: float) -> bool:
    servers = {pid: identity(pid) for pid in serving(data)}
    for pid in servers:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    deadline = time.monotonic() + seconds
    while any(was and identity(pid) == was for pid, was in servers.items()):
        if time.monotonic() > deadline:
            return False
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return True
