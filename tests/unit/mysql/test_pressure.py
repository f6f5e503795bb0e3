from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator

import pytest

from migrator.errors import TargetUnreachable
from migrator.model.pressure import Signal
from migrator.mysql.connect import connection_id, execute, kill, session
from migrator.mysql.pressure import MySqlGauge
from migrator.mysql.url import Target


@pytest.fixture
def stranger(server: Target, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """A user who may see next to nothing."""
    name = f"g_{secrets.token_hex(6)}"
    monkeypatch.setenv("STRANGER", "pw")
    with session(server, database="") as connection:
        for host in ("%", "localhost"):
            execute(connection, f"CREATE USER `{name}`@`{host}` IDENTIFIED BY 'pw'", doing="making a user")
        try:
            yield Target(name, server.host, server.port, "", server.socket, server.tls, "", "STRANGER")
        finally:
            execute(connection, f"DROP USER `{name}`@`%`, `{name}`@localhost", doing="dropping a user")


def test_what_a_server_tells(mysql: Target) -> None:
    gauge = MySqlGauge(mysql, own=0)
    found = gauge.read()
    assert set(found.values) == {
        Signal.TARGET_RUNNING,
        Signal.TARGET_LOCKS,
        Signal.TARGET_HISTORY,
        *({Signal.TARGET_REDO} - set(found.unseen)),
    }
    assert all(value >= 0 for value in found.values.values())
    assert found.values.get(Signal.TARGET_REDO, 0) <= 100
    assert "Aurora" in found.unseen[Signal.TARGET_LAG]
    gauge.close()
    gauge.close()


def test_a_wait_for_a_row_lock_is_seen(mysql: Target) -> None:
    gauge = MySqlGauge(mysql, own=0)
    with session(mysql) as owner, session(mysql) as waiter, session(mysql, autocommit=False) as holder:
        execute(owner, "CREATE TABLE `t` (`id` INT PRIMARY KEY)", doing="making a table")
        execute(owner, "INSERT INTO `t` VALUES (1)", doing="filling")
        execute(holder, "DELETE FROM `t`", doing="locking")
        waiting = threading.Thread(target=execute, args=(waiter, "DELETE FROM `t`"), kwargs={"doing": "waiting"})
        waiting.start()
        deadline = time.monotonic() + 10
        while gauge.read().values[Signal.TARGET_LOCKS] < 1:
            assert time.monotonic() < deadline
        holder.rollback()
        waiting.join()
        assert gauge.read().values[Signal.TARGET_LOCKS] == 0
    gauge.close()


def test_what_may_not_be_seen_is_named(stranger: Target) -> None:
    gauge = MySqlGauge(stranger, own=0)
    for _ in range(2):
        found = gauge.read()
        assert found.unseen[Signal.TARGET_HISTORY] == "a privilege is missing: PROCESS"
        assert Signal.TARGET_RUNNING in found.values
    gauge.close()


def test_our_own_threads_are_nobody_elses(mysql: Target) -> None:
    gauge = MySqlGauge(mysql, own=1000)
    assert gauge.read().values[Signal.TARGET_RUNNING] == 0
    gauge.close()


def test_a_lost_connection_comes_back(mysql: Target) -> None:
    gauge = MySqlGauge(mysql, own=0)
    gauge.read()
    assert gauge._connection is not None
    kill(mysql, [connection_id(gauge._connection)])
    with pytest.raises(TargetUnreachable):
        gauge.read()
    assert gauge.read().values
    gauge.close()
