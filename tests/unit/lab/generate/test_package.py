from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from defusedxml.ElementTree import fromstring

from migrator.errors import ConfigError, OutputError
from migrator.events import Advanced, Event, Finished, Started
from migrator.lab.generate import GeneratedPackage, generate, package
from migrator.lab.generate.schema import POPULATIONS, Design, census_at, design
from migrator.model.datatype import SqlType
from migrator.packages.open import open_package

SMALL = 0.01


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GeneratedPackage:
    return generate(tmp_path_factory.mktemp("small") / "homecare.bacpac", scale=SMALL, seed=3)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_arguments_make_the_same_bytes(small: GeneratedPackage, tmp_path: Path) -> None:
    again = generate(tmp_path / "again.bacpac", scale=SMALL, seed=3)
    other = generate(tmp_path / "other.bacpac", scale=SMALL, seed=4)
    assert digest(again.path) == digest(small.path)
    assert digest(other.path) != digest(small.path)
    assert (again.rows, again.tables, again.bytes) == (small.rows, small.tables, small.bytes)


def test_the_reader_finds_every_row_as_it_was_made(small: GeneratedPackage) -> None:
    source = open_package(small.path)
    catalog = source.catalog()
    census = census_at(SMALL)
    total = 0
    for population in POPULATIONS:
        table = catalog.table(population.name)
        read = [batch for segment in source.segments(table) for batch in source.read(table, segment)]
        found, made = pa.Table.from_batches(read), pa.Table.from_batches(list(population.batches(census, 3)))
        assert found.num_rows == census.rows(population.name)
        for column in table.stored_columns:
            assert column.type is not None
            pair = found[column.name], made[column.name]
            if column.type.base in (SqlType.CHAR, SqlType.NCHAR):
                pair = pc.utf8_rtrim(pair[0], " "), pc.utf8_rtrim(pair[1], " ")
            assert pair[0].equals(pair[1]), f"{population.name}.{column.name}"
        total += found.num_rows
    assert total == small.rows == source.row_total
    source.close()


