"""A database copied: made, loaded, built. The fast mysqldump."""

from __future__ import annotations

from pathlib import Path

from migrator.events import Emit
from migrator.model.copied import Copied, TablePlan
from migrator.model.source import Source
from migrator.workflows.migrate import Setting, migrate, open_ledger, study


def copy(source: Source, setting: Setting, emit: Emit) -> Copied:
    """Copy schema and rows. Raises MigratorError; what is committed stays, and ``resume`` goes on from there."""
    with open_ledger(source, setting) as ledger:
        done = migrate(source, setting, ledger, emit)
        findings = (*done.studied.translation.findings, *done.findings)
        return Copied(done.loaded.tables, ledger.phases(), done.loaded.picture, findings, source.notes, done.followed)


def planned(source: Source, rules: Path | None, tables: tuple[str, ...]) -> tuple[TablePlan, ...]:
    """What a copy would do; nothing is written, and the target is not asked. Raises SourceError, RulesError."""
    studied = study(source, rules, tables)
    plans = []
    for mapping in studied.translation.mappings:
        segments = source.segments(studied.database.table(mapping.source))
        known = [segment.rows for segment in segments if segment.rows is not None]
        rows = sum(known) if len(known) == len(segments) else None
        size = sum(segment.bytes for segment in segments)
        plans.append(TablePlan(str(mapping.source), mapping.target, rows, size, len(segments)))
    return tuple(plans)
