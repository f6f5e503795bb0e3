"""Rows of both sides as 32-byte records on disk, so that any number of them is compared in the memory of a few.

Files stand in a folder of their own for the length of one comparison. They hold hashes, never a value.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np

from migrator.errors import OutputError
from migrator.mysql.fingerprint import RECORD_BYTES
from migrator.wire.kernels import Bytes

_ROWS_A_PARTITION: Final = 500_000


class Side(StrEnum):
    """Where a record comes from."""

    SOURCE = "source"
    TARGET = "target"


def partition_count(rows: int) -> int:
    """How many partitions keep about half a million of ``rows`` rows each."""
    return max(1, -(-rows // _ROWS_A_PARTITION))


@dataclass(frozen=True, slots=True)
class Records:
    """Records in ``folder``, cut by their key into ``partitions``. Picklable: every worker writes its own files.

    A part (a segment of the source, a range of the target) is written by one worker.
    """

    folder: Path
    partitions: int

    def begin(self, side: Side, part: int) -> None:
        """Drop what an attempt that failed has written of a part."""
        for path in self.folder.glob(f"*/{side}-{part}"):
            path.unlink()

    def write(self, side: Side, part: int, records: Bytes) -> None:
        """Add records (n, 32) to a part. Raises OutputError."""
        # Bytes 0-3 choose the bucket: within a bucket only the bytes behind them differ.
        partitions = np.ascontiguousarray(records[:, 4:8]).view(">u4")[:, 0] % self.partitions
        order = np.argsort(partitions, kind="stable")
        ends = np.cumsum(np.bincount(partitions, minlength=self.partitions))
        try:
            for partition, rows in enumerate(np.split(records[order], ends[:-1])):
                if len(rows):
                    folder = self.folder / str(partition)
                    folder.mkdir(exist_ok=True)
                    with (folder / f"{side}-{part}").open("ab") as file:
                        file.write(rows.tobytes())
        except OSError as error:
            raise OutputError(
                f"row hashes cannot be written to {self.folder}",
                why=str(error),
                todo="make room there, or point TMPDIR to a larger disk: 32 bytes a row of buckets that differ",
            ) from error

    def load(self, side: Side, partition: int) -> Bytes:
        """All records of a side in one partition (n, 32)."""
        parts = [_read(path) for path in (self.folder / str(partition)).glob(f"{side}-*")]
        return np.concatenate([np.empty((0, RECORD_BYTES), np.uint8), *parts])

    def parts_with(self, side: Side, keys: Collection[bytes]) -> set[int]:
        """The parts of a side that hold a record beginning with one of ``keys``."""
        wanted = np.frombuffer(b"".join(key[:8] for key in keys), np.uint64)
        return {
            int(path.name.split("-")[1])
            for path in self.folder.glob(f"*/{side}-*")
            if np.isin(first_numbers(_read(path)), wanted).any()
        }


def _read(path: Path) -> Bytes:
    return np.fromfile(path, np.uint8).reshape(-1, RECORD_BYTES)


def first_numbers(records: Bytes) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """The first 8 bytes of each record as a number: enough to tell a few thousand keys apart nearly always."""
    return np.ascontiguousarray(records[:, :8]).view(np.uint64)[:, 0]
