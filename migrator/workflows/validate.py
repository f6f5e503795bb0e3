"""Comparing source and target by the method that is asked for, or by the one that suits them best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from migrator.events import Emit
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.model.validation import Method, TableValidation, Validation
from migrator.mysql import control, plans
from migrator.mysql.connect import session
from migrator.mysql.rows import bandwidth
from migrator.mysql.url import Target
from migrator.validate import run as validating

FAST: Final = 50e6
"""Bytes a second from the target from which on reading its rows is quicker than having it hash them: two of its cores
hash about as many (2,000,000 visits, 343 MB as text, in 5.9 s)."""

PAST: Final = "the source stands for what it was when it was copied: what was written there since is not seen"
NOT_RECORDED: Final = "nothing that counts was recorded while copying: the source was read again"


def validate(
    source: Source,
    database: Database,
    translation: Translation,
    target: Target,
    *,
    workers: int,
    emit: Emit,
    just_copied: bool = False,
    method: Method = Method.AUTO,
) -> Validation:
    """Compare source and target, down to the row. Raises SourceError, TargetError.

    Fingerprints made while copying serve for the source where this very source was copied by these very rules; for one
    that takes writes only where it was ``just_copied`` (they are then of the moment in which it was), or where they are
    asked for. ``Method.AUTO`` takes them where they serve; else it reads the rows of a live source and of the target
    where they come fast enough, and goes by fingerprints where not.
    """
    usable = method is Method.RECORDED or (method is Method.AUTO and (just_copied or not source.volatile))
    recorded = _recorded(source, database, translation, target) if usable else {}
    chosen, why = (method, "it was asked for")
    if method is Method.AUTO:
        chosen, why = _choice(source, translation.mappings, recorded, target)
    validation = validating.run(
        source,
        database,
        translation.mappings,
        target,
        recorded=recorded,
        workers=workers,
        emit=emit,
        wire=chosen is Method.WIRE,
    )
    if method is Method.RECORDED:
        past = source.volatile and not just_copied
        tables = tuple(_with_limits(table, recorded, past=past) for table in validation.tables)
        validation = replace(validation, tables=tables)
    return replace(validation, method=chosen, why=why)


def _choice(
    source: Source, mappings: Sequence[TableMapping], recorded: Collection[str], target: Target
) -> tuple[Method, str]:
    """The method of AUTO, and why it is that one."""
    if recorded and all(mapping.target in recorded for mapping in mappings):
        return Method.RECORDED, "what was recorded while copying still counts, and saves reading the source again"
    if not source.volatile:
        return Method.PUSHDOWN, "the rows of a package come in no order that could be asked of the target too"
    with session(target) as connection:
        rate = bandwidth(connection)
    speed = f"{rate / 1e6:,.0f} MB/s"
    if rate >= FAST:
        return Method.WIRE, f"the target gives {speed}: reading its rows is quicker than having it hash them"
    return Method.PUSHDOWN, f"the target gives only {speed}: having it hash its rows is quicker than reading them"


def _with_limits(table: TableValidation, recorded: Mapping[str, Fingerprint], *, past: bool) -> TableValidation:
    if table.table not in recorded:
        return replace(table, limits=(*table.limits, NOT_RECORDED))
    return replace(table, limits=(*table.limits, PAST)) if past else table


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


def _segments(mapping: TableMapping, source: Source, database: Database, kept: plans.Plan) -> Sequence[Segment]:
    if source.volatile:
        return kept.get(mapping.target, ())
    return source.segments(database.table(mapping.source))
