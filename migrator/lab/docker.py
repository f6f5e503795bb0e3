"""A lab's server as a container: the ``mysql`` service of docker-compose.yml under a project name of the lab's own."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from migrator.errors import LabError, TargetError
from migrator.lab.home import Home, State
from migrator.lab.local import free_port
from migrator.lab.program import Origin
from migrator.lab.ready import wait_for_answer
from migrator.mysql.url import Target, Tls

_SERVICE: Final = "mysql"
_SECONDS_TO_ANSWER: Final = 20
_SECONDS_TO_PULL: Final = 1800
_SECONDS_TO_START: Final = 180


@dataclass(frozen=True, slots=True)
class Container:
    """One container and its volume. Who calls its methods holds the home's lock."""

    home: Home

    @property
    def origin(self) -> Origin:
        """Where the server comes from."""
        return Origin.DOCKER

    @property
    def project(self) -> str:
        """Compose's name for everything of this lab: containers, network, volume."""
        return f"migrator-lab-{self.home.digest}"

    def running(self) -> bool:
        """Whether the container runs now. Raises LabError where Docker does not answer."""
        try:
            return bool(self._compose("ps", "--status", "running", "--quiet", _SERVICE).strip())
        except LabError as error:
            raise LabError(
                "the lab's server is in Docker, and Docker does not answer",
                why=f"{error.what}: {error.why}",
                todo="start Docker, or give up this lab and its data with `migrator lab down --purge`",
            ) from error

    def start(self, say: Callable[[str], None]) -> State:
        """Make or start the container and wait for an answer. Raises LabError with the container's last lines."""
        before = self.home.read()
        release, port = (before.release, before.port) if before else ("", 0)
        state = State(program=None, release=release, port=free_port(port))
        self.home.write(state)
        if not release:
            # A volume that an earlier lab could not take along knows another password.
            self._compose("down", "--volumes", "--timeout", "1")
        self._keep_password()
        say("starting MySQL in Docker (the first time, its image is downloaded)")
        self._compose("up", "--detach", "--quiet-pull", _SERVICE, port=state.port)
        return self.wait(state)

    def wait(self, state: State) -> State:
        """Wait until the server in the container answers. Raises LabError."""
        try:
            release = wait_for_answer(self.target(state, ""), alive=self.running, seconds=_SECONDS_TO_START)
        except TargetError as error:
            said = self._compose("logs", "--no-log-prefix", "--tail", "12", _SERVICE).strip()
            raise LabError("MySQL in Docker does not start", why=said or error.why) from error
        if release != state.release:
            state = replace(state, release=release)
            self.home.write(state)
        return state

    def stop(self) -> None:
        """Stop the container; its volume keeps the data."""
        self._compose("stop", _SERVICE)

    def kill(self) -> None:
        """End the container as a power cut would."""
        self._compose("kill", _SERVICE)

    def purge(self, say: Callable[[str], None]) -> None:
        """Remove container, network and volume; where Docker is gone, say what stays behind."""
        try:
            self._compose("down", "--volumes", "--timeout", "1")
        except LabError as error:
            say(f"Docker does not remove the volume of project {self.project}: {error.why}")

    def target(self, state: State, database: str) -> Target:
        """Root over the loopback port; the password goes into a variable of this process and its children."""
        variable = f"MIGRATOR_LAB_PASSWORD_{self.home.digest.upper()}"
        os.environ[variable] = self._password()
        return Target(
            user="root",
            host="127.0.0.1",
            port=state.port,
            database=database,
            tls=Tls.OFF,  # loopback, and the server's certificate is its own invention
            password_variable=variable,
        )

    def _password(self) -> str:
        try:
            return self.home.password.read_text(encoding="ascii")
        except OSError as error:
            raise LabError(
                "the password of the lab's server is gone", why=str(error), todo="`migrator lab down --purge`"
            ) from error

    def _keep_password(self) -> None:
        if not self.home.password.exists():
            # Under another name until it is whole: a container that has got a cut-off password keeps it for good.
            new = self.home.password.with_suffix(".new")
            new.touch(mode=0o600)
            new.write_text(secrets.token_urlsafe(24), encoding="ascii")
            new.replace(self.home.password)

    def _compose(self, *words: str, port: int | None = None) -> str:
        return _docker(
            "compose",
            *("--project-name", self.project, "--file", str(compose_file())),
            *words,
            seconds=_SECONDS_TO_PULL,
            environment={
                "MIGRATOR_MYSQL_PASSWORD": self._password() if self.home.password.exists() else "unknown",
                # The file's other service does not run here, but Compose fills in the whole file.
                "MIGRATOR_SQLSERVER_PASSWORD": "unused",
                **({"MIGRATOR_MYSQL_PORT": str(port)} if port else {}),
            },
        )


def answering(home: Home) -> Container:
    """The container of a lab where a Docker engine with Compose really answers. Raises LabError."""
    if shutil.which("docker") is None:
        raise LabError("no Docker", why="there is no docker on PATH")
    if not _docker("info", "--format", "{{.ServerVersion}}").strip():
        raise LabError("no Docker", why="its engine does not answer")
    _docker("compose", "version")
    return Container(home)


def compose_file() -> Path:
    """docker-compose.yml: inside the installed package, or at the root of a checkout. Raises LabError."""
    package = Path(__file__).resolve().parents[1]
    for path in (package / "_data/docker-compose.yml", package.parent / "docker-compose.yml"):
        if path.is_file():
            return path
    raise LabError("no docker-compose.yml", why=f"neither in {package} nor beside it", todo="install migrator again")


def _docker(*words: str, seconds: float = _SECONDS_TO_ANSWER, environment: dict[str, str] | None = None) -> str:
    doing = " ".join(word for word in words[:2] if not word.startswith("-"))
    try:
        done = subprocess.run(
            ["docker", *words],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env={**os.environ, **(environment or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError("Docker does not answer", why=str(error)) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise LabError(f"docker {doing} failed", why=said[-1] if said else f"exit {done.returncode}")
    return done.stdout
