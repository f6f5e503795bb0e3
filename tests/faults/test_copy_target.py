"""A target that breaks under a load of live tables: every row is there once, whatever the network and others do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.agencies import begun, holds_all
from support.proxy import Action, Fault, Proxy, Way, before_mysql, through
from support.volatile_source import VolatileSource, agency
from tenacity import RetryCallState, Retrying

from migrator.copy import pump
from migrator.copy.plan import SegmentCopy
from migrator.copy.pump import Job, SegmentDone, copy_segment
from migrator.errors import TargetBusy, TargetError, TargetUnreachable
from migrator.mysql import connect as connecting
from migrator.mysql import control
from migrator.mysql.connect import connect, execute, fetch, session
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target

COMMIT = b"\x03COMMIT"
WAITING = """SELECT COUNT(*) FROM information_schema.innodb_trx t
  JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
  WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()"""
Failures = list[BaseException]


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> VolatileSource:
    """A range of 200 rows and a heap of 300, which is loaded in three transactions."""
    monkeypatch.setattr(pump, "_SLICE_BYTES", 5000)
    return agency(visits=200, notes=300, pieces=1)


@pytest.fixture
def failures(monkeypatch: pytest.MonkeyPatch) -> Failures:
    """What was tried again, and why; the waits in between are short."""
    found: Failures = []

    def note(state: RetryCallState) -> None:
        assert state.outcome is not None
        error = state.outcome.exception()
        assert error is not None
        found.append(error)

    def quick(kinds: tuple[type[BaseException], ...]) -> Retrying:
        return retrying(kinds=kinds).copy(before_sleep=note, wait=lambda _: 0.02)

    monkeypatch.setattr(pump, "retrying", quick)
    return found


@pytest.fixture
def proxy(mysql: Target) -> Iterator[Proxy]:
    with before_mysql(mysql) as proxy:
        yield proxy


def load(source: VolatileSource, items: tuple[SegmentCopy, ...], target: Target) -> list[SegmentDone]:
    return [copy_segment(Job(item, source, target)) for item in items]


@pytest.mark.parametrize("action", [Action.CUT, Action.SWALLOW])
@pytest.mark.parametrize("after", [0, 40, 2_000, 9_000, 12_000])
def test_lost_in_the_middle_of_a_load(
    source: VolatileSource, mysql: Target, proxy: Proxy, failures: Failures, action: Action, after: int
) -> None:
    """In the greeting, in a statement, in the lines: for the range and for the heap."""
    _, items = begun(source, mysql)
    for item in items:
        proxy.faults = [Fault(action, Way.UP, after, times=2)]
        done = copy_segment(Job(item, source, through(proxy, mysql)))
        assert proxy.struck == 2
        assert (done.rows, done.skipped) == (source.rows[item.table.name].num_rows, 0)
    assert 2 <= len(failures) <= 4  # a connection that only ends a lost session may have been struck instead
    assert {type(error) for error in failures} == {TargetUnreachable}
    holds_all(source, mysql)


@pytest.mark.parametrize("action", [Action.CUT, Action.SWALLOW])
@pytest.mark.parametrize("commit", range(5))
def test_lost_right_after_a_commit(
    source: VolatileSource, mysql: Target, proxy: Proxy, failures: Failures, action: Action, commit: int
) -> None:
    """Cut, the server commits while we try again already; swallowed, it has committed and we do not know."""
    proxy.faults = [Fault(action, Way.UP, COMMIT, skip=commit)]
    _, items = begun(source, mysql)
    done = load(source, items, through(proxy, mysql))
    assert [part.rows for part in done] == [source.rows[item.table.name].num_rows for item in items]
    assert [type(error) for error in failures] == [TargetUnreachable] * proxy.struck
    assert proxy.struck == (commit < 4)  # a heap of three slices, a range of one
    holds_all(source, mysql)


@pytest.mark.parametrize("after", [9_000, COMMIT])
def test_a_network_that_swallows_everything(
    source: VolatileSource,
    mysql: Target,
    proxy: Proxy,
    failures: Failures,
    monkeypatch: pytest.MonkeyPatch,
    after: int | bytes,
) -> None:
    """The server does not hear that we gave up: what it still holds of the lost session is ended."""
    monkeypatch.setattr(connecting, "_SECONDS_TO_ANSWER", 0.5)
    monkeypatch.setattr(connecting, "_SECONDS_TO_TAKE", 0.5)
    monkeypatch.setattr(control, "_SECONDS_TO_END", 0)
    _, items = begun(source, mysql)
    for item in items:
        proxy.faults = [Fault(Action.STALL, Way.UP, after)]
        copy_segment(Job(item, source, through(proxy, mysql)))
    assert TargetUnreachable in {type(error) for error in failures}
    holds_all(source, mysql)


def test_a_greeting_that_does_not_come(mysql: Target, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_SECONDS_TO_GREET", 0.2)
    proxy.faults = [Fault(Action.STALL, Way.DOWN, 0)]
    with pytest.raises(TargetUnreachable):
        connect(through(proxy, mysql))
    with session(through(proxy, mysql)) as connection:
        assert fetch(connection, "SELECT 1") == [(1,)]


def test_a_connection_notices_a_dead_network(mysql: Target, proxy: Proxy) -> None:
    """A statement may take hours: what ends the waiting is the network, asked again and again."""
    with session(through(proxy, mysql)) as connection:
        found = connection._sock
        assert isinstance(found, socket.socket)
        assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_KEEPIDLE"):
            idle, interval, count = (
                found.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
                for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
            )
            assert idle + interval * count <= 120


def test_a_target_that_is_away_for_a_while(
    source: VolatileSource, mysql: Target, proxy: Proxy, failures: Failures
) -> None:
    """What an earlier run loaded is still known for what it is when the first attempts did not come through."""
    _, items = begun(source, mysql)
    load(source, items, mysql)
    proxy.closed = True
    opener = threading.Timer(0.1, setattr, (proxy, "closed", False))
    opener.start()
    again = load(source, items, through(proxy, mysql))
    opener.join()
    assert failures
    assert [(part.rows, part.skipped) for part in again] == [(0, 300), (0, 200)]
    holds_all(source, mysql)


@pytest.fixture
def stranger(mysql: Target) -> Iterator[connecting.Connection]:
    with session(mysql, autocommit=False) as connection:
        yield connection


def test_a_lock_wait(
    source: VolatileSource,
    mysql: Target,
    failures: Failures,
    stranger: connecting.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another session has a row with a key of ours, and lets it go when we have given up once (error 1205)."""
    monkeypatch.setattr(connecting, "_SECONDS_TO_LOCK", 1)
    _, items = begun(source, mysql)
    execute(stranger, "INSERT INTO `care_Visit` VALUES (199, 'mine')", doing="holding a row")
    quick = pump.retrying  # type: ignore[attr-defined] - what the other fixture made of it

    def let_go(kinds: tuple[type[BaseException], ...]) -> Retrying:
        tried = quick(kinds=kinds)
        note = tried.before_sleep

        def then(state: RetryCallState) -> None:
            assert note is not None
            note(state)
            stranger.rollback()

        return tried.copy(before_sleep=then)

    monkeypatch.setattr(pump, "retrying", let_go)
    load(source, items, mysql)
    [error] = failures
    assert isinstance(error, TargetBusy)
    assert "1205" in error.why
    holds_all(source, mysql)


