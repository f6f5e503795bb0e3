"""The questions of the doctor, before a real MySQL."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.facts import target as facts_with

from migrator.errors import TargetUnreachable
from migrator.mysql import grants
from migrator.mysql.connect import Connection, connection_id, execute, kill, session
from migrator.mysql.control import Run, claim
from migrator.mysql.probe import VARIABLES, TargetFacts, probe_target
from migrator.mysql.rate import rate_to
from migrator.mysql.url import Target, Tls


def probed(target: Target) -> TargetFacts:
    with session(target, database="") as connection:
        return probe_target(connection, target.database)


def test_every_question_has_an_answer(mysql: Target) -> None:
    facts = probed(mysql)
    assert facts.unasked == ()
    assert facts.version >= (8, 0)
    assert facts.user.startswith(f"{mysql.user}@")
    assert facts.on("local_infile") is True
    assert (facts.number("max_allowed_packet") or 0) >= 1 << 20
    assert facts.privileges is not None
    assert grants.missing(facts.privileges) == ()
    assert facts.collations is not None
    assert "utf8mb4_0900_as_ci" in facts.collations
    assert facts.clock is not None
    assert abs(facts.clock.ahead) < 1 + facts.clock.within
    assert facts.connections is not None
    assert facts.connections >= 1
    assert isinstance(facts.offset, int)
    assert isinstance(facts.zones, bool)
    assert (facts.aurora, facts.managed) == ("", False)


def test_variables_are_asked_for_by_name(mysql: Target) -> None:
    facts = probed(mysql)
    assert set(facts.variables) <= set(VARIABLES)
    assert {"local_infile", "max_allowed_packet", "sql_mode", "time_zone", "log_bin"} <= set(facts.variables)


def test_what_is_in_the_database(mysql: Target) -> None:
    assert probed(mysql.with_database("not_there")).exists is False
    empty = probed(mysql)
    assert empty.exists
    assert empty.contents is not None
    assert (empty.contents.ours, empty.contents.tables) == (False, 0)
    with session(mysql) as connection:
        claim(connection, Run("0" * 32, "x", "0" * 64, ()))
        execute(connection, "CREATE TABLE theirs (a INT)", doing="making a table")
    full = probed(mysql)
    assert full.contents is not None
    assert (full.contents.ours, full.contents.tables) == (True, 1)


def test_a_lost_connection_is_an_error(mysql: Target) -> None:
    with session(mysql, database="") as connection:
        kill(mysql, [connection_id(connection)])
        with pytest.raises(TargetUnreachable):
            probe_target(connection, mysql.database)


def test_what_is_refused_has_a_name(mysql: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.mysql.probe._CONNECTIONS", "SELECT 1 FROM mysql.no_such_table")
    monkeypatch.setattr("migrator.mysql.probe._ZONES", "SELECT 1 WHERE FALSE")
    facts = probed(mysql)
    assert [item.question for item in facts.unasked] == ["open connections", "time zones"]
    assert "1146" in facts.unasked[0].why
    assert "not as expected" in facts.unasked[1].why
    assert (facts.connections, facts.zones) == (None, None)


def test_variables_as_switches_and_numbers() -> None:
    facts = facts_with({"log_bin": "1", "read_only": "OFF", "sql_mode": "", "aurora_version": None})
    assert (facts.on("log_bin"), facts.on("read_only"), facts.on("aurora_version")) == (True, False, None)
    assert (facts.number("innodb_page_size"), facts.number("sql_mode"), facts.number("nothing")) == (16384, None, None)
    assert replace(facts, text="5.7.12-log").version == (5, 7, 12)


def test_a_rate_is_measured_in_packets_that_fit(mysql: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.mysql.rate._SECONDS", 0.02)
    sent: list[int] = []

    def watched(connection: Connection, sql: str, *, doing: str) -> int:
        sent.append(len(sql))
        return execute(connection, sql, doing=doing)

    monkeypatch.setattr("migrator.mysql.rate.execute", watched)
    with session(mysql, database="") as connection:
        rate = rate_to(connection, 1 << 20)
    assert rate.per_second > 1000
    assert rate.bytes == sum(sent[1:]) - len("DO LENGTH('')") * len(sent[1:])
    assert max(sent) < 1 << 20


@pytest.fixture
def granted(server: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """A user with nothing but what the script gives it, on a database that is not there yet."""
    name = f"test_{secrets.token_hex(6)}"
    password = secrets.token_hex(12)
    monkeypatch.setenv("MIGRATOR_TEST_GRANTED", password)
    user = Target(name, "127.0.0.1", server.port, name, tls=Tls.OFF, password_variable="MIGRATOR_TEST_GRANTED")
    with session(server, database="") as connection:
        text = "\n".join(line for line in grants.script(user, name).splitlines() if not line.startswith("--"))
        for statement in text.replace("<password>", password).rstrip(";\n").split(";\n"):
            execute(connection, statement, doing="granting")
        yield user
        execute(connection, f"DROP USER '{name}'", doing="dropping a user")


def test_the_printed_grants_are_all_that_is_missing(granted: Target) -> None:
    facts = probed(granted)
    assert facts.unasked == ()
    assert facts.privileges is not None
    assert grants.missing(facts.privileges) == ()
    assert facts.exists is False
    elsewhere = probed(granted.with_database(granted.database.replace("_", "x")))
    assert elsewhere.privileges is not None
    assert len(grants.missing(elsewhere.privileges)) == len(grants.PRIVILEGES)
