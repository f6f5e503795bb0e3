"""``migrator assess``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


def command(
    sources: options.Sources,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Reports. [default: out/<source>/assessment]", show_default=False),
    ] = None,
    rules: options.Rules = None,
    strict: options.Strict = None,
    no_rows: Annotated[bool, typer.Option("--no-rows", help="Do not read the rows of a .bacpac to count.")] = False,
    workers: options.Workers = options.DEFAULT_WORKERS,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what a migration would do to every object, what needs a person, and how long that will take.

    No server is needed. DIR gets report.html for people, report.json, findings.csv and findings.sarif. The rows of a
    .bacpac are read once, to say how many of them each remark is about.

    Examples:

      migrator assess homecare.bacpac

      migrator assess schema/ upgrades/ --out out/shop --rules my-rules

      migrator assess schema/ --strict manual --quiet --out build/assessment
    """
    from functools import partial

    from migrator import studies
    from migrator.cli.progress import console
    from migrator.model.finding import Status
    from migrator.report.assessment_json import assessment_json
    from migrator.report.assessment_text import assessment_text
    from migrator.report.assessment_write import write_assessment
    from migrator.report.write import as_json as json_text
    from migrator.rules import load_rules

    first, *more = sources
    name = ", ".join(studies.source_label(source) for source in sources)
    opened = studies.open_source(first, *more)
    with console(quiet=quiet) as emit:
        measure = None
        if opened.has_rows and not no_rows:
            from migrator.assess.measure import measure as measured
            from migrator.workers import prepare

            prepare()
            measure = partial(measured, emit=emit, workers=workers)
        assessment, translation = studies.assess_source(opened, load_rules(rules), measure)
    folder = (
        out
        or Path("out")
        / studies.default_database(first if "://" in first else Path(first).resolve().name)
        / "assessment"
    )
    page = write_assessment(assessment, translation, folder, source=name)
    if as_json:
        typer.echo(json_text(assessment_json(assessment, translation, source=name)), nl=False)
    else:
        typer.echo(assessment_text(assessment))
        typer.echo(f"\nreport: {page}")
    raise typer.Exit(1 if strict is not None and assessment.reaches(Status(strict)) else 0)
