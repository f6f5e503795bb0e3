"""A database into files and back: the order of the steps, which the stages themselves do not know."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from migrator.copy import build as building
from migrator.copy import run as copying
from migrator.dump import manifest as manifests
from migrator.dump import prove
from migrator.dump.load import load_all
from migrator.dump.manifest import MANIFEST, Compression, Format, Manifest
from migrator.dump.open import open_place
from migrator.dump.place import Place, get, put
from migrator.dump.plan import DumpPlan, Setting
from migrator.dump.plan import plan as plan_dump
from migrator.dump.run import run as run_dump
from migrator.dump.select import Chosen, choose
from migrator.dump.sql import Script, write_script
from migrator.errors import ConfigError, LedgerError, OutputError, SourceError
from migrator.events import Emit
from migrator.model.finding import Finding
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Phase
from migrator.mysql import control
from migrator.mysql.connect import session
from migrator.mysql.url import Target
from migrator.rules.load import load_rules
from migrator.translate.plan import plan as translate

STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a source is dumped: tables by patterns, under which rules."""

    patterns: tuple[str, ...] = ()
    rules: Path | None = None


def chosen_of(source: Source, wanted: Wanted) -> tuple[Database, Chosen]:
    """The catalog, and the part of its translation that is wanted. Raises SourceError, RulesError, ConfigError."""
    if not source.has_rows:
        raise ConfigError(
            "the source has no rows",
            why="scripts and .dacpac files hold a schema alone",
            todo="give a .bacpac, or write the schema with `migrator translate`",
        )
    database = source.catalog()
    return database, choose(database, translate(database, load_rules(wanted.rules)), wanted.patterns)


def dump_script(source: Source, wanted: Wanted, out: str, *, kms_key: str, replace: bool, emit: Emit) -> Script:
    """One SQL script on standard output (``-``), into a file or an object in S3. Raises SourceError, OutputError."""
    database, chosen = chosen_of(source, wanted)
    with source.hold(1) as hold:
        if hold.begin is not None:
            hold.begin()
        if out == STDOUT:
            with _reader_gone():
                script = write_script(source, database, chosen.translation, hold, sys.stdout.buffer, emit=emit)
                sys.stdout.buffer.flush()
            return script
        folder, _, name = out.rpartition("/")
        place = open_place(folder or ("/" if out.startswith("/") else "."), kms_key=kms_key)
        if not replace and place.size(name) is not None:
            raise OutputError(f"{out} is there already", todo="--replace it, or name another file")
        with place.writing(name) as file:
            return write_script(source, database, chosen.translation, hold, file, emit=emit)


@contextmanager
def _reader_gone() -> Iterator[None]:
    """Whoever reads standard output must have read it to its end: half a script is no success."""
    try:
        yield
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is held back still goes somewhere
        raise OutputError(
            "nobody reads the script any more",
            why="the program behind the pipe ended before its end",
            todo="see what that program says",
        ) from error


def plan_folder(source: Source, wanted: Wanted, setting: Setting) -> tuple[DumpPlan, Chosen]:
    """What ``dump_folder`` would write. Raises SourceError, RulesError, ConfigError."""
    database, chosen = chosen_of(source, wanted)
    with source.hold(setting.workers) as hold:
        return plan_dump(source, database, chosen, hold, setting), chosen


def dump_folder(source: Source, wanted: Wanted, setting: Setting, *, emit: Emit) -> Manifest:
    """A folder of MySQL Shell's or of Parquet. Raises SourceError, OutputError, LedgerError, Interrupted."""
    database, chosen = chosen_of(source, wanted)
    with source.hold(setting.workers) as hold:
        plan = plan_dump(source, database, chosen, hold, setting)
        return run_dump(source, database, chosen, plan, setting, emit=emit)


def write_aurora_script(manifest: Manifest, place: Place) -> str | None:
    """Write the statements with which Aurora reads the dump out of S3; where, or None where it cannot read it."""
    outline = manifest.outline
    if not str(place).startswith("s3://") or outline.format is not Format.MYSQLSH:
        return None
    if outline.compression is not Compression.NONE:
        return None
    from migrator.dump import aurora  # noqa: PLC0415 - boto3 is large, and few dumps go there
    from migrator.dump.s3 import Bucket  # noqa: PLC0415

    assert isinstance(place, Bucket)  # noqa: S101 - for the type checker: its name says so
    put(place, aurora.NAME, aurora.load_script(manifest, place))
    return f"{place}/{aurora.NAME}"


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
