"""The outcome of catching up: what changed in the source since its copy, and how far the target is behind."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.model.finding import Finding


@dataclass(frozen=True, slots=True)
class Round:
    """One round over all tables: ``changes`` keys were applied in ``seconds``; then all up to ``version`` was there."""

    version: int
    changes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class FollowedTable:
    """A table whose changes up to ``version`` are applied: ``changes`` keys in this run, and ``left`` still to do."""

    source: str
    target: str
    version: int
    changes: int
    left: int


@dataclass(frozen=True, slots=True)
class CatchUp:
    """What several rounds came to.

    ``behind_s`` is how old the state is that the target has, in seconds. ``near`` says that the bound was kept.
    ``final`` that the source was said to be frozen: then nothing may be left, and every table must be followed.
    ``findings`` speak of tables that are not followed, and of rounds that did not come to an end.
    """

    tables: tuple[FollowedTable, ...]
    rounds: tuple[Round, ...]
    findings: tuple[Finding, ...]
    behind_s: float
    near: bool
    final: bool
    unfollowed: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """Keys applied in all rounds."""
        return sum(round_.changes for round_ in self.rounds)

    @property
    def left(self) -> int:
        """Keys that changed behind the last round."""
        return sum(table.left for table in self.tables)

    @property
    def done(self) -> bool:
        """True if the target is as near as it was to come."""
        return self.near and not (self.final and self.unfollowed)
