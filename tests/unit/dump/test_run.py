"""A dump is whole or says that it is not; what is whole of it is kept."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource
from support.dumps import folder_dump, visits

from migrator.dump.folder import Folder
from migrator.dump.manifest import Compression, Format, read_manifest
from migrator.dump.place import Tally
from migrator.dump.plan import Setting
from migrator.errors import ConfigError, LedgerError, OutputError, RowsDamaged, SourceError
from migrator.events import silent
from migrator.model.consistency import Consistency, Hold
from migrator.model.schema import Table
from migrator.model.segment import Bounds, Segment
from migrator.wire.rows import fingerprint
from migrator.workflows.dump import Wanted, dump_folder

pytestmark = pytest.mark.usefixtures("one_process")
FORMATS = pytest.mark.parametrize("form", Format)


@dataclass(frozen=True)
class Torn(ArrowSource):
    """A source whose segments from number ``torn`` on end in damage, after some good rows. Notes what is read."""

    torn: int = 99
    read_log: tuple[list[str], ...] = ([],)

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        self.read_log[0].append(segment.id)
        for batch in super().read(table, segment, batch_bytes=batch_bytes):
            yield batch
            if int(segment.id) >= self.torn:
                raise RowsDamaged("torn")


def torn(at: int) -> Torn:
    source = visits(range(50), range(50, 90), range(90, 120))
    return Torn(source.database, source.batches, batch_rows=20, torn=at, read_log=([],))


@FORMATS
def test_the_manifest_vouches_for_every_file(tmp_path: Path, form: Format) -> None:
    manifest = folder_dump(torn(99), tmp_path, form)
    assert read_manifest(Folder(tmp_path)) == manifest
    vouched = {file.name: (file.bytes, file.sha256) for file in (*manifest.files, *manifest.others)}
    there = {
        str(path.relative_to(tmp_path)): (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name not in {"manifest.json", "@.done.json"}
    }
    assert vouched == there
    assert manifest.outline.source == "arrow"
    assert manifest.outline.consistency is Consistency.FILE
    source = visits()
    [mapping, _] = manifest.schema.mappings
    for file, batch in zip(manifest.files, torn(99).batches[source.database.tables[0].name], strict=True):
        assert file.fingerprint == fingerprint(batch, mapping)


@FORMATS
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_dump_that_fails_is_not_whole_and_goes_on_where_it_was(tmp_path: Path, form: Format, at: int) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(torn(at), tmp_path, form)
    names = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert not names & {"manifest.json", "@.done.json"}
    assert not any(name.endswith(".partial") for name in names)
    with pytest.raises(SourceError, match="no whole dump"):
        read_manifest(Folder(tmp_path))
    mended = torn(99)
    manifest = folder_dump(mended, tmp_path, form, resume=True)
    assert mended.read_log[0] == [str(number) for number in range(at, 3)]  # whole files are not read again
    assert manifest.rows == 120
    again = folder_dump(torn(99), tmp_path / "again", form)
    assert manifest.files == again.files


@FORMATS
def test_a_whole_dump_has_nothing_to_go_on_with(tmp_path: Path, form: Format) -> None:
    first = folder_dump(torn(99), tmp_path, form)
    source = torn(99)
    assert folder_dump(source, tmp_path, form, resume=True) == first
    assert source.read_log[0] == []


def test_what_a_killed_writer_left_goes(tmp_path: Path) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(torn(1), tmp_path, Format.MYSQLSH)
    (tmp_path / "x.12345678.partial").write_bytes(b"half")
    [whole] = [path for path in tmp_path.glob("*.tsv.zst") if path.stat().st_size > 100]
    whole.write_bytes(b"cut")  # a file that is not as the journal says is made again
    source = torn(99)
    folder_dump(source, tmp_path, Format.MYSQLSH, resume=True)
    assert source.read_log[0] == ["0", "1", "2"]
    assert not list(tmp_path.rglob("*.partial"))


def test_files_of_others_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("x", encoding="utf-8")
    for replacing in (False, True):
        with pytest.raises(OutputError, match="theirs"):
            folder_dump(torn(99), tmp_path, Format.MYSQLSH, replace=replacing)
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


def test_a_dump_is_replaced_only_where_one_asks_for_it(tmp_path: Path) -> None:
    folder_dump(torn(99), tmp_path, Format.MYSQLSH)
    with pytest.raises(OutputError, match="whole dump"):
        folder_dump(torn(99), tmp_path, Format.PARQUET)
    manifest = folder_dump(torn(99), tmp_path, Format.PARQUET, replace=True)
    assert manifest.outline.format is Format.PARQUET
    assert not list(tmp_path.glob("*.zst"))
    assert not (tmp_path / "@.done.json").exists()


def test_a_replacement_that_fails_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    folder_dump(torn(99), tmp_path, Format.MYSQLSH)
    with pytest.raises(RowsDamaged):
        folder_dump(torn(0), tmp_path, Format.MYSQLSH, replace=True)
    assert not (tmp_path / "manifest.json").exists()
    assert not (tmp_path / "@.done.json").exists()


@pytest.mark.parametrize("change", ["source", "format", "compression", "database"])
def test_another_dump_is_not_gone_on_with(tmp_path: Path, change: str) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(torn(1), tmp_path, Format.MYSQLSH)
    source = replace(torn(99), identity="other") if change == "source" else torn(99)
    with pytest.raises(LedgerError, match=change):
        folder_dump(
            source,
            tmp_path,
            Format.PARQUET if change == "format" else Format.MYSQLSH,
            compression=Compression.NONE if change == "compression" else Compression.ZSTD,
            database="other" if change == "database" else "shop",
            resume=True,
        )


def test_nothing_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no dump"):
        folder_dump(torn(99), tmp_path / "new", Format.MYSQLSH, resume=True)


@dataclass(frozen=True)
class Live(Torn):
    """A server: every worker enters its picture, which may get lost, and its tables are cut otherwise every time."""

    consistency: Consistency = Consistency.SNAPSHOT
    entered: tuple[list[int], ...] = ([],)
    kept: bool = True
    cuts: str = "first"

    def segments(self, table: Table) -> tuple[Segment, ...]:
        return tuple(
            replace(segment, id=f"{self.cuts} {segment.id}", bounds=Bounds(("id",), (segment.id,), None))
            for segment in super().segments(table)
        )

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
        assert self.entered[0], "a row was read before the picture was entered"
        assert segment.bounds is not None
        yield from super().read(table, replace(segment, id=segment.id.split()[1]), batch_bytes=batch_bytes)

    def hold(self, workers: int) -> AbstractContextManager[Hold]:
        return nullcontext(
            Hold(self.consistency, "as asked", lambda: self.entered[0].append(1), kept=lambda: self.kept)
        )


def live(at: int, consistency: Consistency, **more: Any) -> Live:
    source = torn(at)
    return Live(
        source.database,
        source.batches,
        identity="live",
        volatile=True,
        batch_rows=20,
        torn=at,
        read_log=([],),
        consistency=consistency,
        entered=([],),
        **more,
    )


def test_a_moment_that_has_gone_is_not_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(live(1, Consistency.SNAPSHOT), tmp_path, Format.MYSQLSH)
    with pytest.raises(LedgerError, match="moment"):
        folder_dump(live(99, Consistency.SNAPSHOT), tmp_path, Format.MYSQLSH, resume=True)


def test_a_lasting_picture_is_gone_on_with_in_the_same_segments(tmp_path: Path) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(live(1, Consistency.DATABASE_SNAPSHOT), tmp_path, Format.MYSQLSH)
    source = live(99, Consistency.DATABASE_SNAPSHOT, cuts="second")
    manifest = folder_dump(source, tmp_path, Format.MYSQLSH, resume=True)
    assert [file.segment for file in manifest.files] == ["first 0", "first 1", "first 2"]
    assert source.read_log[0] == ["1", "2"]
    assert (manifest.rows, manifest.consistency) == (120, Consistency.DATABASE_SNAPSHOT)


def test_another_kind_of_picture_is_not_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(RowsDamaged):
        folder_dump(live(1, Consistency.DATABASE_SNAPSHOT), tmp_path, Format.MYSQLSH)
    with pytest.raises(LedgerError, match="consistency"):
        folder_dump(live(99, Consistency.READ_ONLY), tmp_path, Format.MYSQLSH, resume=True)


def test_a_manifest_says_how_consistent_the_rows_turned_out(tmp_path: Path) -> None:
    whole = folder_dump(live(99, Consistency.SNAPSHOT), tmp_path / "a", Format.PARQUET)
    assert (whole.consistency, whole.why) == (Consistency.SNAPSHOT, "as asked")
    late = folder_dump(live(99, Consistency.SNAPSHOT, kept=False), tmp_path / "b", Format.PARQUET)
    assert (late.consistency, late.outline.consistency) == (Consistency.NONE, Consistency.SNAPSHOT)

    @dataclass(frozen=True)
    class Slipping(Live):
        def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:
            yield from super().read(table, segment, batch_bytes=batch_bytes)
            object.__setattr__(self, "slipped", self.slipped + 1)

    source = torn(99)
    slipping = Slipping(source.database, source.batches, identity="live", entered=([],))
    slipped = folder_dump(slipping, tmp_path / "c", Format.PARQUET)
    assert slipped.consistency is Consistency.NONE
    assert "3 times" in slipped.why


def test_rows_that_are_missing_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RowsDamaged, match="121"):
        folder_dump(replace(torn(99), row_total=121), tmp_path, Format.MYSQLSH)
    assert not (tmp_path / "manifest.json").exists()
    assert folder_dump(replace(torn(99), row_total=120), tmp_path, Format.MYSQLSH, resume=True).rows == 120


def test_a_damaged_manifest_is_told(tmp_path: Path) -> None:
    folder_dump(torn(99), tmp_path, Format.MYSQLSH)
    path = tmp_path / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    for damaged in (
        "{",
        "[]",
        json.dumps(values | {"files": 1}),
        json.dumps(values | {"outline": values["outline"] | {"mapping": "0" * 64}}),
        json.dumps(values | {"outline": values["outline"] | {"version": 9}}),
    ):
        path.write_text(damaged, encoding="utf-8")
        with pytest.raises(SourceError, match=r"damaged|version 9"):
            read_manifest(Folder(tmp_path))


@FORMATS
def test_a_full_disk_is_told_and_nothing_of_the_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Format
) -> None:
    """Wherever it happens: in the middle of a file, or when its end is written."""
    whole = Tally.write
    size = max(file.bytes for file in folder_dump(torn(99), tmp_path / "whole", form).files)
    for limit in (1, size // 2, size - 1):
        folder = tmp_path / str(limit)

        def full(self: Tally, data: bytes, limit: int = limit) -> int:
            if not self.given_up and self.size + len(memoryview(data).cast("B")) > limit:
                raise OSError(errno.ENOSPC, "No space left on device")
            return whole(self, data)

        with monkeypatch.context() as patch, pytest.raises(OutputError, match="make room"):
            patch.setattr(Tally, "write", full)
            folder_dump(torn(99), folder, form)
        assert not [path for path in folder.rglob("*visits*") if path.suffix in {".zst", ".parquet", ".partial"}]
        assert folder_dump(torn(99), folder, form, resume=True).rows == 120


def test_a_part_of_the_tables(tmp_path: Path) -> None:
    setting = Setting(Folder(tmp_path), Format.MYSQLSH, Compression.ZSTD, "shop", 1)
    manifest = dump_folder(replace(torn(99), row_total=7), Wanted(("dbo.EMP*",)), setting, emit=silent)
    assert [table.target for table in manifest.outline.tables] == ["empty"]
    with pytest.raises(ConfigError, match=r"no\.such"):
        dump_folder(torn(99), Wanted(("no.such",)), setting, emit=silent)
