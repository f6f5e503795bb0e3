"""A process has one connection, which sees one moment; what it saw after another one was lost is counted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from migrator.errors import SourceRejected, SourceUnreachable
from migrator.model.name import ObjectName
from migrator.model.schema import Table
from migrator.sqlserver import pictures
from migrator.sqlserver.pictures import Picture, bulk, first_read, forget, show, slipped
from migrator.sqlserver.url import Server

SERVER = Server("r", "h", database="Care")
FIRST = "SELECT TOP (1) 1 AS c0 FROM [dbo].[t]"


class Bulk:
    """A connection that tells what it was asked."""

    made: list[Bulk]
    refusing: str = ""

    def __init__(self, server: Server, *, autocommit: bool = True) -> None:
        self.server, self.autocommit, self.said, self.closed = server, autocommit, [], False
        Bulk.made.append(self)

    def execute(self, sql: str, *, doing: str) -> None:
        if sql == Bulk.refusing:
            raise SourceRejected("no")
        self.said.append(sql)

    def batches(self, sql: str, *, rows: int, ahead: bool, doing: str) -> Iterator[Any]:
        self.execute(sql, doing=doing)
        yield from ()

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def _links(monkeypatch: pytest.MonkeyPatch) -> None:
    Bulk.made, Bulk.refusing = [], ""
    monkeypatch.setattr(pictures, "BulkLink", Bulk)
    monkeypatch.setattr(pictures, "_open", {})


def allowing(monkeypatch: pytest.MonkeyPatch, state: int) -> None:
    class Link:
        def rows(self, sql: str) -> list[tuple[int]]:
            assert sql == pictures.SNAPSHOT_STATE
            return [(state,)]

    @contextmanager
    def session(server: Server) -> Iterator[Link]:
        yield Link()

    monkeypatch.setattr(pictures, "session", session)


def test_a_shown_picture_is_begun_at_once_and_stays() -> None:
    show(SERVER, Picture(SERVER, isolated=True, first=FIRST))
    [link] = Bulk.made
    assert (link.autocommit, link.said) == (False, ["SET TRANSACTION ISOLATION LEVEL SNAPSHOT", FIRST])
    assert bulk(SERVER) is bulk(SERVER) is link
    assert slipped(SERVER) == 0


def test_a_picture_without_isolation() -> None:
    copy = SERVER.with_database("Care__migrator")
    show(SERVER, Picture(copy, isolated=False))
    [link] = Bulk.made
    assert (link.server, link.autocommit, link.said) == (copy, True, [])
    # Another moment of a copy that does not change is none.
    forget(SERVER)
    bulk(SERVER)
    assert slipped(SERVER) == 0


def test_what_is_lost_is_counted() -> None:
    show(SERVER, Picture(SERVER, isolated=True, first=FIRST))
    first = bulk(SERVER)
    forget(SERVER)
    forget(SERVER)  # there is nothing to lose any more
    assert first.closed
    assert slipped(SERVER) == 1
    assert bulk(SERVER) is not first
    assert Bulk.made[-1].said == Bulk.made[0].said
    forget(SERVER)
    assert slipped(SERVER) == 2
    show(SERVER, Picture(SERVER, isolated=True, first=FIRST))
    assert slipped(SERVER) == 0


@pytest.mark.parametrize(("state", "isolated"), [(0, False), (1, True), (2, False), (3, False)])
def test_a_process_that_nobody_gave_a_picture(monkeypatch: pytest.MonkeyPatch, state: int, isolated: bool) -> None:
    allowing(monkeypatch, state)
    link = bulk(SERVER)
    assert link.autocommit is not isolated
    assert bulk(SERVER) is link


def test_two_databases_have_two_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    allowing(monkeypatch, 1)
    other = SERVER.with_database("Other")
    assert bulk(SERVER) is not bulk(other)
    forget(other)
    assert not bulk(SERVER).closed
    assert (slipped(SERVER), slipped(other)) == (0, 1)


def test_another_process_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    allowing(monkeypatch, 1)
    link = bulk(SERVER)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert bulk(SERVER) is not link
    # Whose connection it is not, does not close it.
    assert not link.closed


def test_a_moment_that_cannot_begin_leaves_no_connection_open() -> None:
    Bulk.refusing = FIRST
    with pytest.raises(SourceRejected):
        show(SERVER, Picture(SERVER, isolated=True, first=FIRST))
    assert [link.closed for link in Bulk.made] == [True]


def test_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    show(SERVER, Picture(SERVER, isolated=True))
    forget(SERVER)

    def gone(server: Server, *, autocommit: bool = True) -> None:
        raise SourceUnreachable("gone")

    monkeypatch.setattr(pictures, "BulkLink", gone)
    with pytest.raises(SourceUnreachable):
        bulk(SERVER)
    monkeypatch.setattr(pictures, "BulkLink", Bulk)
    assert not bulk(SERVER).closed


def test_the_read_that_fixes_the_moment() -> None:
    assert first_read(Table(ObjectName("d]bo", "t'"), ())) == "SELECT TOP (1) 1 AS c0 FROM [d]]bo].[t']"
