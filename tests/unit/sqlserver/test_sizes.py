"""Sizes by the best way that a login may use, longest values, histograms."""

from __future__ import annotations

from typing import Any

import pytest
from support.sys_catalog import fill
from support.sys_views import SysViews

from migrator.errors import SourceDenied, SourceRejected
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Computed, Database, Table
from migrator.sqlserver.segments import Size
from migrator.sqlserver.sizes import Sizes, Step, TableSize, histogram, lob_maxima, read_sizes, table_sizes
from migrator.sqlserver.version import EngineEdition, Product

A, B, FAST = (ObjectName("dbo", name) for name in ("A", "B", "Fast"))


def views_of(major: int = 17, *, fast: bool = False, edition: EngineEdition = EngineEdition.SERVER) -> SysViews:
    """Table A has two partitions, a nonclustered index and large objects; B is empty and was never written to."""
    views = SysViews(major, edition)
    id_ = Column("Id", DataType(SqlType.INT), nullable=False)
    text = Column("Text", DataType(SqlType.NVARCHAR, length=MAX), nullable=True)
    tables = [Table(A, (id_, text)), Table(B, (id_,))]
    if fast:
        tables.append(Table(FAST, (id_,), features=("memory-optimised",)))
    fill(views, Database("Shop", "Latin1_General_CI_AS", ("dbo",), tuple(tables)))
    views.clear("partitions")
    for partition, index, rows in ((1, 1, 10), (2, 1, 20), (3, 2, 30)):
        views.add(
            "partitions",
            partition_id=partition,
            hobt_id=100 + partition,
            object_id=table_id(views, A),
            index_id=index,
            rows=rows,
        )
        views.add(
            "dm_db_partition_stats",
            object_id=table_id(views, A),
            index_id=index,
            in_row_used_page_count=4,
            row_overflow_used_page_count=1,
            lob_used_page_count=3,
            row_count=rows,
        )
        for kind, container in ((1, 100 + partition), (2, partition), (3, 100 + partition)):
            views.add("allocation_units", type=kind, container_id=container, used_pages={1: 4, 2: 3, 3: 1}[kind])
    return views


def table_id(views: SysViews, table: ObjectName) -> int:
    [(id_,)] = views.rows(f"SELECT object_id FROM sys.tables WHERE name = '{table.name}'")
    return int(id_)


