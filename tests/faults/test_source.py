"""Packages that are torn, edited or wrong: a clear word, an exit code of their own, and nothing half-believed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.commands import migrator

from migrator import errors
from migrator.mysql import control
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target

Edit = Callable[[str, bytes], bytes | None]
PART = "Data/care.TaskKind/TableData-000-00000.BCP"


def rewritten(package: Path, out: Path, edit: Edit, *, vouch: bool = False) -> Path:
    """A copy of a package with edited entries (None leaves one out); ``vouch`` makes the checksum right again."""
    with zipfile.ZipFile(package) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        entries = {info.filename: source.read(info) for info in source.infolist()}
        edited = {name: found for name, data in entries.items() if (found := edit(name, data)) is not None}
        if vouch:
            before, after = (hashlib.sha256(files["model.xml"]).hexdigest().upper() for files in (entries, edited))
            origin = edited["Origin.xml"].decode()
            assert before in origin
            edited["Origin.xml"] = origin.replace(before, after).encode()
        for name, data in edited.items():
            target.writestr(name, data)
    return out


def refused(package: Path, mysql: Target, out: Path, error: type[errors.MigratorError], says: str) -> None:
    answer = migrator("rehearse", package, "--target", mysql, "--out", out, "--json", "--quiet")
    assert answer.code == error.exit_code, answer.err
    assert answer.json["error"] == error.__name__
    assert says in answer.err
    assert "do:" in answer.err
    assert "Traceback" not in answer.err


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.bacpac"


def test_no_such_file(mysql: Target, tmp_path: Path) -> None:
    refused(tmp_path / "absent.bacpac", mysql, tmp_path / "out", errors.SourceError, "absent.bacpac")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_download_that_broke_off(homecare: Path, mysql: Target, tmp_path: Path, copy: Path, share: float) -> None:
    data = homecare.read_bytes()
    copy.write_bytes(data[: int(len(data) * share)])
    refused(copy, mysql, tmp_path / "out", errors.PackageDamaged, copy.name)


def test_bytes_that_flipped(homecare: Path, mysql: Target, tmp_path: Path, copy: Path) -> None:
    data = bytearray(homecare.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(byte ^ 255 for byte in data[middle : middle + 64])
    copy.write_bytes(data)
    refused(copy, mysql, tmp_path / "out", errors.PackageDamaged, "Data/")


def test_a_schema_that_was_edited(homecare: Path, mysql: Target, tmp_path: Path, copy: Path) -> None:
    rewritten(homecare, copy, lambda name, data: data + b"<!-- -->" if name == "model.xml" else data)
    refused(copy, mysql, tmp_path / "out", errors.ChecksumMismatch, "model.xml")


@pytest.mark.parametrize("cut", [1, 5, 17])
def test_a_part_that_ends_in_a_row(homecare: Path, mysql: Target, tmp_path: Path, copy: Path, cut: int) -> None:
    rewritten(homecare, copy, lambda name, data: data[:-cut] if name == PART else data)
    refused(copy, mysql, tmp_path / "out", errors.RowsDamaged, "care.TaskKind")


def test_a_part_that_is_gone(homecare: Path, mysql: Target, tmp_path: Path, copy: Path) -> None:
    rewritten(homecare, copy, lambda name, data: None if name == PART else data)
    refused(copy, mysql, tmp_path / "out", errors.RowsDamaged, "rows")


def test_a_schema_that_lies_about_a_type(homecare: Path, mysql: Target, tmp_path: Path, copy: Path) -> None:
    """Every ``[int]`` said to be a ``[bigint]``, and vouched for."""

    def lie(name: str, data: bytes) -> bytes:
        return data.replace(b'Name="[int]"', b'Name="[bigint]"') if name == "model.xml" else data

    rewritten(homecare, copy, lie, vouch=True)
    refused(copy, mysql, tmp_path / "out", errors.RowsDamaged, "Row ")


def test_what_was_loaded_before_the_damage_can_be_replaced(
    homecare: Path, mysql: Target, tmp_path: Path, copy: Path
) -> None:
    rewritten(homecare, copy, lambda name, data: data[:-1] if name == PART else data)
    refused(copy, mysql, tmp_path / "out", errors.RowsDamaged, "care.TaskKind")
    with session(mysql) as connection:
        assert control.find_run(connection) is not None
        assert fetch(connection, "SELECT COUNT(*) FROM `care_TaskKind`") == [(0,)]
    # Another package is another source: the old run cannot be resumed with it, but it can be replaced.
    command = ("rehearse", homecare, "--target", mysql, "--out", tmp_path / "out", "--json", "--quiet")
    assert migrator(*command, "--resume").code == errors.LedgerError.exit_code
    assert migrator(*command, "--replace").code == 0
