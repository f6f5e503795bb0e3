"""Counts over arrays, against plain Python over the same values."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from migrator.assess.measures import values
from migrator.assess.measures.lengths import BOUNDS, Histogram
from migrator.wire.schema import OFFSET

DAY = 864_000_000_000
FIRST = (date(1000, 1, 1).toordinal() - 1) * DAY
LAST = date(9999, 12, 31).toordinal() * DAY - 1


def shapes_of(array: pa.Array) -> list[pa.Array]:
    """The array whole, from its middle, and empty: a batch may be any slice of its buffers."""
    return [array, array.slice(2), array.slice(1, 3), array.slice(0, 0)]


@pytest.mark.parametrize(
    ("array", "count", "touched"),
    [
        (pa.array([0, 10, 11, None, 19, 20], pa.int64()), values.seventh_digits, lambda v: v % 10 != 0),
        (
            pa.array([0, 100, 1000, None, 59_999_999_900], pa.int64()).cast(pa.time64("ns")),
            values.seventh_digits,
            lambda v: v % 1000 != 0,
        ),
        (
            pa.array([{"utc": n, "minutes": m} for n, m in [(1, 0), (2, 60), (3, -5)]] + [None], OFFSET),
            values.offsets,
            lambda v: v["minutes"] != 0,
        ),
        (
            pa.array([{"utc": n, "minutes": 1} for n in (FIRST - 1, FIRST, LAST)] + [None], OFFSET),
            values.outside_range,
            lambda v: not FIRST <= v["utc"] <= LAST,
        ),
        (
            pa.array([0, FIRST - 1, None, FIRST, LAST, LAST + 1], pa.int64()),
            values.outside_range,
            lambda v: not FIRST <= v <= LAST,
        ),
        (
            pa.array([date(1, 1, 1), date(999, 12, 31), date(1000, 1, 1), None, date(9999, 12, 31)]),
            values.outside_range,
            lambda v: v.year < 1000,
        ),
        (
            pa.array(["a ", "", " ", None, "a", "é ", " b", "c\u00a0", "d\t"]),
            values.blank_ends,
            lambda v: v.endswith(" "),
        ),
        (
            pa.array(["abc", "", None, "é", "a\x7f", "a\x80"]),
            values.beyond_ascii,
            lambda v: not v.isascii(),
        ),
        (pa.array([1, None, 3, None]), values.present, lambda _: True),
    ],
    ids=["ticks", "time", "offsets", "moments", "datetime2", "dates", "blanks", "ascii", "present"],
)
def test_counts(array: pa.Array, count: Callable[[pa.Array], int], touched: Callable[[object], bool]) -> None:
    for piece in shapes_of(array):
        plain = (piece.cast(pa.int64()) if pa.types.is_time(piece.type) else piece).to_pylist()
        assert count(piece) == sum(1 for value in plain if value is not None and touched(value))


def test_digits_beyond_a_scale() -> None:
    texts = [
        "0",
        "1e-30",
        "1.000000000000000000000000000000100000",
        "-1e-31",
        "-12.5",
        "99.999999999999999999999999999999999999",
    ]
    array = pa.array([Decimal(text) for text in texts] + [None], pa.decimal128(38, 36))
    assert values.digits_beyond(array, 30) == 3
    assert values.digits_beyond(array, 36) == 0
    assert values.digits_beyond(array.slice(5), 30) == 1


def test_supplementary_characters() -> None:
    texts = ["", "é漢", "🙂", None, "a🙂b𐍈", "\uffff"]
    for array in shapes_of(pa.array(texts)):
        wanted = [sum(letter > "\uffff" for letter in text or "") for text in array.to_pylist()]
        assert values.supplementary(array).tolist() == wanted


def test_a_histogram_bounds_what_it_counted() -> None:
    dice = random.Random(5)
    lengths = [int(2 ** dice.uniform(0, 31)) for _ in range(1000)] + [0, 2**31 - 1]
    whole, first, second = Histogram(), Histogram(), Histogram()
    whole.add(pa.array(lengths).to_numpy())
    first.add(pa.array(lengths[:300]).to_numpy())
    second.add(pa.array(lengths[300:]).to_numpy())
    first.merge(second)
    assert first.counts.tolist() == whole.counts.tolist()
    assert (whole.given, whole.longest) == (1002, 2**31 - 1)
    exact = sorted(lengths)[int(0.99 * 1002)]
    assert exact <= whole.most(0.99) <= exact * 1.26
    assert whole.most(1.0) == whole.longest
    assert BOUNDS.max() > 2**31
