"""Which MySQL a command works on: the one that the user names, else the lab's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from migrator.mysql.url import Target


def choose(url: str, source_name: str) -> tuple[Target, bool]:
    """The target, and whether it is the lab's. Starts the lab if it is needed. Raises ConfigError, LabError."""
    from migrator.mysql.url import Target
    from migrator.studies import default_database

    if url:
        target = Target.parse(url)
        return (target if target.database else target.with_database(default_database(source_name))), False
    from migrator.lab import server

    lab = server.up(say=lambda line: typer.echo(line, err=True))
    return lab.target(default_database(source_name)), True
