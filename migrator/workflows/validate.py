"""Comparing source and target, with what was recorded while copying where that still counts."""

from __future__ import annotations

from collections.abc import Sequence

from migrator.events import Emit
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.model.validation import Validation
from migrator.mysql import control, plans
from migrator.mysql.connect import session
from migrator.mysql.url import Target
from migrator.validate import run as validating


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

    Fingerprints made while copying serve for the source where this very source was copied by these very rules; for one
    that takes writes only where it was ``just_copied``: they are then of the moment in which it was.
    """
    usable = just_copied or not source.volatile
    recorded = _recorded(source, database, translation, target) if usable else {}
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


def _segments(mapping: TableMapping, source: Source, database: Database, kept: plans.Plan) -> Sequence[Segment]:
    if source.volatile:
        return kept.get(mapping.target, ())
    return source.segments(database.table(mapping.source))
