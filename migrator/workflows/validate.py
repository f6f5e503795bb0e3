"""Comparing source and target by the method that is asked for, or by the one that suits them best."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

from migrator.events import Emit
from migrator.model.catalog import SchemaValidation, Thing
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.model.validation import Method, Piece, Side, SourceOf, TableValidation, Validation
from migrator.mysql import control, plans
from migrator.mysql.connect import session
from migrator.mysql.retry import retrying
from migrator.mysql.rows import bandwidth
from migrator.mysql.url import Target
from migrator.validate import run as validating
from migrator.validate import schema as schemas

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

    Columns to compare that the target lacks are named, and the others compared.

    Fingerprints made while copying serve for the source where this very source was copied by these very rules; for one
    that takes writes only where it was ``just_copied`` (they are then of the moment in which it was), or where they are
    asked for. ``Method.AUTO`` takes them where they serve; else it reads the rows of a live source and of the target
    where they come fast enough, and goes by fingerprints where not.
    """
    usable = method is Method.RECORDED or (method is Method.AUTO and (just_copied or not source.volatile))
    recorded, pieces = _recorded(source, database, translation, target) if usable else ({}, {})
    chosen, why = (method, "it was asked for")
    if method is Method.AUTO:
        chosen, why = _choice(source, translation.mappings, recorded, target)
    found = _look(target, translation, whole=False)
    lacks = schemas.lacking(translation.mappings, found)
    recorded = {table: whole for table, whole in recorded.items() if table not in lacks}
    compared = validating.run(
        source,
        database,
        [schemas.narrowed(mapping, lacks.get(mapping.target, ())) for mapping in translation.mappings],
        target,
        recorded=recorded,
        workers=workers,
        emit=emit,
        wire=chosen is Method.WIRE,
    )
    tables = [
        schemas.marked(
            replace(table, pieces=(*pieces.get(table.table, ()), *table.pieces))
            if table.how is SourceOf.RECORDED
            else table,
            lacks.get(table.table, ()),
        )
        for table in compared.tables
    ]
    if method is Method.RECORDED:
        past = source.volatile and not just_copied
        tables = [_with_limits(table, recorded, past=past) for table in tables]
    return replace(compared, tables=tuple(tables), method=chosen, why=why)


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


def validate_schema(translation: Translation, target: Target, *, without: Collection[Thing] = ()) -> SchemaValidation:
    """Hold the target's schema against what was promised, but for things that are known not to be there. Raises
    TargetError."""
    return schemas.check(translation, _look(target, translation, whole=True), without=without)


def _look(target: Target, translation: Translation, *, whole: bool) -> schemas.Found:
    for attempt in retrying():
        with attempt, session(target) as connection:
            return schemas.read(connection, translation.mappings, whole=whole)
    raise AssertionError("retrying gives an answer or an error")


def _recorded(
    source: Source, database: Database, translation: Translation, target: Target
) -> tuple[dict[str, Fingerprint], dict[str, tuple[Piece, ...]]]:
    """The fingerprints that were made while these very tables were copied, to their end, from this very source; and
    those of the segments."""
    with session(target) as connection:
        run = control.find_run(connection)
        if run is None or (run.source, run.mapping) != (source.identity, digest(translation.mappings)):
            return {}, {}
        loaded = control.recorded(connection)
        segments = control.recorded_segments(connection)
        kept = plans.kept(connection, translation.mappings)
    nothing = control.Recorded(Fingerprint(), 0)
    found = {mapping.target: loaded.get(mapping.target, nothing) for mapping in translation.mappings}
    whole = {
        mapping.target: found[mapping.target].fingerprint
        for mapping in translation.mappings
        if found[mapping.target].segments == len(_segments(mapping, source, database, kept))
    }
    pieces = {
        table: tuple(Piece(Side.SOURCE, segment, fingerprint) for segment, fingerprint in segments.get(table, ()))
        for table in whole
    }
    return whole, pieces


def _segments(mapping: TableMapping, source: Source, database: Database, kept: plans.Plan) -> Sequence[Segment]:
    if source.volatile:
        return kept.get(mapping.target, ())
    return source.segments(database.table(mapping.source))
