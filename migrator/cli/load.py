"""``migrator load``."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli import options
from migrator.units import counted, volume


def command(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="What `migrator dump` wrote: a folder or s3://bucket/prefix.")
    ],
    target: options.TargetUrl = "",
    workers: options.Workers = options.DEFAULT_WORKERS,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted load of this dump.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what an earlier run of ours left in the target, then start anew.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look whether the dump is whole; touch no target.")
    ] = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Load a dumped folder: tables, rows, indexes, foreign keys, programs; then prove that every row is there.

    Every part of a file is one transaction and is loaded exactly once. Exit code 1: a table's rows are not those of the
    dump.

    Examples:

      migrator load out/homecare/dump --target 'mysql://admin@cluster:3306/homecare?ca=global-bundle.pem'

      migrator load s3://my-bucket/homecare --workers 16 --resume
    """
    from migrator.workers import prepare

    if not dry_run:
        prepare()
    from migrator.cli.progress import console
    from migrator.cli.target import choose
    from migrator.dump.open import open_place
    from migrator.report.write import as_json as json_text
    from migrator.workflows.load import LoadSetting, load_folder, whole_manifest

    place = open_place(folder)
    manifest = whole_manifest(place)
    if dry_run:
        whole = {"whole": True, "tables": len(manifest.outline.tables), "rows": manifest.rows, "bytes": manifest.bytes}
        held = f"{counted(len(manifest.outline.tables), 'table')}, {counted(manifest.rows, 'row')}"
        text = f"{held}, {volume(manifest.bytes)}: every file is there"
        typer.echo(json_text(whole) if as_json else text, nl=not as_json)
        return
    where, is_lab = choose(target, manifest.outline.database)
    with console(quiet=quiet) as emit:
        result = load_folder(place, LoadSetting(where, workers, resume, replace or (is_lab and not resume)), emit=emit)
    if as_json:
        findings = [{"object": item.object, "reason": item.reason, "advice": item.advice} for item in result.findings]
        counts = {"tables": result.tables, "rows": result.rows, "skipped": result.skipped}
        body = {"database": result.database, **counts, "findings": findings, "different": list(result.different)}
        typer.echo(json_text(body), nl=False)
    else:
        for item in result.findings:
            typer.echo(f"{item.object}: {item.reason}")
        for table in result.different:
            typer.echo(f"different: {table}")
        proved = "DIFFERENT" if result.different else "EQUAL"
        rows = counted(result.rows + result.skipped, "row")
        typer.echo(f"{proved}. {rows} in {counted(result.tables, 'table')}: {result.database}")
    raise typer.Exit(1 if result.different else 0)
