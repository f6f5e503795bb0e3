"""The folder is what MySQL Shell's util.loadDump() documents: this reads it as that does, knowing nothing of ours."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from support.arrow_source import ArrowSource
from support.dumps import folder_dump, run_script, visits

from migrator.dump import mysqlsh
from migrator.dump.manifest import Compression, Format, Manifest
from migrator.mysql.connect import fetch, quoted, session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.url import Target
from migrator.packages.bacpac import Bacpac

pytestmark = pytest.mark.usefixtures("one_process")

# The keys that MySQL Shell 8.0 to 9.x writes whatever its options are (modules/util/dump/dumper.cc).
DUMP_KEYS = {
    "dumper", "version", "origin", "schemas", "basenames", "defaultCharacterSet", "tzUtc", "bytesPerChunk", "user",
    "hostname", "server", "serverVersion", "gtidExecuted", "gtidExecutedInconsistent", "consistent", "targetVersion",
    "partialRevokes", "compatibilityOptions", "capabilities", "checksum", "begin",
}  # fmt: skip
SCHEMA_KEYS = {
    "schema", "includesDdl", "includesViewsDdl", "includesData", "tables", "views", "events", "functions", "procedures",
    "basenames",
}  # fmt: skip
TABLE_KEYS = {
    "options", "triggers", "includesData", "includesDdl", "extension", "chunking", "compression", "primaryIndex",
    "partitions", "basenames",
}  # fmt: skip
OPTION_KEYS = {
    "schema", "table", "columns", "defaultCharacterSet", "fieldsTerminatedBy", "fieldsEnclosedBy",
    "fieldsOptionallyEnclosed", "fieldsEscapedBy", "linesTerminatedBy",
}  # fmt: skip
DONE_KEYS = {"end", "dataBytes", "tableDataBytes", "tableRows", "chunkFileBytes"}


@dataclass
class Shell:
    """Reads a folder as modules/util/load/dump_reader.cc does, and notes which files it looked at."""

    folder: Path
    seen: set[str]

    def text(self, name: str) -> bytes:
        self.seen.add(name)
        return (self.folder / name).read_bytes()

    def values(self, name: str) -> Any:
        return json.loads(self.text(name))

    def chunks(self, basename: str, extension: str) -> list[str]:
        """Numbers follow each other from 0; the last has two @."""
        found: list[str] = []
        while (self.folder / f"{basename}@{len(found)}.{extension}").exists():
            found.append(f"{basename}@{len(found)}.{extension}")
        last = f"{basename}@@{len(found)}.{extension}"
        assert (self.folder / last).exists(), f"no last chunk of {basename}"
        return [*found, last]

    def unpacked(self, name: str, compression: str) -> bytes:
        data = self.text(name)
        if compression == "zstd":
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                data = stream.read()
        index = self.text(f"{name}.idx")
        assert len(index) % 8 == 0
        ends = struct.unpack(f">{len(index) // 8}Q", index)
        assert list(ends) == sorted(ends)
        assert ends[-1] == len(data)
        return bytes(data)


def load_statement(schema: str, options: dict[str, Any], path: Path) -> str:
    """LOAD DATA as modules/util/import_table/load_data.cc puts it together out of a table's options."""
    decode = options.get("decodeColumns", {})
    columns = ", ".join(f"@{quoted(name)}" if name in decode else quoted(name) for name in options["columns"])
    assert options["fieldsEnclosedBy"] == ""
    escaped = {key: value.encode("unicode_escape").decode() for key, value in options.items() if isinstance(value, str)}
    sql = (
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {quoted(schema)}.{quoted(options['table'])} "
        f"CHARACTER SET '{options['defaultCharacterSet']}' "
        f"FIELDS TERMINATED BY '{escaped['fieldsTerminatedBy']}' ESCAPED BY '{escaped['fieldsEscapedBy']}' "
        f"LINES STARTING BY '' TERMINATED BY '{escaped['linesTerminatedBy']}' ({columns})"
    )
    if decode:
        sql += " SET " + ", ".join(f"{quoted(name)} = ({expression})" for name, expression in decode.items())
    return sql


