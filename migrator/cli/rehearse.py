"""``migrator rehearse``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


def command(
    source: options.Source,
    target: options.TargetUrl = "",
    window: Annotated[str, typer.Option("--window", help="The planned downtime: 6h, 90m, 5h30m.")] = "6h",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Ledger, SQL and reports. [default: out/<source>]", show_default=False
        ),
    ] = None,
    workers: options.Workers = options.DEFAULT_WORKERS,
    rate_limit: options.RateLimit = "",
    throttle: options.Throttle = None,
    rules: options.Rules = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interrupted run in --out.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what an earlier run of ours left in the target, then start anew.")
    ] = False,
    show_values: options.ShowValues = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Do the whole migration once, measure it, and say whether it fits the window.

    assess -> translate -> create -> load -> build -> validate -> forecast. The source is only read.

    Examples:

      migrator rehearse homecare.bacpac

      migrator rehearse homecare.bacpac --target 'mysql://admin@cluster:3306/homecare?ca=global-bundle.pem' --window
      5h30m

      migrator rehearse homecare.bacpac --out out/homecare --resume
    """
    from migrator.cli.target import choose
    from migrator.studies import default_database, open_source, source_label
    from migrator.workers import prepare

    window_s = options.seconds(window)
    most = options.rate_limit(rate_limit)
    opened = open_source(source, resuming=resume)
    where, is_lab = choose(target, source)
    prepare()  # the imports below take as long as those of the process that workers come from
    from migrator.cli.progress import console
    from migrator.report.evidence import evidence_text, write_evidence
    from migrator.report.json import rehearsal_json
    from migrator.report.terminal import rehearsal_text
    from migrator.report.write import as_json as json_text
    from migrator.report.write import write_rehearsal
    from migrator.translate.scripts import write_scripts
    from migrator.validate.privacy import KeyView
    from migrator.workflows.migrate import Setting
    from migrator.workflows.rehearse import rehearse

    folder = out or Path("out") / default_database(source)
    setting = Setting(
        source_name=source_label(source),
        target=where,
        out=folder,
        workers=workers,
        rules=rules,
        resume=resume,
        replace=replace or is_lab,
        rate_limit=most,
        throttle=throttle,
    )
    with console(quiet=quiet) as emit:
        rehearsal = rehearse(opened, setting, emit, window_s=window_s)
    view = KeyView(rehearsal.translation.mappings, show_values=show_values)
    write_scripts(rehearsal.translation, folder / "sql")
    kept = (
        write_evidence(rehearsal.evidence, folder / options.EVIDENCE, shown=view)
        if rehearsal.evidence is not None
        else None
    )
    written = write_rehearsal(rehearsal, folder, shown=view)
    if as_json:
        typer.echo(json_text(rehearsal_json(rehearsal, shown=view)), nl=False)
    else:
        typer.echo(rehearsal_text(rehearsal, shown=view))
        typer.echo(f"\nreport: {written.html}")
        if kept is not None:
            typer.echo(evidence_text(kept))
    raise typer.Exit(0 if rehearsal.verdict == "fits" else 1)
