from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from migrator.errors import SourceError
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Table
from migrator.model.script import ScriptFile
from migrator.model.segment import Segment
from migrator.packages.scripts import Scripts, decoded

TABLE = Table(ObjectName("dbo", "t"), (Column("a", DataType(SqlType.INT), nullable=False),))


def reader(files: tuple[ScriptFile, ...]) -> Database:
    """Makes a schema for each file."""
    return Database("", "", tuple(file.name for file in files), (TABLE,))


def named(files: tuple[ScriptFile, ...]) -> Database:
    return Database("said so", "", (), ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    for name in ("b.sql", "Tables/a.SQL", "Tables/deep/er/c.sql", ".git/x.sql", "notes.txt", "bin/mine.sql"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"-- {name}")
    return root


def test_a_folder_is_read_in_the_order_of_its_names(folder: Path) -> None:
    source = Scripts(folder, reader)
    assert [(file.name, file.text) for file in source.files()] == [
        ("Tables/a.SQL", "-- Tables/a.SQL"),
        ("Tables/deep/er/c.sql", "-- Tables/deep/er/c.sql"),
        ("b.sql", "-- b.sql"),
        ("bin/mine.sql", "-- bin/mine.sql"),
    ]
    assert source.catalog().name == "shop"
    assert Scripts(folder, named).catalog().name == "said so"


def test_what_a_database_project_built_is_left_out(folder: Path) -> None:
    (folder / "shop.sqlproj").touch()
    assert "bin/mine.sql" not in Scripts(folder, reader).catalog().schemas


def test_one_file(folder: Path) -> None:
    source = Scripts(folder / "b.sql", reader)
    assert (source.catalog().schemas, source.catalog().name) == (("b.sql",), "b")


def test_identity_is_of_names_and_contents(folder: Path) -> None:
    source = Scripts(folder, reader)
    before = source.identity
    assert before == Scripts(folder, named).identity
    (folder / "notes.txt").write_text("changed")
    assert source.identity == before
    (folder / "b.sql").write_text("-- changed")
    changed = source.identity
    assert changed != before
    (folder / "b.sql").rename(folder / "z.sql")
    assert source.identity != changed


def test_there_are_no_rows(folder: Path) -> None:
    source = Scripts(folder, reader)
    assert (source.has_rows, source.row_total) == (False, None)
    assert source.segments(TABLE) == ()
    with pytest.raises(SourceError, match=r"hold no rows of dbo\.t"):
        source.read(TABLE, Segment(TABLE.name, "x", 0))


def test_a_source_goes_to_another_process(folder: Path) -> None:
    source = Scripts(folder, reader)
    assert pickle.loads(pickle.dumps(source)).catalog() == source.catalog()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_text_in_any_encoding(encoding: str) -> None:
    text = "CREATE TABLE größe (a int DEFAULT '€')\r\n"
    assert decoded(text.encode(encoding), "a.sql") == text


def test_bytes_that_windows_1252_does_not_define() -> None:
    assert decoded(b"'\x93\x81'", "a.sql") == "'“\x81'"


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf'\xff'", b"\xff\xfea\x00b", b"\xff\xfe\x00\xd8a\x00", b"\xff\xfe\x00\x00ab"]
)
def test_text_that_is_not_what_its_mark_says(content: bytes) -> None:
    with pytest.raises(SourceError, match="not the text that it claims to be"):
        decoded(content, "a.sql")


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file or folder"):
        Scripts(tmp_path / "nothing", reader).catalog()
    with pytest.raises(SourceError, match=r"no \.sql file"):
        _ = Scripts(tmp_path, reader).identity
