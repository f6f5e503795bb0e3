"""A mysqld on this machine: how it is called, and whether it may stand in for Aurora MySQL."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.errors import LabError

MINIMUM: Final = (8, 0, 0)
_VERSION = re.compile(r"\bVer (\d+)\.(\d+)\.(\d+)")
_SECONDS_TO_ANSWER: Final = 30


class Origin(StrEnum):
    """Where a lab's server comes from."""

    NAMED = "MIGRATOR_MYSQLD"
    DOCKER = "Docker"
    PATH = "PATH"
    PACKAGES = "packages"


@dataclass(frozen=True, slots=True)
class Program:
    """A MySQL server program: the words that start it, before any option of ours.

    ``options`` name the program's own files (messages, character sets) where it does not find them by itself.
    """

    command: tuple[str, ...]
    options: tuple[str, ...]
    version: tuple[int, int, int]
    origin: Origin

    @property
    def release(self) -> str:
        """The version for people: ``9.7.0``."""
        return ".".join(map(str, self.version))


def probe(command: tuple[str, ...], *, origin: Origin, options: tuple[str, ...] = ()) -> Program:
    """Ask a program for its version. Raises LabError where it does not run, is MariaDB or is older than MySQL 8.0."""
    try:
        answer = subprocess.run(
            [*command, "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS_TO_ANSWER,
            check=False,
            env=environment(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError(f"{command[-1]} does not run", why=str(error)) from error
    if "mariadb" in answer.stdout.lower():
        raise LabError(
            f"{command[-1]} is MariaDB",
            why="no judge of Aurora MySQL: no utf8mb4_0900 collations, no functional index parts, JSON is text",
        )
    found = _VERSION.search(answer.stdout)
    if answer.returncode or not found:
        said = (answer.stderr or answer.stdout).strip().splitlines()
        raise LabError(f"{command[-1]} does not say its version", why=said[-1] if said else f"exit {answer.returncode}")
    version = (int(found[1]), int(found[2]), int(found[3]))
    if version < MINIMUM:
        raise LabError(
            f"{command[-1]} is MySQL {found[1]}.{found[2]}", why="Aurora MySQL 3 is MySQL 8.0: an older one is no judge"
        )
    return Program(command=command, options=options, version=version, origin=origin)


def environment() -> dict[str, str]:
    """What a server inherits: everything but the loader's variables, which belong to other libraries."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
