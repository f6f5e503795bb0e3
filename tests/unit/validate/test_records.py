from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from migrator.errors import OutputError
from migrator.validate.records import Records, Side, partition_count
from migrator.wire.kernels import Bytes

RANDOM = np.random.default_rng(7)


def some(count: int) -> Bytes:
    return RANDOM.integers(0, 256, (count, 32), dtype=np.uint8)


def rows(records: Bytes) -> list[bytes]:
    return sorted(record.tobytes() for record in records)


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_every_record_comes_back_once_and_equal_keys_together(tmp_path: Path, partitions: int) -> None:
    records = Records(tmp_path, partitions)
    parts = [some(50), some(0), some(1), some(200)]
    for number, part in enumerate(parts):
        records.write(Side.SOURCE, number, part[: len(part) // 2])
        pickle.loads(pickle.dumps(records)).write(Side.SOURCE, number, part[len(part) // 2 :])
    twin = np.concatenate([parts[3][:, :16], parts[0][:1].repeat(200, 0)[:, 16:]], axis=1)
    records.write(Side.TARGET, 0, twin)
    loaded = [records.load(Side.SOURCE, partition) for partition in range(partitions)]
    assert rows(np.concatenate(loaded)) == rows(np.concatenate(parts))
    for partition in range(partitions):
        keys = {record[:16].tobytes() for record in loaded[partition]}
        of_part = {record[:16].tobytes() for record in parts[3]} & keys
        assert {record[:16].tobytes() for record in records.load(Side.TARGET, partition)} == of_part


def test_a_part_that_begins_again_forgets_what_it_had(tmp_path: Path) -> None:
    records = Records(tmp_path, 3)
    kept, again = some(20), some(20)
    records.write(Side.TARGET, 1, kept)
    records.write(Side.TARGET, 11, some(20))
    records.write(Side.SOURCE, 11, kept)
    records.begin(Side.TARGET, 11)
    records.write(Side.TARGET, 11, again)
    loaded = np.concatenate([records.load(Side.TARGET, partition) for partition in range(3)])
    assert rows(loaded) == rows(np.concatenate([kept, again]))
    assert rows(np.concatenate([records.load(Side.SOURCE, partition) for partition in range(3)])) == rows(kept)


def test_parts_are_known_by_their_keys(tmp_path: Path) -> None:
    records = Records(tmp_path, 3)
    parts = {2: some(30), 5: some(30), 12: some(30)}
    for number, part in parts.items():
        records.write(Side.SOURCE, number, part)
    records.write(Side.TARGET, 1, parts[12])
    assert records.parts_with(Side.SOURCE, [parts[12][7, :16].tobytes()]) == {12}
    assert records.parts_with(Side.SOURCE, [parts[2][0, :16].tobytes(), parts[5][29, :16].tobytes()]) == {2, 5}
    assert records.parts_with(Side.SOURCE, [bytes(16)]) == set()


def test_a_folder_that_takes_nothing_is_an_output_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        Records(tmp_path / "gone", 1).write(Side.SOURCE, 0, some(1))


@pytest.mark.parametrize(("count", "partitions"), [(0, 1), (500_000, 1), (500_001, 2), (10**9, 2000)])
def test_partitions_hold_about_half_a_million(count: int, partitions: int) -> None:
    assert partition_count(count) == partitions
