"""From a comparison to its evidence: what was compared, in which state, by which rules."""

from __future__ import annotations

from datetime import UTC, datetime

from migrator.model.consistency import Hold
from migrator.model.evidence import Evidence
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.model.validation import SourceOf, Validation
from migrator.mysql.connect import server_version, session
from migrator.mysql.url import Target

TARGET_STATE = (
    "each connection read one consistent snapshot (REPEATABLE READ); the snapshots were begun one after the other, and "
    "a lost connection went on in a later one: exact where nobody wrote meanwhile"
)


def gathered(
    source: Source,
    database: Database,
    translation: Translation,
    target: Target,
    validation: Validation,
    *,
    name: str,
    started: datetime,
    picture: Hold | None = None,
) -> Evidence:
    """The evidence of a comparison that was just made. Raises TargetError.

    ``name`` is what people call the source, ``picture`` the one that its rows were copied from just before.
    """
    with session(target) as connection:
        version = server_version(connection)
    return Evidence(
        source=name,
        source_identity=source.identity,
        source_state=_source_state(source, validation, picture),
        product=database.product,
        target=target.place,
        target_identity=target.identity,
        target_state=TARGET_STATE,
        server_version=version,
        started=started,
        finished=datetime.now(UTC),
        translation=translation,
        validation=validation,
        notes=source.notes,
    )


def _source_state(source: Source, validation: Validation, picture: Hold | None) -> str:
    if not source.volatile:
        return "a file: its rows do not change"
    recorded = sum(table.how is SourceOf.RECORDED for table in validation.tables)
    again = "read as they were by then, each at a moment of its own: exact where nobody wrote meanwhile"
    if not recorded or picture is None:
        return again
    copied = f"as they were copied ({picture.consistency}: {picture.why})"
    return copied if recorded == len(validation.tables) else f"{recorded} tables {copied}, the others {again}"
