"""``migrator lab``: what a rehearsal needs on one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options

app = typer.Typer(
    help="A private MySQL and a demo database, for rehearsals without a cloud.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--dir", metavar="DIR", help="The lab's folder. [default: in the user's state folder]", show_default=False
    ),
]


def _say(line: str) -> None:
    typer.echo(line, err=True)


@app.command()
def up(folder: Folder = None) -> None:
    """Start the lab's MySQL, or find it running. The first start may fetch it.

    Example: migrator lab up
    """
    from migrator.lab import server

    lab = server.up(folder, say=_say)
    typer.echo(f"MySQL {lab.release} is up: {lab.target()}")
    if lab.home.password.exists():  # a server in Docker is reached by TCP, and wants a password
        typer.echo(f'its password: export {lab.target().password_variable}="$(cat {lab.home.password})"')


@app.command()
def status(folder: Folder = None, as_json: options.Json = False) -> None:
    """Say whether the lab's MySQL runs. Exit code 0: it does, 1: it does not.

    Example: migrator lab status
    """
    from migrator.lab import server
    from migrator.lab.server import Condition

    found = server.status(folder)
    running = found.condition is Condition.RUNNING
    address = str(found.lab.target()) if running and found.lab else None
    if as_json:
        typer.echo(json.dumps({"condition": found.condition, "folder": str(found.folder), "target": address}))
    else:
        typer.echo(f"the lab in {found.folder} is {found.condition}" + (f": {address}" if address else ""))
    raise typer.Exit(0 if running else 1)


@app.command()
def down(
    folder: Folder = None,
    purge: Annotated[bool, typer.Option("--purge", help="Delete its data as well.")] = False,
) -> None:
    """Stop the lab's MySQL. Its data stays unless --purge is given.

    Example: migrator lab down --purge
    """
    from migrator.lab import server

    stopped = server.down(folder, purge=purge, say=_say)
    typer.echo("the lab is down" if stopped else "the lab was not running")


@app.command()
def generate(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The .bacpac to write.")],
    scale: Annotated[float, typer.Option("--scale", min=0.001, help="1 is about 300,000 rows.")] = 1.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same bytes.")] = 1,
    quiet: options.Quiet = False,
) -> None:
    """Write a true .bacpac of a made-up home-care agency: every type, every awkward value.

    Example: migrator lab generate --scale 10 --seed 7 --out homecare.bacpac
    """
    from migrator.cli.progress import console
    from migrator.lab.generate import generate as write

    with console(quiet=quiet) as emit:
        package = write(out, scale=scale, seed=seed, emit=emit)
    typer.echo(f"{package.path}: {package.rows:,} rows in {package.tables} tables, {package.bytes / 1e6:,.1f} MB")
