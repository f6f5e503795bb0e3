"""``migrator doctor``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import options

if TYPE_CHECKING:
    from migrator.mysql.url import Target
    from migrator.sqlserver.url import Server

Source = Annotated[
    str,
    typer.Argument(
        metavar="[SOURCE]",
        help="mssql://user@host:1433/database; the password comes from MIGRATOR_SOURCE_PASSWORD.",
        show_default=False,
    ),
]
TargetUrl = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="URL",
        help="mysql://user@host:3306/database; the password comes from MIGRATOR_TARGET_PASSWORD.",
        show_default=False,
    ),
]
Grants = Annotated[
    bool, typer.Option("--grants", help="Print the statements that give users what they need; no server is asked.")
]
User = Annotated[
    str,
    typer.Option(
        "--user", metavar="NAME", help="Whom --grants is for. Default: the address's user.", show_default=False
    ),
]
NoRate = Annotated[bool, typer.Option("--no-rate", help="Do not measure how fast bytes go.")]


def command(
    source: Source = "",
    target: TargetUrl = "",
    grants: Grants = False,
    user: User = "",
    no_rate: NoRate = False,
    rules: options.Rules = None,
    config: options.Config = None,  # noqa: ARG001 - it has said its say when the others are read
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Look at both ends before a migration, or at one: each line is ok, unknown, a warning or a blocker.

    Nothing is changed. Exit code 0: no blocker. 1: at least one; an end that cannot be reached is one too.

    Examples:

      migrator doctor mssql://reader@db1/homecare --target 'mysql://admin@cluster:3306/homecare?ca=global-bundle.pem'

      migrator doctor mssql://db1/homecare --target mysql://cluster/homecare --grants --user mover
    """
    if not source and not target:
        raise typer.BadParameter("name a source (mssql://…), a --target (mysql://…), or both")
    server, where = _addresses(source, target)
    if grants:
        typer.echo(_scripts(server, where, user), nl=False)
        return
    from migrator.doctor.run import look
    from migrator.report.doctor import checkup_json, checkup_text
    from migrator.report.write import as_json as json_text
    from migrator.rules.load import load_rules

    checkup = look(server, where, load_rules(rules), rates=not no_rate, say=_silent if quiet else _said)
    if as_json:
        typer.echo(json_text(checkup_json(checkup)), nl=False)
    else:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        typer.echo(checkup_text(checkup, colour=colour), color=colour)
    raise typer.Exit(1 if checkup.blocked else 0)


def _addresses(source: str, target: str) -> tuple[Server | None, Target | None]:
    from migrator.mysql.url import Target
    from migrator.sqlserver.url import Server

    return (Server.parse(source) if source else None), (Target.parse(target) if target else None)


def _scripts(source: Server | None, target: Target | None, user: str) -> str:
    """Both scripts one after another, each for its own kind of server."""
    from migrator.mysql import grants as of_target
    from migrator.sqlserver import grants as of_source
    from migrator.sqlserver.url import Wanted

    scripts = []
    if source is not None:
        tasks = [*of_source.USUAL]
        if source.wanted is Wanted.DATABASE_SNAPSHOT:
            tasks.append(of_source.Task.DATABASE_SNAPSHOT)
        scripts.append(of_source.script(source, _named(user or source.user), tasks))
    if target is not None:
        scripts.append(of_target.script(target, _named(user or target.user)))
    return "\n".join(scripts)


def _named(user: str) -> str:
    from migrator.errors import ConfigError

    if not user:
        raise ConfigError("nobody to print grants for", todo="add --user NAME, or a user to the address")
    return user


def _said(line: str) -> None:
    typer.echo(line, err=True)


def _silent(_: str) -> None:
    return
