"""How many rows each table has at a scale, and which rows belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from migrator.lab.generate.dice import Integers
from migrator.model.name import ObjectName


class Growth(Protocol):
    """How a table's rows follow from the scale."""

    def rows(self, census: Census) -> int:
        """The table's rows."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A lookup table: the same rows at every scale."""

    count: int

    def rows(self, _: Census) -> int:
        """The table's rows."""
        return self.count


@dataclass(frozen=True, slots=True)
class Linear:
    """``count`` rows at scale 1, in proportion elsewhere, never fewer than ``least``: room for every awkward value."""

    count: int
    least: int = 40

    def rows(self, census: Census) -> int:
        """The table's rows."""
        return max(self.least, round(self.count * census.scale))


@dataclass(frozen=True)
class Family:
    """A table of children: parent i of ``parent`` has ``pattern[i % len(pattern)]`` of them, numbered from 1."""

    parent: ObjectName
    pattern: tuple[int, ...]

    @cached_property
    def _ends(self) -> Integers:
        return np.cumsum(np.array(self.pattern, np.int64))

    def rows(self, census: Census) -> int:
        """The table's rows."""
        cycles, rest = divmod(census.rows(self.parent), len(self.pattern))
        return cycles * sum(self.pattern) + sum(self.pattern[:rest])

    def children(self, parents: Integers) -> Integers:
        """How many children each of these parents, counted from 0, has."""
        return np.array(self.pattern, np.int64)[parents % len(self.pattern)]

    def place(self, indices: Integers) -> tuple[Integers, Integers]:
        """For children counted from 0: their parents, counted from 0, and their numbers among siblings, from 1."""
        cycles, rest = np.divmod(indices, self._ends[-1])
        within = np.searchsorted(self._ends, rest, side="right")
        starts = self._ends - np.array(self.pattern, np.int64)
        return cycles * len(self.pattern) + within, rest - starts[within] + 1


@dataclass(frozen=True, slots=True)
class Census:
    """The rows of every table at one scale."""

    scale: float
    growths: Mapping[ObjectName, Growth]

    def rows(self, table: ObjectName) -> int:
        """The rows of one table. Raises KeyError for a table that is not counted."""
        return self.growths[table].rows(self)
