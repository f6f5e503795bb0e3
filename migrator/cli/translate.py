"""``migrator translate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


def command(
    sources: options.Sources,
    out: options.Out = None,
    rules: options.Rules = None,
    strict: options.Strict = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come out; write nothing.")] = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
) -> None:
    """Write the schema for MySQL: numbered .sql files, the map of names, and a report on every object.

    No server is needed. `cat DIR/*.sql | mysql database` makes everything in its order; to load rows in between, run
    01_tables.sql, load, then the rest. What cannot be translated is in report.json with its reason, and never dropped
    silently.

    Exit code 0, or 1 where an object is at the level of --strict or above it.

    Examples:

      migrator translate schema/ --out mysql/

      migrator translate 01_tables.sql 02_views.sql --rules my-rules --strict manual

      migrator translate shop.dacpac --json --dry-run
    """
    from migrator import studies
    from migrator.report.translation import translation_text, translation_values
    from migrator.report.write import as_json as json_text
    from migrator.report.write import write_text
    from migrator.rules.load import load_rules
    from migrator.translate.plan import plan
    from migrator.translate.scripts import write_scripts

    opened = studies.open_source(*sources)
    loaded = load_rules(rules)
    database = opened.catalog()
    translation = plan(database, loaded)
    values = translation_values(
        database,
        translation,
        source=studies.source_label(sources[0]),
        rules=[str(rules)] if rules is not None else [],
        notes=opened.notes,
    )
    folder = out or Path("out") / studies.default_database(sources[0])
    if not dry_run:
        write_scripts(translation, folder)
        write_text(folder / "report.json", json_text(values))
    if as_json:
        typer.echo(json_text(values), nl=False)
    else:
        typer.echo(translation_text(database, translation, notes=opened.notes))
        if not dry_run:
            typer.echo(f"\nscripts and report.json: {folder}")
    raise typer.Exit(options.strict_code(translation, strict))
