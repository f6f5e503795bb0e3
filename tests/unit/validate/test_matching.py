from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from migrator.validate.matching import unequal
from migrator.wire.kernels import Bytes

# Few keys and few rows of a key, so that they meet.
RECORDS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12)


def array(records: list[tuple[int, int]]) -> Bytes:
    joined = b"".join(bytes([key]) * 16 + bytes([row]) * 16 for key, row in records)
    return np.frombuffer(joined, np.uint8).reshape(-1, 32)


@given(RECORDS, RECORDS)
def test_rows_of_a_key_cancel_out_then_pair_up(source: list[tuple[int, int]], target: list[tuple[int, int]]) -> None:
    here, there = Counter(source) - Counter(target), Counter(target) - Counter(source)
    left: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (key, _), count in here.items():
        left[key][0] += count
    for (key, _), count in there.items():
        left[key][1] += count
    expected = {key: (max(a - b, 0), max(b - a, 0), min(a, b)) for key, (a, b) in left.items()}

    found = unequal(array(source), array(target), 16)
    counts = zip(found.missing.tolist(), found.extra.tolist(), found.changed.tolist(), strict=True)
    assert {int(key[0]): count for key, count in zip(found.keys, counts, strict=True)} == expected
    assert [int(key[0]) for key in found.keys] == sorted(expected)
    assert found.total == sum(sum(count) for count in expected.values())


@given(RECORDS, RECORDS)
def test_whole_records_as_keys_are_never_changed(source: list[tuple[int, int]], target: list[tuple[int, int]]) -> None:
    found = unequal(array(source), array(target), 32)
    assert found.keys.shape == (len(found.missing), 32)
    assert not found.changed.any()
    assert found.missing.sum() == (Counter(source) - Counter(target)).total()
    assert found.extra.sum() == (Counter(target) - Counter(source)).total()


def test_every_byte_counts() -> None:
    source = np.zeros((1, 32), np.uint8)
    for place in range(32):
        target = source.copy()
        target[0, place] = 1
        found = unequal(source, target, 16)
        assert (found.total, found.changed.sum()) == ((2, 0) if place < 16 else (1, 1))
