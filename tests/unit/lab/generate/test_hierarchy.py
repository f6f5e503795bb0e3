from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.lab.generate.hierarchy import RANGES, hierarchy_bytes

NUMBERS = st.one_of([st.integers(r.least, r.most - 1) for r in RANGES])
PATHS = st.lists(st.lists(NUMBERS, min_size=1, max_size=3), max_size=5)


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        # What SELECT CAST('/1/' AS hierarchyid) shows.
        ("/", ""),
        ("/1/", "58"),
        ("/2/", "68"),
        ("/1/1/", "5ac0"),
        ("/1.1/", "62c0"),
        ("/16/", "c110"),
        ("/98/", "e02540"),
    ],
)
def test_known_values(path: str, stored: str) -> None:
    assert hierarchy_bytes(path).hex() == stored


@given(first=PATHS, second=PATHS)
def test_stored_bytes_sort_as_the_tree_is_walked(first: list[list[int]], second: list[list[int]]) -> None:
    def text(path: list[list[int]]) -> str:
        return "/" + "".join(".".join(map(str, label)) + "/" for label in path)

    def order(path: list[list[int]]) -> list[tuple[int, int]]:
        # A number with a dot behind it lies between itself and the next one.
        return [(n, int(i < len(label) - 1)) for label in path for i, n in enumerate(label)]

    stored = hierarchy_bytes(text(first)), hierarchy_bytes(text(second))
    assert (stored[0] < stored[1]) == (order(first) < order(second))


@pytest.mark.parametrize("path", ["", "1/", "/1", "/x/", "/1..2/", f"/{2**60}/"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError, match=r"hierarchyid|invalid literal"):
        hierarchy_bytes(path)
