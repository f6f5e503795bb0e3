"""Questions asked side by side: one state each, asked again after a loss, ended when nobody wants the answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from migrator.errors import TargetReadOnly, TargetRejected, TargetUnreachable
from migrator.mysql.connect import Connection, connection_id, execute, fetch, session
from migrator.mysql.snapshots import Snapshots
from migrator.mysql.url import Target


@pytest.fixture
def other(mysql: Target) -> Iterator[Connection]:
    """Somebody else's connection, with a table of one row."""
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE t (a INT) ENGINE=InnoDB", doing="making a table")
        execute(connection, "INSERT INTO t VALUES (1)", doing="inserting")
        yield connection


def count(connection: Connection) -> int:
    [(rows,)] = fetch(connection, "SELECT COUNT(*) FROM t")
    return int(rows)


def test_a_connection_sees_one_state(mysql: Target, other: Connection) -> None:
    with Snapshots(mysql, 1) as snapshots:
        assert snapshots.ask(count).result() == 1
        execute(other, "INSERT INTO t VALUES (2)", doing="inserting")
        assert snapshots.ask(count).result() == 1
    with Snapshots(mysql, 1) as snapshots:
        assert snapshots.ask(count).result() == 2


@pytest.mark.alone
def test_one_state_also_where_the_server_reads_committed(mysql: Target, other: Connection) -> None:
    [(before,)] = fetch(other, "SELECT @@GLOBAL.transaction_isolation")
    execute(other, "SET GLOBAL transaction_isolation = 'READ-COMMITTED'", doing="setting up")
    try:
        test_a_connection_sees_one_state(mysql, other)
    finally:
        execute(other, f"SET GLOBAL transaction_isolation = '{before}'", doing="clearing")


def test_nothing_can_be_written(mysql: Target, other: Connection) -> None:
    with Snapshots(mysql, 1) as snapshots, pytest.raises(TargetReadOnly):
        snapshots.ask(lambda connection: execute(connection, "DELETE FROM t", doing="writing")).result()
    assert count(other) == 1


def test_questions_run_side_by_side(mysql: Target) -> None:
    meeting = threading.Barrier(3, timeout=20)

    def question(connection: Connection) -> int:
        meeting.wait()
        return connection_id(connection)

    with Snapshots(mysql, 3) as snapshots:
        futures = [snapshots.ask(question) for _ in range(3)]
        assert len({future.result() for future in futures}) == 3


def test_a_killed_connection_is_replaced_and_the_question_asked_again(mysql: Target, other: Connection) -> None:
    numbers: list[int] = []

    def question(connection: Connection) -> int:
        numbers.append(connection_id(connection))
        if len(numbers) < 3:
            execute(other, f"KILL {numbers[-1]}", doing="killing")
        return count(connection)

    with Snapshots(mysql, 1) as snapshots:
        assert snapshots.ask(question).result() == 1
        assert len(set(numbers)) == 3
        # The connection that is left serves on, with its state.
        assert snapshots.ask(connection_id).result() == numbers[-1]


def test_a_query_killed_while_it_runs_is_asked_again(mysql: Target, other: Connection) -> None:
    asked: list[int] = []

    def question(connection: Connection) -> int:
        asked.append(connection_id(connection))
        fetch(connection, "SELECT SLEEP(%s)", (30 if len(asked) == 1 else 0,))
        return count(connection)

    with Snapshots(mysql, 1) as snapshots:
        future = snapshots.ask(question)
        wait_until(lambda: running(other, mysql, "SELECT SLEEP(30)"))
        execute(other, f"KILL {asked[0]}", doing="killing")
        assert future.result(timeout=20) == 1
    assert len(asked) == 2


def test_an_answer_of_no_is_not_asked_again(mysql: Target) -> None:
    asked = []

    def question(connection: Connection) -> None:
        asked.append(1)
        fetch(connection, "SELECT nothing FROM nowhere")

    with Snapshots(mysql, 1) as snapshots, pytest.raises(TargetRejected):
        snapshots.ask(question).result()
    assert asked == [1]


def test_leaving_by_an_error_ends_running_and_waiting_questions(mysql: Target, other: Connection) -> None:
    before = threading.active_count()
    started = time.monotonic()
    asked = []

    def question(connection: Connection) -> None:
        asked.append(1)
        fetch(connection, "SELECT SLEEP(60)")

    def ask_and_stop() -> None:
        with Snapshots(mysql, 1) as snapshots:
            futures.extend(snapshots.ask(question) for _ in range(3))
            wait_until(lambda: running(other, mysql, "SELECT SLEEP(60)"))
            raise KeyboardInterrupt

    futures: list[object] = []
    with pytest.raises(KeyboardInterrupt):
        ask_and_stop()
    assert time.monotonic() - started < 20
    assert asked == [1], "it must not be asked again"
    assert threading.active_count() == before
    wait_until(lambda: not running(other, mysql, "SELECT SLEEP(60)"))


def test_leaving_while_the_server_is_away_does_not_wait_for_it() -> None:
    nowhere = Target(user="root", socket="/nowhere/m.sock", database="d")
    started = time.monotonic()

    def ask_and_stop() -> None:
        with Snapshots(nowhere, 1) as snapshots:
            futures.append(snapshots.ask(count))
            time.sleep(0.5)
            raise KeyboardInterrupt

    futures = []
    with pytest.raises(KeyboardInterrupt):
        ask_and_stop()
    assert time.monotonic() - started < 10
    with pytest.raises(TargetUnreachable):
        futures[0].result()


def running(connection: Connection, target: Target, query: str) -> bool:
    return any((row[3], row[7]) == (target.database, query) for row in fetch(connection, "SHOW FULL PROCESSLIST"))


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
