"""Dumps in tests: without worker processes, and scripts run as the mysql client runs them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from support.arrow_source import ArrowSource
from support.visits import TYPES, rows

from migrator.dump.folder import Folder
from migrator.dump.manifest import Compression, Format, Manifest
from migrator.dump.plan import Setting
from migrator.events import Emit, silent
from migrator.model.source import Source
from migrator.mysql.connect import Connection, session
from migrator.mysql.url import Target
from migrator.workflows.dump import Wanted, dump_folder


def here(
    work: Callable[[Any], Any],
    items: Sequence[Any],
    *,
    workers: int,
    emit: Emit,
    begin: Callable[[], None] | None = None,
) -> Generator[Any, None, None]:
    """``workers.run_all`` in this very process."""
    if begin is not None:
        begin()
    for item in items:
        yield work(item)


def visits(*segments: range) -> ArrowSource:
    """A source with a table of every form, and one without rows."""
    return ArrowSource.of({"visits": (TYPES, [rows(numbers) for numbers in segments]), "empty": (TYPES, [])})


def statements(script: bytes) -> Iterator[bytes]:
    """The statements of a script as the mysql client finds them: up to the delimiter at the end of a line.

    No value of ours holds a line break, so that every line begins outside of a text.
    """
    delimiter, gathered = b";", b""
    for line in script.splitlines(keepends=True):
        if line.startswith(b"DELIMITER "):
            delimiter = line.split()[1]
        elif not line.startswith(b"-- "):
            gathered += line
            if gathered.rstrip().endswith(delimiter):
                yield gathered.strip().removesuffix(delimiter)
                gathered = b""
    assert not gathered.strip(), gathered[:200]


def run_script(where: Target | Connection, script: bytes) -> None:
    """Run every statement of a script in one session, which knows nothing of ours before it."""
    if isinstance(where, Target):
        with session(where) as connection:
            run_script(connection, script)
        return
    where.query("SET sql_mode = DEFAULT, time_zone = DEFAULT")
    for statement in statements(script):
        where.query(statement)


def folder_dump(
    source: Source,
    path: Path,
    form: Format,
    *,
    compression: Compression = Compression.ZSTD,
    database: str = "shop",
    resume: bool = False,
    replace: bool = False,
) -> Manifest:
    """A dump of everything into a folder. Wants ``workers.run_all`` to be ``here``."""
    setting = Setting(Folder(path), form, compression, database, 1, resume, replace)
    return dump_folder(source, Wanted(), setting, emit=silent)
