"""What a worker of the load is given, and what it says at the end. The parent needs no more of it: how rows are encoded
takes memory that only workers have use for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from migrator.copy.plan import SegmentCopy
from migrator.model.source import Source
from migrator.mysql.url import Target

STAGE: Final = "load"


@dataclass(frozen=True, slots=True)
class Job:
    """A segment with the two ends that it goes between."""

    item: SegmentCopy
    source: Source
    target: Target


@dataclass(frozen=True, slots=True)
class SegmentDone:
    """What this run loaded of a segment; rows that an earlier run had loaded are in ``skipped``.

    ``slips`` counts how often its reader had to go on in another picture of the source.
    """

    table: str
    rows: int
    bytes: int
    skipped: int
    started: float
    finished: float
    slips: int = 0
