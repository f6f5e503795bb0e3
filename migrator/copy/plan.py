"""What is to be copied, in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from migrator.model.mapping import TableMapping
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.model.source import Source


@dataclass(frozen=True, slots=True)
class SegmentCopy:
    """One segment and the table that it goes into: the work of one worker at a time."""

    segment: Segment
    table: Table
    mapping: TableMapping

    @property
    def is_table(self) -> bool:
        """True where the segment is all of its table."""
        return self.segment.bounds is None and self.segment.partition is None


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """All segments. Those of the largest tables come first: a large table that starts last would end last."""

    segments: tuple[SegmentCopy, ...]
    tables: tuple[TableMapping, ...]

    def by_table(self) -> dict[str, tuple[Segment, ...]]:
        """The segments of every table that has some, by its target's name."""
        found: dict[str, list[Segment]] = {}
        for item in self.segments:
            found.setdefault(item.mapping.target, []).append(item.segment)
        return {table: tuple(segments) for table, segments in found.items()}

    @property
    def bytes(self) -> int:
        """Source bytes in all."""
        return sum(item.segment.bytes for item in self.segments)


def plan(
    source: Source,
    database: Database,
    mappings: Sequence[TableMapping],
    kept: Mapping[str, Sequence[Segment]] = MappingProxyType({}),
) -> CopyPlan:
    """The work for every mapped table. Raises SourceError.

    ``kept`` holds the segments that an interrupted run had planned, by target table; the source plans those of others.
    """
    per_table: list[list[SegmentCopy]] = []
    for mapping in mappings:
        table = database.table(mapping.source)
        segments = kept[mapping.target] if mapping.target in kept else source.segments(table)
        per_table.append([SegmentCopy(segment, table, mapping) for segment in segments])
    per_table.sort(key=lambda items: -sum(item.segment.bytes for item in items))
    return CopyPlan(tuple(item for items in per_table for item in items), tuple(mappings))
