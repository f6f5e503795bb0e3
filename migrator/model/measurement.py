"""How much of the data a finding is about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one look at all rows said about a rule and an object.

    ``rule`` and ``object`` are those of the finding, or of a measure that stands by itself (``date-range``,
    ``lob-size``, ``unique-collides``, ``half-pairs``). ``touched`` is how many rows the rule changes or endangers, out
    of ``rows``, the rows that were looked at: 0 where it could not be measured, and ``detail`` says why. ``detail`` is
    for people: numbers and names of types only, never a value. ``longest`` is the longest value in bytes, as the larger
    of the two servers counts it; None where lengths were not measured.
    """

    rule: str
    object: str
    touched: int
    rows: int
    detail: str
    longest: int | None = None
