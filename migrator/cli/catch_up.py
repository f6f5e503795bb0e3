"""``migrator catch-up``."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli import options


def command(
    source: options.Source,
    target: options.TargetUrl = "",
    final: Annotated[
        bool, typer.Option("--final", help="The source is frozen: one round, and nothing may be left behind it.")
    ] = False,
    until: Annotated[
        str,
        typer.Option(
            "--until", metavar="BOUND", help="Near enough: so many changed rows left (1000), or rounds so short (30s)."
        ),
    ] = "1000",
    max_rounds: Annotated[int, typer.Option("--max-rounds", min=1, help="End after so many rounds.")] = 20,
    every: Annotated[
        str, typer.Option("--every", metavar="TIME", help="From round to round at least: 10s, 5m.")
    ] = "10s",
    tables: options.Tables = None,
    rules: options.Rules = None,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Bring a copy to what the source is now, round by round, by SQL Server's change tracking.

    Exit code 0: near enough; with --final, nothing is left. 1: not. Run it again after anything that broke: it goes on
    where it was.

    Examples:

      migrator catch-up 'mssql://reader@sql1:1433/homecare' --target 'mysql://admin@cluster:3306/homecare?ca=bundle.pem'

      migrator catch-up 'mssql://reader@sql1/homecare' --until 30s --every 1m --max-rounds 500

      migrator catch-up 'mssql://reader@sql1/homecare' --final
    """
    from migrator.cli.progress import console
    from migrator.cli.target import choose
    from migrator.copy.catch_up import Bound
    from migrator.report.catch_up import catch_up_json, catch_up_text
    from migrator.report.write import as_json as json_text
    from migrator.studies import open_source
    from migrator.workflows.catch_up import Following, catch_up

    bound = Bound(
        changes=int(until) if until.isdecimal() else None,
        seconds=None if until.isdecimal() else options.seconds(until),
        rounds=max_rounds,
        every_s=options.seconds(every),
    )
    opened = open_source(source)
    where, _ = choose(target, source)
    following = Following(where, bound, final=final, rules=rules, tables=tuple(tables or ()))
    with console(quiet=quiet) as emit:
        done = catch_up(opened, following, emit)
    typer.echo(json_text(catch_up_json(done)) if as_json else catch_up_text(done), nl=not as_json)
    raise typer.Exit(0 if done.done else 1)
