"""What is to be copied, in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """All segments. Those of the largest tables come first: a large table that starts last would end last."""

    segments: tuple[SegmentCopy, ...]
    tables: tuple[TableMapping, ...]

    @property
    def bytes(self) -> int:
        """Source bytes in all."""
        return sum(item.segment.bytes for item in self.segments)


def plan(source: Source, database: Database, mappings: Sequence[TableMapping]) -> CopyPlan:
    """The work for every mapped table. Raises SourceError."""
    per_table: list[list[SegmentCopy]] = []
    for mapping in mappings:
        table = database.table(mapping.source)
        per_table.append([SegmentCopy(segment, table, mapping) for segment in source.segments(table)])
    per_table.sort(key=lambda items: -sum(item.segment.bytes for item in items))
    return CopyPlan(tuple(item for items in per_table for item in items), tuple(mappings))
