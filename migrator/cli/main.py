"""``migrator``: the commands, and the one place where an error becomes an exit code."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from migrator import __version__
from migrator.cli import (
    assess,
    bench,
    catch_up,
    copy,
    doctor,
    dump,
    evidence,
    fixtures,
    lab,
    load,
    rehearse,
    rules,
    translate,
    validate,
)
from migrator.errors import Interrupted, MigratorError


class _Commands(TyperGroup):
    """Turns Ctrl-C and SIGTERM into an error of ours before Typer makes a bare 130 of them."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that the user named. Raises Interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted(
                "interrupted", todo="what was committed stays; a rehearsal goes on with the same command and --resume"
            ) from None


app = typer.Typer(
    name="migrator",
    cls=_Commands,
    help="Moves a SQL Server database to Aurora MySQL inside a fixed window, and proves it.",
    epilog="Exit codes: 0 done and equal, 1 differences or too long for the window, 2 usage, others: see README.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("assess", short_help="What comes over by itself, what needs a person, and how long?")(assess.command)
app.command("translate", short_help="Write the schema for MySQL, and a report on every object.")(translate.command)
app.command("doctor", short_help="Look at both ends: what stands in the way of a migration?")(doctor.command)
app.command("rehearse", short_help="Migrate once, measured: does it fit the window?")(rehearse.command)
app.command("copy", short_help="Copy schema and rows, as fast as MySQL takes them.")(copy.command)
app.command("catch-up", short_help="Bring a copy to what the source is now.")(catch_up.command)
app.command("validate", short_help="Compare source and target, down to the row.")(validate.command)
app.command("dump", short_help="Write schema and rows as files for MySQL.")(dump.command)
app.command("load", short_help="Load a dumped folder, and prove it.")(load.command)
app.command("bench", short_help="Measure the copy against plain LOAD DATA.")(bench.command)
app.add_typer(evidence.app, name="evidence", short_help="Was the evidence of a comparison changed?")
app.add_typer(fixtures.app, name="fixtures", short_help="Cases of translation for your CI.")
app.add_typer(rules.app, name="rules", short_help="Show, explain, test and begin the rules of the translation.")
app.add_typer(lab.app, name="lab", short_help="A private MySQL and a demo database.")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"migrator {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line and exit with the code that its outcome has."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        code = app(standalone_mode=True)
    except MigratorError as error:
        code = _report(error)
    except BrokenPipeError:
        # Whoever read our output has gone: nothing to tell anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        # The words of an error that nobody foresaw may quote a value: its kind and its place are enough to find it.
        typer.echo("".join(traceback.format_tb(error.__traceback__)), err=True, nl=False)
        code = _report(
            MigratorError(
                f"a fault in migrator itself: {type(error).__name__}",
                todo="report it with the lines above; what was committed stays, --resume may go on",
            )
        )
    sys.exit(code)


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _report(error: MigratorError) -> int:
    if "--json" in sys.argv:
        body = {"what": error.what, "why": error.why, "do": error.todo, "exit_code": error.exit_code}
        typer.echo(json.dumps({"error": type(error).__name__, **body}, ensure_ascii=False))
    typer.echo(f"error: {error}", err=True)
    return error.exit_code
