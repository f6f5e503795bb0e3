from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from support import rehearsals

from migrator.errors import OutputError
from migrator.report import write


def test_both_forms_are_written(tmp_path: Path) -> None:
    written = write.write_rehearsal(rehearsals.usual(), tmp_path / "new" / "folder", shown=rehearsals.shown)
    assert written.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert json.loads(written.json.read_text(encoding="utf-8"))["verdict"] == "fits"
    assert sorted(path.name for path in written.html.parent.iterdir()) == ["report.html", "report.json"]


def test_half_a_character_does_not_cost_the_report(tmp_path: Path) -> None:
    path = write.write_text(tmp_path / "report.html", "a\ud83db")
    assert path.read_bytes() == b"a\\ud83db"


def test_json_is_plain_ascii() -> None:
    assert write.as_json({"name": "Łódź \ud83d"}).isascii()


@pytest.mark.parametrize(("code", "todo"), [(errno.ENOSPC, "make room"), (errno.EACCES, "choose a folder")])
def test_a_failed_write_keeps_the_old_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, todo: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as caught:
        write.write_text(path, "new")
    assert caught.value.todo.startswith(todo)
    assert os.strerror(code) in caught.value.why
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write.write_text(tmp_path / "out" / "report.html", "")


def test_colleagues_may_read_it(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        assert write.write_text(tmp_path / "report.html", "").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(mask)
