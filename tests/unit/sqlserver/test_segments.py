"""Tables are cut evenly whatever their keys are, and into the same pieces each time."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Column,
    Database,
    Key,
    KeyColumn,
    PartitionFunction,
    Partitioning,
    PartitionScheme,
    Table,
)
from migrator.model.segment import Segment
from migrator.sqlserver.segments import SEGMENT_BYTES, Size, partition_condition, segments

NAME = ObjectName("dbo", "t")
INT = DataType(SqlType.INT)


class Server:
    """Answers the questions about one table, whose keys it has."""

    def __init__(self, *keys: tuple[Any, ...]) -> None:
        self.keys = sorted(keys, key=lambda key: tuple((part is not None, part) for part in key))
        self.asked: list[str] = []

    def __call__(self, sql: str) -> list[tuple[Any, ...]]:
        self.asked.append(sql)
        if "MIN(" in sql:
            return [(self.keys[0][0], self.keys[-1][0])] if self.keys else [(None, None)]
        pieces = int(re.search(r"\(q\.n - 1\) % \(\(q\.c \+ \d+\) / (\d+)\) = 0", sql)[1])  # type: ignore[index]
        step = -(-len(self.keys) // pieces) or 1
        assert "q.n > 1" in sql
        picked = self.keys[step::step]
        return [key for key in picked if key[0] is not None or "IS NOT NULL" not in sql]


def table(*types: DataType, nullable: bool = False) -> Table:
    columns = tuple(Column(f"k{i}", type_, nullable=nullable and i == 0) for i, type_ in enumerate(types))
    return Table(NAME, columns, Key("pk", tuple(KeyColumn(c.name) for c in columns), clustered=True))


def database(*tables: Table, **parts: Any) -> Database:
    return Database("d", "Latin1_General_CI_AS", ("dbo",), tables, **parts)


def cut(made: Table, server: Server, pieces: int, rows: int | None = None) -> tuple[Segment, ...]:
    size = Size(len(server.keys) if rows is None else rows, pieces * SEGMENT_BYTES - 1)
    found = segments(made, database(made), size, server)
    assert sum(segment.bytes for segment in found) == size.bytes
    assert sum(segment.rows or 0 for segment in found) == size.rows
    assert len({segment.id for segment in found}) == len(found)
    assert not any(segment.repeatable for segment in found)
    assert found == segments(made, database(made), size, server)
    return found


def lows(found: tuple[Segment, ...]) -> list[tuple[str, ...] | None]:
    for one, other in pairwise(found):
        assert one.bounds is not None
        assert other.bounds is not None
        assert one.bounds.high == other.bounds.low
    assert found[0].bounds is not None
    assert found[-1].bounds is not None
    assert (found[0].bounds.low, found[-1].bounds.high) == (None, None)
    return [segment.bounds.low for segment in found if segment.bounds is not None]


def test_a_small_table_is_asked_nothing() -> None:
    server = Server((1,), (2,))
    [segment] = cut(table(INT), server, 1)
    assert (segment.bounds, segment.rows, server.asked) == (None, 2, [])


def test_dense_numbers_are_computed() -> None:
    server = Server(*((n,) for n in range(-500, 500)))
    found = cut(table(INT), server, 4)
    assert lows(found) == [None, ("-250",), ("0",), ("250",)]
    assert len(server.asked) == 2  # both times MIN and MAX alone
    assert {segment.rows for segment in found} == {250}


def test_sparse_numbers_are_taken_from_the_keys() -> None:
    server = Server(*((n * n * 1000,) for n in range(1000)))
    found = cut(table(DataType(SqlType.BIGINT)), server, 4)
    assert lows(found) == [None, ("62500000",), ("250000000",), ("562500000",)]


def test_one_far_number_makes_no_range_of_all_others() -> None:
    server = Server(*((n,) for n in range(999)), (2**31 - 1,))
    assert lows(cut(table(INT), server, 4)) == [None, ("250",), ("500",), ("750",)]


@pytest.mark.parametrize(
    ("type_", "keys"),
    [
        (DataType(SqlType.UNIQUEIDENTIFIER), [str(UUID(int=n << 100)) for n in range(1000)]),
        (DataType(SqlType.NVARCHAR, length=9), [f"ż{n:04}" for n in range(1000)]),
        (DataType(SqlType.BINARY, length=4), [n.to_bytes(4) for n in range(1000)]),
    ],
)
def test_other_keys(type_: DataType, keys: list[Any]) -> None:
    found = cut(table(type_), Server(*((key,) for key in keys)), 4)
    expected = [keys[index].hex() if isinstance(keys[index], bytes) else keys[index] for index in (250, 500, 750)]
    assert lows(found) == [None, *((text,) for text in expected)]


def test_composite_keys() -> None:
    server = Server(*((a, f"{b:02}") for a in range(10) for b in range(100)))
    found = cut(table(INT, DataType(SqlType.VARCHAR, length=2)), server, 4)
    assert lows(found) == [None, ("2", "50"), ("5", "00"), ("7", "50")]
    assert "ORDER BY t.[k0], t.[k1]" in server.asked[0]


def test_rows_without_a_value_are_counted_but_no_cut() -> None:
    server = Server(*((None,) for _ in range(600)), *((n,) for n in range(400)))
    found = cut(table(INT, nullable=True), server, 4)
    assert lows(found) == [None, ("150",)]
    assert "MIN(" not in "".join(server.asked)


def test_a_value_that_stands_many_times_is_one_range() -> None:
    server = Server(*(("a",) for _ in range(900)), *((f"b{n:02}",) for n in range(100)))
    found = cut(table(DataType(SqlType.VARCHAR, length=3)), server, 10)
    assert lows(found) == [None, ("a",), ("b00",)]


def test_a_letter_that_no_query_can_have_is_no_cut() -> None:
    server = Server(*((text,) for text in ("a", "b", "😀", "😁")))
    assert lows(cut(table(DataType(SqlType.NVARCHAR, length=3)), server, 4)) == [None, ("b",)]


def test_an_empty_table_and_one_row() -> None:
    for keys in ([], [(7,)]):
        [segment] = cut(table(INT), Server(*keys), 4, rows=0)
        assert segment.bounds is None
        [segment] = cut(table(INT), Server(*keys), 4, rows=1_000)
        assert segment.bounds is None
        [segment] = cut(table(DataType(SqlType.UNIQUEIDENTIFIER)), Server(*keys), 4, rows=1_000)
        assert segment.bounds is None


def test_a_heap_is_one_piece() -> None:
    server = Server()
    heap = Table(NAME, (Column("v", INT, nullable=False),))
    [segment] = cut(heap, server, 9, rows=1_000)
    assert (segment.bounds, server.asked) == (None, [])


@given(st.sets(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=200), st.integers(1, 30))
def test_numbers_are_cut_evenly(numbers: set[int], pieces: int) -> None:
    found = cut(table(DataType(SqlType.BIGINT)), Server(*((n,) for n in numbers)), pieces)
    if len(found) == 1:
        assert pieces == 1 or len(numbers) <= pieces
        return
    edges = [int(low[0]) for low in lows(found) if low is not None]
    assert edges == sorted(set(edges))
    counts = [0] * len(found)
    for number in numbers:
        counts[sum(edge <= number for edge in edges)] += 1
    assert max(counts) <= -(-len(numbers) // pieces) * 1.5 + 1


def partitioned() -> tuple[Table, Database]:
    heap = Table(
        NAME, (Column("day]", DataType(SqlType.DATE), nullable=False),), partitioning=Partitioning("ps", "day]")
    )
    function = PartitionFunction("pf]", DataType(SqlType.DATE), right=True, boundaries=("'2024-01-01'",))
    return heap, database(heap, partition_functions=(function,), partition_schemes=(PartitionScheme("ps", "pf]"),))


def test_a_heap_in_partitions_is_cut_by_them() -> None:
    heap, made = partitioned()
    asked = []

    def rows(sql: str) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return [(1, 10), (2, 0), (3, 23)]

    found = segments(heap, made, Size(33, 1_000), rows)
    assert [(s.id, s.partition, s.rows, s.bounds) for s in found] == [
        ("partition 1", 1, 10, None),
        ("partition 2", 2, 0, None),
        ("partition 3", 3, 23, None),
    ]
    assert sum(segment.bytes for segment in found) == 1_000
    assert "OBJECT_ID(N'[dbo].[t]')" in asked[0]
    assert partition_condition(heap, made, 3, "t") == "$PARTITION.[pf]]](t.[day]]]) = 3"


def test_partitions_that_nobody_may_see() -> None:
    heap, made = partitioned()
    [segment] = segments(heap, made, Size(33, 1_000), lambda sql: [])
    assert (segment.partition, segment.bytes) == (None, 1_000)


def test_a_table_without_partitions_has_no_condition() -> None:
    with pytest.raises(ValueError, match="no partitions"):
        partition_condition(table(INT), database(), 1, "t")
