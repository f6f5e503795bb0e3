from __future__ import annotations

from pathlib import Path

import pytest
from support.package_file import metadata, model, origin, write

from migrator.errors import ChecksumMismatch, PackageDamaged, SourceError
from migrator.packages.archive import Archive
from migrator.packages.origin import Origin, model_digest, read_name, read_origin, verify_model

MODEL = model()


def archive(folder: Path, **entries: bytes) -> Archive:
    named = {name + ".xml": data for name, data in entries.items()}
    return Archive(write(folder / "some name.bacpac", {"model.xml": MODEL, **named}))


def checked(folder: Path, origin_xml: bytes) -> Origin:
    package = archive(folder, Origin=origin_xml)
    found = read_origin(package)
    verify_model(package, found, model_digest(package))
    return found


def test_what_the_export_says(tmp_path: Path) -> None:
    found = checked(tmp_path, b"\xef\xbb\xbf" + origin(MODEL, rows=4277))
    assert found.row_total == 4277
    assert found.exported
    assert found.server == "Microsoft SQL Server 2019 (RTM) - 15.0.2000.5 (X64)"
    assert list(found.checksums) == ["model.xml"]


def test_no_rows_is_not_an_unknown_number(tmp_path: Path) -> None:
    assert checked(tmp_path, origin(MODEL, rows=0)).row_total == 0


def test_old_packages_without_a_total_or_a_checksum(tmp_path: Path) -> None:
    found = checked(tmp_path, origin(MODEL, rows=None, checksum=None))
    assert found.row_total is None
    assert found.checksums == {}


def test_schema_only(tmp_path: Path) -> None:
    assert not checked(tmp_path, origin(MODEL, rows=None, exported=False)).exported


def test_wrong_checksum(tmp_path: Path) -> None:
    with pytest.raises(ChecksumMismatch, match="is not the one that was exported"):
        checked(tmp_path, origin(MODEL, rows=1, checksum="AB" * 32))


def test_checksum_of_a_changed_model(tmp_path: Path) -> None:
    with pytest.raises(ChecksumMismatch):
        checked(tmp_path, origin(MODEL.replace(b"2.9", b"2.8"), rows=1))


def test_total_that_is_no_number(tmp_path: Path) -> None:
    spoilt = origin(MODEL, rows=5).replace(b">5<", b">-5<")
    with pytest.raises(PackageDamaged, match="row total that is no number"):
        checked(tmp_path, spoilt)


def test_rows_of_another_age(tmp_path: Path) -> None:
    old = origin(MODEL, rows=5).replace(b">2.0.0.0<", b">1.0.0.0<")
    with pytest.raises(SourceError, match=r"stores rows in format 1\.0\.0\.0"):
        checked(tmp_path, old)


@pytest.mark.parametrize("data", [b"", b"<a>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><DacOrigin>&a;</DacOrigin>"])
def test_unreadable(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PackageDamaged, match=r"Origin\.xml"):
        checked(tmp_path, data)


def test_without_it_the_export_never_ended(tmp_path: Path) -> None:
    with pytest.raises(PackageDamaged, match=r"has no Origin\.xml") as caught:
        read_origin(archive(tmp_path))
    assert "half-way" in caught.value.why


def test_name(tmp_path: Path) -> None:
    assert read_name(archive(tmp_path, DacMetadata=metadata("HomeCare"))) == "HomeCare"
    assert read_name(archive(tmp_path)) == "some name"
