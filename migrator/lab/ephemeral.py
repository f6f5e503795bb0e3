"""Labs that end with the process that wanted them, even when that process is killed.

Each has a mark in the runtime folder that names its owner; whoever starts a lab next removes those whose owner is gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from migrator.errors import LabError
from migrator.lab.home import Home, runtime_folder
from migrator.lab.process import identity


def mark(home: Home, pid: int) -> None:
    """Tie a lab to the life of a process. Raises LabError if that is over already."""
    owner = identity(pid)
    if not owner:
        raise LabError(f"process {pid} cannot own a lab", why="it does not run")
    path = _path(home)
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps({"folder": str(home.folder), "pid": pid, "owner": owner}), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise LabError(f"{path} cannot be written", why=str(error)) from error


def unmark(home: Home) -> None:
    """The lab is gone."""
    with suppress(LabError):
        _path(home).unlink(missing_ok=True)


def orphans() -> Iterator[Home]:
    """The labs whose owner is gone; none where the marks cannot be read or are not ours."""
    try:
        marks = sorted(runtime_folder().glob("*.owner"))
    except LabError:
        return
    for path in marks:
        with suppress(OSError, ValueError, KeyError, TypeError):
            home = Home(Path(json.loads(path.read_text(encoding="utf-8"))["folder"]))
            if orphaned(home):
                yield home


def orphaned(home: Home) -> bool:
    """Whether a lab was tied to a process that is gone: a later one with the same id is another."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = json.loads(_path(home).read_text(encoding="utf-8"))
        return identity(found["pid"]) != str(found["owner"])
    return False


def _path(home: Home) -> Path:
    return runtime_folder() / f"{home.digest}.owner"