def counting(views: SysViews, count: int) -> Any:
    """A server that counts rows too."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return [(count,)] if "COUNT_BIG" in sql else views.rows(sql)

    return rows


EXACT = TableSize(30, 10 * 8192, 6 * 8192)


def test_sizes() -> None:
    views = views_of()
    views.asked.clear()
    found = read_sizes(views.rows, views.product)
    assert found == Sizes({A: EXACT, B: TableSize(None, None, None)}, ())
    assert len(views.asked) == 1


def test_sizes_without_the_permission_for_statistics() -> None:
    views = views_of(11)
    views.denied.add("dm_db_partition_stats")
    found = read_sizes(views.rows, views.product)
    assert found.tables == {A: EXACT, B: TableSize(None, None, None)}
    [note] = found.notes
    assert note.startswith("Sizes are those of sys.allocation_units")
    assert "denied" in note


def test_sizes_where_only_rows_are_known() -> None:
    views = views_of()
    views.denied |= {"dm_db_partition_stats", "allocation_units"}
    found = read_sizes(views.rows, views.product)
    assert found.tables == {A: TableSize(30, None, None), B: TableSize(None, None, None)}
    assert "not known" in found.notes[0]
    # 4 bytes of an int and 100 for a text of any length.
    assert table_sizes(views.rows, views.product) == {A: Size(30, 30 * 104), B: Size(0, 0)}


def test_sizes_that_nobody_may_see() -> None:
    views = views_of()
    views.denied |= {"dm_db_partition_stats", "allocation_units", "partitions"}
    with pytest.raises(SourceDenied, match="'partitions'"):
        read_sizes(views.rows, views.product)


def test_what_tables_are_cut_by() -> None:
    views = views_of()
    assert table_sizes(views.rows, views.product) == {A: Size(30, 16 * 8192), B: Size(0, 0)}


def test_memory_optimised_tables_are_counted() -> None:
    views = views_of(12, fast=True)
    views.add("dm_db_xtp_table_memory_stats", object_id=table_id(views, FAST), memory_used_by_table_kb=12)
    found = read_sizes(counting(views, 77), views.product)
    assert found.tables[FAST] == TableSize(77, 12 * 1024, 0)
    assert found.tables[A] == EXACT
    assert found.notes == ()


def test_memory_optimised_tables_of_which_nothing_may_be_seen() -> None:
    views = views_of(13, fast=True)
    views.denied |= {"dm_db_xtp_table_memory_stats", "COUNT_BIG"}
    found = read_sizes(views.rows, views.product)
    assert found.tables[FAST] == TableSize(None, None, 0)
    assert [note.partition(" could not")[0] for note in found.notes] == [
        "Sizes of memory-optimised tables",
        "The number of rows of dbo.Fast",
    ]


def test_babelfish_counts_rows_itself() -> None:
    views = views_of(12, edition=EngineEdition.BABELFISH)
    views.denied |= {"dm_db_partition_stats", "allocation_units"}
    assert read_sizes(counting(views, 5), views.product).tables[B].rows == 5
    assert table_sizes(counting(views, 5), views.product) == {A: Size(5, 5 * 104), B: Size(5, 20)}


def test_longest_values() -> None:
    asked = []

    def rows(sql: str) -> list[tuple[Any, ...]]:
        asked.append(sql)
        return [(12, None, 8)]

    any_length = DataType(SqlType.VARCHAR, length=MAX)
    table = Table(
        ObjectName("dbo", "a]b"),
        (
            Column("Id", DataType(SqlType.INT), nullable=False),
            Column("Tex]t", any_length, nullable=True),
            Column("Doc", DataType(SqlType.XML), nullable=True),
            Column("Place", DataType(SqlType.GEOGRAPHY), nullable=True),
            Column("Made", any_length, nullable=True, computed=Computed("([Tex]]t])", persisted=True)),
        ),
    )
    assert lob_maxima(rows, table) == {"Tex]t": 12, "Doc": 0, "Place": 8}
    [sql] = asked
    assert "DATALENGTH([Tex]]t])" in sql
    assert "DATALENGTH(CAST([Doc] AS nvarchar(max)))" in sql  # as text, which is how it comes
    assert sql.endswith("FROM [dbo].[a]]b]")
    assert lob_maxima(rows, Table(B, (Column("Id", DataType(SqlType.INT), nullable=False),))) == {}
    assert len(asked) == 1


@pytest.fixture
def statistics() -> SysViews:
    views = views_of()
    id_ = table_id(views, A)
    views.add("stats", object_id=id_, stats_id=1, name="filtered", has_filter=1)
    views.add("stats_columns", object_id=id_, stats_id=1, stats_column_id=1, column_id=1)
    views.add("stats", object_id=id_, stats_id=3, name="PK")
    views.add("stats_columns", object_id=id_, stats_id=3, stats_column_id=1, column_id=1)
    views.add("stats_columns", object_id=id_, stats_id=3, stats_column_id=2, column_id=2)
    for step, high, between, equal in ((2, 900, 50.5, 2.0), (1, -5, 0.0, 1.0)):
        views.add(
            "dm_db_stats_histogram",
            object_id=id_,
            stats_id=3,
            step_number=step,
            range_high_key=high,
            range_rows=between,
            equal_rows=equal,
        )
    return views


def test_histogram(statistics: SysViews) -> None:
    found = histogram(statistics.rows, statistics.product, A, "Id")
    assert found == (Step("-5", 1.0), Step("900", 52.5))


def test_no_histogram(statistics: SysViews) -> None:
    assert histogram(statistics.rows, statistics.product, A, "Text") == ()  # it is not first in any statistics
    assert histogram(statistics.rows, statistics.product, B, "Id") == ()
    statistics.denied.add("dm_db_stats_histogram")
    assert histogram(statistics.rows, statistics.product, A, "Id") == ()


@pytest.mark.parametrize(
    "product", [Product(12, EngineEdition.SERVER, ""), Product(16, EngineEdition.BABELFISH, "Babelfish")]
)
def test_who_has_no_histograms_is_not_asked(product: Product) -> None:
    def rows(sql: str) -> list[tuple[Any, ...]]:
        raise SourceRejected(sql)

    assert histogram(rows, product, A, "Id") == ()
