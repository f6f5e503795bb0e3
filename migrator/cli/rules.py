"""``migrator rules``: what the rules are, why they decide as they do, and whether their examples hold."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options

app = typer.Typer(
    help="The rules of the translation: the shipped ones with yours laid over them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Overlay = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="Your rules, laid over the shipped ones.", show_default=False)
]


class Kind(StrEnum):
    """The rules that ``list`` can be asked for."""

    TYPE = "type"
    SCHEMA = "schema"
    TABLE = "table"
    COLUMN = "column"
    STRIP = "strip"
    CASE = "case"
    COLLATION = "collation"
    FUNCTION = "function"
    CHECK = "check"
    OBJECT = "object"


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="schema.table.column, or schema.table for all of it.")],
    source: options.Source,
    rules: options.Rules = None,
    as_json: options.Json = False,
) -> None:
    """Say why a column became what it is: the rules that fit, which one won and why, names, remarks, DDL.

    Examples:

      migrator rules explain dbo.Orders.total shop.sql

      migrator rules explain '[Sales].[Order Details]' shop.bacpac --rules my-rules
    """
    from migrator import studies
    from migrator.report.rules import explanation_text, explanation_values
    from migrator.report.write import as_json as json_text
    from migrator.rules import load_rules
    from migrator.translate.explain import explain as explained

    loaded = load_rules(rules)
    found = explained(studies.open_source(source).catalog(), loaded, name)
    typer.echo(json_text(explanation_values(found)) if as_json else explanation_text(found), nl=not as_json)


@app.command("test")
def run_examples(
    folder: Overlay = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Let MySQL judge what comes out as well, in a database of its own.")
    ] = False,
    target: options.TargetUrl = "",
    as_json: options.Json = False,
) -> None:
    """Run the examples that stand with the rules. Exit code 0: all hold, 1: some do not.

    Examples:

      migrator rules test my-rules

      migrator rules test --execute
    """
    from migrator.report.rules import examples_text, examples_values
    from migrator.report.write import as_json as json_text
    from migrator.rules import load_rules
    from migrator.translate.examples import run_examples as ran

    report = ran(load_rules(folder), load_rules())
    if execute:
        from migrator.cli.target import choose
        from migrator.mysql.trial import tried

        report = tried(report, choose(target, "migrator_rules")[0])
    typer.echo(json_text(examples_values(report)) if as_json else examples_text(report), nl=not as_json)
    raise typer.Exit(1 if report.failed else 0)


@app.command("list")
def list_rules(
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="Only rules that begin with this word.", show_default=False)
    ] = None,
    rules: options.Rules = None,
    as_json: options.Json = False,
) -> None:
    """List the rules in force, each with its file and line; a plus marks yours.

    Example: migrator rules list --kind type --rules my-rules
    """
    from migrator.report.rules import rules_text, rules_values
    from migrator.report.write import as_json as json_text
    from migrator.rules import load_rules
    from migrator.rules.listing import lines

    found = [line for line in lines(load_rules(rules)) if kind is None or line.kind == kind]
    typer.echo(json_text(rules_values(found)) if as_json else rules_text(found), nl=not as_json)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; nothing in it is overwritten.")],
) -> None:
    """Write a folder of rules to begin with: explained, and all of it commented out.

    Example: migrator rules init my-rules
    """
    from migrator.rules.starter import write_starter

    for path in write_starter(folder):
        typer.echo(str(path))
