"""Comparing source and target, with what was recorded while copying where that still counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from migrator.events import Emit
from migrator.model.catalog import SchemaValidation, Thing
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.model.validation import Piece, Side, SourceOf, Validation
from migrator.mysql import control, plans
from migrator.mysql.connect import session
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target
from migrator.validate import run as validating
from migrator.validate import schema as schemas


def validate(
    source: Source,
    database: Database,
    translation: Translation,
    target: Target,
    *,
    workers: int,
    emit: Emit,
    just_copied: bool = False,
) -> Validation:
    """Compare source and target, down to the row. Raises SourceError, TargetError.

    Columns to compare that the target lacks are named, and the others compared.

    Fingerprints made while copying serve for the source where this very source was copied by these very rules; for one
    that takes writes only where it was ``just_copied``: they are then of the moment in which it was.
    """
    usable = just_copied or not source.volatile
    recorded, pieces = _recorded(source, database, translation, target) if usable else ({}, {})
    found = _look(target, translation, whole=False)
    lacks = schemas.lacking(translation.mappings, found)
    compared = validating.run(
        source,
        database,
        [schemas.narrowed(mapping, lacks.get(mapping.target, ())) for mapping in translation.mappings],
        target,
        recorded={table: whole for table, whole in recorded.items() if table not in lacks},
        workers=workers,
        emit=emit,
    )
    return replace(
        compared,
        tables=tuple(
            schemas.marked(
                replace(table, pieces=(*pieces.get(table.table, ()), *table.pieces))
                if table.how is SourceOf.RECORDED
                else table,
                lacks.get(table.table, ()),
            )
            for table in compared.tables
        ),
    )


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
