"""The folder of a lab: what lies where, and what is remembered between two commands."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from migrator.errors import LabError
from migrator.lab.lock import locked
from migrator.lab.program import Origin, Program

LONGEST_SOCKET: Final = 103
"""Bytes of a socket's path that every system takes: 107 on Linux (unix(7)), 103 on macOS and BSD."""

_LOG_LINES: Final = 12


@dataclass(frozen=True, slots=True)
class State:
    """What a lab remembers. ``program`` is None where Docker runs the server.

    ``release`` is the server's, "" until it has answered once: till then nobody has data in it. ``settings`` are the
    options that its caller asked for on top of the lab's own.
    """

    program: Program | None
    release: str
    port: int
    socket: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Home:
    """A lab's folder, private to its user (0700)."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Home:
        """The lab in ``folder``, whatever links lead there; nothing is made yet."""
        return cls(Path(os.path.realpath(folder.expanduser())))

    @property
    def data(self) -> Path:
        """The server's data folder."""
        return self.folder / "data"

    @property
    def unborn(self) -> Path:
        """A data folder that is being initialised; it becomes ``data`` when it is whole."""
        return self.folder / "data.new"

    @property
    def scratch(self) -> Path:
        """The server's temporary files: sorts of index builds are as large as their tables."""
        return self.folder / "tmp"

    @property
    def log(self) -> Path:
        """The server's error log since its last start."""
        return self.folder / "error.log"

    @property
    def log_before(self) -> Path:
        """The error log of the start before."""
        return self.folder / "error.log.1"

    @property
    def password(self) -> Path:
        """Root's password (0600), only where Docker runs the server."""
        return self.folder / "password"

    @property
    def digest(self) -> str:
        """A short name for this folder that no other one has."""
        return hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]

    @property
    def socket(self) -> Path:
        """The server's socket: here, or in the private runtime folder where the path would be too long."""
        near = self.folder / "mysql.sock"
        return near if len(os.fsencode(near)) <= LONGEST_SOCKET else runtime_folder() / f"{self.digest}.sock"

    @property
    def exists(self) -> bool:
        """Whether a lab was ever made here."""
        return self._state.is_file()

    @property
    def begun(self) -> bool:
        """Whether a lab was made here, or tried and not brought about."""
        return self.exists or (self._lock.is_file() and not self._others())

    @property
    def _state(self) -> Path:
        return self.folder / "lab.json"

    @property
    def _state_new(self) -> Path:
        return self.folder / "lab.new"

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    def claim(self) -> None:
        """Make the folder, for us alone. Raises LabError where it is another's, or holds something that is no lab."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Listed before lab.json is looked for: whoever makes a lab at this moment writes that before all else.
            if self._others() and not self.exists:
                raise LabError(
                    f"{self.folder} is not empty and holds no lab",
                    why="a lab never writes among files that it did not make",
                    todo="name an empty or a new folder",
                )
            self.folder.chmod(0o700)
        except OSError as error:
            raise LabError(f"{self.folder} cannot hold a lab", why=str(error), todo="name another folder") from error

    def _others(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()} - {self._lock.name, self._state_new.name}

    @contextmanager
    def locked(self, say: Callable[[str], None] | None) -> Iterator[None]:
        """Be the only one who starts or stops this lab: wait for another, or without ``say`` raise LabError."""
        waits = say and partial(say, f"waiting for another process that uses {self.folder}")
        try:
            with locked(self._lock, waits=waits):
                yield
        except OSError as error:
            raise LabError(f"{self.folder} cannot hold a lab", why=str(error)) from error

    def read(self) -> State | None:
        """What is remembered; None where no lab was made. Raises LabError where the file is not ours."""
        try:
            found = json.loads(self._state.read_text(encoding="utf-8"))
            program = found.pop("program")
            return State(program=program and _program(program), **found)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise LabError(
                f"{self._state} cannot be read",
                why=str(error),
                todo="`migrator lab down --purge` removes this lab and its data",
            ) from error

    def write(self, state: State) -> None:
        """Remember, all of it or nothing. Raises LabError."""
        try:
            self._state_new.write_text(json.dumps(asdict(state), indent=2) + "\n", encoding="utf-8")
            self._state_new.replace(self._state)
        except OSError as error:
            raise LabError(f"{self._state} cannot be written", why=str(error)) from error

    def log_tail(self) -> str:
        """The last lines of the error log, for an error's words."""
        try:
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:])
        except OSError:
            return ""

    def discard(self) -> None:
        """Remove the data, and the password to them. The server must be gone. Raises LabError where something stays."""
        try:
            for tree in (self.data, self.unborn, self.scratch):
                if tree.exists():
                    shutil.rmtree(tree)
            self.password.unlink(missing_ok=True)
            self.remove_socket()
        except OSError as error:
            raise LabError(f"the lab in {self.folder} cannot be removed", why=str(error)) from error

    def purge(self) -> None:
        """Remove what a lab made, and the folder if nothing else is in it. The server must be gone. Raises LabError."""
        self.discard()
        # lab.json goes late: while it is there, a purge that is killed can be repeated.
        for path in (self.log, self.log_before, self._state_new, self._state, self._lock):
            path.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def remove_socket(self) -> None:
        """Remove the socket and MySQL's own lock beside it: a stale one stops the next start."""
        for path in (self.socket, self.socket.with_name(self.socket.name + ".lock")):
            path.unlink(missing_ok=True)


def default_folder() -> Path:
    """Where the lab of this user lives: ``$XDG_STATE_HOME/migrator/lab``."""
    return _base("XDG_STATE_HOME", ".local/state") / "migrator/lab"


def cache_folder() -> Path:
    """Where MySQL's programs are unpacked once for all labs: ``$XDG_CACHE_HOME/migrator/mysql``."""
    return _base("XDG_CACHE_HOME", ".cache") / "migrator/mysql"


def runtime_folder() -> Path:
    """A folder of ours alone with a short name, for sockets and marks. Raises LabError where another has its name."""
    folder = Path(tempfile.gettempdir()) / f"migrator-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise LabError(f"{folder} cannot be used", why=str(error), todo="set TMPDIR to a folder of your own") from error
    if folder.is_symlink() or not folder.is_dir() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise LabError(
            f"{folder} is not ours alone", why="others could reach the lab through it", todo="remove it, or set TMPDIR"
        )
    return folder


def _program(found: Mapping[str, Any]) -> Program:
    return Program(
        command=tuple(found["command"]),
        options=tuple(found["options"]),
        version=tuple(found["version"]),
        origin=Origin(found["origin"]),
    )


def _base(variable: str, fallback: str) -> Path:
    # The XDG base directory specification ignores a relative path.
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / fallback
