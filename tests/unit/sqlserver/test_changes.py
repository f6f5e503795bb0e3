"""The questions that change tracking is asked, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import pyarrow as pa
import pytest

from migrator.errors import ChangesLost, SourceBusy, SourceError, SourceUnreachable
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Computed, Key, KeyColumn, Table
from migrator.sqlserver import changes
from migrator.sqlserver.changes import ChangeTracking, changetable, keep_keys, oldest_query, read_keys, tracked_query
from migrator.sqlserver.errors import TRANSIENT, explain
from migrator.sqlserver.retry import retrying
from migrator.sqlserver.select import projection
from migrator.sqlserver.url import Server

SERVER = Server.parse("mssql://reader@here/shop")
ODD = Table(
    ObjectName("my]schema", "it's a table"),
    (
        Column("id", DataType(SqlType.INT), nullable=False),
        Column("to]tal", DataType(SqlType.UNIQUEIDENTIFIER), nullable=False),
        Column("note", DataType(SqlType.NVARCHAR, length=MAX), nullable=True),
        Column("twice", DataType(SqlType.INT), nullable=True, computed=Computed("([id]*(2))", persisted=False)),
    ),
    Key("PK", (KeyColumn("to]tal"), KeyColumn("id", descending=True)), clustered=True),
)


def test_names_are_quoted_whatever_is_in_them() -> None:
    assert changetable(ODD, 41) == "CHANGETABLE(CHANGES [my]]schema].[it's a table], 41) AS ct"
    assert oldest_query(ODD) == (
        "SELECT CAST(CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'[my]]schema].[it''s a table]')) AS bigint) AS c0"
    )
    assert "OBJECT_ID(N'[my]]schema].[it''s a table]')" in tracked_query(ODD)


def test_keys_are_kept_and_read_in_the_order_of_the_key() -> None:
    assert keep_keys(ODD, 7) == (
        "SELECT ct.[to]]tal], ct.[id] INTO #migrator_key FROM CHANGETABLE(CHANGES [my]]schema].[it's a table], 7) AS ct"
    )
    keys = Table(ODD.name, (ODD.column("to]tal"), ODD.column("id")), ODD.primary_key)
    assert read_keys(projection(keys, "k")) == (
        "SELECT CAST(k.[to]]tal] AS binary(16)) AS c0, k.[id] AS c1 FROM #migrator_key AS k "
        "ORDER BY k.[to]]tal], k.[id]"
    )


def test_a_table_without_a_key_has_no_changes() -> None:
    with pytest.raises(ValueError, match="no key"):
        keep_keys(Table(ODD.name, ODD.columns), 7)


class Asked:
    """Answers questions by a word in them; an error is raised once, then the next answer follows."""

    answers: ClassVar[dict[str, list[Any]]]
    closed = 0

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        for word, answers in self.answers.items():
            if word in sql:
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if isinstance(answer, Exception):
                    raise answer
                return [(answer,)]
        raise AssertionError(sql)

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> type[Asked]:
    class Server(Asked):
        answers: ClassVar[dict[str, list[Any]]] = {}
        closed = 0

    monkeypatch.setattr(changes, "connect", lambda _: Server())
    monkeypatch.setattr(changes, "retrying", lambda: retrying().copy(sleep=lambda _: None))
    return Server


def test_versions_counts_and_tables(server: type[Asked]) -> None:
    server.answers = {
        "change_tracking_databases": [1],
        "CURRENT_VERSION": [41],
        "MIN_VALID_VERSION": [12],
        "COUNT_BIG": [5],
        "change_tracking_tables": [1],
        "snapshot_isolation_state": [1],
    }
    with ChangeTracking(SERVER) as source:
        assert (source.version(), source.oldest(ODD), source.changed(ODD, 12)) == (41, 12, 5)
        assert source.tracked(ODD)
        assert source.active
        assert source.steady
    assert server.closed == 1


def test_what_is_not_tracked_is_said(server: type[Asked]) -> None:
    server.answers = {
        "change_tracking_databases": [0],
        "MIN_VALID_VERSION": [None],
        "change_tracking_tables": [0],
        "snapshot_isolation_state": [0],
    }
    source = ChangeTracking(SERVER)
    with pytest.raises(SourceError, match="shop at here:1433 does not track changes") as caught:
        source.version()
    assert "SET CHANGE_TRACKING = ON" in caught.value.todo
    with pytest.raises(ChangesLost, match="it's a table"):
        source.oldest(ODD)
    assert not source.tracked(ODD)
    assert not source.steady


@pytest.mark.parametrize(("error", "closed"), [(SourceUnreachable("gone"), 1), (SourceBusy("locked"), 0)])
def test_a_question_is_asked_again(server: type[Asked], error: SourceError, closed: int) -> None:
    server.answers = {"change_tracking_databases": [1], "CURRENT_VERSION": [error, 41]}
    source = ChangeTracking(SERVER)
    assert source.version() == 41
    assert server.closed == closed


class Bulk:
    """Notes what is run, and answers with what ``results`` says of the words in it."""

    said: ClassVar[list[str]]
    results: ClassVar[dict[str, list[pa.RecordBatch]]]

    def __init__(self, server: Server, *, autocommit: bool = True) -> None:
        self.said.append(f"open autocommit={autocommit}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.said.append("close")

    def execute(self, sql: str, *, doing: str) -> None:
        self.said.append(sql)

    def batches(self, sql: str, **_: object) -> Iterator[pa.RecordBatch]:
        self.said.append(sql)
        yield from next(batches for word, batches in self.results.items() if word in sql)


PLAIN = Table(
    ObjectName("dbo", "t"),
    (Column("id", DataType(SqlType.INT), nullable=False), Column("n", DataType(SqlType.INT), nullable=True)),
    Key("PK", (KeyColumn("id"),), clustered=True),
)


@pytest.fixture
def bulk(monkeypatch: pytest.MonkeyPatch) -> type[Bulk]:
    class Connected(Bulk):
        said: ClassVar[list[str]] = []
        results: ClassVar[dict[str, list[pa.RecordBatch]]] = {
            "TOP (1)": [pa.record_batch({"c0": pa.array([1])})],
            "MIN_VALID_VERSION": [pa.record_batch({"c0": pa.array([12])})],
            "FROM #migrator_key AS k ORDER": [
                pa.record_batch({"c0": pa.array([1, 2], pa.int32())}),
                pa.record_batch({"c0": pa.array([3], pa.int32())}),
            ],
            "JOIN #migrator_key": [
                pa.record_batch({"c0": pa.array([2], pa.int32()), "c1": pa.array([20], pa.int32())})
            ],
        }

    monkeypatch.setattr(changes, "BulkLink", Connected)
    return Connected


def test_all_is_read_in_one_snapshot_once_the_version_is_known_to_be_valid(
    server: type[Asked], bulk: type[Bulk]
) -> None:
    server.answers = {"snapshot_isolation_state": [1]}
    batches = list(ChangeTracking(SERVER).changes(PLAIN, 12))
    assert [(batch.keys.to_pydict(), batch.rows.to_pydict()) for batch in batches] == [
        ({"id": [1, 2]}, {"id": [], "n": []}),
        ({"id": [3]}, {"id": [], "n": []}),
        ({"id": []}, {"id": [2], "n": [20]}),
    ]
    assert [line.split(" FROM ")[0] for line in bulk.said] == [
        "open autocommit=False",
        "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
        "SELECT TOP (1) 1 AS c0",
        "SELECT CAST(CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'[dbo].[t]')) AS bigint) AS c0",
        "SELECT ct.[id] INTO #migrator_key",
        "SELECT k.[id] AS c0",
        "SELECT t.[id] AS c0, t.[n] AS c1",
        "close",
    ]
    assert "FROM [dbo].[t] AS t JOIN #migrator_key AS k ON t.[id] = k.[id]" in bulk.said[-2]


def test_without_snapshots_the_version_must_still_be_valid_when_the_keys_are_taken(
    server: type[Asked], bulk: type[Bulk]
) -> None:
    server.answers = {"snapshot_isolation_state": [0]}
    assert len(list(ChangeTracking(SERVER).changes(PLAIN, 12))) == 3
    assert bulk.said[0] == "open autocommit=True"
    assert [index for index, line in enumerate(bulk.said) if "INTO #" in line or "MIN_VALID" in line] == [1, 2]
    assert "INTO #" in bulk.said[1]


@pytest.mark.parametrize("steady", [0, 1])
@pytest.mark.parametrize("oldest", [13, None])
def test_changes_that_are_not_all_known_are_not_given(
    server: type[Asked], bulk: type[Bulk], steady: int, oldest: int | None
) -> None:
    server.answers = {"snapshot_isolation_state": [steady]}
    bulk.results = bulk.results | {"MIN_VALID_VERSION": [pa.record_batch({"c0": pa.array([oldest], pa.int64())})]}
    with pytest.raises(ChangesLost, match=r"dbo\.t"):
        next(ChangeTracking(SERVER).changes(PLAIN, 12))
    assert bulk.said[-1] == "close"


def test_values_that_grow_while_they_are_read_are_read_again() -> None:
    class Error(Exception):
        """As arrow-odbc words it."""

    words = "External error: A value (at least one) is too large to be written into the allocated buffer without trunc"
    found = explain(Error(words), "reading dbo.t")
    assert isinstance(found, TRANSIENT)
    assert "ALLOW_SNAPSHOT_ISOLATION" in found.todo
