"""A lab's server as a process of this machine, on its own data folder, socket and port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from migrator.errors import LabError, TargetError
from migrator.lab import process, settings
from migrator.lab.home import Home, State
from migrator.lab.program import Origin, Program, environment
from migrator.lab.ready import wait_for_answer
from migrator.mysql.url import Target, Tls

_SECONDS_TO_INITIALISE: Final = 300
_SECONDS_TO_START: Final = 300  # after a kill, InnoDB first applies up to 2 GiB of redo log
_SECONDS_TO_STOP: Final = 120
_PORT_TAKEN: Final = "Address already in use"


@dataclass(frozen=True, slots=True)
class LocalServer:
    """One mysqld. Who calls its methods holds the home's lock."""

    home: Home
    program: Program
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        """Where the program comes from."""
        return self.program.origin

    def running(self) -> bool:
        """Whether a server works on our data folder now."""
        return bool(process.serving(self.home.data))

    def start(self, say: Callable[[str], None]) -> State:
        """Clean what a killed run left, make the data folder where there is none, start, and wait for an answer.

        Raises LabError with the last lines of the error log.
        """
        before = self.home.read()
        state = State(
            program=self.program,
            release=before.release if before else "",
            port=free_port(before.port if before else 0),
            socket=str(self.home.socket),
            settings=dict(self.settings),
        )
        self.home.write(state)
        self._clean()
        if not self.home.data.is_dir():
            say(f"making a data folder for MySQL {self.program.release}")
            self._initialise()
        say(f"starting MySQL {self.program.release} ({self.origin})")
        try:
            return self._start(state)
        except LabError:
            # Between our look and the server's, another program may have taken the port.
            if _PORT_TAKEN not in self.home.log_tail():
                raise
            return self._start(replace(state, port=free_port()))

    def wait(self, state: State) -> State:
        """Wait until a server that runs answers. Raises LabError."""
        try:
            wait_for_answer(self.target(state, ""), alive=self.running, seconds=_SECONDS_TO_START)
        except TargetError as error:
            raise LabError(
                f"MySQL {self.program.release} does not start",
                why=self.home.log_tail() or error.why,
                todo=f"see {self.home.log}",
            ) from error
        if state.release != self.program.release:
            state = replace(state, release=self.program.release)
            self.home.write(state)
        return state

    def stop(self) -> None:
        """End the server cleanly, or after two minutes by force."""
        process.stop(self.home.data, seconds=_SECONDS_TO_STOP)
        self.home.remove_socket()

    def kill(self) -> None:
        """End the server as a power cut would."""
        process.kill(self.home.data)

    def purge(self, say: Callable[[str], None]) -> None:  # noqa: ARG002 - the face of every server
        """End the server; its data are about to be removed."""
        process.kill(self.home.data)
        process.kill(self.home.unborn)

    def target(self, state: State, database: str) -> Target:
        """Root over the socket, which needs no password and no TLS: only its user can reach it."""
        return Target(user="root", socket=state.socket, port=state.port, database=database, tls=Tls.OFF)

    def _clean(self) -> None:
        try:
            process.kill(self.home.unborn)
            shutil.rmtree(self.home.unborn, ignore_errors=True)
            self.home.remove_socket()
            self.home.scratch.mkdir(exist_ok=True)
            if self.home.log.exists():
                self.home.log.replace(self.home.log_before)
        except OSError as error:
            raise LabError(f"the leftovers in {self.home.folder} cannot be removed", why=str(error)) from error

    def _start(self, state: State) -> State:
        self.home.write(state)
        process.start_detached(
            self._command(
                f"--datadir={self.home.data}",
                f"--socket={state.socket}",
                f"--port={state.port}",
                f"--pid-file={self.home.data / 'mysqld.pid'}",
            ),
            folder=self.home.folder,
            log=self.home.log,
        )
        return self.wait(state)

    def _initialise(self) -> None:
        try:
            subprocess.run(
                self._command("--initialize-insecure", f"--datadir={self.home.unborn}"),
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS_TO_INITIALISE,
                env=environment(),
            )
            self.home.unborn.rename(self.home.data)
        except subprocess.CalledProcessError as error:
            # Without the right to write there (AppArmor confines packaged servers), the log is where it should not be.
            why = self.home.log_tail() or error.stderr.decode(errors="replace").strip() or f"exit {error.returncode}"
            raise LabError(self._no_data(), why=why) from error
        except (OSError, subprocess.SubprocessError) as error:
            raise LabError(self._no_data(), why=str(error)) from error

    def _no_data(self) -> str:
        return f"MySQL {self.program.release} cannot make a data folder in {self.home.folder}"

    def _command(self, *own: str) -> tuple[str, ...]:
        options = {
            **settings.AURORA,
            **settings.PRIVATE,
            **settings.sized(self.program.version),
            "log-error": str(self.home.log),
            "tmpdir": str(self.home.scratch),
            **({"user": "root"} if os.geteuid() == 0 else {}),
            **self.settings,
        }
        return (*self.program.command, "--no-defaults", *self.program.options, *settings.arguments(options), *own)


def free_port(preferred: int = 0) -> int:
    """A port of the loopback interface that nobody listens on now: the preferred one if it can be."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port
