from __future__ import annotations

import numpy as np
import pytest

from migrator.lab.generate.dice import Dice


def test_numbers_are_those_of_every_release() -> None:
    # Written down once: if these change, every generated database changes.
    dice = Dice(7, 1, 2)
    assert dice.whole(0, 1_000_000, 4).tolist() == [478895, 141198, 933023, 172709]
    assert dice.real(2).tolist() == [0.3893749676589928, 0.22252060725784373]
    assert dice.octets(5).tolist() == [250, 37, 173, 246, 180]
    assert dice.bell(1).tolist() == [0.6606619409374802]
    assert dice.below(np.array([1, 2, 10**6])).tolist() == [0, 1, 72420]


@pytest.mark.parametrize("other", [(8, 1, 2), (7, 1, 3), (7, 2, 2), (7, 1)])
def test_every_part_of_the_seed_counts(other: tuple[int, ...]) -> None:
    assert Dice(*other).whole(0, 1 << 32, 8).tolist() != Dice(7, 1, 2).whole(0, 1 << 32, 8).tolist()


def test_whole_numbers_reach_both_ends_and_no_further() -> None:
    numbers = Dice(1).whole(-3, 4, 10_000)
    assert sorted(set(numbers.tolist())) == [-3, -2, -1, 0, 1, 2, 3]
    assert abs(numbers.mean()) < 0.1


def test_below_stays_below_each_limit() -> None:
    limits = np.arange(1, 5_001)
    numbers = Dice(1).below(limits)
    assert (numbers >= 0).all()
    assert (numbers < limits).all()


def test_reals_and_flags() -> None:
    assert 0 <= Dice(1).real(10_000).min() < Dice(1).real(10_000).max() < 1
    assert 0.18 < Dice(1).flags(0.2, 10_000).mean() < 0.22
    assert not Dice(1).flags(0, 100).any()
    assert Dice(1).flags(1, 100).all()
    bell = Dice(1).bell(10_000)
    assert abs(bell.mean()) < 0.05
    assert 0.95 < bell.std() < 1.05
