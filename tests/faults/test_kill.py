"""kill -9 at any moment, then --resume: no row lost, none doubled."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.commands import finish, migrator, slices, start

from migrator.mysql.url import Target
from migrator.packages.open import open_package

POINTS = 10


@pytest.mark.parametrize("point", range(POINTS))
def test_resume_after_a_kill(homecare: Path, mysql: Target, tmp_path: Path, point: int) -> None:
    """Killed when ``point`` tenths of all slices are in the target: before the first, or between any two."""
    command = ("rehearse", homecare, "--target", mysql, "--out", tmp_path, "--workers", "2", "--json")
    process = start(*command)
    wanted = slices_of(homecare) * point // POINTS
    deadline = time.monotonic() + 60
    while slices(mysql) < wanted and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    if point == 0:
        time.sleep(0.7)  # somewhere between the first import and the first table
    process.kill()
    finish(process)
    # Killed before there was a run to resume: then the answer says so, and a new start is right.
    resumed = migrator(*command, "--resume")
    if resumed.code == 40 and point == 0:
        resumed = migrator(*command, "--replace")
    assert resumed.code == 0, resumed.err
    assert resumed.json["verdict"] == "fits"
    assert resumed.json["differences"] == 0
    assert resumed.json["rows"] == row_total(homecare)


def slices_of(package: Path) -> int:
    """Slices of the whole load: at this size every segment is one."""
    source = open_package(package)
    return sum(len(source.segments(table)) for table in source.catalog().tables)


def row_total(package: Path) -> int | None:
    return open_package(package).row_total
