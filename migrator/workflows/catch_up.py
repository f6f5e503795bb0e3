"""A target that was copied, brought to what the source is now."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from migrator.copy import build as building
from migrator.copy.catch_up import Bound
from migrator.copy.catch_up import catch_up as run
from migrator.errors import ConfigError, LedgerError
from migrator.events import Emit
from migrator.model.catch_up import CatchUp
from migrator.model.changes import Changes
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import digest
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.mysql import control, plans, versions
from migrator.mysql.connect import Connection, session
from migrator.mysql.control import Recorded
from migrator.mysql.errors import TRANSIENT
from migrator.mysql.keyed import drop_trigger, triggers
from migrator.mysql.url import Target
from migrator.mysql.versions import Reached
from migrator.workflows.following import tracking
from migrator.workflows.migrate import study

_NOTHING: Final = Fingerprint()
_TRIGGER: Final = re.compile(r"CREATE TRIGGER `((?:[^`]|``)+)`")


@dataclass(frozen=True, slots=True)
class Following:
    """What is to be caught up with, and how far. ``tables`` and ``rules`` are those of the copy."""

    target: Target
    bound: Bound
    final: bool = False
    rules: Path | None = None
    tables: tuple[str, ...] = ()


def catch_up(source: Source, following: Following, emit: Emit, *, changes: Changes | None = None) -> CatchUp:
    """Rounds of changes on a finished copy. ``changes`` is asked instead of the source's own memory where it is given.

    Triggers of ours are away meanwhile, and there again at the end; where the target is lost, with the next call. A
    final round also lets the counters go on and proves the foreign keys. Raises MigratorError; what is committed stays,
    and the same call goes on from there.
    """
    studied = study(source, following.rules, following.tables)
    target, translation = following.target, studied.translation
    pairs = [(studied.database.table(mapping.source), mapping) for mapping in translation.mappings]
    with nullcontext(changes) if changes is not None else tracking(source) as remembered:
        if remembered is None:
            raise ConfigError(
                "this source remembers no changes",
                why="only a SQL Server whose database has change tracking on does",
                todo="before the copy: ALTER DATABASE … SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 7 DAYS, "
                "AUTO_CLEANUP = ON), then ALTER TABLE … ENABLE CHANGE_TRACKING for each table",
            )
        with session(target) as connection:
            _is_finished(connection, source, translation)
            for name in _own_triggers(translation) & triggers(connection).keys():
                drop_trigger(connection, name)
        try:
            done = run(remembered, pairs, target, bound=following.bound, final=following.final, emit=emit)
        except TRANSIENT:
            raise  # the target is out of reach: the next call makes them
        except BaseException:
            building.create_programs(translation, target, emit=emit)
            raise
    building.create_programs(translation, target, emit=emit)
    if following.final:
        building.set_counters(translation.mappings, target, emit=emit)
        orphans = building.check_foreign_keys(studied.database, translation.mappings, target, emit=emit)
        done = replace(done, findings=(*done.findings, *orphans))
    return done


def _own_triggers(translation: Translation) -> set[str]:
    found = (_TRIGGER.match(statement.sql) for statement in translation.of(Phase.TRIGGERS))
    return {name[1].replace("``", "`") for name in found if name}


def _is_finished(connection: Connection, source: Source, translation: Translation) -> None:
    """Raises LedgerError where this target is not the finished copy of this source by these rules."""
    there = control.find_run(connection)
    if there is None or there.source != source.identity:
        raise LedgerError(
            "this target is no copy of this source",
            why="no copy was made in it" if there is None else f"it holds a copy of {there.source}",
            todo="name the target that `migrator copy` filled from this source",
        )
    if there.mapping != digest(translation.mappings):
        raise LedgerError(
            "the copy was made by other rules, of other tables, or the source's schema has changed since",
            why="changed rows would be converted in another way than the rest",
            todo="give the --rules and --tables of the copy; after a change of the schema, copy again",
        )
    kept = plans.kept(connection, translation.mappings)
    loaded = control.recorded(connection)
    reached = versions.reached(connection)
    unfinished = [
        mapping.target
        for mapping in translation.mappings
        if not reached.get(mapping.target, Reached(0)).changes
        and loaded.get(mapping.target, Recorded(_NOTHING, 0)).segments < len(kept.get(mapping.target, ()))
    ]
    if unfinished:
        raise LedgerError(
            f"the copy is not finished: {unfinished[0]} for one is not loaded to its end",
            why="a changed row that comes now would come a second time with the copy",
            todo="finish it first: `migrator copy … --resume`",
        )
