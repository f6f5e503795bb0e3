"""Options that several commands share."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from migrator.model.translation import Translation


def _configured(ctx: typer.Context, path: Path | None) -> Path | None:
    if path is not None:
        from migrator.config import load_config

        ctx.default_map = load_config(path).parameters()
    return path


Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="mssql://user@host:1433/database (the password: MIGRATOR_SOURCE_PASSWORD), a .bacpac, a .dacpac, "
        "a .sql file or a folder of them.",
    ),
]
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="mssql://user@host:1433/database, a .bacpac or .dacpac, or scripts: .sql files and folders of them in "
        "their order, a .sqlproj.",
    ),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="A migration.toml that says source, target and more; what stands here wins over it.",
        callback=_configured,
        is_eager=True,
        show_default=False,
    ),
]
Tables = Annotated[
    list[str] | None,
    typer.Option(
        "--tables",
        metavar="PATTERN",
        help="Only these tables: table or schema.table, * and ? for anything; may be given several times.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="DIR", help="Where it goes. [default: out/<source>]", show_default=False),
]
TargetUrl = Annotated[
    str,
    typer.Option(
        "--target",
        metavar="URL",
        help="mysql://user@host:3306/database; the password comes from MIGRATOR_TARGET_PASSWORD. "
        "Default: the lab's private MySQL.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Workers = Annotated[int, typer.Option("--workers", "-w", min=1, max=256, help="Connections that work side by side.")]
RateLimit = Annotated[
    str,
    typer.Option(
        "--rate-limit",
        metavar="RATE",
        help="Load no more than this, all workers together: 50MB/s (B, KB, MB, GB).",
        show_default=False,
    ),
]
Throttle = Annotated[
    bool | None,
    typer.Option(
        "--throttle/--no-throttle",
        help="Slow down or pause while the source or the target is busy. [default: where the source is a live server]",
        show_default=False,
    ),
]
Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Your rules, laid over the shipped ones.", show_default=False),
]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show the keys of differing rows in clear; they may be health data.")
]


class Level(StrEnum):
    """The statuses that ``--strict`` knows."""

    LOSSY = "lossy"
    MANUAL = "manual"
    BLOCKED = "blocked"


Strict = Annotated[
    Level | None,
    typer.Option("--strict", help="Exit code 1 if any object has this status or a worse one.", show_default=False),
]

DEFAULT_WORKERS: Final = max(2, min(8, os.cpu_count() or 2))

EVIDENCE: Final = "validation"
"""The folder of a comparison's evidence within that of a migration."""

_DURATION: Final = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


def strict_code(translation: Translation, level: Level | None) -> int:
    """The exit code of a command that only translates: 1 where an object is as bad as ``level``."""
    from migrator.model.finding import Status

    if level is None:
        return 0
    least = Status(level.value).rank
    return int(any(item.status.rank >= least for item in translation.objects))


def evidence_folder(ctx: typer.Context, out: Path | None, source: str) -> Path:
    """Where a comparison by itself writes: what the command line says, else below the folder of the migration."""
    from migrator.studies import default_database

    said = ctx.get_parameter_source("out")
    if out is not None and said is not None and said.name == "COMMANDLINE":
        return out
    return (out or Path("out") / default_database(source)) / EVIDENCE


def seconds(text: str) -> float:
    """``6h``, ``90m``, ``5h30m``, ``45s`` as seconds. Raises typer.BadParameter."""
    found = _DURATION.fullmatch(text.strip().lower())
    if not found or not any(found.groups()):
        raise typer.BadParameter(f"{text!r} is no duration: write 6h, 90m, 5h30m or 45s")
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + rest
    if not total:
        raise typer.BadParameter("the window must be longer than nothing")
    return total


def rate_limit(text: str) -> float:
    """``50MB/s`` as bytes a second, 0 where nothing is said. Raises typer.BadParameter."""
    from migrator.units import rate

    try:
        return rate(text) if text else 0.0
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--rate-limit") from None
