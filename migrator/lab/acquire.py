"""Get a MySQL server, from the nearest place that has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, Protocol

from migrator.errors import LabError
from migrator.lab import debian, docker
from migrator.lab.home import Home, State, cache_folder
from migrator.lab.local import LocalServer
from migrator.lab.program import Origin, Program, probe
from migrator.mysql.url import Target

VARIABLE: Final = "MIGRATOR_MYSQLD"

# Where distributions put servers; an ordinary user's PATH leaves these out.
_SERVER_FOLDERS: Final = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec")


class Server(Protocol):
    """How the server of a lab is run, whatever runs it. Every method raises LabError; the home's lock is held."""

    @property
    def origin(self) -> Origin:
        """Where it comes from."""

    def running(self) -> bool:
        """Whether it runs, answering or not."""

    def start(self, say: Callable[[str], None], /) -> State:
        """Start it and wait for an answer."""

    def wait(self, state: State, /) -> State:
        """Wait until it answers: it runs already."""

    def stop(self) -> None:
        """End it cleanly."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def purge(self, say: Callable[[str], None], /) -> None:
        """End it, and remove what it keeps outside the home."""

    def target(self, state: State, database: str, /) -> Target:
        """How to reach it."""


def recorded(home: Home, state: State) -> Server:
    """The server that a lab has used so far."""
    return docker.Container(home) if state.program is None else LocalServer(home, state.program, state.settings)


def again(home: Home, state: State, settings: Mapping[str, str], say: Callable[[str], None]) -> Server:
    """The server for data that are there already. Raises LabError where it can only be had in another release."""
    if state.program is None:
        return docker.Container(home)
    if named := os.environ.get(VARIABLE):
        program = _named(named)
    elif Path(state.program.command[-1]).exists():
        program = probe(state.program.command, origin=state.program.origin, options=state.program.options)
    elif state.program.origin is Origin.PACKAGES:
        program = debian.packaged(cache_folder(), say=say)
    else:
        program = _on_path()
    if program.version[:2] != state.program.version[:2] or program.version < state.program.version:
        raise LabError(
            f"the lab's data were written by MySQL {state.program.release}, and only {program.release} is at hand",
            why="MySQL opens data of its own series only, and never of a later release",
            todo="remove the lab and its data with `migrator lab down --purge`: the next one takes what is at hand",
        )
    return LocalServer(home, program, settings or state.settings)


def start_first(home: Home, settings: Mapping[str, str], say: Callable[[str], None]) -> tuple[Server, State]:
    """Start the first server that can be had, in a home without data.

    Raises LabError with everything that was tried and why it failed.
    """
    failures: list[LabError] = []
    for origin, way in _ways(home, settings, say):
        try:
            server = way()
        except LabError as error:
            failures.append(LabError(f"{origin}: {error.what}", why=error.why, todo=error.todo))
            continue
        try:
            return server, server.start(say)
        except LabError as error:
            # What one server began, another must not find.
            server.purge(say)
            home.discard()
            failures.append(LabError(f"{origin}: {error.what}", why=error.why, todo=error.todo))
    reasons = [f"{failure.what}{failure.why and f' ({failure.why})'}" for failure in failures]
    advice = [failure.todo for failure in failures if failure.todo]
    raise LabError(
        "no MySQL server can be had on this machine",
        why="\n     ".join(reasons),
        todo="; or ".join([*advice, f"start Docker, or set {VARIABLE} to the mysqld of a MySQL 8.0 or later"]),
    )


def _ways(
    home: Home, settings: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[tuple[Origin, Callable[[], Server]]]:
    if named := os.environ.get(VARIABLE):
        # Whoever names a server wants that one and no other.
        yield Origin.NAMED, lambda: LocalServer(home, _named(named), settings)
        return
    yield Origin.DOCKER, lambda: docker.answering(home)
    yield Origin.PATH, lambda: LocalServer(home, _on_path(), settings)
    yield Origin.PACKAGES, lambda: LocalServer(home, debian.packaged(cache_folder(), say=say), settings)


def _named(name: str) -> Program:
    path = shutil.which(name)
    if path is None:
        raise LabError(f"{name} is no program", todo=f"set {VARIABLE} to the path of a mysqld, or unset it")
    return probe((str(Path(path).absolute()),), origin=Origin.NAMED)


def _on_path() -> Program:
    path = shutil.which("mysqld", path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_SERVER_FOLDERS)))
    if path is None:
        raise LabError("no mysqld", why="none on PATH or where distributions put servers")
    return probe((str(Path(path).absolute()),), origin=Origin.PATH)
