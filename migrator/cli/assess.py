"""``migrator assess``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


class Level(StrEnum):
    """From which status on ``--strict`` fails."""

    LOSSY = "lossy"
    MANUAL = "manual"
    BLOCKED = "blocked"


def command(
    sources: options.Sources,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Reports. [default: out/<source>/assessment]", show_default=False),
    ] = None,
    rules: options.Rules = None,
    strict: Annotated[
        Level | None,
        typer.Option("--strict", help="Exit with 1 where anything has this status or a worse one.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing; only write the reports.")] = False,
) -> None:
    """Say what a migration would do to every object, what needs a person, and how long that will take.

    Nothing is run, no row is read. DIR gets report.html for people, report.json, findings.csv and findings.sarif.

    Examples:

      migrator assess homecare.bacpac

      migrator assess schema/ upgrades/ --out out/shop --rules my-rules

      migrator assess schema/ --strict manual --quiet --out build/assessment
    """
    from migrator import workflows
    from migrator.model.finding import Status
    from migrator.report.assessment_json import assessment_json
    from migrator.report.assessment_text import assessment_text
    from migrator.report.assessment_write import write_assessment
    from migrator.report.write import as_json as json_text
    from migrator.rules import load_rules

    first, *more = sources
    name = ", ".join(Path(source).resolve().name for source in sources)
    opened = workflows.open_source(first, *more)
    assessment, translation = workflows.assess_source(opened, load_rules(rules))
    folder = out or Path("out") / workflows.default_database(Path(first).resolve().name) / "assessment"
    page = write_assessment(assessment, translation, folder, source=name)
    if as_json:
        typer.echo(json_text(assessment_json(assessment, translation, source=name)), nl=False)
    elif not quiet:
        typer.echo(assessment_text(assessment))
        typer.echo(f"\nreport: {page}")
    raise typer.Exit(1 if strict is not None and assessment.reaches(Status(strict)) else 0)
