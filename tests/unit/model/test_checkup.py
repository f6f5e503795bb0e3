from __future__ import annotations

from datetime import UTC, datetime, timedelta

from migrator.model.checkup import Area, Check, Checkup, Grade, Rate, compare_clocks


def _checkup(*grades: Grade) -> Checkup:
    return Checkup("", "", tuple(Check(Area.SOURCE, "x", grade, "y") for grade in grades))


def test_the_worst_grade_counts() -> None:
    assert _checkup().grade is Grade.OK
    assert _checkup(Grade.OK, Grade.UNKNOWN).grade is Grade.UNKNOWN
    assert _checkup(Grade.WARNING, Grade.UNKNOWN, Grade.OK).grade is Grade.WARNING
    assert _checkup(Grade.BLOCKER, Grade.WARNING).blocked
    assert not _checkup(Grade.WARNING).blocked
    assert _checkup(Grade.OK, Grade.OK).count(Grade.OK) == 2


def test_a_clock_is_judged_by_the_answer_that_came_back_first() -> None:
    waits = iter([0.02, 0.0, 0.02])

    def ask() -> datetime:
        begun = datetime.now(UTC)
        wait = next(waits)
        while datetime.now(UTC) < begun + timedelta(seconds=wait):
            pass
        return (datetime.now(UTC) + timedelta(seconds=30)).replace(tzinfo=None)

    clock = compare_clocks(ask, samples=3)
    assert abs(clock.ahead - 30) < 0.01
    assert clock.within < 0.01
    assert clock.round_trip >= 0.02  # the median


def test_a_rate() -> None:
    assert Rate(10, 4.0).per_second == 2.5
