"""From an empty database to a full one: what a rehearsal and a copy have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from migrator.assess.assess import assess
from migrator.copy import build as building
from migrator.copy import plan as copy_planning
from migrator.copy import run as copying
from migrator.copy.governor import Governor
from migrator.copy.pace import Orders
from migrator.copy.plan import CopyPlan
from migrator.copy.run import CopyResult
from migrator.errors import LedgerError, RowsDamaged
from migrator.events import Emit
from migrator.ledger import Ledger
from migrator.model.assessment import Assessment
from migrator.model.finding import Finding
from migrator.model.mapping import digest
from migrator.model.pressure import Gauge, Gauged
from migrator.model.schema import Database
from migrator.model.selection import selected
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.mysql import control, plans
from migrator.mysql.connect import Connection, server_version, session
from migrator.mysql.pressure import MySqlGauge
from migrator.mysql.url import Target
from migrator.rules.load import load_rules
from migrator.translate.plan import plan as translate
from migrator.workflows.following import begin_following


@dataclass(frozen=True, slots=True)
class Setting:
    """What a migration is to do. ``out`` takes ledger and reports; ``tables`` are patterns, none for all tables.

    ``rate_limit`` is in bytes a second, 0 for none; ``throttle`` says whether the load of both ends is heeded, None
    where that depends on the source: it is where others may use it at the same time.
    """

    source_name: str
    target: Target
    out: Path
    workers: int
    rules: Path | None = None
    resume: bool = False
    replace: bool = False
    tables: tuple[str, ...] = ()
    rate_limit: float = 0
    throttle: bool | None = None


@dataclass(frozen=True, slots=True)
class Studied:
    """The source's schema and what it becomes."""

    database: Database
    translation: Translation
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Migrated:
    """A database that was made, loaded and built. ``findings`` are those that only the doing brought up; ``followed``
    counts the tables whose changes the source remembers since before the load."""

    studied: Studied
    server_version: str
    loaded: CopyResult
    findings: tuple[Finding, ...] = ()
    followed: int = 0


def study(source: Source, rules: Path | None, tables: tuple[str, ...] = ()) -> Studied:
    """Read and translate the schema, or that of some tables. Raises SourceError, RulesError, ConfigError."""
    database = selected(source.catalog(), tables)
    loaded = load_rules(rules)
    translation = translate(database, loaded)
    return Studied(database, translation, assess(database, translation, loaded))


def open_ledger(source: Source, setting: Setting) -> Ledger:
    """The ledger of a new run, or of the interrupted one. Raises LedgerError, OutputError."""
    opened = Ledger.resume if setting.resume else Ledger.begin
    return opened(setting.out, source=source.identity, target=setting.target.identity)


def migrate(source: Source, setting: Setting, ledger: Ledger, emit: Emit) -> Migrated:
    """Assess, translate, create, load, build.

    Raises MigratorError; then everything committed stays in the target, and ``resume`` goes on from there.
    """
    target, workers = setting.target, setting.workers
    with ledger.phase("assess"):
        source.catalog()
    with ledger.phase("translate"):
        studied = study(source, setting.rules, setting.tables)
    translation = studied.translation
    with ledger.phase("create"), _claimed(setting, ledger.run, source.identity, translation) as connection:
        version = server_version(connection)
        building.create_tables(translation, target, workers=workers, emit=emit)
    with ledger.phase("load") as measure:
        plan = _planned(source, studied, target)
        followed = begin_following(source, translation.mappings, target)
        with _governor(source, setting, emit) as governor:
            loaded = copying.run(plan, source, target, workers_count=workers, emit=emit, gate=governor.gate)
        measure.rows, measure.bytes = loaded.rows, loaded.bytes
    if not setting.tables:
        _all_there(source, loaded.rows)
    repairs = copying.repairs(target, emit=emit)
    with ledger.phase("build"):
        sizes = {load.target: load.bytes for load in loaded.tables}
        building.build(translation, target, sizes=sizes, workers=workers, emit=emit)
        building.set_counters(translation.mappings, target, emit=emit)
        orphans = building.check_foreign_keys(studied.database, translation.mappings, target, emit=emit)
        views = building.create_views(translation, target, emit=emit)
    return Migrated(studied, version, loaded, (*orphans, *views, *repairs), followed)


def _planned(source: Source, studied: Studied, target: Target) -> CopyPlan:
    """The segments to load: those of the interrupted run, where a source would cut its tables otherwise today."""
    mappings = studied.translation.mappings
    with session(target) as connection:
        kept = plans.kept(connection, mappings)
        plan = copy_planning.plan(source, studied.database, mappings, kept)
        if source.volatile and not kept:
            plans.keep(connection, plan.by_table())
    return plan


def _governor(source: Source, setting: Setting, emit: Emit) -> Governor:
    """Who sets the pace of the load."""
    throttle = source.volatile if setting.throttle is None else setting.throttle
    gauges: list[Gauge] = [source.gauge()] if isinstance(source, Gauged) else []
    gauges.append(MySqlGauge(setting.target, own=setting.workers))
    return Governor(Orders(setting.rate_limit, throttle=throttle), setting.out, gauges, emit)


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