def load(folder: Path, target: Target, scratch: Path, *, times: int = 1) -> Shell:
    """What util.loadDump() does, and every file and key that it needs on the way. A script whose answer was lost is run
    again: ``times``."""
    shell = Shell(folder, set())
    dump = shell.values("@.json")
    assert dump.keys() >= DUMP_KEYS
    assert dump["version"].split(".")[0] == "2"
    done = shell.values("@.done.json")
    assert done.keys() >= DONE_KEYS
    sizes = {}
    with session(target, loads=True) as connection:
        run_script(connection, shell.text("@.sql"))
        for schema in dump["schemas"]:
            base = dump["basenames"][schema]
            about = shell.values(f"{base}.json")
            assert about.keys() >= SCHEMA_KEYS
            assert about["schema"] == schema == target.database
            for _ in range(times):
                run_script(connection, shell.text(f"{base}.sql"))
                for table in about["tables"]:
                    run_script(connection, shell.text(f"{about['basenames'][table]}.sql"))
            connection.query("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0, time_zone = '+00:00'")
            for table in about["tables"]:
                name = about["basenames"][table]
                values = shell.values(f"{name}.json")
                assert values.keys() >= TABLE_KEYS
                assert values["options"].keys() >= OPTION_KEYS
                assert (values["options"]["schema"], values["options"]["table"]) == (schema, table)
                if not values["includesData"]:
                    continue
                assert values["chunking"]
                total = rows = 0
                for chunk in shell.chunks(name, values["extension"]):
                    data = shell.unpacked(chunk, values["compression"])
                    scratch.write_bytes(data)
                    with connection.cursor() as cursor:
                        cursor.execute(load_statement(schema, values["options"], scratch))
                        rows += cursor.rowcount
                        assert cursor.warning_count == 0
                    total += len(data)
                    sizes[chunk] = len(data)
                assert done["tableDataBytes"][schema][table] == total
                assert done["tableRows"][schema][table] == rows
                connection.commit()
            for table in about["tables"]:
                triggers = shell.values(f"{about['basenames'][table]}.json")["triggers"]
                if triggers:
                    for _ in range(times):
                        run_script(connection, shell.text(f"{about['basenames'][table]}.triggers.sql"))
                    found = fetch(
                        connection,
                        "SELECT trigger_name FROM information_schema.triggers"
                        " WHERE trigger_schema = DATABASE() AND event_object_table = %s",
                        (table,),
                    )
                    assert {name for (name,) in found} == set(triggers)
            made = fetch(
                connection, "SELECT routine_name FROM information_schema.routines WHERE routine_schema = DATABASE()"
            )
            assert {name for (name,) in made} == {*about["functions"], *about["procedures"]}
        run_script(connection, shell.text("@.post.sql"))
    assert {name: size for name, size in done["chunkFileBytes"].items() if size} == {
        name: size for name, size in sizes.items() if size
    }
    assert done["dataBytes"] == sum(sizes.values())
    return shell


def differing(manifest: Manifest, target: Target) -> list[str]:
    wanted = manifest.fingerprints()
    with session(target) as connection:
        return [
            mapping.target
            for mapping in manifest.schema.mappings
            if table_fingerprint(connection, mapping) != wanted[mapping.target]
        ]


def test_the_generated_database_in_the_documented_layout(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    manifest = folder_dump(Bacpac(homecare), tmp_path / "dump", Format.MYSQLSH, database=mysql.database)
    shell = load(tmp_path / "dump", mysql, tmp_path / "lines")
    assert differing(manifest, mysql) == []
    there = {path.name for path in (tmp_path / "dump").iterdir()}
    assert there - shell.seen == {"manifest.json"}  # every other file is one that the layout knows


@pytest.mark.parametrize("compression", Compression)
def test_every_form_in_several_chunks(mysql: Target, tmp_path: Path, compression: Compression) -> None:
    source = visits(range(300), range(300, 500), range(500, 501))
    manifest = folder_dump(source, tmp_path / "dump", Format.MYSQLSH, database=mysql.database, compression=compression)
    shell = load(tmp_path / "dump", mysql, tmp_path / "lines", times=2)
    assert f"{mysql.database}@visits.triggers.sql" in shell.seen
    assert differing(manifest, mysql) == []
    extension = {"zstd": "tsv.zst", "none": "tsv"}[compression]
    chunks = {path.name for path in (tmp_path / "dump").glob(f"*.{extension}")}
    base = mysql.database
    names = ("empty@@0", "visits@0", "visits@1", "visits@@2")
    assert chunks == {f"{base}@{name}.{extension}" for name in names}


def test_a_large_segment_has_an_index_of_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.dump.lines.PART_BYTES", 1)
    source = visits(range(100))
    manifest = folder_dump(ArrowSource(source.database, source.batches, batch_rows=10), tmp_path, Format.MYSQLSH)
    [file] = manifest.files
    assert [part.rows for part in file.parts] == [10] * 10
    index = (tmp_path / f"{file.name}.idx").read_bytes()
    assert len(index) == 80
    assert struct.unpack(">10Q", index)[-1] == file.unpacked


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("shop", "shop"),
        ("Legacy Import", "Legacy%20Import"),
        ("a/b@c%d", "a%2Fb%40c%25d"),
        ("żółć", "żółć"),
        ("x_1-y.z~", "x_1-y.z~"),
        ("manifest", "%6Danifest"),
    ],
)
def test_names_of_files(name: str, file: str) -> None:
    assert mysqlsh.schema_name(name) == file
