from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.errors import LabError
from migrator.lab import ephemeral
from migrator.lab.home import Home, runtime_folder


@pytest.fixture
def home(bare: Path, tmp_path: Path) -> Home:
    return Home.at(tmp_path / "lab")


def dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
        return child.pid


def test_a_lab_of_a_living_process_is_no_orphan(home: Home) -> None:
    ephemeral.mark(home, os.getpid())
    assert not list(ephemeral.orphans())


def test_a_lab_whose_owner_died_is_an_orphan(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        ephemeral.mark(home, child.pid)
        assert not ephemeral.orphaned(home)
        child.kill()
    assert list(ephemeral.orphans()) == [home]


def test_an_id_that_came_to_mean_another_process_saves_nothing(home: Home) -> None:
    ephemeral.mark(home, os.getpid())
    (mark,) = runtime_folder().glob("*.owner")
    found = json.loads(mark.read_text())
    mark.write_text(json.dumps({**found, "owner": "another boot 17"}))
    assert list(ephemeral.orphans()) == [home]


def test_a_new_owner_saves_a_lab(home: Home) -> None:
    ephemeral.mark(home, os.getpid())
    (mark,) = runtime_folder().glob("*.owner")
    mark.write_text(json.dumps({"folder": str(home.folder), "pid": dead_process(), "owner": "x"}))
    assert ephemeral.orphaned(home)
    ephemeral.mark(home, os.getpid())
    assert not ephemeral.orphaned(home)


def test_the_dead_own_nothing(home: Home) -> None:
    with pytest.raises(LabError, match="does not run"):
        ephemeral.mark(home, dead_process())


def test_a_mark_that_cannot_be_read_is_passed_over(home: Home) -> None:
    (runtime_folder() / "x.owner").write_text("{")
    assert not list(ephemeral.orphans())


def test_unmark_forgets(home: Home) -> None:
    ephemeral.mark(home, os.getpid())
    ephemeral.unmark(home)
    ephemeral.unmark(home)
    assert not list(runtime_folder().iterdir())
