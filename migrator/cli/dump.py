"""``migrator dump``."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrator.cli import options
from migrator.units import counted, volume

if TYPE_CHECKING:
    from migrator.dump.manifest import Manifest
    from migrator.dump.plan import Setting
    from migrator.model.source import Source
    from migrator.workflows.dump import Wanted


class Form(StrEnum):
    """What ``--format`` knows."""

    SQL = "sql"
    MYSQLSH = "mysqlsh"
    PARQUET = "parquet"


class Packing(StrEnum):
    """What ``--compression`` knows."""

    ZSTD = "zstd"
    NONE = "none"


def command(
    source: options.Source,
    form: Annotated[Form, typer.Option("--format", help="One SQL script, or a folder.")] = Form.SQL,
    place: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="PLACE",
            help="A file (sql) or a folder; s3://bucket/… for either. [default: stdout, or out/<source>/dump]",
            show_default=False,
        ),
    ] = "",
    tables: options.Tables = None,
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="NAME", help="Its name in MySQL. [default: as the source]", show_default=False
        ),
    ] = "",
    compression: Annotated[
        Packing, typer.Option("--compression", help="Of data files; Aurora's LOAD DATA FROM S3 wants none.")
    ] = Packing.ZSTD,
    kms_key: Annotated[
        str, typer.Option("--kms-key", metavar="KEY", help="Encrypt in S3 with this key of AWS KMS.")
    ] = "",
    workers: options.Workers = options.DEFAULT_WORKERS,
    rules: options.Rules = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted folder.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Remove what an earlier dump left there first.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")] = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Write a database as files for MySQL: schema and rows, checksummed. The source is only read.

    sql: one script that `mysql database < file` takes, like mysqldump's. mysqlsh: the folder that MySQL Shell's
    util.loadDump() reads. parquet: the source's own values. `migrator load` takes both folders.

    Examples:

      migrator dump homecare.bacpac | mysql homecare

      migrator dump homecare.bacpac --format mysqlsh --out s3://my-bucket/homecare --kms-key alias/dumps

      migrator dump homecare.bacpac --format parquet --tables 'billing.*' --out billing/
    """
    from migrator.workers import prepare

    if form is not Form.SQL and not dry_run:
        prepare()
    from migrator.dump.manifest import Compression, Format
    from migrator.dump.open import open_place
    from migrator.dump.plan import Setting
    from migrator.studies import default_database, open_source
    from migrator.workflows.dump import STDOUT, Wanted

    wanted = Wanted(tuple(tables or ()), rules)
    if form is Form.SQL and not dry_run:
        out = place or STDOUT
        _fitting(out, kms_key, resume=resume, as_json=as_json)
        _script(open_source(source), wanted, out, kms_key, replace=replace, as_json=as_json, quiet=quiet)
        return
    setting = Setting(
        open_place(place or str(Path("out") / default_database(source) / "dump"), kms_key=kms_key),
        Format.PARQUET if form is Form.PARQUET else Format.MYSQLSH,
        Compression(compression.value),
        database or default_database(source),
        workers,
        resume,
        replace,
    )
    opened = open_source(source, resuming=resume)
    if dry_run:
        _plan(opened, wanted, setting, as_json=as_json)
    else:
        _folder(opened, wanted, setting, as_json=as_json, quiet=quiet)


def _fitting(out: str, kms_key: str, *, resume: bool, as_json: bool) -> None:
    from migrator.errors import ConfigError
    from migrator.workflows.dump import STDOUT

    if resume:
        raise ConfigError("a script cannot be resumed", todo="use --format mysqlsh, or write it anew with --replace")
    if as_json and out == STDOUT:
        raise ConfigError("--json and the script both want standard output", todo="name a file with --out")
    if kms_key and out == STDOUT:
        raise ConfigError("--kms-key is for s3:// alone", todo="leave it out, or write to s3://bucket/name.sql")


def _script(
    source: Source, wanted: Wanted, out: str, kms_key: str, *, replace: bool, as_json: bool, quiet: bool
) -> None:
    from migrator.cli.progress import console
    from migrator.report.write import as_json as json_text
    from migrator.workflows.dump import STDOUT, dump_script

    with console(quiet=quiet) as emit:
        script = dump_script(source, wanted, out, kms_key=kms_key, replace=replace, emit=emit)
    if as_json:
        tables = {table: {"rows": found.rows, "fingerprint": str(found)} for table, found in script.tables.items()}
        body = {
            "out": out,
            "rows": script.rows,
            "tables": tables,
            "repaired": script.repaired,
            "consistency": str(script.picture.consistency) if script.picture is not None else "",
        }
        typer.echo(json_text(body), nl=False)
    else:
        _repaired(script.repaired, err=out == STDOUT)
        typer.echo(f"{counted(len(script.tables), 'table')}, {counted(script.rows, 'row')}: {out}", err=out == STDOUT)


def _plan(source: Source, wanted: Wanted, setting: Setting, *, as_json: bool) -> None:
    from migrator.report.write import as_json as json_text
    from migrator.workflows.dump import plan_folder

    plan = plan_folder(source, wanted, setting)
    files = len(plan.jobs) + len(plan.empty)
    if as_json:
        tables = [
            {"source": table.source, "target": table.target, "segments": len(table.segments)} for table in plan.tables
        ]
        typer.echo(json_text({"bytes": plan.bytes, "files": files, "tables": tables}), nl=False)
        return
    for table in plan.tables:
        typer.echo(f"{table.source} -> {table.target}: {counted(len(table.segments), 'segment')}")
    into = f"{volume(plan.bytes)} to read into {counted(files, 'data file')}"
    typer.echo(f"{counted(len(plan.tables), 'table')}, {into}")


def _folder(source: Source, wanted: Wanted, setting: Setting, *, as_json: bool, quiet: bool) -> None:
    from migrator.cli.progress import console
    from migrator.report.write import as_json as json_text
    from migrator.workflows.dump import dump_folder, write_aurora_script

    with console(quiet=quiet) as emit:
        manifest = dump_folder(source, wanted, setting, emit=emit)
    aurora = write_aurora_script(manifest, setting.place)
    if as_json:
        typer.echo(json_text(_values(manifest, str(setting.place), aurora)), nl=False)
        return
    _repaired(manifest.repaired)
    typer.echo(f"consistency: {manifest.consistency}, {manifest.why}")
    held = (
        f"{counted(len(manifest.outline.tables), 'table')}, {counted(manifest.rows, 'row')}, {volume(manifest.bytes)}"
    )
    typer.echo(f"{held} in {counted(len(manifest.files), 'data file')}: {setting.place}")
    if aurora is not None:
        typer.echo(f"for Aurora: {aurora}")


def _repaired(values: Mapping[str, int], *, err: bool = False) -> None:
    for column, count in values.items():
        typer.echo(f"note: {column}: {count:,} values held half of a UTF-16 pair, which became U+FFFD", err=err)


def _values(manifest: Manifest, place: str, aurora: str | None) -> dict[str, Any]:
    return {
        "out": place,
        "format": str(manifest.outline.format),
        "consistency": str(manifest.consistency),
        "rows": manifest.rows,
        "bytes": manifest.bytes,
        "files": len(manifest.files),
        "tables": {
            table: {"rows": found.rows, "fingerprint": str(found)} for table, found in manifest.fingerprints().items()
        },
        "repaired": manifest.repaired,
        "aurora_script": aurora,
    }
