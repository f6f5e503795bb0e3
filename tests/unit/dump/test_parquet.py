"""Parquet holds the source's own values, whatever they are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.arrow_source import ArrowSource
from support.dumps import folder_dump, visits

from migrator.dump.manifest import Compression, Format
from migrator.packages.bacpac import Bacpac
from migrator.wire.schema import arrow_schema

pytestmark = pytest.mark.usefixtures("one_process")


def test_no_value_of_any_type_is_lost(homecare: Path, tmp_path: Path) -> None:
    source = Bacpac(homecare)
    manifest = folder_dump(source, tmp_path, Format.PARQUET)
    database = source.catalog()
    names = {str(table.name): table for table in database.tables}
    files = {(file.table, file.segment): file for file in manifest.files}
    compared = 0
    for outline in manifest.outline.tables:
        table = names[outline.source]
        for segment in source.segments(table):
            wanted = pa.Table.from_batches(source.read(table, segment))
            found = pq.read_table(tmp_path / files[outline.target, segment.id].name)
            assert found.column_names == wanted.column_names
            for field in wanted.schema:
                # Parquet has no timestamp in whole seconds: it keeps them in milliseconds.
                assert found[field.name].cast(field.type).equals(wanted[field.name]), (outline.source, field)
            compared += found.num_rows
    assert compared == manifest.rows == source.row_total


def test_a_field_says_what_its_type_was(tmp_path: Path) -> None:
    source = visits(range(10))
    [file] = folder_dump(source, tmp_path, Format.PARQUET).files
    schema = pq.read_schema(tmp_path / file.name)
    assert schema.field("begins").metadata[b"sql_type"] == b"datetime2(7)"
    assert schema.field("place").metadata[b"sql_type"] == b"geography"
    assert schema.metadata[b"table"] == b"dbo.visits"
    assert schema.names == arrow_schema(source.database.tables[0]).names


@pytest.mark.parametrize("compression", Compression)
def test_groups_are_bounded_and_each_is_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: Compression
) -> None:
    monkeypatch.setattr("migrator.dump.parquet._GROUP_BYTES", 20_000)
    source = visits(range(1000), range(1000, 1010))
    manifest = folder_dump(
        ArrowSource(source.database, source.batches, batch_rows=50), tmp_path, Format.PARQUET, compression=compression
    )
    first, second = manifest.files
    with pq.ParquetFile(tmp_path / first.name) as opened:
        groups = [opened.metadata.row_group(index) for index in range(opened.num_row_groups)]
        assert [group.num_rows for group in groups] == [part.rows for part in first.parts]
        assert len(groups) > 3
        assert groups[0].column(0).compression == {"zstd": "ZSTD", "none": "UNCOMPRESSED"}[compression]
    assert (first.rows, second.rows) == (1000, 10)
