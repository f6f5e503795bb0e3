"""``migrator fixtures``: cases of translation for a project's continuous integration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options

app = typer.Typer(
    help="Cases of translation, verified by every change: T-SQL in, MySQL and findings out.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    pass


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of cases, each a folder with a source.sql.")],
    update: Annotated[
        bool, typer.Option("--update", help="Write what is expected anew, and say what changed.")
    ] = False,
    execute: Annotated[bool, typer.Option("--execute", help="Also run each case on a MySQL, with its proofs.")] = False,
    target: Annotated[
        str,
        typer.Option(
            "--target",
            metavar="URL",
            help="The MySQL to run on: mysql://user@host:3306/. Default: the lab's. Implies --execute.",
            show_default=False,
        ),
    ] = "",
    pattern: Annotated[str, typer.Option("--filter", metavar="GLOB", help="Only cases whose name fits.")] = "*",
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit's XML there.", show_default=False)
    ] = None,
    rules: options.Rules = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Translate each case and compare with its expected.mysql.sql and expected.report.json.

    A case may have proof.sql: statements, each below a line "-- ok", "-- error NUMBER" or "-- = VALUES" (joined by |).
    Exit code 0: all as expected. 1: a case differs, was refused by the server, or is disproved.

    Examples:

      migrator fixtures verify tests/fixtures --execute --junit junit.xml

      migrator fixtures verify tests/fixtures --filter 'types-*' --update
    """
    import os
    import sys

    from migrator.cli.progress import console
    from migrator.fixtures.case import find_cases
    from migrator.fixtures.verify import verify as run
    from migrator.report.verification import verification_json, verification_junit, verification_text
    from migrator.report.write import as_json as json_text
    from migrator.report.write import write_text
    from migrator.rules.load import load_rules
    from migrator.studies import open_source

    cases = find_cases(folder, pattern)
    laid_over = load_rules(rules)
    where = None
    if execute or target:
        from migrator.cli.target import choose

        where, _ = choose(target, "migrator_cases")
    with console(quiet=quiet) as emit:
        found = run(folder, cases, opened=open_source, rules=laid_over, target=where, update=update, emit=emit)
    if junit is not None:
        write_text(junit, verification_junit(found))
    if as_json:
        typer.echo(json_text(verification_json(found)), nl=False)
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        typer.echo(verification_text(found, colour=colour), color=colour)
    raise typer.Exit(0 if found.passed else 1)
