"""The pieces of a load, kept in the target."""

from __future__ import annotations

import pytest

from migrator.errors import TargetError
from migrator.model.mapping import TableMapping
from migrator.model.name import ObjectName
from migrator.model.segment import Bounds, Segment
from migrator.mysql.connect import execute, session
from migrator.mysql.plans import CREATE, keep, kept
from migrator.mysql.url import Target

VISIT, NOTE = ObjectName("care", "Visit"), ObjectName("dbo", "Note")
MAPPINGS = [TableMapping(VISIT, "care_Visit", ()), TableMapping(NOTE, "Note", ())]


@pytest.fixture
def target(mysql: Target) -> Target:
    with session(mysql) as connection:
        execute(connection, CREATE, doing="making the table")
    return mysql


def test_what_was_kept_is_read_back_in_its_order(target: Target) -> None:
    bounds = [
        Bounds(("Id", "Näme"), None, ("5", "O'Brien \\ 日本😀\0")),
        Bounds(("Id", "Näme"), ("5", "O'Brien \\ 日本😀\0"), ("10", "")),
        Bounds(("Id", "Näme"), ("10", ""), None),
    ]
    plan = {
        "care_Visit": tuple(
            Segment(VISIT, str(number), 1 << 40, 3 - number or None, one, repeatable=False)
            for number, one in enumerate(bounds, 1)
        ),
        "Note": tuple(Segment(NOTE, f"partition {number}", 7, 0, partition=number) for number in range(1, 12)),
    }
    with session(target) as connection:
        keep(connection, plan)
    with session(target) as connection:
        assert kept(connection, MAPPINGS) == plan


def test_nothing_kept_is_nothing(target: Target) -> None:
    with session(target) as connection:
        assert kept(connection, MAPPINGS) == {}


def test_all_of_it_or_nothing(target: Target) -> None:
    twice = Segment(VISIT, "x" * 300, 1)  # longer than its column
    with session(target) as connection, pytest.raises(TargetError):
        keep(connection, {"Note": (Segment(NOTE, "1", 1),), "care_Visit": (twice,)})
    with session(target) as connection:
        assert kept(connection, MAPPINGS) == {}
