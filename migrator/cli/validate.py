"""``migrator validate``."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli import options
from migrator.model.validation import Method


def command(
    source: options.Source,
    target: options.TargetUrl = "",
    method: Annotated[
        Method, typer.Option("--method", help="How both sides are compared; auto says what it chose and why.")
    ] = Method.AUTO,
    workers: options.Workers = options.DEFAULT_WORKERS,
    rules: options.Rules = None,
    show_values: options.ShowValues = False,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Compare source and target: counts, values or fingerprints, then the rows that differ. Nothing is changed.

    Exit code 0: equal. 1: differences, each named by table and key.

    Examples:

      migrator validate homecare.bacpac --target 'mysql://admin@cluster:3306/homecare?ca=global-bundle.pem'

      migrator validate homecare.bacpac --json

      migrator validate 'mssql://reader@sql1:1433/homecare' --method wire
    """
    from migrator.cli.progress import console
    from migrator.cli.target import choose
    from migrator.report.json import validation_json
    from migrator.report.terminal import validation_text
    from migrator.report.write import as_json as json_text
    from migrator.rules.load import load_rules
    from migrator.studies import open_source
    from migrator.translate.plan import plan
    from migrator.validate.privacy import KeyView
    from migrator.workflows.validate import validate

    opened = open_source(source)
    where, _ = choose(target, source)
    database = opened.catalog()
    translation = plan(database, load_rules(rules))
    with console(quiet=quiet) as emit:
        validation = validate(opened, database, translation, where, method=method, workers=workers, emit=emit)
    view = KeyView(translation.mappings, show_values=show_values)
    if as_json:
        typer.echo(json_text(validation_json(validation, shown=view)), nl=False)
    else:
        typer.echo(validation_text(validation, shown=view))
    raise typer.Exit(0 if validation.equal else 1)
