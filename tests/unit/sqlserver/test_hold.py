"""One picture for all workers: which one, how it is held, and that writers are always let go."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from migrator.errors import SourceBusy, SourceDenied, SourceError, SourceRejected, SourceUnreachable
from migrator.model.consistency import Consistency, Hold
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.sqlserver import hold as module
from migrator.sqlserver import pictures
from migrator.sqlserver.hold import hold
from migrator.sqlserver.pictures import Picture
from migrator.sqlserver.url import Server, Wanted

SERVER = Server("r", "h", database="Care")
TABLES = tuple(
    Table(ObjectName("dbo", name), (Column("v", DataType(SqlType.INT), nullable=False),)) for name in ("a", "b]")
)


class Source:
    """A server with one database, as its sessions see it."""

    def __init__(self, *, read_only: int = 0, snapshot: int = 0, is_snapshot: int = 0) -> None:
        self.state = (read_only, snapshot, is_snapshot)
        self.said: list[str] = []
        self.open = 0
        self.refusing: Callable[[str], SourceError | None] = lambda sql: None
        self.snapshots: set[str] = set()

    @contextmanager
    def session(self, server: Server) -> Iterator[Source]:
        assert server == SERVER or server.wanted is not Wanted.AUTO
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if "is_read_only" in sql:
            return [self.state]
        if "sys.database_files" in sql:
            return [("Care", "/data/care.mdf"), ("it's]", "/data/2.ndf")]
        assert "source_database_id = DB_ID()" in sql
        return [(1,)] if any(f"N'{name}'" in sql for name in self.snapshots) else []

    def execute(self, sql: str, *, doing: str) -> None:
        if error := self.refusing(sql):
            raise error
        self.said.append(sql)
        if sql.startswith("CREATE DATABASE"):
            self.snapshots.add("Care__migrator")
        if sql.startswith("DROP DATABASE"):
            self.snapshots.remove("Care__migrator")

    @property
    def locked(self) -> bool:
        """Whether writers wait."""
        begun = sum("BEGIN TRANSACTION" in sql for sql in self.said)
        return begun > sum("ROLLBACK" in sql for sql in self.said)


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Source]:
    def made(**state: int) -> Source:
        source = Source(**state)
        monkeypatch.setattr(module, "session", source.session)
        return source

    return made


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """What workers were shown, in this process."""
    found: list[Picture] = []
    monkeypatch.setattr(module, "show", lambda server, picture: found.append(picture))
    return found


def wanting(wanted: Wanted) -> Server:
    return Server("r", "h", database="Care", wanted=wanted)


@pytest.mark.parametrize(
    ("wanted", "state", "expected"),
    [
        (Wanted.AUTO, {}, Consistency.NONE),
        (Wanted.AUTO, {"snapshot": 1}, Consistency.SNAPSHOT),
        (Wanted.AUTO, {"snapshot": 2}, Consistency.NONE),  # it is just being switched off
        (Wanted.AUTO, {"read_only": 1, "snapshot": 1}, Consistency.READ_ONLY),
        (Wanted.AUTO, {"read_only": 1, "is_snapshot": 1}, Consistency.DATABASE_SNAPSHOT),
        (Wanted.NONE, {"snapshot": 1}, Consistency.NONE),
        (Wanted.NONE, {"read_only": 1}, Consistency.NONE),
        (Wanted.READ_ONLY, {"read_only": 1}, Consistency.READ_ONLY),
        (Wanted.SNAPSHOT, {"snapshot": 1}, Consistency.SNAPSHOT),
        (Wanted.SNAPSHOT, {"is_snapshot": 1}, Consistency.DATABASE_SNAPSHOT),
        (Wanted.DATABASE_SNAPSHOT, {"snapshot": 1}, Consistency.DATABASE_SNAPSHOT),
    ],
)
def test_which_picture(
    make: Callable[..., Source],
    shown: list[Picture],
    wanted: Wanted,
    state: dict[str, int],
    expected: Consistency,
) -> None:
    source = make(**state)
    with hold(wanting(wanted), TABLES, 1, resuming=False) as held:
        assert held.consistency is expected
        assert held.why
        assert held.begin is not None
        assert pickle.loads(pickle.dumps(held.begin)) == held.begin
        held.begin()
        [picture] = shown
        assert picture.isolated is (expected is Consistency.SNAPSHOT)
        assert held.outcome(0).consistency is expected
    assert source.open == 0
    assert not source.locked


def test_a_source_that_takes_writes_is_not_read_only(make: Callable[..., Source]) -> None:
    make(snapshot=1)
    with (
        pytest.raises(SourceRejected, match="takes writes"),
        hold(wanting(Wanted.READ_ONLY), TABLES, 1, resuming=False),
    ):
        pass


def test_one_worker_needs_no_lock(make: Callable[..., Source], shown: list[Picture]) -> None:
    source = make(snapshot=1)
    with hold(wanting(Wanted.SNAPSHOT), TABLES, 1, resuming=False) as held:
        assert held.begin
        held.begin()
    assert source.said == []
    assert shown[0].first == "SELECT TOP (1) 1 AS c0 FROM [dbo].[a]"


def together(held: Hold, count: int) -> None:
    """As many workers begin at once."""
    assert held.begin is not None
    threads = [threading.Thread(target=held.begin) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_writers_wait_until_all_have_begun(make: Callable[..., Source], shown: list[Picture]) -> None:
    source = make(snapshot=1)
    with hold(wanting(Wanted.SNAPSHOT), TABLES, 3, resuming=False) as held:
        assert source.locked
        locks = [sql for sql in source.said if "TABLOCK, HOLDLOCK" in sql]
        assert ["[dbo].[a]" in locks[0], "[dbo].[b]]]" in locks[1]] == [True, True]
        assert all("TOP (1)" in sql and "LOCK_TIMEOUT" in sql for sql in locks)
        together(held, 2 + 1)
        waiting = threading.Event()
        for _ in range(500):
            if not source.locked:
                break
            waiting.wait(0.01)
        assert not source.locked
        assert held.kept is not None
        assert held.kept()
        assert held.outcome(0).consistency is Consistency.SNAPSHOT
        assert held.outcome(2).consistency is Consistency.NONE
    assert len(shown) == 3
    assert source.open == 0


def test_writers_go_on_when_workers_do_not_begin_in_time(
    make: Callable[..., Source], shown: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SECONDS_TO_START", 0.1)
    source = make(snapshot=1)
    with hold(wanting(Wanted.SNAPSHOT), TABLES, 2, resuming=False) as held:
        together(held, 1)
        waiting = threading.Event()
        for _ in range(500):
            if not source.locked:
                break
            waiting.wait(0.01)
        assert not source.locked
        assert held.outcome(0).consistency is Consistency.NONE
        assert "did not all begin" in held.outcome(0).why


def test_a_worker_that_cannot_connect_breaks_the_barrier(
    make: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(server: Server, picture: Picture) -> None:
        raise SourceUnreachable("no connection")

    monkeypatch.setattr(module, "show", show)
    source = make(snapshot=1)
    with hold(wanting(Wanted.SNAPSHOT), TABLES, 2, resuming=False) as held:
        assert held.begin is not None
        with pytest.raises(SourceUnreachable):
            held.begin()
        assert held.kept is not None
        assert not held.kept()
    assert not source.locked


def test_writers_go_on_when_the_run_fails(make: Callable[..., Source]) -> None:
    source = make(snapshot=1)
    with pytest.raises(ZeroDivisionError), hold(wanting(Wanted.SNAPSHOT), TABLES, 2, resuming=False):
        assert source.locked
        raise ZeroDivisionError
    assert not source.locked
    assert source.open == 0


@pytest.mark.parametrize("error", [SourceBusy("a lock"), SourceRejected("a memory-optimised table")])
def test_tables_that_cannot_be_locked(make: Callable[..., Source], shown: list[Picture], error: SourceError) -> None:
    source = make(snapshot=1)
    source.refusing = lambda sql: error if "[b]]]" in sql else None
    with hold(wanting(Wanted.AUTO), TABLES, 2, resuming=False) as held:
        assert held.consistency is Consistency.NONE
        assert "could not be locked" in held.why
        assert not source.locked
        together(held, 2)
    assert [picture.isolated for picture in shown] == [True, True]
    with pytest.raises(type(error)), hold(wanting(Wanted.SNAPSHOT), TABLES, 2, resuming=False):
        pass
    assert not source.locked


def test_an_error_of_another_kind_is_not_hidden(make: Callable[..., Source]) -> None:
    source = make(snapshot=1)
    source.refusing = lambda sql: SourceDenied("no SELECT") if "TABLOCK" in sql else None
    with pytest.raises(SourceDenied), hold(wanting(Wanted.AUTO), TABLES, 2, resuming=False):
        pass
    assert not source.locked


def test_a_lost_connection_needs_no_rollback(make: Callable[..., Source]) -> None:
    source = make(snapshot=1)
    source.refusing = lambda sql: SourceUnreachable("gone") if "ROLLBACK" in sql else None
    with hold(wanting(Wanted.AUTO), TABLES, 2, resuming=False):
        pass
    assert source.open == 0


def test_the_freeze_of_all_tables_has_one_limit(make: Callable[..., Source], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 9.5, 12.0])
    monkeypatch.setattr(module, "monotonic", lambda: next(clock))
    source = make(snapshot=1)
    with hold(wanting(Wanted.AUTO), (*TABLES, TABLES[0]), 2, resuming=False):
        limits = [sql.split()[2].rstrip(";") for sql in source.said if "TABLOCK" in sql]
    assert limits == ["10000", "500", "1"]


SNAPSHOT = (
    "CREATE DATABASE [Care__migrator] ON (NAME = [Care], FILENAME = N'/data/care.mdf__migrator'), "
    "(NAME = [it's]]], FILENAME = N'/data/2.ndf__migrator') AS SNAPSHOT OF [Care]"
)


def test_a_database_snapshot_is_made_and_dropped(make: Callable[..., Source], shown: list[Picture]) -> None:
    source = make()
    server = wanting(Wanted.DATABASE_SNAPSHOT)
    with hold(server, TABLES, 2, resuming=False) as held:
        assert source.said == [SNAPSHOT]
        together(held, 2)
    assert shown == [Picture(server.with_database("Care__migrator"), isolated=False)] * 2
    assert source.said == [SNAPSHOT, "DROP DATABASE [Care__migrator]"]


def test_a_database_snapshot_outlives_an_error_and_is_read_again(
    make: Callable[..., Source], shown: list[Picture]
) -> None:
    source = make()
    server = wanting(Wanted.DATABASE_SNAPSHOT)
    with pytest.raises(ZeroDivisionError), hold(server, TABLES, 2, resuming=False):
        raise ZeroDivisionError
    assert source.snapshots == {"Care__migrator"}
    with pytest.raises(ZeroDivisionError), hold(server, TABLES, 2, resuming=True):
        raise ZeroDivisionError
    assert source.said == [SNAPSHOT]
    # A run that begins anew does not read what an older one left.
    with hold(server, TABLES, 2, resuming=False):
        assert source.said == [SNAPSHOT, "DROP DATABASE [Care__migrator]", SNAPSHOT]
    assert source.snapshots == set()


def test_resuming_without_a_snapshot_makes_one(make: Callable[..., Source]) -> None:
    source = make()
    with hold(wanting(Wanted.DATABASE_SNAPSHOT), TABLES, 2, resuming=True):
        assert source.said == [SNAPSHOT]


def test_no_picture_stays_behind(make: Callable[..., Source]) -> None:
    make()
    with hold(wanting(Wanted.NONE), (), 4, resuming=False):
        pass
    assert pictures._open == {}
