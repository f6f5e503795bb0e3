"""A dumped folder loaded into MySQL, and proved."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from uuid import uuid4

from migrator.copy import build as building
from migrator.copy import run as copying
from migrator.dump import manifest as manifests
from migrator.dump import prove
from migrator.dump.load import load_all
from migrator.dump.manifest import MANIFEST, Manifest
from migrator.dump.place import Place, get
from migrator.errors import LedgerError, SourceError
from migrator.events import Emit
from migrator.model.finding import Finding
from migrator.model.translation import Phase
from migrator.mysql import control
from migrator.mysql.connect import session
from migrator.mysql.url import Target


@dataclass(frozen=True, slots=True)
class LoadSetting:
    """How a dump is loaded."""

    target: Target
    workers: int
    resume: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What the target holds now. ``skipped`` rows had been loaded by an earlier run; ``different`` are tables whose
    rows are not those of the dump."""

    database: str
    tables: int
    rows: int
    skipped: int
    findings: tuple[Finding, ...]
    different: tuple[str, ...]


def whole_manifest(place: Place) -> Manifest:
    """The manifest, once every file is there in its size. Raises SourceError."""
    manifest = manifests.read_manifest(place)
    there = place.names()
    sizes = {file.name: file.bytes for file in manifest.files} | {file.name: file.bytes for file in manifest.others}
    for name, wanted in sizes.items():
        size = place.size(name) if name in there else None
        if size != wanted:
            raise SourceError(
                f"{name} in {place} {'is missing' if size is None else 'has another size'}",
                why=f"it must have {wanted:,} bytes",
                todo="copy the dump again, or make it anew",
            )
    return manifest


def load_folder(place: Place, setting: LoadSetting, *, emit: Emit) -> LoadResult:
    """Tables, rows, indexes, foreign keys, programs, then the proof. Raises SourceError, TargetError, LedgerError,
    Interrupted; what is committed stays, and ``resume`` goes on from there."""
    manifest = whole_manifest(place)
    identity = f"dump:{hashlib.sha256(get(place, MANIFEST)).hexdigest()[:32]}"
    translation, database, target = manifest.schema.translation, manifest.schema.database, setting.target
    control.make_database(target, translation.character_set, translation.collation)
    _claim(manifest, identity, setting)
    building.create_tables(translation, target, workers=setting.workers, emit=emit)
    loaded = load_all(manifest, place, target, workers_count=setting.workers, emit=emit)
    repairs = copying.repairs(target, emit=emit)
    sizes: Counter[str] = Counter()
    for file in manifest.files:
        sizes[file.table] += file.unpacked
    building.build(translation, target, sizes=sizes, workers=setting.workers, emit=emit)
    building.set_counters(translation.mappings, target, emit=emit)
    orphans = building.check_foreign_keys(database, translation.mappings, target, emit=emit)
    views = building.create_views(translation, target, emit=emit)
    different = prove.differing(manifest, target, workers=setting.workers, emit=emit)
    return LoadResult(
        target.place,
        len(translation.mappings),
        sum(one.rows for one in loaded),
        sum(one.skipped for one in loaded),
        (*repairs, *orphans, *views),
        different,
    )


def _claim(manifest: Manifest, identity: str, setting: LoadSetting) -> None:
    """The target's database becomes this load's: new, replaced or resumed. Raises TargetOccupied, LedgerError."""
    translation = manifest.schema.translation
    with session(setting.target) as connection:
        there = control.find_run(connection)
        if setting.resume:
            if there is None or (there.source, there.mapping) != (identity, manifest.outline.mapping):
                raise LedgerError(
                    f"{setting.target.place} holds no load of this dump to go on with",
                    todo="run it without --resume, or with --replace where another run filled the database",
                )
            return
        if setting.replace:
            control.release(connection)
        control.claim(
            connection,
            control.Run(
                uuid4().hex,
                identity,
                manifest.outline.mapping,
                tuple(dict.fromkeys(statement.table for statement in translation.of(Phase.TABLES))),
                tuple((statement.makes, statement.table) for statement in translation.statements if statement.makes),
            ),
        )
