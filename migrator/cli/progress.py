"""The console that fits the place where we run."""

from __future__ import annotations

from migrator.console import Console, Mode


def console(*, quiet: bool) -> Console:
    """Bars on a terminal, lines in a log, nothing if asked so; always on stderr."""
    return Console(Mode.QUIET if quiet else Mode.AUTO)
