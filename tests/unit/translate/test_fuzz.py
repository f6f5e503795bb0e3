"""Damaged scripts are read and planned like any others: no crash, no hang, and nothing that goes missing.

MIGRATOR_FUZZ=100000 makes it as many mutations as that; MIGRATOR_FUZZ_FROM is the first one's number.
"""

from __future__ import annotations

import os
import time

import pytest
from support.mutation import mutated, pool

from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

COUNT = int(os.environ.get("MIGRATOR_FUZZ", "400"))
FIRST = int(os.environ.get("MIGRATOR_FUZZ_FROM", "0"))
RULES = load_rules()
SCRIPTS = pool()
LIMIT_S = 10.0
"""For scripts of some 50 lines, on a machine that is busy with other work."""


@pytest.mark.timeout(0)
def test_damaged_scripts_end_in_output_and_findings() -> None:
    worst = (0.0, 0)
    for number in range(FIRST, FIRST + COUNT):
        text = mutated(SCRIPTS, number)
        started = time.process_time()
        try:
            database = read_script(text)
            translation = plan(database, RULES)
        except Exception as error:
            raise AssertionError(f"mutation {number}: {type(error).__name__}: {error}") from error
        worst = max(worst, (time.process_time() - started, number))
        tables = {item.object for item in translation.objects if item.kind == "table"}
        assert {str(table.name) for table in database.tables} <= tables, number
    assert worst[0] < LIMIT_S, f"mutation {worst[1]} takes {worst[0]:.1f} s"
