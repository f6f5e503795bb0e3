"""Which tables a dump takes along, and what goes with them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from migrator.errors import ConfigError
from migrator.model.name import ObjectName
from migrator.model.schema import Database
from migrator.model.translation import Phase, Statement, Translation


@dataclass(frozen=True, slots=True)
class Chosen:
    """The part of a translation that is dumped; ``left_out`` says in sentences what stays behind with the others."""

    translation: Translation
    left_out: tuple[str, ...] = ()


def choose(database: Database, translation: Translation, patterns: Sequence[str]) -> Chosen:
    """The tables that a pattern of ``schema.table`` matches (``*`` and ``?``, letter case aside); all where there is no
    pattern.

    Views stay behind where tables do, and so do the foreign keys of a table that refers to one that does. Raises
    ConfigError for a pattern that matches nothing.
    """
    if not patterns:
        return Chosen(translation)
    wanted: set[ObjectName] = set()
    for pattern in patterns:
        found = {mapping.source for mapping in translation.mappings if _matches(mapping.source, pattern)}
        if not found:
            raise ConfigError(f"no table is called {pattern}", todo="write schema.table; * and ? stand for others")
        wanted |= found
    names = {mapping.source: mapping.target for mapping in translation.mappings}
    others = {names[source] for source in names if source not in wanted}
    if not others:
        return Chosen(translation)
    torn = {
        names[table.name]
        for table in database.tables
        if table.name in wanted and any(key.references not in wanted for key in table.foreign_keys)
    }
    kept: list[Statement] = []
    left: list[Statement] = []
    for statement in translation.statements:
        stays = (
            statement.phase is Phase.VIEWS
            or statement.table in others
            or (statement.phase is Phase.FOREIGN_KEYS and statement.table in torn)
        )
        (left if stays else kept).append(statement)
    chosen = replace(
        translation,
        mappings=tuple(mapping for mapping in translation.mappings if mapping.source in wanted),
        statements=tuple(kept),
    )
    return Chosen(chosen, tuple(_sentences(left, torn)))


def _matches(name: ObjectName, pattern: str) -> bool:
    return fnmatchcase(str(name).lower(), pattern.lower())


def _sentences(left: Sequence[Statement], torn: set[str]) -> list[str]:
    keys = sorted(statement.table for statement in left if statement.phase is Phase.FOREIGN_KEYS)
    sentences = [
        f"the foreign keys of {table} stay behind: one refers to a table that does" for table in keys if table in torn
    ]
    views = sum(statement.phase is Phase.VIEWS for statement in left)
    if views:
        sentences.append(f"{views} views stay behind: they may read tables that do")
    return sentences
