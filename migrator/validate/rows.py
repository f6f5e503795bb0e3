"""From a table that differs to the rows that differ: buckets of both sides, then the rows of unequal buckets."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from migrator.model.difference import Difference, DifferenceKind
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.mysql.connect import Connection
from migrator.mysql.fingerprint import (
    KEY_BYTES,
    RECORD_BYTES,
    RowDetail,
    bucket_fingerprints,
    rows_in_buckets,
    rows_with_keys,
)
from migrator.validate.buckets import BucketSums, bucket_count
from migrator.validate.matching import Unequal, unequal
from migrator.validate.plan import TablePlan
from migrator.validate.reading import (
    BucketJob,
    DetailJob,
    Reading,
    RecordJob,
    read_buckets,
    read_details,
    write_records,
)
from migrator.validate.records import Records, Side, partition_count
from migrator.validate.sides import Sides

LISTED: Final = 1000
"""Differences of one table that are listed; the others are counted."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Found:
    """Both sides of a table as they were compared row by row. ``more`` rows differ beyond those listed."""

    source: Fingerprint
    target: Fingerprint
    differences: tuple[Difference, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class _Uneven:
    """A key that differs, and how many rows of it in which way."""

    key: bytes
    counts: tuple[tuple[DifferenceKind, int], ...]


@dataclass(frozen=True, slots=True)
class RowFinder:
    """Finds the differing rows of one table. ``ranges`` cut the target's table into pieces, read side by side."""

    sides: Sides
    plan: TablePlan
    ranges: tuple[str, ...]

    @property
    def mapping(self) -> TableMapping:
        """The table's mapping."""
        return self.plan.mapping

    def find(self, rows: int) -> Found:
        """Compare a table of about ``rows`` rows. Raises SourceError, TargetError, OutputError, Interrupted."""
        buckets = bucket_count(rows)
        source, target = self._buckets(buckets)
        whole = sum(source.values(), Fingerprint()), sum(target.values(), Fingerprint())
        wanted = frozenset(bucket for bucket in {*source, *target} if source.get(bucket) != target.get(bucket))
        if not wanted:
            return Found(*whole)
        in_wanted = max(sum(side[bucket].rows for bucket in wanted if bucket in side) for side in (source, target))
        with tempfile.TemporaryDirectory(prefix="migrator-") as folder:
            records = Records(Path(folder), partition_count(in_wanted))
            self._write(records, buckets, wanted)
            uneven, total = _uneven(records, KEY_BYTES if self.mapping.key else RECORD_BYTES)
            differences = self._named(uneven, records) if self.mapping.key else self._hashes(uneven)
        return Found(*whole, differences, total - sum(difference.count for difference in differences))

    def _buckets(self, buckets: int) -> tuple[dict[int, Fingerprint], dict[int, Fingerprint]]:
        sums = BucketSums(buckets)

        def ask(connection: Connection, where: str, _: int) -> dict[int, Fingerprint]:
            return bucket_fingerprints(connection, self.mapping, buckets, where)

        jobs = [BucketJob(reading, buckets) for reading in self._readings()]
        target: dict[int, Fingerprint] = defaultdict(Fingerprint)
        for answer in self.sides.compare(read_buckets, jobs, sums.merge, self._for_each_range(ask)):
            for bucket, fingerprint in answer.items():
                target[bucket] += fingerprint
        return sums.fingerprints(), target

    def _write(self, records: Records, buckets: int, wanted: frozenset[int]) -> None:
        def write(connection: Connection, where: str, part: int) -> None:
            records.begin(Side.TARGET, part)
            for rows in rows_in_buckets(connection, self.mapping, buckets, wanted, where):
                records.write(Side.TARGET, part, rows)

        jobs = [RecordJob(reading, buckets, wanted, records) for reading in self._readings()]
        self.sides.compare(write_records, jobs, lambda _: None, self._for_each_range(write))

    def _hashes(self, uneven: Sequence[_Uneven]) -> tuple[Difference, ...]:
        """Differences of a table without a key."""
        return tuple(
            Difference(self.mapping.target, kind, (item.key.hex(),), count=count)
            for item in uneven
            for kind, count in item.counts
        )

    def _named(self, uneven: Sequence[_Uneven], records: Records) -> tuple[Difference, ...]:
        """Differences with their keys and columns: the rows are looked for once more on both sides."""
        keys = frozenset(item.key for item in uneven)
        source: dict[bytes, list[RowDetail]] = defaultdict(list)
        target: dict[bytes, list[RowDetail]] = defaultdict(list)

        def take(details: Iterable[RowDetail], side: dict[bytes, list[RowDetail]] = source) -> None:
            for detail in details:
                side[detail.key_hash].append(detail)

        def ask(connection: Connection, where: str, _: int) -> list[RowDetail]:
            return rows_with_keys(connection, self.mapping, keys, where)

        parts = records.parts_with(Side.SOURCE, keys)
        jobs = [DetailJob(reading, keys) for reading in self._readings() if reading.part in parts]
        for answer in self.sides.compare(read_details, jobs, take, self._for_each_range(ask)):
            take(answer, target)
        differences = []
        for item in uneven:
            here, there = source[item.key], target[item.key]
            # A row that somebody deleted since its hash was read has no key any more to name it by.
            key = next((detail.key for detail in (*here, *there)), (item.key.hex(),) * len(self.mapping.key))
            for kind, count in item.counts:
                columns = self._differing(here, there) if kind is DifferenceKind.CHANGED else ()
                differences.append(Difference(self.mapping.target, kind, key, columns, count))
        return tuple(sorted(differences, key=by_key))

    def _differing(self, source: Sequence[RowDetail], target: Sequence[RowDetail]) -> tuple[str, ...]:
        return tuple(
            column.name
            for index, column in enumerate(self.mapping.compared_columns)
            if Counter(row.columns[index] for row in source) != Counter(row.columns[index] for row in target)
        )

    def _readings(self) -> list[Reading]:
        return [
            Reading(self.sides.source, self.plan.table, self.mapping, segment, part)
            for part, segment in enumerate(self.plan.segments)
        ]

    def _for_each_range(
        self, question: Callable[[Connection, str, int], Answer]
    ) -> list[Callable[[Connection], Answer]]:
        def bind(where: str, part: int) -> Callable[[Connection], Answer]:
            return lambda connection: question(connection, where, part)

        return [bind(where, part) for part, where in enumerate(self.ranges)]


def _uneven(records: Records, key_bytes: int) -> tuple[list[_Uneven], int]:
    """The first keys that differ, and how many rows differ in all."""
    first: list[_Uneven] = []
    total = 0
    for partition in range(records.partitions):
        found = unequal(records.load(Side.SOURCE, partition), records.load(Side.TARGET, partition), key_bytes)
        total += found.total
        first += _first(found, LISTED - len(first))
    return first, total


def _first(found: Unequal, limit: int) -> list[_Uneven]:
    counted = zip(found.keys[:limit], found.missing[:limit], found.extra[:limit], found.changed[:limit], strict=True)
    kinds = (DifferenceKind.MISSING, DifferenceKind.EXTRA, DifferenceKind.CHANGED)
    return [
        _Uneven(key.tobytes(), tuple((kind, int(count)) for kind, count in zip(kinds, counts, strict=True) if count))
        for key, *counts in counted
    ]


def by_key(difference: Difference) -> tuple[tuple[int, int, str], ...]:
    """By key, column by column: NULL first, then numbers as numbers, then texts."""
    return tuple(
        (0, 0, "") if part is None else (1, int(part), "") if part.lstrip("-").isdecimal() else (2, 0, part)
        for part in difference.key
    )
