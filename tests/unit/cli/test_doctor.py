from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from migrator.cli.main import app
from migrator.errors import ConfigError
from migrator.mysql.url import Target

NOWHERE = "mssql://sa@127.0.0.1:1/shop?tls=off"


def _run(*arguments: object) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["doctor", *(str(argument) for argument in arguments)])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer.exit_code, answer.output


def test_one_end_at_least_is_named() -> None:
    code, out = _run()
    assert code == 2
    assert "--target" in out


def test_a_package_is_no_server() -> None:
    with pytest.raises(ConfigError, match="not a SQL Server address"):
        _run("homecare.bacpac")


def test_grants_want_no_server() -> None:
    code, out = _run(NOWHERE, "--target", "mysql://admin@nowhere.invalid/shop", "--grants", "--user", "mover")
    assert code == 0
    assert "CREATE LOGIN [mover]" in out
    assert "CREATE USER IF NOT EXISTS 'mover'@'%'" in out
    assert "SNAPSHOT OF" not in out
    assert "CREATE ANY DATABASE" not in out


def test_grants_are_for_the_user_of_the_address_and_the_picture_that_it_asks_for() -> None:
    _, out = _run(f"{NOWHERE}&consistency=database-snapshot", "--grants")
    assert "CREATE LOGIN [sa]" in out
    assert "GRANT CREATE ANY DATABASE TO [sa];" in out
    with pytest.raises(ConfigError, match="nobody"):
        _run("mssql://db/shop", "--grants")


def test_an_end_that_cannot_be_reached_is_a_blocker_and_the_other_is_looked_at(
    mysql: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGRATOR_SOURCE_PASSWORD", "nobody knows")
    monkeypatch.setattr("migrator.sqlserver.connect._SECONDS_TO_CONNECT", 1)
    code, out = _run(NOWHERE, "--target", mysql, "--no-rate", "--json", "--quiet")
    body = json.loads(out)
    assert (code, body["verdict"]) == (1, "blocker")
    [blocker] = [check for check in body["checks"] if check["grade"] == "blocker"]
    assert (blocker["area"], blocker["name"]) == ("source", "connection")
    assert {check["area"] for check in body["checks"]} == {"source", "target", "network"}


def test_what_the_address_lacks_is_said_before_anybody_is_asked() -> None:
    with pytest.raises(ConfigError, match="no password"):
        _run("mssql://sa@127.0.0.1:1/shop?password-env=MIGRATOR_TEST_NOT_SET")


def test_a_target_alone(mysql: Target) -> None:
    code, out = _run("--target", mysql)
    assert code == 0, out
    assert "rate to the target" in out
    assert f"asking {mysql.place}" in out
    assert out.rstrip().splitlines()[-1].startswith("READY")