def test_a_deadlock(source: VolatileSource, mysql: Target, failures: Failures, stranger: connecting.Connection) -> None:
    """Another session wants our rows, and we want one of its: the server ends the one that did less (error 1213)."""
    source = replace(source, shuffled=False)
    _, items = begun(source, mysql)
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE `work` (`n` INT)", doing="making a table")
    numbers = ", ".join(f"({number})" for number in range(2000))
    execute(stranger, f"INSERT INTO `work` VALUES {numbers}", doing="doing more")
    execute(stranger, "INSERT INTO `care_Visit` VALUES (199, 'mine')", doing="holding a row")

    def cross() -> None:
        with session(mysql) as watching:
            while fetch(watching, WAITING) == [(0,)]:
                if over.wait(0.2):  # asked more often, the server gives an old answer
                    return
        fetch(stranger, "SELECT * FROM `care_Visit` WHERE `id` < 10 FOR UPDATE")
        stranger.rollback()

    over = threading.Event()
    crossing = threading.Thread(target=cross)
    crossing.start()
    load(source, items, mysql)
    over.set()
    crossing.join()
    [error] = failures
    assert isinstance(error, TargetBusy)
    assert "1213" in error.why
    holds_all(source, mysql)


def test_two_loads_of_one_segment(source: VolatileSource, mysql: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one waits for the first, which holds it up: then it is said who is in the way."""
    monkeypatch.setattr(control, "_SECONDS_TO_END", 0)
    monkeypatch.setattr(control, "_SECONDS_TO_ROLL_BACK", 0)
    _, items = begun(source, mysql)
    monkeypatch.setattr(control, "execute", not_ours)
    with session(mysql) as first, session(mysql) as second:
        control.alone(first, items[0].mapping, "1")
        control.alone(first, items[0].mapping, "1")
        control.alone(second, items[0].mapping, "2")
        with pytest.raises(TargetBusy) as caught:
            control.alone(second, items[0].mapping, "1")
    assert "SHOW PROCESSLIST" in caught.value.todo


def not_ours(*_: object, **__: object) -> int:
    raise TargetError("the session of another user is not ours to end")
