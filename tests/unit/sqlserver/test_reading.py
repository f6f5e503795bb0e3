"""The queries of a segment: rows with large values by themselves, in buffers that fit them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, Table
from migrator.model.segment import Bounds, Segment
from migrator.sqlserver.batches import plain
from migrator.sqlserver.reading import read_segment

NAME = ObjectName("dbo", "t")
KEY = Column("id", DataType(SqlType.INT), nullable=False)
SHORT = Table(NAME, (KEY,), Key("pk", (KeyColumn("id"),), clustered=True))
WIDE = Table(
    NAME,
    (
        KEY,
        Column("name", DataType(SqlType.VARCHAR, length=8000), nullable=True),
        Column("note", DataType(SqlType.NVARCHAR, length=MAX), nullable=True),
    ),
    Key("pk", (KeyColumn("id"),), clustered=True),
)


class Bulk:
    """Answers with the classes of size that there are, and notes what it is asked."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def batches(self, sql: str, **options: Any) -> Iterator[pa.RecordBatch]:
        self.asked.append((sql, options))
        if "GROUP BY q.class" in sql:
            classes: dict[int, int] = {}
            for size in self.sizes:
                index = 0 if size <= 8000 else 1 if size <= 256 << 10 else 2 if size <= 8 << 20 else 3
                classes[index] = max(size, classes.get(index, 0))
            if classes:
                yield pa.record_batch({"c0": list(classes), "c1": list(classes.values())})
        elif "[note]" in sql:
            yield pa.record_batch({"c0": pa.array([1], pa.int32()), "c1": ["x"], "c2": ["y"]})
        else:
            yield pa.record_batch({"c0": pa.array([1], pa.int32())})


def asked(
    bulk: Bulk, table: Table, segment: Segment | None = None, batch_bytes: int = 8 << 20, *, still: bool = True
) -> list[Any]:
    database = Database("d", "", (), (table,))
    whole = segment or Segment(NAME, "1", 0)
    list(read_segment(bulk, table, database, whole, still=still, batch_bytes=batch_bytes))  # type: ignore[arg-type]
    return bulk.asked


def test_a_table_without_large_values_is_one_query() -> None:
    [(sql, options)] = asked(Bulk(), SHORT)
    assert sql == "SELECT t.[id] AS c0 FROM [dbo].[t] AS t ORDER BY t.[id]"
    assert (options["text_units"], options["binary_bytes"], options["ahead"]) == (0, 0, True)


def test_a_range() -> None:
    segment = Segment(NAME, "2", 0, bounds=Bounds(("id",), ("5",), ("9",)))
    [(sql, _)] = asked(Bulk(), SHORT, segment)
    assert " WHERE t.[id] >= CAST(5 AS int) AND t.[id] < CAST(9 AS int) ORDER BY t.[id]" in sql


def test_small_values_alone_need_no_second_look() -> None:
    [(first, _), (sql, options)] = asked(Bulk(0, 100, 7_000), WIDE)
    assert "CROSS APPLY" in first
    assert "CROSS APPLY" not in sql
    assert "WHERE" not in sql
    # No shorter than varchar(8000), which the same limit counts for.
    assert options["text_units"] == 8_000


def test_classes_are_read_apart() -> None:
    [_, (small, first), (large, second), (huge, third)] = asked(Bulk(10, 7_000, 100_000, 9 << 20), WIDE)
    assert " WHERE z.size <= 7000 ORDER BY" in small
    assert " WHERE z.size > 7000 AND z.size <= 100000 ORDER BY" in large
    assert " WHERE z.size > 100000 ORDER BY" in huge
    assert [options["text_units"] for options in (first, second, third)] == [8_000, 50_001, (9 << 19) + 1]
    assert [options["ahead"] for options in (first, second, third)] == [True, True, False]
    assert first["rows"] > second["rows"] > third["rows"] == 1


def test_rows_that_may_grow_meanwhile_are_read_by_one_query() -> None:
    [_, (sql, options)] = asked(Bulk(10, 100_000), WIDE, still=False)
    assert "z.size" not in sql
    assert options["text_units"] == 50_001


def test_conditions_of_range_and_class_meet() -> None:
    segment = Segment(NAME, "2", 0, bounds=Bounds(("id",), ("5",), None))
    [(first, _), (small, _), (large, _)] = asked(Bulk(10, 100_000), WIDE, segment)
    assert " WHERE t.[id] >= CAST(5 AS int)) AS q" in first
    assert " WHERE t.[id] >= CAST(5 AS int) AND z.size <= 10 ORDER BY" in small
    assert " WHERE t.[id] >= CAST(5 AS int) AND z.size > 10 ORDER BY" in large


def test_no_row_no_query() -> None:
    assert len(asked(Bulk(), WIDE)) == 1


@given(st.lists(st.integers(0, 1 << 31), min_size=1, max_size=8), st.integers(0, 1 << 31))
def test_every_size_is_in_one_class_also_one_that_was_not_there(sizes: list[int], other: int) -> None:
    [_, *queries] = asked(Bulk(*sizes), WIDE)
    for size in (*sizes, other):
        hits = 0
        for sql, options in queries:
            given_ = sql.partition(" WHERE ")[2].partition(" ORDER BY")[0].split(" AND ") if " WHERE " in sql else []
            tests = [item.split() for item in given_]
            if all(size > int(limit) if sign == ">" else size <= int(limit) for _, sign, limit in tests):
                hits += 1
                assert size not in sizes or size <= 2 * options["text_units"]
        assert hits == 1


@pytest.mark.parametrize("batch_bytes", [1, 1 << 20, 8 << 20])
def test_buffers_keep_to_the_batch(batch_bytes: int) -> None:
    for sizes in ((100,), (200_000,), (50 << 20,)):
        [_, (_, options)] = asked(Bulk(*sizes), WIDE, batch_bytes=batch_bytes)
        row = 2 * 8_000 + 2 * options["text_units"] + 3 * 24
        assert options["rows"] == 1 or options["rows"] * row <= 2 * batch_bytes
        assert options["rows"] <= 65_535


def test_a_query_without_far_letters_goes_as_it_is() -> None:
    assert plain("SELECT N'żółć'") == "SELECT N'żółć'"


def test_far_letters_go_as_bytes() -> None:
    sent = plain("SELECT N'😀' -- '")
    assert sent.isascii()
    head, _, tail = sent.partition("0x")
    text, _, rest = tail.partition(" ")
    assert bytes.fromhex(text).decode("utf-16-le") == "SELECT N'😀' -- '"
    assert (head, rest) == (
        "DECLARE @query nvarchar(max) = CAST(",
        "AS nvarchar(max)); EXEC sys.sp_executesql @query",
    )
