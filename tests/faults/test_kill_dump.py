"""kill -9 while a folder is written or loaded, then --resume: whole files are kept, no row is lost, none doubled."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from support.commands import finish, migrator, slices, start
from support.dumps import folder_dump, here

from migrator import workers
from migrator.dump.folder import Folder
from migrator.dump.manifest import Format, read_manifest
from migrator.errors import SourceError
from migrator.mysql.url import Target
from migrator.packages.bacpac import Bacpac
from migrator.packages.open import open_package


def kill_when(process: Popen[str], reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    finish(process)


def files(folder: Path) -> dict[str, int]:
    """The whole data files and when each was written."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.tsv.zst")}


def test_a_dump_goes_on(homecare: Path, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    command = ("dump", homecare, "--format", "mysqlsh", "--out", folder, "--workers", "2", "--json")
    kill_when(start(*command), lambda: len(files(folder)) >= 10)
    if not (folder / "manifest.json").exists():  # else it was done before it was killed
        assert not (folder / "@.done.json").exists()
        with pytest.raises(SourceError, match="no whole dump"):
            read_manifest(Folder(folder))
    journalled = {path.name for path in (folder / "journal").glob("*.zst.json")}
    before = files(folder)
    resumed = migrator(*command, "--resume")
    assert resumed.code == 0, resumed.err
    assert resumed.json["rows"] == open_package(homecare).row_total
    after = files(folder)
    kept = {name for name in before if f"{name}.json" in journalled}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert not list(folder.rglob("*.partial"))
    assert read_manifest(Folder(folder)).rows == resumed.json["rows"]


@pytest.mark.parametrize("wanted", [1, 20])
def test_a_load_goes_on(
    homecare: Path, mysql: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: int
) -> None:
    folder = tmp_path / "dump"
    monkeypatch.setattr(workers, "run_all", here)
    folder_dump(Bacpac(homecare), folder, Format.MYSQLSH)
    command = ("load", folder, "--target", mysql, "--workers", "2", "--json")
    kill_when(start(*command), lambda: slices(mysql) >= wanted)
    resumed = migrator(*command, "--resume")
    assert resumed.code == 0, resumed.err
    assert resumed.json["different"] == []
    assert resumed.json["rows"] + resumed.json["skipped"] == open_package(homecare).row_total
    assert resumed.json["skipped"] > 0
