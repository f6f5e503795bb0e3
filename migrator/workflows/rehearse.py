"""A migration done once, measured: does it fit the window?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from migrator.copy.build import VIEW_REJECTED
from migrator.cutover.forecast import forecast
from migrator.events import Emit
from migrator.ledger import Kind
from migrator.model.catalog import Thing
from migrator.model.consistency import Consistency, Hold
from migrator.model.finding import Finding
from migrator.model.rehearsal import Rehearsal
from migrator.model.source import Source
from migrator.model.translation import Phase, Translation
from migrator.workflows.evidence import gathered
from migrator.workflows.migrate import Setting, migrate, open_ledger
from migrator.workflows.validate import validate, validate_schema

RESUMED: Final = "this run was resumed: what an attempt that was killed had taken is not counted"


def rehearse(source: Source, setting: Setting, emit: Emit, *, window_s: float) -> Rehearsal:
    """Assess, translate, create, load, build, validate, forecast: the whole way, measured. ``window_s`` in seconds.

    Raises MigratorError; then everything committed stays in the target, and ``resume`` goes on from there.
    """
    started = datetime.now(UTC)
    with open_ledger(source, setting) as ledger:
        done = migrate(source, setting, ledger, emit)
        database, translation = done.studied.database, done.studied.translation
        compared = datetime.now(UTC)
        with ledger.phase("validate") as measure:
            schema = validate_schema(translation, setting.target, without=_refused(translation, done.findings))
            validation = validate(
                source,
                database,
                translation,
                setting.target,
                workers=setting.workers,
                emit=emit,
                just_copied=True,
            )
            validation = replace(validation, schema=schema)
            measure.rows = validation.rows
        evidence = gathered(
            source,
            database,
            translation,
            setting.target,
            validation,
            name=setting.source_name,
            started=compared,
            picture=done.loaded.picture,
        )
        window = forecast(ledger.phases(), window_s=window_s)
        if setting.resume:
            window = replace(window, assumptions=(*window.assumptions, RESUMED))
        rehearsal = Rehearsal(
            source=setting.source_name,
            source_identity=source.identity,
            product=database.product,
            target=setting.target.place,
            server_version=done.server_version,
            started=started,
            finished=datetime.now(UTC),
            phases=ledger.phases(),
            loads=done.loaded.tables,
            translation=replace(translation, findings=(*translation.findings, *done.findings)),
            validation=validation,
            forecast=window,
            notes=(*source.notes, *picture_notes(done.loaded.picture)),
            effort_minutes=done.studied.assessment.minutes,
            evidence=replace(evidence, rules=(str(setting.rules),) if setting.rules is not None else ()),
        )
        ledger.note(Kind.VERDICT, {"verdict": rehearsal.verdict, "differences": validation.differences})
    return rehearsal


def _refused(translation: Translation, findings: Sequence[Finding]) -> list[Thing]:
    """The views that the server did not take: each has its finding already."""
    objects = {finding.object for finding in findings if finding.rule == VIEW_REJECTED}
    return [Thing("view", view.table) for view in translation.of(Phase.VIEWS) if view.object in objects]


def picture_notes(picture: Hold) -> tuple[str, ...]:
    """What people must know of the picture of a live source."""
    if picture.consistency is Consistency.FILE:
        return ()
    return (f"Consistency of the source: {picture.consistency}. {picture.why[:1].upper()}{picture.why[1:]}.",)
