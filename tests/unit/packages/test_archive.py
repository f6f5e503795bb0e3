from __future__ import annotations

import os
import struct
import warnings
import zipfile
from pathlib import Path

import pytest
from support.package_file import write

from migrator.errors import PackageDamaged, SourceError
from migrator.packages.archive import Archive, Part

ENTRIES = {"model.xml": b"<m/>" * 1000, "Origin.xml": b"<o/>", "Data/dbo.T/TableData-000-00000.BCP": os.urandom(5000)}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "a.bacpac", ENTRIES)


def whole(archive: Archive, name: str, chunk: int = 700) -> bytes:
    data = b""
    with archive.open(name) as entry:
        while piece := entry.read(chunk):
            data += piece
        assert entry.left == 0
    return data


def test_entries_stream(path: Path) -> None:
    archive = Archive(path)
    for name, data in ENTRIES.items():
        assert whole(archive, name) == data
    assert whole(archive, "MODEL.XML") == ENTRIES["model.xml"]
    assert "origin.xml" in archive
    assert "DacMetadata.xml" not in archive


def test_read_into_fills_what_it_is_given(path: Path) -> None:
    buffer = bytearray(3000)
    with Archive(path).open("model.xml") as entry:
        assert entry.left == 4000
        assert entry.read_into(memoryview(buffer)) == 3000
        assert (entry.left, bytes(buffer)) == (1000, ENTRIES["model.xml"][:3000])
        assert entry.read_into(memoryview(buffer)) == 1000
        assert entry.read_into(memoryview(buffer)) == 0


def test_two_entries_at_once(path: Path) -> None:
    archive = Archive(path)
    with archive.open("model.xml") as a, archive.open("Data/dbo.T/TableData-000-00000.BCP") as b:
        assert a.read(10) == ENTRIES["model.xml"][:10]
        assert b.read(10) == ENTRIES["Data/dbo.T/TableData-000-00000.BCP"][:10]
        assert a.read(10) == ENTRIES["model.xml"][10:20]


def test_parts_are_listed_by_table(tmp_path: Path) -> None:
    names = [
        "Data/dbo.Order%20Details/TableData-000-00000.BCP",
        "Data/care.Wizyta%20%C5%82/TableData-001-00000.BCP",
        "Data/care.Wizyta%20%C5%82/TableData-000-00001.BCP",
    ]
    archive = Archive(write(tmp_path / "a.bacpac", {**dict.fromkeys(names, b"12345"), "Data/dbo.Empty/": b""}))
    assert archive.parts() == (
        Part("care.Wizyta ł", names[2], 5),
        Part("care.Wizyta ł", names[1], 5),
        Part("dbo.Order Details", names[0], 5),
    )


def test_rows_in_another_form_are_not_ignored(tmp_path: Path) -> None:
    archive = Archive(write(tmp_path / "a.bacpac", {"Data/dbo.T/TableData-000-00000.JSON": b"[]"}))
    with pytest.raises(SourceError, match="row data of an unknown form"):
        archive.parts()


def test_outline_is_about_contents(path: Path, tmp_path: Path) -> None:
    again = write(tmp_path / "b.bacpac", dict(reversed(ENTRIES.items())))
    other = write(tmp_path / "c.bacpac", {**ENTRIES, "Origin.xml": b"<p/>"})
    assert Archive(path).outline() == Archive(again).outline() != Archive(other).outline()


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        Archive(tmp_path / "none.bacpac")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        Archive(tmp_path)


def test_unreadable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"cannot be read: Permission denied"):
        Archive(path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "a.bacpac").write_bytes(b"")
    with pytest.raises(PackageDamaged, match="is empty"):
        Archive(tmp_path / "a.bacpac")


def test_no_zip(tmp_path: Path) -> None:
    (tmp_path / "a.bacpac").write_bytes(b"TAPE" + bytes(1000))
    with pytest.raises(PackageDamaged, match="is not a package") as caught:
        Archive(tmp_path / "a.bacpac")
    assert "backup" in caught.value.todo


@pytest.mark.parametrize("kept", [4, 100, 3000, -1])
def test_cut_off(path: Path, kept: int) -> None:
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(PackageDamaged, match="cut off"):
        Archive(path)


def test_missing_entry(path: Path) -> None:
    with pytest.raises(PackageDamaged, match=r"has no DacMetadata\.xml"), Archive(path).open("DacMetadata.xml"):
        pass


def test_spoilt_byte_of_an_entry_is_noticed_wherever_it_is(path: Path) -> None:
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        info = package.getinfo("model.xml")
    start = info.header_offset + 30 + len("model.xml")
    noticed = 0
    for at in range(start, start + info.compress_size):
        path.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :])
        archive = Archive(path)
        try:
            # The last bits of a deflate stream may mean nothing: then what comes out is right.
            assert whole(archive, "model.xml") == ENTRIES["model.xml"]
        except PackageDamaged as error:
            assert "model.xml" in error.what  # noqa: PT017
            noticed += 1
        archive.close()
    assert noticed >= info.compress_size - 2


def test_spoilt_local_header(path: Path) -> None:
    raw = path.read_bytes()
    path.write_bytes(b"PK\x07\x07" + raw[4:])
    with pytest.raises(PackageDamaged), Archive(path).open("model.xml"):
        pass


def test_size_that_no_compression_reaches(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")  # the first record of the table of contents
    raw[at + 24 : at + 28] = struct.pack("<I", 3 << 30)
    path.write_bytes(raw)
    with pytest.raises(PackageDamaged, match=r"model\.xml .* claims 3,221,225,472 bytes"):
        Archive(path)


def test_entry_that_ends_early(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 4001)
    path.write_bytes(raw)
    with pytest.raises(PackageDamaged, match=r"model\.xml"):
        whole(Archive(path), "model.xml")


def test_encrypted_entry(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.index(mark)
        raw[at + offset] |= 1
    path.write_bytes(raw)
    with pytest.raises(PackageDamaged, match=r"model\.xml .* cannot be inflated"):
        whole(Archive(path), "model.xml")


def test_entry_that_stands_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.bacpac"
    with zipfile.ZipFile(path, "w") as package, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package.writestr("model.xml", b"<a/>")
        package.writestr("Model.xml", b"<b/>")
    with pytest.raises(PackageDamaged, match="twice"):
        Archive(path)
