"""Which tables can be caught up with, and in words what stands in the way of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.errors import ChangesLost
from migrator.model.changes import Changes
from migrator.model.finding import Finding, Severity, Status
from migrator.model.mapping import TableMapping
from migrator.model.schema import ObjectKind, Table
from migrator.mysql.versions import Reached
from migrator.sqlserver.connect import quoted
from migrator.units import counted, duration


@dataclass(frozen=True, slots=True)
class Followed:
    """The tables whose changes are applied; the source names of the others, with a finding for each."""

    tables: tuple[tuple[Table, TableMapping], ...]
    unfollowed: tuple[str, ...]
    findings: tuple[Finding, ...]


def follow(changes: Changes, tables: Sequence[tuple[Table, TableMapping]], reached: Mapping[str, Reached]) -> Followed:
    """Sort the tables. Raises SourceError."""
    kept: list[tuple[Table, TableMapping]] = []
    left: list[str] = []
    findings: list[Finding] = []
    for table, mapping in tables:
        obstacle = _obstacle(changes, table, mapping, reached)
        if obstacle is None:
            kept.append((table, mapping))
        else:
            left.append(str(table.name))
            findings.append(obstacle)
    return Followed(tuple(kept), tuple(left), tuple(findings))


def _obstacle(changes: Changes, table: Table, mapping: TableMapping, reached: Mapping[str, Reached]) -> Finding | None:
    name = str(table.name)
    if table.primary_key is None:
        return _about(
            "catch-up-no-key",
            name,
            "it has no primary key, and changes are remembered by its values alone",
            "give it a primary key and start anew, or copy it once the source is frozen",
        )
    if not changes.tracked(table):
        return _about(
            "catch-up-untracked",
            name,
            "its changes are not tracked",
            f"ALTER TABLE {quoted(table.name.schema)}.{quoted(table.name.name)} ENABLE CHANGE_TRACKING before the "
            "copy, or copy it once the source is frozen",
        )
    # The target may know its rows by another key, or by none: a column of the key may not have come over.
    if {column.source for column in mapping.key_columns} != {column.name for column in table.primary_key.columns}:
        return _about(
            "catch-up-other-key",
            name,
            "its primary key did not come over whole, so that a changed row is not found in the target",
            "have every column of the key come over by your rules, or copy it once the source is frozen",
        )
    if mapping.target not in reached:
        return _about(
            "catch-up-no-version",
            name,
            "no version was recorded before it was copied, so nobody knows since when changes count",
            "copy it again: a copy of a source that tracks changes records the version by itself",
        )
    return None


def _about(rule: str, table: str, reason: str, advice: str) -> Finding:
    return Finding(rule, Severity.WARNING, Status.MANUAL, ObjectKind.TABLE, table, reason, advice)


def unsteady() -> Finding:
    """A source whose changes are read without a snapshot."""
    return Finding(
        rule="catch-up-no-snapshot",
        severity=Severity.INFO,
        status=Status.AUTOMATIC,
        kind=ObjectKind.OTHER,
        object="source",
        reason="it allows no snapshots: until it is frozen, rows of one round may be of different moments",
        advice="ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON, as Microsoft recommends with change tracking; the "
        "final round, of a frozen source, is exact without it",
    )


def faster(left: int, behind_s: float, rounds: int) -> Finding:
    """Rounds that never came near enough."""
    return Finding(
        rule="catch-up-behind",
        severity=Severity.WARNING,
        status=Status.MANUAL,
        kind=ObjectKind.OTHER,
        object="source",
        reason=f"after {counted(rounds, 'round')} {counted(left, 'changed row')} are left, and the target is "
        f"{duration(behind_s)} behind: the source changes faster than its changes are applied",
        advice="run it again when less is written, allow more rounds or a wider bound, or plan that much time after "
        "the freeze",
    )


def moving(left: int) -> Finding:
    """A source that changes although it was said to be frozen."""
    return Finding(
        rule="catch-up-not-frozen",
        severity=Severity.ERROR,
        status=Status.BLOCKED,
        kind=ObjectKind.OTHER,
        object="source",
        reason=f"{counted(left, 'row')} changed during the final round: somebody still writes",
        advice="stop all writers (ALTER DATABASE … SET READ_ONLY), then run the final round again",
    )


def lost_changes(tables: Sequence[str]) -> ChangesLost:
    """The source does not know any more what changed in these tables."""
    shown = ", ".join(tables[:5]) + (f" and {len(tables) - 5} more" if len(tables) > 5 else "")
    return ChangesLost(
        f"the source no longer knows all that changed in {shown}",
        why="older changes were cleaned up (CHANGE_RETENTION), or the table was truncated, tracked anew or restored "
        "from a backup",
        todo="copy these tables again; for longer copies set CHANGE_RETENTION to several days",
    )
