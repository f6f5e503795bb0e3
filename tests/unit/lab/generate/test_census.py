from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.lab.generate.census import Census, Constant, Family, Linear
from migrator.model.name import ObjectName

PARENT, CHILD, LOOKUP = ObjectName("dbo", "Parent"), ObjectName("dbo", "Child"), ObjectName("dbo", "Lookup")
PATTERNS = st.lists(st.integers(0, 5), min_size=1, max_size=6).filter(any).map(tuple)


def census(scale: float, family: Family) -> Census:
    return Census(scale, {PARENT: Linear(1_000, least=3), CHILD: family, LOOKUP: Constant(7)})


@given(pattern=PATTERNS, scale=st.floats(0.001, 2))
def test_children_are_placed_as_the_pattern_says(pattern: tuple[int, ...], scale: float) -> None:
    family = Family(PARENT, pattern)
    counted = census(scale, family)
    parents, numbers = family.place(np.arange(counted.rows(CHILD)))
    expected = [
        (parent, number)
        for parent in range(counted.rows(PARENT))
        for number in range(1, pattern[parent % len(pattern)] + 1)
    ]
    assert list(zip(parents.tolist(), numbers.tolist(), strict=True)) == expected
    of_each = family.children(np.arange(counted.rows(PARENT)))
    assert of_each.sum() == len(expected)


@pytest.mark.parametrize(("scale", "rows"), [(0.0001, 3), (1, 1_000), (2.5, 2_500)])
def test_rows_follow_the_scale_but_not_below_the_least(scale: float, rows: int) -> None:
    counted = census(scale, Family(PARENT, (1,)))
    assert counted.rows(PARENT) == rows
    assert counted.rows(LOOKUP) == 7
