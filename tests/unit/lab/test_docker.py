from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.errors import LabError, TargetUnreachable
from migrator.lab import docker
from migrator.lab.docker import Container, answering, compose_file
from migrator.lab.home import Home

ENGINE = """\
echo "docker $*" >>{log}
echo "$MIGRATOR_MYSQL_PASSWORD" >{log}.password
case "$*" in
info*) echo 28.2.2 ;;
*" up "*) echo "$MIGRATOR_MYSQL_PORT" >{log}.port; touch {log}.up ;;
*" stop "*|*" kill "*|*" down "*) rm -f {log}.up ;;
*" ps "*) if [ -e {log}.up ]; then echo 0123abcd; fi ;;
*" logs "*) echo "[ERROR] InnoDB: no space" ;;
esac"""


@pytest.fixture
def log(install: Callable[[str, str], Path], tmp_path: Path) -> Path:
    """A machine whose Docker works; what it was asked."""
    install("docker", ENGINE.format(log=tmp_path / "docker.log"))
    return tmp_path / "docker.log"


@pytest.fixture
def container(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """A container whose server answers as soon as it runs."""

    def answer(target: object, *, alive: Callable[[], bool], seconds: float) -> str:
        if not alive():
            raise TargetUnreachable("nobody there")
        return "8.0.44"

    monkeypatch.setattr(docker, "wait_for_answer", answer)
    home = Home.at(tmp_path / "lab")
    home.claim()
    return answering(home)


def test_without_docker(bare: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no docker on PATH"):
        answering(Home.at(tmp_path))


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('case "$1" in info) echo "Cannot connect to the Docker daemon" >&2; exit 1 ;; esac', "Cannot connect"),
        (":", "engine does not answer"),
        (
            'case "$1" in info) echo 28 ;; *) echo "unknown command: docker compose" >&2; exit 1 ;; esac',
            "unknown command",
        ),
    ],
)
def test_a_docker_that_does_not_work(install, tmp_path: Path, script: str, reason: str) -> None:
    install("docker", script)
    with pytest.raises(LabError, match=reason):
        answering(Home.at(tmp_path))


def test_its_life(container: Container, log: Path) -> None:
    assert not container.running()
    state = container.start(print)
    assert state.release == "8.0.44"
    assert container.home.read() == state
    assert Path(f"{log}.port").read_text().strip() == str(state.port)
    assert container.running()
    container.stop()
    assert not container.running()
    log.write_text("")
    assert container.start(print).port == state.port
    container.kill()
    assert not container.running()
    assert "--volumes" not in log.read_text()
    container.purge(print)
    assert "down --volumes" in log.read_text()


def test_a_volume_of_an_earlier_lab_is_not_taken_over(container: Container, log: Path) -> None:
    container.start(print)
    asked = log.read_text()
    assert 0 < asked.index("down --volumes") < asked.index("up --detach")


def test_the_password_is_in_a_private_file_and_on_no_command_line(container: Container, log: Path) -> None:
    state = container.start(print)
    password = container.home.password.read_text()
    assert len(password) >= 20
    assert stat.S_IMODE(container.home.password.stat().st_mode) == 0o600
    assert password not in log.read_text()
    assert Path(f"{log}.password").read_text().strip() == password
    target = container.target(state, "clinic")
    assert (target.password, target.host, target.port, target.database) == (password, "127.0.0.1", state.port, "clinic")
    assert password not in str(target)


def test_it_is_told_from_other_projects(container: Container, log: Path, tmp_path: Path) -> None:
    container.start(print)
    assert Container(Home.at(tmp_path / "other")).project != container.project
    asked = [line for line in log.read_text().splitlines() if line.startswith("docker compose -")]
    assert asked
    assert all(f"--project-name {container.project} --file {compose_file()}" in line for line in asked)


def test_a_server_that_ends_at_once_is_told_by_its_log(container: Container, install, log: Path) -> None:
    install("docker", ENGINE.format(log=log).replace("touch", "true"))
    with pytest.raises(LabError, match="InnoDB: no space"):
        container.start(print)


def test_docker_that_went_away_is_told_with_a_way_out(container: Container, install) -> None:
    container.start(print)
    install("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    with pytest.raises(LabError, match="--purge"):
        container.running()
    said: list[str] = []
    container.purge(said.append)
    assert container.project in said[0]
