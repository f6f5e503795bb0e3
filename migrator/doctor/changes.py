"""Change tracking: whether the target can catch up with what changes during the copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.facts import Options, SourceFacts, TableFacts
from migrator.sqlserver.version import EngineEdition
from migrator.units import count, counted, duration

_LEAST: Final = 24 * 60
"""Minutes: changes must be kept for longer than a copy and its repetition take."""
_WHY: Final = "without it, everything must be copied within the downtime"


def changes(facts: SourceFacts) -> Iterator[Check]:
    """Whether it is on for the database and for which tables, how long changes are kept, and tables without a key."""
    tables = facts.tables or ()
    yield from _keyless(tables)
    if facts.product.edition is EngineEdition.BABELFISH:
        yield _line(Grade.WARNING, "Babelfish knows none", _WHY, "plan a copy within the downtime")
        return
    options = facts.options
    if options is not None and (options.read_only or not options.updatable):
        if options.read_only:
            yield _line(Grade.OK, "not needed: the database is read-only")
        return
    if any(item.question == "change tracking" for item in facts.unasked):
        return  # its own line says so
    retention = facts.retention
    trackable = [table for table in tables if table.primary_key and not table.memory_optimized]
    missing = [table for table in trackable if not table.tracked]
    if retention is None:
        yield _line(
            Grade.WARNING,
            "off",
            _WHY,
            "if the copy may not fit: turn it on for the database, then for every table (they have a primary key)",
            (_database_on(facts.database), *_tables_on(trackable)),
        )
        return
    yield _kept(facts, options, retention.minutes, cleanup=retention.cleanup)
    if missing:
        yield Check(
            Area.SOURCE,
            "tracked tables",
            Grade.WARNING,
            f"{count(len(trackable) - len(missing))} of {counted(len(trackable), 'table')} with a primary key",
            "what changes in the others during the copy is not seen",
            "turn it on for them",
            _tables_on(missing),
        )
    elif trackable:
        yield Check(
            Area.SOURCE, "tracked tables", Grade.OK, f"all {counted(len(trackable), 'table')} with a primary key"
        )


def _kept(facts: SourceFacts, options: Options | None, minutes: int, *, cleanup: bool) -> Check:
    kept = duration(minutes * 60)
    if not cleanup:
        return _line(
            Grade.WARNING,
            "on, old changes are never cleaned up",
            "the tables of changes grow for ever",
            "let the server clean up",
            (f"ALTER DATABASE {quoted(facts.database)} SET CHANGE_TRACKING (AUTO_CLEANUP = ON);",),
        )
    if minutes < _LEAST:
        return _line(
            Grade.WARNING,
            f"on, changes are kept for {kept}",
            "a copy that takes longer, or is repeated, cannot catch up: its changes are gone",
            "keep them for longer",
            (f"ALTER DATABASE {quoted(facts.database)} SET CHANGE_TRACKING (CHANGE_RETENTION = 2 DAYS);",),
        )
    if options is not None and not options.snapshot_isolation:
        return _line(
            Grade.OK,
            f"on, changes are kept for {kept}",
            "Microsoft recommends SNAPSHOT isolation for reading changes: see consistency",
        )
    return _line(Grade.OK, f"on, changes are kept for {kept}")


def _database_on(database: str) -> str:
    return f"ALTER DATABASE {quoted(database)} SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 2 DAYS, AUTO_CLEANUP = ON);"


def _tables_on(tables: Sequence[TableFacts]) -> tuple[str, ...]:
    return tuple(f"ALTER TABLE {quoted(table.schema)}.{quoted(table.name)} ENABLE CHANGE_TRACKING;" for table in tables)


def _keyless(tables: Sequence[TableFacts]) -> Iterator[Check]:
    without = [table for table in tables if not table.primary_key]
    if not tables:
        return
    if not without:
        yield Check(Area.SOURCE, "keys", Grade.OK, "every table has a primary key")
        return
    bare = [table for table in without if not table.key]
    named = ", ".join(str(table) for table in without[:3]) + (" …" if len(without) > 3 else "")
    yield Check(
        Area.SOURCE,
        "keys",
        Grade.WARNING,
        f"{counted(len(without), 'table')} without a primary key"
        + (f", {count(len(bare))} of them without any unique index" if bare else "")
        + f": {named}",
        "they cannot be tracked, are read in one stream, and those without any key are compared as sets of rows",
        "add primary keys, or copy these tables when nobody writes",
    )


def _line(grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()) -> Check:
    return Check(Area.SOURCE, "change tracking", grade, found, why, advice, statements)
