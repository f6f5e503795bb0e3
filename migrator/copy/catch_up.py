"""Catching up: what changed in the source since its copy, round by round, until little is left.

A round takes for each table the keys that changed and the rows as they are now. On the target they are one transaction:
every changed key goes, every row that is still there comes in, the version is written down. So nothing is lost and
nothing is done twice, whatever breaks; and a row that is read in a newer state than the version says is read again in
the next round, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from time import monotonic, sleep
from typing import Final

import pyarrow as pa

from migrator.copy.followed import Followed, faster, follow, lost_changes, moving, unsteady
from migrator.errors import TargetOccupied, TargetRejected
from migrator.events import Advanced, Emit, Finished, Found, Started, Unit
from migrator.model.catch_up import CatchUp, FollowedTable, Round
from migrator.model.changes import ChangeBatch, Changes
from migrator.model.mapping import TableMapping
from migrator.model.schema import Table
from migrator.mysql import versions
from migrator.mysql.connect import Connection, commit, session
from migrator.mysql.errors import TRANSIENT as TARGET_TRANSIENT
from migrator.mysql.keyed import begin_changes, delete_staged, make_stage, prepare_changes, triggers
from migrator.mysql.load import Load
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.mysql.versions import Reached
from migrator.sqlserver.errors import TRANSIENT as SOURCE_TRANSIENT
from migrator.units import counted
from migrator.wire.rows import encode

STAGE: Final = "catch-up"
_TRANSIENT: Final = (*TARGET_TRANSIENT, *SOURCE_TRANSIENT)
_PIECE_ROWS: Final = 1 << 14
"""Rows that are encoded at a time: every column of them needs room as text."""
_ATTEMPTS: Final = 10
_READINGS: Final = 4
"""How often an unsteady source is read before a row that the target rejects is believed."""


@dataclass(frozen=True, slots=True)
class Bound:
    """When the target is near enough: at most ``changes`` keys are left, or a round took less than ``seconds``.

    None is no bound of that kind. After ``rounds`` rounds it ends in any case; two begin at least ``every_s`` seconds
    apart.
    """

    changes: int | None = 1000
    seconds: float | None = None
    rounds: int = 20
    every_s: float = 0.0

    def holds(self, left: int, last: Round) -> bool:
        """True if it is kept."""
        return (self.changes is not None and left <= self.changes) or (
            self.seconds is not None and last.seconds < self.seconds
        )


FINAL: Final = Bound(changes=0, rounds=1)
"""For a source that is frozen: one round, and nothing may be left behind it."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the source found: its version at the moment ``at`` (of a monotonic clock), and how many keys of
    each target table changed behind what the table has."""

    version: int
    at: float
    changed: Mapping[str, int]

    @property
    def left(self) -> int:
        return sum(self.changed.values())


def catch_up(
    changes: Changes,
    tables: Sequence[tuple[Table, TableMapping]],
    target: Target,
    *,
    bound: Bound,
    final: bool = False,
    emit: Emit,
) -> CatchUp:
    """Rounds until ``bound`` is kept; where ``final`` says that the source is frozen, exactly one.

    The target has no triggers yet. Raises TargetOccupied where it has, ChangesLost, SourceError, TargetError; what is
    committed stays, and the same call goes on from there.
    """
    bound = FINAL if final else bound
    _without_triggers(tables, target)
    before = _reached(target)
    followed = follow(changes, tables, before)
    findings = [*followed.findings, *([] if changes.steady else [unsteady()])]
    for finding in findings:
        emit(Found(STAGE, finding))
    rounds: list[Round] = []
    look = _look(changes, followed, before)
    while True:
        seen = look.at
        rounds.append(_round(changes, followed, target, look, number=len(rounds) + 1, emit=emit))
        after = _reached(target)
        look = _look(changes, followed, after)
        near = bound.holds(look.left, rounds[-1])
        if near or len(rounds) == bound.rounds:
            break
        pause = seen + bound.every_s - monotonic()
        if pause > 0:
            sleep(pause)
            look = _look(changes, followed, after)
    behind = monotonic() - (seen if look.left else look.at)
    if not near:
        findings.append(moving(look.left) if final else faster(look.left, behind, len(rounds)))
        emit(Found(STAGE, findings[-1]))
    return CatchUp(
        tables=tuple(
            FollowedTable(
                str(table.name),
                mapping.target,
                after[mapping.target].version,
                after[mapping.target].changes - before[mapping.target].changes,
                look.changed[mapping.target],
            )
            for table, mapping in followed.tables
        ),
        unfollowed=followed.unfollowed,
        rounds=tuple(rounds),
        findings=tuple(findings),
        behind_s=behind,
        near=near,
        final=final,
    )


def _without_triggers(tables: Sequence[tuple[Table, TableMapping]], target: Target) -> None:
    with session(target) as connection:
        there = triggers(connection)
    ours = {mapping.target for _, mapping in tables}
    fired = [name for name, table in there.items() if table in ours]
    if fired:
        raise TargetOccupied(
            f"tables of the target have {counted(len(fired), 'trigger')}: {fired[0]} on {there[fired[0]]} for one",
            why="they would fire on rows that are only copied, and change what they find",
            todo="drop them, and make them again after the final round",
        )


def _reached(target: Target) -> Mapping[str, Reached]:
    for attempt in retrying():
        with attempt, session(target) as connection:
            return versions.reached(connection)
    raise AssertionError  # the last error is raised itself


def _look(changes: Changes, followed: Followed, reached: Mapping[str, Reached]) -> _Look:
    """Ask for the version first: what is counted behind it is in the next look as well, never in none."""
    at = monotonic()
    version = changes.version()
    lost = [
        str(table.name)
        for table, mapping in followed.tables
        if not changes.oldest(table) <= reached[mapping.target].version <= version
    ]
    if lost:
        raise lost_changes(lost)
    counts = {
        mapping.target: changes.changed(table, reached[mapping.target].version) for table, mapping in followed.tables
    }
    return _Look(version, at, counts)


def _round(changes: Changes, followed: Followed, target: Target, look: _Look, *, number: int, emit: Emit) -> Round:
    """Apply what the look found, table by table; tables without changes are as new as the others."""
    task = f"round {number}"
    emit(Started(STAGE, task, look.left, Unit.ROWS))
    began = monotonic()
    applied = 0
    for table, mapping in followed.tables:
        if look.changed[mapping.target]:
            keys = _apply(changes, table, mapping, target, look.version)
            emit(Advanced(STAGE, task, keys))
            applied += keys
    still = [mapping.target for _, mapping in followed.tables if not look.changed[mapping.target]]
    for attempt in retrying():
        with attempt, session(target, autocommit=False) as connection:
            for name in still:
                versions.advance(connection, name, look.version)
            commit(connection, doing="recording the source's version")
    emit(Finished(STAGE, task))
    return Round(look.version, applied, monotonic() - began)


def _apply(changes: Changes, table: Table, mapping: TableMapping, target: Target, version: int) -> int:
    """Bring a table to a state that is at least as new as ``version``; how many keys that took."""
    before: Reached | None = None
    reached = Reached(0)
    kinds = _TRANSIENT if changes.steady else (*_TRANSIENT, TargetRejected)
    for attempt in retrying(attempts=_ATTEMPTS if changes.steady else _READINGS, kinds=kinds):
        with attempt, session(target, loads=True) as connection:
            prepare_changes(connection)
            stage = make_stage(connection, mapping)
            begin_changes(connection)
            # The target knows what was committed, also where the answer to a COMMIT was lost.
            reached = versions.locked(connection, mapping.target)
            before = before or reached
            if reached.version < version:
                with closing(changes.changes(table, reached.version)) as batches:
                    keys = _exchange(connection, mapping, stage, batches)
                versions.advance(connection, mapping.target, version, keys)
                commit(connection, doing=f"committing changes of {mapping.target}")
                reached = Reached(version, reached.changes + keys)
    return reached.changes - (before or reached).changes


def _exchange(
    connection: Connection, mapping: TableMapping, stage: TableMapping, batches: Iterator[ChangeBatch]
) -> int:
    """Take out every row whose key changed, then load the rows that are there now; how many keys there were."""
    keys = 0
    first: ChangeBatch | None = None
    with Load(connection, stage) as load:
        for batch in batches:
            if batch.rows.num_rows:
                first = batch
                break
            _write(load, batch.keys, stage)
            keys += batch.keys.num_rows
    delete_staged(connection, mapping, stage)
    if first is not None:
        with Load(connection, mapping) as load:
            for batch in chain([first], batches):
                _write(load, batch.rows, mapping)
    return keys


def _write(load: Load, batch: pa.RecordBatch, mapping: TableMapping) -> None:
    for start in range(0, batch.num_rows, _PIECE_ROWS):
        piece = batch.slice(start, _PIECE_ROWS)
        lines, _ = encode(piece, mapping)
        load.write(lines, piece.num_rows)
