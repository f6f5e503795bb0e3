from __future__ import annotations

from dataclasses import replace

from migrator.assess import effort
from migrator.model.assessment import Effort
from migrator.rules import load_rules

CHECK = replace(load_rules().check("xml-as-text"), minutes=30, first=90)


def test_the_first_time_takes_learning() -> None:
    assert [effort.minutes(CHECK, times) for times in (0, 1, 2, 5)] == [0, 90, 120, 210]


def test_a_rule_without_a_first_time_takes_as_long_every_time() -> None:
    check = load_rules().check("check-untrusted")
    assert check.first == check.minutes > 0
    assert effort.minutes(check, 3) == 3 * check.minutes


def test_the_range_is_from_half_to_twice_the_estimate() -> None:
    assert effort.around(120) == Effort(60, 240)
    assert effort.around(0) == Effort(0, 0)


def test_no_shipped_rule_takes_longer_again_than_at_first() -> None:
    assert [check.id for check in load_rules().checks.values() if check.first < check.minutes] == []
