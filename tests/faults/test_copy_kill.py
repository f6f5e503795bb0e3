"""kill -9 while live tables are loaded, then --resume with ranges that the source cuts otherwise by now."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from support.agencies import holds_all, setting
from support.commands import slices
from support.volatile_source import VISIT, VolatileSource, agency

from migrator import workers
from migrator.errors import LedgerError
from migrator.events import silent
from migrator.mysql.url import Target
from migrator.workflows.copy import copy
from migrator.workflows.migrate import Setting

POINTS = 10
SLICES = 8 + 15
"""Ranges, and the transactions of the heap."""


@dataclass(frozen=True)
class Pause:
    """Rows come slowly enough to be interrupted anywhere."""

    seconds: float

    def __call__(self, _: int) -> None:
        time.sleep(self.seconds)


def work(source: VolatileSource, wanted: Setting) -> None:
    copy(source, wanted, silent)


@pytest.mark.parametrize("point", range(POINTS))
def test_resume_after_a_kill(mysql: Target, tmp_path: Path, point: int) -> None:
    """Killed some moments after ``point`` tenths of all slices are in the target."""
    source = agency(pause=Pause(0.002))
    process = workers.context().Process(target=work, args=(source, setting(mysql, tmp_path)))
    process.start()
    deadline = time.monotonic() + 60
    while slices(mysql) < SLICES * point // POINTS and process.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    time.sleep(random.uniform(0, 0.05 if point else 1.0))
    process.kill()
    process.join()
    other = replace(source, cuts={VISIT: [1, 2, 1999]}, pause=None)
    try:
        done = copy(other, setting(mysql, tmp_path, resume=True), silent)
    except LedgerError:
        assert point == 0  # before there was a run to resume: a new start is right
        done = copy(other, setting(mysql, tmp_path, replace=True), silent)
    assert {load.source: load.rows for load in done.loads} == {"care.Visit": 2000, "care.Note": 1500}
    holds_all(source, mysql)
