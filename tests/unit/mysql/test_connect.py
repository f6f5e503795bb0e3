from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import ConfigError, TargetDenied, TargetRejected, TargetUnreachable
from migrator.lab.server import Lab
from migrator.mysql.connect import connect, execute, fetch, quoted, session
from migrator.mysql.url import Target, Tls


def test_a_session_is_strict_and_speaks_utc(mysql: Target) -> None:
    with session(mysql) as connection:
        [(mode, zone, charset)] = fetch(connection, "SELECT @@sql_mode, @@time_zone, @@character_set_connection")
    assert "STRICT_ALL_TABLES" in mode
    assert "NO_AUTO_VALUE_ON_ZERO" in mode
    assert (zone, charset) == ("+00:00", "utf8mb4")


def test_a_session_may_keep_out_of_the_binary_log(mysql: Target) -> None:
    with session(mysql) as connection:
        assert fetch(connection, "SELECT @@sql_log_bin") == [(1,)]
    with session(replace(mysql, binlog=False)) as connection:
        assert fetch(connection, "SELECT @@sql_log_bin") == [(0,)]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0", max_codepoint=0xFFFF), min_size=1, max_size=60))
def test_any_name_can_be_quoted(mysql: Target, name: str) -> None:
    if name.endswith(" "):
        return  # MySQL itself takes no name that ends in a blank
    with session(mysql) as connection:
        assert fetch(connection, f"SELECT 1 AS {quoted(name)}") == [(1,)]


@pytest.fixture
def guest(lab: Lab) -> Iterator[Target]:
    """An account over TCP, whose password nobody has told us."""
    with session(lab.target()) as connection:
        execute(connection, "CREATE USER 'guest'@'127.0.0.1' IDENTIFIED BY 'unknown'", doing="making an account")
        yield Target("guest", host="127.0.0.1", port=lab.state.port)
        execute(connection, "DROP USER 'guest'@'127.0.0.1'", doing="dropping an account")


def test_a_password_over_the_socket(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lab.target()
    with session(root) as connection:
        execute(connection, "CREATE USER 'local'@'localhost' IDENTIFIED BY 'known'", doing="making an account")
    monkeypatch.setenv("LOCAL_PASSWORD", "known")
    try:
        with session(replace(root, user="local", password_variable="LOCAL_PASSWORD")) as connection:
            assert fetch(connection, "SELECT CURRENT_USER()") == [("local@localhost",)]
    finally:
        with session(root) as connection:
            execute(connection, "DROP USER 'local'@'localhost'", doing="dropping an account")


def test_a_certificate_that_nobody_vouches_for_is_refused(guest: Target) -> None:
    with pytest.raises(TargetDenied, match="not trusted") as caught:
        connect(guest)
    assert "ca=" in caught.value.todo


def test_a_certificate_for_another_host_is_refused_though_its_authority_is_known(guest: Target, lab: Lab) -> None:
    with pytest.raises(TargetDenied, match="not trusted"):
        connect(replace(guest, ca=str(lab.home.data / "ca.pem")))


def test_encryption_alone_goes_on_to_the_password(guest: Target) -> None:
    with pytest.raises(TargetDenied, match="refused access"):
        connect(replace(guest, tls=Tls.ENCRYPT))


def test_an_authority_file_that_is_not_there(guest: Target, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        connect(replace(guest, ca=str(tmp_path / "absent.pem")))


def test_only_a_connection_that_loads_gives_files_away(mysql: Target, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("1\n")
    load = f"LOAD DATA LOCAL INFILE '{tmp_path / 'secret'}' INTO TABLE `t`"
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE `t` (`id` INT)", doing="making a table")
        with pytest.raises(TargetDenied):
            execute(connection, load, doing="loading")
    with session(mysql, loads=True) as connection:
        assert execute(connection, load, doing="loading") == 1


def test_nobody_listens() -> None:
    with pytest.raises(TargetUnreachable):
        connect(Target("nobody", host="127.0.0.1", port=1))


def test_an_error_says_what_was_done(mysql: Target) -> None:
    with session(mysql) as connection, pytest.raises(TargetRejected, match="dropping nothing"):
        execute(connection, "DROP TABLE `absent`", doing="dropping nothing")


def test_a_session_is_closed_after_an_error(mysql: Target) -> None:
    with pytest.raises(ZeroDivisionError), session(mysql) as connection:
        raise ZeroDivisionError
    with pytest.raises((pymysql.MySQLError, TargetUnreachable)):
        connection.ping(reconnect=False)
