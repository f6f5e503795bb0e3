"""What needs no target: sources are opened, translated, assessed. Nothing here loads a library for rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from migrator.assess.assess import assess
from migrator.errors import ConfigError
from migrator.model.assessment import Assessment
from migrator.model.measurement import Measurement
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Translation
from migrator.packages.open import open_package
from migrator.packages.scripts import Scripts
from migrator.rules import Rules
from migrator.translate.plan import plan as translate
from migrator.translate.tsql.read import read_scripts

Measure = Callable[[Source, Database, Translation], tuple[Measurement, ...]]
"""Counts rows: assess/measure.py with its workers and its progress, which whoever wants it brings along."""

_SERVER: Final = "mssql"
_SCRIPTS: Final = frozenset({".sql", ".sqlproj"})


def open_source(name: str, *more: str, resuming: bool = False) -> Source:
    """The source behind a name: a SQL Server by its address, a .bacpac or .dacpac by its contents, a .sql file, a
    folder of scripts or a database project. Several paths are scripts, read one after another.

    ``resuming`` says that an interrupted run goes on. Raises SourceError, ConfigError.
    """
    path = Path(name)
    if more:
        _all_scripts(name, *more)
    elif name.startswith(f"{_SERVER}://"):
        from migrator.sqlserver.source import SqlServer  # noqa: PLC0415 - its drivers load only where a server is read
        from migrator.sqlserver.url import Server  # noqa: PLC0415

        return SqlServer(Server.parse(name), resuming=resuming)
    elif "://" in name:
        raise ConfigError(
            f"{name.split('://', 1)[0]}:// is no source",
            todo="give mssql://user@host:1433/database, a .bacpac, a .dacpac, a .sql file or a folder of .sql files",
        )
    if path.is_dir() or path.suffix.lower() in _SCRIPTS or more:
        return Scripts(path, read_scripts, tuple(map(Path, more)))
    return open_package(path)


def _all_scripts(*names: str) -> None:
    """Raises ConfigError for what is no script: a package is a whole database, and nothing is read behind it."""
    for name in names:
        path = Path(name)
        if "://" in name or (path.is_file() and path.suffix.lower() not in _SCRIPTS):
            raise ConfigError(
                f"{name} cannot be read together with other sources",
                why="it is no script",
                todo="name it alone, or .sql files and folders of them",
            )


def source_label(name: str) -> str:
    """What people call a source: a file by its name, a server's database by its place. Raises ConfigError."""
    if not name.startswith(f"{_SERVER}://"):
        return Path(name).name
    from migrator.sqlserver.url import Server  # noqa: PLC0415 - as above

    return Server.parse(name).place


def default_database(source_name: str) -> str:
    """A database name from a source's name: lower case, letters, digits and underscores, at most 48 characters."""
    path = urlsplit(source_name).path.lstrip("/") if "://" in source_name else Path(source_name).stem
    stem = unquote(path).lower()
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in stem)[:48] or "migrator"


def assess_source(source: Source, rules: Rules, measure: Measure | None = None) -> tuple[Assessment, Translation]:
    """What a source becomes under ``rules``, and what that asks of people. Nothing is written.

    ``measure`` reads the rows and counts what each remark is about. Raises SourceError, RulesError.
    """
    database = source.catalog()
    translation = translate(database, rules)
    measurements = measure(source, database, translation) if measure is not None else ()
    lines = None
    if isinstance(source, Scripts):
        lines = sum(len(file.text.splitlines()) for file in source.files() if not file.problem)
    made = assess(database, translation, rules, lines=lines, measurements=measurements)
    return replace(made, rows=source.row_total if made.rows is None else made.rows, notes=source.notes), translation
