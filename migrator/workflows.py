"""The stages strung together: the one place that knows the order of a migration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from migrator.assess.assess import assess
from migrator.copy import build as building
from migrator.copy import plan as copy_planning
from migrator.copy import run as copying
from migrator.copy.plan import CopyPlan
from migrator.cutover.forecast import forecast
from migrator.errors import LedgerError, RowsDamaged
from migrator.events import Emit
from migrator.ledger import Kind, Ledger
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.rehearsal import Rehearsal
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.model.validation import Validation
from migrator.mysql import control, plans
from migrator.mysql.connect import Connection, server_version, session
from migrator.mysql.url import Target
from migrator.rules.load import load_rules
from migrator.translate.plan import plan as translate
from migrator.validate import run as validating

RESUMED: Final = "this run was resumed: what an attempt that was killed had taken is not counted"


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rehearsal is to do. ``out`` takes ledger and reports; ``window_s`` is in seconds."""

    source_name: str
    target: Target
    out: Path
    window_s: float
    workers: int
    rules: Path | None = None
    resume: bool = False
    replace: bool = False


def rehearse(source: Source, setting: Setting, emit: Emit) -> Rehearsal:
    """Assess, translate, create, load, build, validate, forecast: the whole way, measured.

    Raises MigratorError; then everything committed stays in the target, and ``resume`` goes on from there.
    """
    started = datetime.now(UTC)
    identity = source.identity
    opened = Ledger.resume if setting.resume else Ledger.begin
    with opened(setting.out, source=identity, target=setting.target.identity) as ledger:
        with ledger.phase("assess"):
            database = source.catalog()
        with ledger.phase("translate"):
            rules = load_rules(setting.rules)
            translation = translate(database, rules)
            assessment = assess(database, translation, rules)
        with ledger.phase("create"), _claimed(setting, ledger.run, identity, translation) as connection:
            version = server_version(connection)
            building.create_tables(translation, setting.target, workers=setting.workers, emit=emit)
        with ledger.phase("load") as measure:
            plan = _planned(source, database, translation, setting.target)
            loaded = copying.run(plan, source, setting.target, workers_count=setting.workers, emit=emit)
            measure.rows, measure.bytes = loaded.rows, loaded.bytes
        _all_there(source, loaded.rows)
        repairs = copying.repairs(setting.target, emit=emit)
        with ledger.phase("build"):
            sizes = {load.target: load.bytes for load in loaded.tables}
            building.build(translation, setting.target, sizes=sizes, workers=setting.workers, emit=emit)
            building.set_counters(translation.mappings, setting.target, emit=emit)
            orphans = building.check_foreign_keys(database, translation.mappings, setting.target, emit=emit)
            views = building.create_views(translation, setting.target, emit=emit)
        with ledger.phase("validate") as measure:
            validation = validate(source, database, translation, setting.target, workers=setting.workers, emit=emit)
            measure.rows = validation.rows
        window = forecast(ledger.phases(), window_s=setting.window_s)
        if setting.resume:
            window = replace(window, assumptions=(*window.assumptions, RESUMED))
        rehearsal = Rehearsal(
            source=setting.source_name,
            source_identity=identity,
            product=database.product,
            target=setting.target.place,
            server_version=version,
            started=started,
            finished=datetime.now(UTC),
            phases=ledger.phases(),
            loads=loaded.tables,
            translation=replace(translation, findings=(*translation.findings, *orphans, *views, *repairs)),
            validation=validation,
            forecast=window,
            notes=source.notes,
            effort_minutes=assessment.minutes,
        )
        ledger.note(Kind.VERDICT, {"verdict": rehearsal.verdict, "differences": validation.differences})
    return rehearsal


def validate(
    source: Source, database: Database, translation: Translation, target: Target, *, workers: int, emit: Emit
) -> Validation:
    """Compare source and target, down to the row. Raises SourceError, TargetError.

    Fingerprints made while copying serve for the source where this very source was copied by these very rules.
    """
    recorded = _recorded(source, database, translation, target)
    return validating.run(source, database, translation.mappings, target, recorded=recorded, workers=workers, emit=emit)


def _recorded(source: Source, database: Database, translation: Translation, target: Target) -> dict[str, Fingerprint]:
    """The fingerprints that were made while these very tables were copied, to their end, from this very source."""
    with session(target) as connection:
        run = control.find_run(connection)
        if run is None or (run.source, run.mapping) != (source.identity, digest(translation.mappings)):
            return {}
        loaded = control.recorded(connection)
        kept = plans.kept(connection, translation.mappings)
    nothing = control.Recorded(Fingerprint(), 0)
    found = {mapping.target: loaded.get(mapping.target, nothing) for mapping in translation.mappings}
    return {
        mapping.target: found[mapping.target].fingerprint
        for mapping in translation.mappings
        if found[mapping.target].segments == len(_segments(mapping, source, database, kept))
    }


def _planned(source: Source, database: Database, translation: Translation, target: Target) -> CopyPlan:
    """The segments to load: those of the interrupted run, where a source would cut its tables otherwise today."""
    with session(target) as connection:
        kept = plans.kept(connection, translation.mappings)
        plan = copy_planning.plan(source, database, translation.mappings, kept)
        if source.volatile and not kept:
            plans.keep(connection, plan.by_table())
    return plan


def _segments(mapping: TableMapping, source: Source, database: Database, kept: plans.Plan) -> Sequence[Segment]:
    if source.volatile:
        return kept.get(mapping.target, ())
    return source.segments(database.table(mapping.source))


@contextmanager
def _claimed(setting: Setting, run: str, identity: str, translation: Translation) -> Iterator[Connection]:
    """A connection to the target database, which is ours from then on: new, replaced or resumed."""
    target = setting.target
    control.make_database(target, translation.character_set, translation.collation)
    ours = control.Run(
        run,
        identity,
        digest(translation.mappings),
        tuple(dict.fromkeys(statement.table for statement in translation.of(Phase.TABLES))),
        tuple((statement.makes, statement.table) for statement in translation.statements if statement.makes),
    )
    with session(target) as connection:
        there = control.find_run(connection)
        if there is None or there.id != run:
            if setting.replace:
                control.release(connection)
            control.claim(connection, ours)
        elif there != ours:
            raise LedgerError(
                "the rules are not those that the interrupted run had",
                why="half of the rows would be converted in another way than the rest",
                todo="use the same rules, or start anew with --replace",
            )
        yield connection


def _all_there(source: Source, rows: int) -> None:
    if source.row_total is not None and source.row_total != rows:
        raise RowsDamaged(
            f"the source holds {rows:,} rows, but says that it has {source.row_total:,}",
            why="a part of its row data is missing, or ends early at the end of a row",
            todo="export the package again; what was loaded is not the whole database",
        )