def test_what_the_package_says_of_itself_is_true(small: GeneratedPackage) -> None:
    with zipfile.ZipFile(small.path) as archive:
        names = archive.namelist()
        assert names[:3] == ["model.xml", "DacMetadata.xml", "[Content_Types].xml"]
        assert names[-2:] == ["_rels/.rels", "Origin.xml"]
        parts = [name for name in names if name.startswith("Data/")]
        assert any(name.startswith("Data/dbo.Legacy%20Import/TableData-000-00000.BCP") for name in parts)
        assert sum(archive.getinfo(name).file_size for name in parts) == small.bytes
        origin = fromstring(archive.read("Origin.xml"))
        assert origin.findtext(".//{*}Checksum") == hashlib.sha256(archive.read("model.xml")).hexdigest().upper()
        assert origin.findtext(".//{*}TableRowCountTotalTag") == str(small.rows)
        listed = (origin.findtext(".//{*}DataPhaseTables") or "").split(",")
        assert listed == [str(population.name) for population in POPULATIONS]
        counts = {element.tag.rpartition("}")[2]: element.text for element in origin.find(".//{*}ObjectCounts") or ()}
        assert counts["Table"] == str(small.tables)
        related = [(item.get("Target", ""), item.get("Type", "")) for item in fromstring(archive.read("_rels/.rels"))]
        assert Counter(target.lstrip("/") for target, _ in related) == dict.fromkeys(parts, 2)
        assert ("/Data/care.Visit/TableData-000-00000.BCP", "table=Visit") in related
        assert ("/Data/care.Visit/TableData-000-00000.BCP", "schema=care") in related
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_a_table_is_cut_into_parts_of_whole_rows(
    small: GeneratedPackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_PART_BYTES", 100_000)
    monkeypatch.setattr(package, "design", lambda tables: _in_batches(design(tables), rows=100))
    cut = generate(tmp_path / "cut.bacpac", scale=SMALL, seed=3, tables={"care.Visit", "care.VisitTask"})
    source = open_package(cut.path)
    visit, tasks = (
        source.catalog().table(made.name) for made in POPULATIONS if made.name.name in ("Visit", "VisitTask")
    )
    segments = source.segments(visit)
    assert [segment.id[-9:] for segment in segments] == ["00000.BCP", "00001.BCP"]
    assert [sum(batch.num_rows for batch in source.read(visit, segment)) for segment in segments] == [700, 300]
    assert len(source.segments(tasks)) == 1
    source.close()


def _in_batches(plan: Design, rows: int) -> Design:
    return replace(plan, populations=tuple(replace(made, batch_rows=rows) for made in plan.populations))


def test_one_table_alone(tmp_path: Path) -> None:
    made = generate(tmp_path / "visits.bacpac", scale=0.02, seed=1, tables={"care.visit"})
    assert (made.tables, made.rows) == (1, 2_000)
    assert 150 < made.bytes / made.rows < 190
    source = open_package(made.path)
    (visit,) = source.catalog().tables
    assert len(visit.columns) == 10
    assert visit.foreign_keys == ()
    assert source.catalog().schemas == ("dbo", "care")
    assert source.catalog().modules == ()
    source.close()


def test_keys_between_chosen_tables_stay(tmp_path: Path) -> None:
    made = generate(tmp_path / "two.bacpac", scale=SMALL, seed=1, tables={"care.Visit", "care.VisitTask"})
    source = open_package(made.path)
    keys = {key.name for table in source.catalog().tables for key in table.foreign_keys}
    assert keys == {"FK_VisitTask_Visit"}
    source.close()


def test_progress_adds_up(tmp_path: Path) -> None:
    events: list[Event] = []
    made = generate(tmp_path / "p.bacpac", scale=SMALL, seed=1, emit=events.append)
    started = [event for event in events if isinstance(event, Started)]
    advanced = [event for event in events if isinstance(event, Advanced)]
    assert sum(event.total or 0 for event in started) == sum(event.amount for event in advanced) == made.rows
    assert [event.task for event in events if isinstance(event, Finished)] == [event.task for event in started]


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_scales_that_cannot_be(tmp_path: Path, scale: float) -> None:
    with pytest.raises(ConfigError):
        generate(tmp_path / "x.bacpac", scale=scale, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"care\.Visits") as caught:
        generate(tmp_path / "x.bacpac", scale=1, seed=1, tables={"care.Visits"})
    assert "care.Visit" in caught.value.todo
    with pytest.raises(ConfigError, match="seed"):
        generate(tmp_path / "x.bacpac", scale=1, seed=-1)


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        generate(tmp_path / "no such folder" / "x.bacpac", scale=SMALL, seed=1)


def test_what_was_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "x.bacpac"
    out.write_bytes(b"precious")

    def fail(event: Event) -> None:
        if isinstance(event, Finished):
            raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"x\.bacpac") as caught:
        generate(out, scale=SMALL, seed=1, emit=fail)
    assert caught.value.why == "No space left on device"
    assert out.read_bytes() == b"precious"
    assert [path.name for path in tmp_path.iterdir()] == ["x.bacpac"]


PEAK = """
import json, sys
from pathlib import Path
from migrator.lab.generate import generate
made = generate(Path(sys.argv[1]), scale=float(sys.argv[2]), seed=1)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(json.dumps({"bytes": made.bytes, "peak_kb": int(status["VmHWM"].split()[0])}))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
def test_memory_does_not_grow_with_the_scale(tmp_path: Path) -> None:
    def run(scale: float) -> dict[str, int]:
        command = [sys.executable, "-c", PEAK, str(tmp_path / "m.bacpac"), str(scale)]
        result: dict[str, int] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return result

    low, high = run(0.3), run(1.8)
    assert high["bytes"] > 5 * low["bytes"] > 75_000_000
    assert high["peak_kb"] - low["peak_kb"] < 30_000
    assert high["peak_kb"] < 300_000
