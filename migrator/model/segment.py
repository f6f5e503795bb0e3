"""The piece of a table that one worker reads from start to end."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.name import ObjectName


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole rows of one table that can be read by themselves, always in the same order.

    ``id`` is unique within the table and stays the same from run to run (a BCP part's entry name, a key range).
    ``bytes`` is what has to be read for it; ``rows`` is None where nobody knows before reading.
    """

    table: ObjectName
    id: str
    bytes: int
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """What one transaction loaded: rows ``first`` to ``first + rows`` of a segment, counted from 0."""

    table: ObjectName
    segment: str
    first: int
    rows: int
