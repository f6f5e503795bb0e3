"""Options that several commands share."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Final

import typer

Source = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A .bacpac or .dacpac, a .sql file or a folder of .sql files.")
]
Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="A .bacpac or .dacpac, a database project, or .sql files and folders of them, read one after another.",
    ),
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
Rules = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Your rules, laid over the shipped ones.", show_default=False),
]
ShowValues = Annotated[
    bool, typer.Option("--show-values", help="Show the keys of differing rows in clear; they may be health data.")
]

DEFAULT_WORKERS: Final = max(2, min(8, os.cpu_count() or 2))

_DURATION: Final = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?")


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
