"""``migrator evidence``: what a comparison left behind, held against its own chain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options

app = typer.Typer(
    help="The evidence of a comparison: was it changed since it was written?",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.callback()
def _group() -> None:
    pass


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An evidence.json.")],
    head: Annotated[
        str,
        typer.Option(
            "--head", metavar="HASH", help="The last hash, as it was noted down when the run ended.", show_default=False
        ),
    ] = "",
    as_json: options.Json = False,
) -> None:
    """Recompute the chain of hashes, and say what was edited, inserted, reordered, cut off or added. No database.

    Exit code 0: nothing. 1: something was.

    Examples:

      migrator evidence verify out/homecare/validation/evidence.json

      migrator evidence verify evidence.json --head 5d20ab0eeca95ff3bdd385f4f42a64b6317d74782404ffd1d304c0bc86c76cf9
    """
    from migrator.chain import examine
    from migrator.errors import ConfigError
    from migrator.report.examined import examined_text, examined_values
    from migrator.report.write import as_json as json_text

    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be read", why=error.strerror or str(error), todo="name an evidence.json"
        ) from error
    found = examine(data, last="verdict", head=head)
    typer.echo(json_text(examined_values(found)) if as_json else examined_text(found), nl=not as_json)
    raise typer.Exit(0 if found.intact else 1)
