"""``migrator validate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options
from migrator.model.validation import Method


def command(
    ctx: typer.Context,
    source: options.Source,
    target: options.TargetUrl = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Where the evidence goes. [default: out/<source>/validation]",
            show_default=False,
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema/--no-schema", help="Hold the target's schema against what was promised, too.")
    ] = True,
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
    """Compare source and target: schema, counts, values or fingerprints, then the rows that differ. Nothing is changed.

    Exit code 0: equal. 1: differences, each named by object, or by table and key. The evidence is written to --out.

    Examples:

      migrator validate homecare.bacpac --target 'mysql://admin@cluster:3306/homecare?ca=global-bundle.pem'

      migrator validate homecare.bacpac --json

      migrator validate 'mssql://reader@sql1:1433/homecare' --method wire
    """
    from dataclasses import replace
    from datetime import UTC, datetime

    from migrator.cli.progress import console
    from migrator.cli.target import choose
    from migrator.report.evidence import evidence_text, evidence_values, write_evidence
    from migrator.report.json import validation_json
    from migrator.report.terminal import validation_text
    from migrator.report.write import as_json as json_text
    from migrator.rules.load import load_rules
    from migrator.studies import open_source, source_label
    from migrator.translate.plan import plan
    from migrator.validate.privacy import KeyView
    from migrator.workflows.evidence import gathered
    from migrator.workflows.validate import validate, validate_schema

    started = datetime.now(UTC)
    opened = open_source(source)
    where, _ = choose(target, source)
    database = opened.catalog()
    translation = plan(database, load_rules(rules))
    with console(quiet=quiet) as emit:
        validation = validate(opened, database, translation, where, method=method, workers=workers, emit=emit)
    if schema:
        validation = replace(validation, schema=validate_schema(translation, where))
    view = KeyView(translation.mappings, show_values=show_values)
    evidence = gathered(opened, database, translation, where, validation, name=source_label(source), started=started)
    evidence = replace(evidence, rules=(str(rules),) if rules is not None else ())
    written = write_evidence(evidence, options.evidence_folder(ctx, out, source), shown=view)
    if as_json:
        body = validation_json(validation, shown=view) | {"evidence": evidence_values(written)}
        typer.echo(json_text(body), nl=False)
    else:
        typer.echo(validation_text(validation, shown=view))
        typer.echo(f"\n{evidence_text(written)}")
    raise typer.Exit(0 if validation.equal else 1)
