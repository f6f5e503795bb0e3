"""A database written as files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from migrator.dump.manifest import Compression, Format, Manifest
from migrator.dump.open import open_place
from migrator.dump.place import Place, put
from migrator.dump.plan import DumpPlan, Setting
from migrator.dump.plan import plan as plan_dump
from migrator.dump.run import run as run_dump
from migrator.dump.sql import Script, write_script
from migrator.errors import ConfigError, OutputError
from migrator.events import Emit
from migrator.model.schema import Database
from migrator.model.selection import selected
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.rules.load import load_rules
from migrator.translate.plan import plan as translate

STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a source is dumped: tables by patterns (none for all), under which rules."""

    patterns: tuple[str, ...] = ()
    rules: Path | None = None


def dump_script(source: Source, wanted: Wanted, out: str, *, kms_key: str, replace: bool, emit: Emit) -> Script:
    """One SQL script on standard output (``-``), into a file or an object in S3. Raises SourceError, OutputError."""
    database, translation = _studied(source, wanted)
    whole = not wanted.patterns
    with source.hold(1) as hold:
        if hold.begin is not None:
            hold.begin()
        if out == STDOUT:
            with _reader_gone():
                script = write_script(source, database, translation, hold, sys.stdout.buffer, whole=whole, emit=emit)
                sys.stdout.buffer.flush()
            return script
        folder, _, name = out.rpartition("/")
        place = open_place(folder or ("/" if out.startswith("/") else "."), kms_key=kms_key)
        if not replace and place.size(name) is not None:
            raise OutputError(f"{out} is there already", todo="--replace it, or name another file")
        with place.writing(name) as file:
            return write_script(source, database, translation, hold, file, whole=whole, emit=emit)


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


def plan_folder(source: Source, wanted: Wanted, setting: Setting) -> DumpPlan:
    """What ``dump_folder`` would write. Raises SourceError, RulesError, ConfigError."""
    database, translation = _studied(source, wanted)
    return plan_dump(source, database, translation, setting)


def dump_folder(source: Source, wanted: Wanted, setting: Setting, *, emit: Emit) -> Manifest:
    """A folder of MySQL Shell's or of Parquet. Raises SourceError, OutputError, LedgerError, Interrupted."""
    database, translation = _studied(source, wanted)
    return run_dump(source, database, translation, setting, whole=not wanted.patterns, emit=emit)


def _studied(source: Source, wanted: Wanted) -> tuple[Database, Translation]:
    if not source.has_rows:
        raise ConfigError(
            "the source has no rows",
            why="scripts and .dacpac files hold a schema alone",
            todo="give a server or a .bacpac, or write the schema with `migrator translate`",
        )
    database = selected(source.catalog(), wanted.patterns)
    return database, translate(database, load_rules(wanted.rules))


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
