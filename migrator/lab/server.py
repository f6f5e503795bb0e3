"""The private MySQL of a rehearsal: up, status, down.

It has its own data folder, socket and port, runs as whoever starts it, and leaves every other server on the machine
alone. ``up`` is idempotent, and repairs what a killed run left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from migrator.errors import LabError, TargetError
from migrator.lab import ephemeral, process
from migrator.lab.acquire import Server, again, recorded, start_first
from migrator.lab.docker import Container
from migrator.lab.home import Home, State, default_folder
from migrator.lab.program import Origin
from migrator.lab.ready import answer
from migrator.mysql.url import Target

Say = Callable[[str], None]


def _silent(_: str) -> None:
    return


class Condition(StrEnum):
    """What a lab is doing."""

    ABSENT = "absent"
    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Lab:
    """A private MySQL server. ``port`` is on 127.0.0.1; ``socket`` is "" where Docker runs the server."""

    home: Home
    state: State
    origin: Origin

    @property
    def folder(self) -> Path:
        """Where all of it lies."""
        return self.home.folder

    @property
    def release(self) -> str:
        """The server's release: ``8.0.44``."""
        return self.state.release

    def target(self, database: str = "") -> Target:
        """Its address for a database that need not exist yet."""
        return self._server.target(self.state, database)

    def kill(self) -> None:
        """End the server as a power cut would: for tests of what survives."""
        with self.home.locked(_silent):
            self._server.kill()

    def restart(self) -> Lab:
        """Stop the server cleanly if it runs, and start it again: same data, and the same port if it is still free."""
        with self.home.locked(_silent):
            self._server.stop()
            return Lab(self.home, self._server.start(_silent), self.origin)

    @property
    def _server(self) -> Server:
        return recorded(self.home, self.state)


@dataclass(frozen=True, slots=True)
class Status:
    """What is in a folder; ``lab`` is there unless the condition is ABSENT."""

    folder: Path
    condition: Condition
    lab: Lab | None


def up(
    folder: Path | None = None,
    *,
    owner_pid: int | None = None,
    settings: Mapping[str, str] = MappingProxyType({}),
    say: Say = _silent,
) -> Lab:
    """The lab in ``folder`` (by default the user's one), running and answering. Raises LabError.

    A lab with ``owner_pid`` is thrown away, data and all, by the first ``up`` after that process ended. ``settings``
    are server options (name without dashes -> value) on top of the lab's own; a server that runs already keeps its own,
    and Docker's has those of the Compose file. ``say`` gets a line for each thing that takes time.
    """
    _sweep(say)
    home = Home.at(folder or default_folder())
    home.claim()
    with home.locked(say):
        if owner_pid is not None:
            ephemeral.mark(home, owner_pid)
        state = home.read()
        if state is not None:
            server = recorded(home, state)
            if server.running():
                return Lab(home, server.wait(state), server.origin)
            if state.release:
                server = again(home, state, settings, say)
                return Lab(home, server.start(say), server.origin)
            # It was killed before it answered for the first time: nobody has data in it.
            server.purge(say)
            home.discard()
        server, state = start_first(home, settings, say)
        return Lab(home, state, server.origin)


def status(folder: Path | None = None) -> Status:
    """What the lab in ``folder`` is doing; changes nothing. Raises LabError where that cannot be read."""
    home = Home.at(folder or default_folder())
    state = home.read()
    if state is None:
        return Status(home.folder, Condition.ABSENT, None)
    server = recorded(home, state)
    lab = Lab(home, state, server.origin)
    if not server.running():
        return Status(home.folder, Condition.STOPPED, lab)
    try:
        answer(lab.target())
    except TargetError:
        return Status(home.folder, Condition.STARTING, lab)
    return Status(home.folder, Condition.RUNNING, lab)


def down(folder: Path | None = None, *, purge: bool = False, say: Say = _silent) -> bool:
    """Stop the lab in ``folder``, with ``purge`` remove its data too. False: nothing was to do. Raises LabError."""
    home = Home.at(folder or default_folder())
    if not home.begun:
        return False
    with home.locked(say):
        if purge:
            _purge(home, say)
            return True
        state = home.read()
        if state is None or not (server := recorded(home, state)).running():
            return False
        server.stop()
        return True


def _sweep(say: Say) -> None:
    """Remove the labs whose owner was killed. What cannot be removed now is left for the next time."""
    for home in ephemeral.orphans():
        with suppress(LabError):
            if not home.folder.exists():
                process.kill(home.data)
                ephemeral.unmark(home)
                continue
            with home.locked(None):
                if ephemeral.orphaned(home):
                    _purge(home, say)


def _purge(home: Home, say: Say) -> None:
    # Not by what lab.json says: it may be what is damaged.
    process.kill(home.data)
    process.kill(home.unborn)
    if home.password.exists():
        Container(home).purge(say)
    home.purge()
    ephemeral.unmark(home)
