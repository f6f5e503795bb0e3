"""Copies of the agency of volatile_source: how they are begun, and whether the target holds each row once."""

from __future__ import annotations

from pathlib import Path

from support.volatile_source import VolatileSource

from migrator.copy.plan import SegmentCopy, plan
from migrator.model.fingerprint import Fingerprint
from migrator.mysql import control, plans
from migrator.mysql.connect import fetch, quoted, session
from migrator.mysql.url import Target
from migrator.wire.rows import fingerprint
from migrator.workflows.migrate import Setting, Studied, study


def setting(target: Target, out: Path, *, resume: bool = False, replace: bool = False) -> Setting:
    return Setting("agency", target, out, 2, resume=resume, replace=replace)


def begun(source: VolatileSource, target: Target) -> tuple[Studied, tuple[SegmentCopy, ...]]:
    """The target as it is when the load begins: claimed, its tables made, the plan kept. The segments to load."""
    studied = study(source, None)
    mappings = studied.translation.mappings
    with session(target) as connection:
        tables = tuple(mapping.target for mapping in mappings)
        control.claim(connection, control.Run("r" * 32, source.identity, "m" * 64, tables))
        for statement in studied.translation.statements:
            fetch(connection, statement.sql)
        planned = plan(source, studied.database, mappings)
        plans.keep(connection, planned.by_table())
    return studied, planned.segments


def holds_all(source: VolatileSource, target: Target) -> None:
    """Each row is there as often as in the source, and what is recorded of the rows says the same."""
    mappings = study(source, None).translation.mappings
    with session(target) as connection:
        recorded = control.recorded(connection)
        for mapping in mappings:
            rows = source.rows[mapping.source]
            found = fetch(connection, f"SELECT * FROM {quoted(mapping.target)} ORDER BY 1, 2")
            assert found == [tuple(row.values()) for row in rows.to_pylist()]
            whole: Fingerprint = fingerprint(rows, mapping)
            assert recorded[mapping.target].fingerprint == whole


def holds_none_of_it_twice(target: Target, item: SegmentCopy) -> None:
    """A segment without its last slice: either nothing of a range, or as many rows of a heap as are recorded."""
    with session(target) as connection:
        done = control.progress(connection, item.mapping, item.segment.id)
        [(rows,)] = fetch(connection, f"SELECT COUNT(*) FROM {quoted(item.mapping.target)}")
    assert not done.complete
    assert rows == done.rows
