from __future__ import annotations

import multiprocessing
import pickle
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from support import native
from support.package_file import bacpac, column, element, metadata, model, origin, prop, table, type_of, write

from migrator.errors import ChecksumMismatch, PackageDamaged, RowsDamaged, SourceError
from migrator.model.name import ObjectName
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.packages.bacpac import Bacpac
from migrator.packages.dacpac import Dacpac
from migrator.packages.open import open_package

MODEL = model(
    element("SqlDatabaseOptions", "", prop("Collation", "Polish_CI_AS")),
    table(
        "[dbo].[Order Details]",
        column("[dbo].[Order Details].[id]", type_of("[int]"), nullable=False),
        column("[dbo].[Order Details].[note]", type_of("[nvarchar]", Length=20)),
    ),
    table("[care].[Visits.2024]", column("[care].[Visits.2024].[id]", type_of("[bigint]"), nullable=False)),
    table("[care].[Nothing]", column("[care].[Nothing].[id]", type_of("[int]"))),
)
PARTS = {
    "dbo.Order%20Details/TableData-000-00000.BCP": struct.pack("<iH4s", 1, 4, "ał".encode("utf-16-le")),
    "dbo.Order%20Details/TableData-001-00000.BCP": struct.pack("<iHiH", 2, 0xFFFF, 3, 0),
    "care.Visits.2024/TableData-000-00000.BCP": struct.pack("<2q", 7, 8),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return bacpac(tmp_path / "care.bacpac", MODEL, PARTS, rows=5)


def rows(source: Bacpac | Dacpac, name: ObjectName) -> list[dict[str, object]]:
    found = source.catalog().table(name)
    return [
        row for segment in source.segments(found) for batch in source.read(found, segment) for row in batch.to_pylist()
    ]


DETAILS = ObjectName("dbo", "Order Details")
VISITS = ObjectName("care", "Visits.2024")


def test_bacpac(path: Path) -> None:
    source = open_package(path)
    assert isinstance(source, Bacpac)
    as_source: Source = source
    assert as_source.has_rows
    database = as_source.catalog()
    assert (database.name, database.collation, len(database.tables)) == ("Care", "Polish_CI_AS", 3)
    assert rows(source, DETAILS) == [{"id": 1, "note": "ał"}, {"id": 2, "note": None}, {"id": 3, "note": ""}]
    assert rows(source, VISITS) == [{"id": 7}, {"id": 8}]
    assert source.segments(database.table(ObjectName("care", "Nothing"))) == ()
    assert source.row_total == 5
    assert source.notes == ()


def test_segments_are_parts(path: Path) -> None:
    source = Bacpac(path)
    assert source.segments(source.catalog().table(DETAILS)) == (
        Segment(DETAILS, "Data/dbo.Order%20Details/TableData-000-00000.BCP", 10),
        Segment(DETAILS, "Data/dbo.Order%20Details/TableData-001-00000.BCP", 12),
    )


def test_suffix_does_not_matter(path: Path, tmp_path: Path) -> None:
    assert isinstance(open_package(path.rename(tmp_path / "care.dacpac")), Bacpac)
    named = write(tmp_path / "x.bacpac", {"model.xml": MODEL, "Origin.xml": origin(MODEL, rows=None, exported=False)})
    assert isinstance(open_package(named), Dacpac)


def test_package_with_rows_is_a_bacpac_whatever_it_says_of_itself(tmp_path: Path) -> None:
    data = {f"Data/{name}": part for name, part in PARTS.items()}
    said = {"model.xml": MODEL, "Origin.xml": origin(MODEL, rows=5, exported=False)}
    assert isinstance(open_package(write(tmp_path / "x.dacpac", {**said, **data})), Bacpac)


def test_dacpac(tmp_path: Path) -> None:
    entries = {
        "model.xml": MODEL,
        "DacMetadata.xml": metadata("Care"),
        "Origin.xml": origin(MODEL, rows=None, exported=False),
    }
    source = open_package(write(tmp_path / "care.dacpac", entries))
    as_source: Source = source
    assert not as_source.has_rows
    found = as_source.catalog().table(DETAILS)
    assert as_source.segments(found) == ()
    with pytest.raises(SourceError, match="holds no rows"):
        as_source.read(found, Segment(DETAILS, "x", 1))


def test_pickled_by_its_path_alone(path: Path) -> None:
    source = open_package(path)
    database = source.catalog()
    again = pickle.loads(pickle.dumps(source))
    assert (again.identity, again.catalog(), repr(again)) == (source.identity, database, f"Bacpac({str(path)!r})")


def _read(source: Bacpac) -> list[dict[str, object]]:
    return rows(source, VISITS)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_read_in_other_processes(path: Path, method: str) -> None:
    source = Bacpac(path)
    assert rows(source, VISITS)
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(_read, [source, source]) == [[{"id": 7}, {"id": 8}]] * 2


def test_forked_child_opens_its_own(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Bacpac(path)
    parents = source.archive
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert source.archive is not parents


def test_identity_follows_contents(path: Path, tmp_path: Path) -> None:
    copy = bacpac(tmp_path / "copy.bacpac", MODEL, PARTS, rows=5)
    assert Bacpac(path).identity == Bacpac(copy).identity
    changed = {**PARTS, "care.Visits.2024/TableData-000-00000.BCP": struct.pack("<2q", 7, 9)}
    for other in (
        bacpac(tmp_path / "a.bacpac", MODEL, changed, rows=5),
        bacpac(tmp_path / "b.bacpac", MODEL, PARTS, rows=6),
        bacpac(tmp_path / "c.bacpac", MODEL.replace(b"Polish", b"German"), PARTS, rows=5),
    ):
        assert Bacpac(other).identity != Bacpac(path).identity


def test_wrong_checksum_is_found_before_the_schema_is_used(tmp_path: Path) -> None:
    entries = {"model.xml": b"spoilt", "Origin.xml": origin(MODEL, rows=1)}
    with pytest.raises(ChecksumMismatch):
        open_package(write(tmp_path / "a.bacpac", entries)).catalog()


def test_what_cannot_be_verified_is_noted(tmp_path: Path) -> None:
    entries = {"model.xml": MODEL, "Origin.xml": origin(MODEL, rows=None, checksum=None)}
    source = open_package(write(tmp_path / "a.bacpac", entries))
    assert source.catalog().tables
    assert ["checksum" in note for note in source.notes] == [True, False]
    assert "row total" in source.notes[1]


def test_rows_of_a_table_that_the_schema_lacks(tmp_path: Path) -> None:
    stray = {**PARTS, "dbo.Ghost/TableData-000-00000.BCP": b"\0"}
    with pytest.raises(PackageDamaged, match=r"rows of dbo\.Ghost, which model\.xml does not define"):
        Bacpac(bacpac(tmp_path / "a.bacpac", MODEL, stray, rows=5)).catalog()


def test_part_that_is_not_there(path: Path) -> None:
    source = Bacpac(path)
    found = source.catalog().table(VISITS)
    with pytest.raises(PackageDamaged, match=r"has no Data/care\.Visits/other\.BCP"):
        list(source.read(found, Segment(VISITS, "Data/care.Visits/other.BCP", 1)))


def test_damaged_part_names_itself(tmp_path: Path) -> None:
    cut = {**PARTS, "care.Visits.2024/TableData-000-00000.BCP": struct.pack("<2q", 7, 8)[:-1]}
    source = Bacpac(bacpac(tmp_path / "a.bacpac", MODEL, cut, rows=5))
    with pytest.raises(
        RowsDamaged, match=r"Data/care\.Visits\.2024/TableData-000-00000\.BCP ends in the middle of row 2"
    ):
        rows(source, VISITS)


def test_batches_are_bounded(tmp_path: Path) -> None:
    many = {"care.Visits.2024/TableData-000-00000.BCP": struct.pack("<5000q", *range(5000))}
    source = Bacpac(bacpac(tmp_path / "a.bacpac", MODEL, many, rows=5000))
    found = source.catalog().table(VISITS)
    (segment,) = source.segments(found)
    batches = list(source.read(found, segment, batch_bytes=8000))
    assert [batch.num_rows for batch in batches] == [1000] * 5
    assert pa.Table.from_batches(batches).column("id").to_pylist() == list(range(5000))


def test_reading_may_stop_early_and_start_again(tmp_path: Path) -> None:
    many = {"care.Visits.2024/TableData-000-00000.BCP": struct.pack("<5000q", *range(5000))}
    source = Bacpac(bacpac(tmp_path / "a.bacpac", MODEL, many, rows=5000))
    found = source.catalog().table(VISITS)
    (segment,) = source.segments(found)
    first = next(source.read(found, segment, batch_bytes=8000))
    assert next(source.read(found, segment, batch_bytes=8000)).equals(first)
    source.close()
    assert next(source.read(found, segment, batch_bytes=8000)).equals(first)


def test_stats_count_what_was_changed(tmp_path: Path) -> None:
    lone = {"dbo.Order%20Details/TableData-000-00000.BCP": struct.pack("<iH2s", 1, 2, b"\x3d\xd8")}
    source = Bacpac(bacpac(tmp_path / "a.bacpac", MODEL, lone, rows=1))
    assert rows(source, DETAILS) == [{"id": 1, "note": "�"}]
    assert source.repaired == {"dbo.Order Details.note": 1}


def test_real_layout_of_a_zip(path: Path) -> None:
    """The helper writes what it says: an independent look at one entry."""
    with zipfile.ZipFile(path) as package:
        data = package.read("Data/care.Visits.2024/TableData-000-00000.BCP")
    assert data == native.rows([native.column(native.BIGINT)], [[7], [8]])
