"""Some tables of a database, by patterns of their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from migrator.errors import ConfigError
from migrator.model.name import ObjectName
from migrator.model.schema import Database


def selected(database: Database, patterns: Sequence[str]) -> Database:
    """The database with the tables that fit a pattern, and without programs; all of it where there is no pattern.

    A pattern is ``table`` or ``schema.table``, ``*`` and ``?`` stand for anything; case does not count. Foreign keys to
    tables that stay behind are left out, and so are sequences that no default names. Raises ConfigError for a pattern
    that nothing fits.
    """
    if not patterns:
        return database
    for pattern in patterns:
        if not any(_fits(table.name, pattern) for table in database.tables):
            raise ConfigError(f"no table fits {pattern!r}", todo="write schema.table, with * and ? for anything")
    tables = [table for table in database.tables if any(_fits(table.name, pattern) for pattern in patterns)]
    names = {table.name for table in tables}
    kept = [
        replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.references in names))
        for table in tables
    ]
    defaults = " ".join(
        column.default.expression.lower() for table in kept for column in table.columns if column.default is not None
    )
    sequences = tuple(sequence for sequence in database.sequences if sequence.name.name.lower() in defaults)
    return replace(database, tables=tuple(kept), modules=(), others=(), synonyms=(), sequences=sequences)


def _fits(name: ObjectName, pattern: str) -> bool:
    wanted = pattern.lower()
    return fnmatchcase((str(name) if "." in wanted else name.name).lower(), wanted)
