"""The piece of a table that one worker reads from start to end."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.name import ObjectName


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range of keys, ``low`` <= key < ``high`` in the source's own order, column by column; None where it is open.

    ``columns`` are source columns; the bounds are canonical texts (model/mapping.py, Form) of their values.
    """

    columns: tuple[str, ...]
    low: tuple[str, ...] | None
    high: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole rows of one table that can be read by themselves.

    ``id`` is unique within the table and stays the same from run to run (a BCP part's entry name, a number of a range).
    ``bytes`` is what has to be read for it; ``rows`` is None where nobody knows before reading. ``bounds`` and
    ``partition`` say which rows of a live table these are. ``repeatable`` is True where every reading gives the same
    rows in the same order: only then can a half-loaded segment be gone on with.
    """

    table: ObjectName
    id: str
    bytes: int
    rows: int | None = None
    bounds: Bounds | None = None
    partition: int | None = None
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Slice:
    """What one transaction loaded: rows ``first`` to ``first + rows`` of a segment, counted from 0."""

    table: ObjectName
    segment: str
    first: int
    rows: int
