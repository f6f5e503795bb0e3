from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.fingerprint import Fingerprint
from migrator.validate.buckets import BucketSums, bucket_count, buckets_of
from migrator.wire.kernels import Bytes


def hashes(values: list[bytes]) -> Bytes:
    joined = b"".join(hashlib.sha256(value).digest() for value in values)
    return np.frombuffer(joined, np.uint8).reshape(-1, 32)


@given(st.lists(st.lists(st.binary(max_size=4), max_size=9), max_size=4))
def test_sums_of_batches_are_the_fingerprints_of_buckets(batches: list[list[bytes]]) -> None:
    expected: dict[int, Fingerprint] = {}
    first, second = BucketSums(4), BucketSums(4)
    for number, batch in enumerate(batches):
        rows = hashes(batch)
        (second if number % 2 else first).add(rows, buckets_of(rows, 4))
        for value in batch:
            digest = hashlib.sha256(value).digest()
            one = Fingerprint(1, int.from_bytes(digest[:7]), int.from_bytes(digest[7:14]))
            bucket = int.from_bytes(digest[:4]) % 4
            expected[bucket] = expected.get(bucket, Fingerprint()) + one
    first.merge(second)
    assert first.fingerprints() == expected


def test_large_sums_stay_exact() -> None:
    rows = np.full((300_000, 32), 255, np.uint8)
    sums = BucketSums(2)
    for _ in range(4):
        sums.add(rows, np.ones(len(rows), np.int64))
    assert sums.fingerprints() == {1: Fingerprint(1_200_000, 1_200_000 * (2**56 - 1), 1_200_000 * (2**56 - 1))}


@pytest.mark.parametrize(
    ("rows", "buckets"), [(0, 1024), (1, 1024), (1_000_000, 1024), (2_000_000, 2048), (10**7, 16_384), (10**9, 65_536)]
)
def test_buckets_hold_about_a_thousand_rows(rows: int, buckets: int) -> None:
    assert bucket_count(rows) == buckets
