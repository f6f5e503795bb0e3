"""``migrator copy``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


def command(
    source: options.Source,
    target: options.TargetUrl = "",
    tables: options.Tables = None,
    out: options.Out = None,
    workers: options.Workers = options.DEFAULT_WORKERS,
    rate_limit: options.RateLimit = "",
    throttle: options.Throttle = None,
    rules: options.Rules = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interrupted copy in --out.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what an earlier run of ours left in the target, then start anew.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be copied; write nothing.")] = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Copy schema and rows into MySQL as fast as it takes them: tables, rows, then indexes, keys and programs.

    The source is only read, in one consistent picture where it allows one. Every piece is loaded exactly once, whatever
    breaks: --resume goes on behind the last one.

    Examples:

      migrator copy 'mssql://reader@sql1:1433/homecare' --target 'mysql://admin@cluster:3306/homecare?ca=bundle.pem'

      migrator copy homecare.bacpac --tables 'care.*' --dry-run

      migrator copy 'mssql://reader@sql1/homecare' --workers 8 --rate-limit 50MB/s --resume
    """
    from migrator.workers import prepare

    prepare()  # the imports below take as long as those of the process that workers come from
    from migrator.cli.progress import console
    from migrator.cli.target import choose
    from migrator.report.copy import copy_json, copy_text, plan_json, plan_text
    from migrator.report.write import as_json as json_text
    from migrator.studies import default_database, open_source, source_label
    from migrator.workflows.copy import copy, planned
    from migrator.workflows.migrate import Setting

    most = options.rate_limit(rate_limit)
    opened = open_source(source, resuming=resume)
    patterns = tuple(tables or ())
    if dry_run:
        found = planned(opened, rules, patterns)
        typer.echo(json_text(plan_json(found)) if as_json else plan_text(found, workers=workers), nl=not as_json)
        return
    where, is_lab = choose(target, source)
    setting = Setting(
        source_name=source_label(source),
        target=where,
        out=out or Path("out") / default_database(source),
        workers=workers,
        rules=rules,
        resume=resume,
        replace=replace or (is_lab and not resume),
        tables=patterns,
        rate_limit=most,
        throttle=throttle,
    )
    with console(quiet=quiet) as emit:
        done = copy(opened, setting, emit)
    typer.echo(json_text(copy_json(done)) if as_json else copy_text(done), nl=not as_json)
