from __future__ import annotations

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from migrator import studies
from migrator.cli.main import app
from migrator.copy.catch_up import Bound
from migrator.events import Emit
from migrator.model.catch_up import CatchUp, FollowedTable, Round
from migrator.workflows import catch_up as workflow
from migrator.workflows.catch_up import Following

SOURCE = "mssql://reader@sql1/homecare"
TARGET = "mysql://admin@here/homecare?tls=off"
NEAR = CatchUp((FollowedTable("dbo.t", "t", 9, 5, 2),), (Round(9, 5, 0.5),), (), behind_s=1.5, near=True, final=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Following]:
    """What the command asks for; it is answered with NEAR, or with what ``--tables`` names wrong."""
    found: list[Following] = []

    def catch_up(source: object, following: Following, emit: Emit) -> CatchUp:
        found.append(following)
        return replace(NEAR, near=following.tables != ("far",), final=following.final)

    monkeypatch.setattr(workflow, "catch_up", catch_up)
    monkeypatch.setattr(studies, "open_source", lambda name: name)
    return found


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["catch-up", SOURCE, "--target", TARGET, "--quiet", *arguments])
    return done.exit_code, done.output


def test_near_is_a_number_of_rows_or_a_time(asked: list[Following]) -> None:
    assert run()[0] == 0
    assert run("--until", "50", "--max-rounds", "3", "--every", "1m")[0] == 0
    assert run("--until", "30s", "--final")[0] == 0
    assert [following.bound for following in asked] == [
        Bound(1000, None, 20, 10.0),
        Bound(50, None, 3, 60.0),
        Bound(None, 30.0, 20, 10.0),
    ]
    assert [following.final for following in asked] == [False, False, True]


def test_what_is_no_bound_is_a_usage_error(asked: list[Following]) -> None:
    assert run("--until", "soon")[0] == 2
    assert not asked


def test_far_is_exit_code_1(asked: list[Following]) -> None:
    code, text = run("--tables", "far")
    assert code == 1
    assert "BEHIND. 5 changed rows in 1 round; 2 changed rows left" in text


def test_values_for_programs(asked: list[Following]) -> None:
    code, text = run("--json")
    values = json.loads(text)
    assert code == 0
    assert (values["left"], values["rounds"]) == (2, [{"version": 9, "changes": 5, "seconds": 0.5}])
