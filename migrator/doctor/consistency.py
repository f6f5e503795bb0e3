"""Which picture of the source its readers can have: one moment for all rows, or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.facts import Options, SourceFacts
from migrator.sqlserver.grants import Scope
from migrator.sqlserver.url import Wanted
from migrator.sqlserver.version import EngineEdition
from migrator.units import count, counted, duration

_SNAPSHOTS_FOR_ALL: Final = (13, 0, 4001)
"""SQL Server 2016 SP1: from here on every edition makes database snapshots, before it Enterprise and its kin alone.
Source: "Editions and supported features of SQL Server"."""
_NO_MOMENT: Final = "rows would be read at different moments, so the copy is right only if nobody writes"
_LARGE_EDITIONS: Final = ("Enterprise", "Developer", "Evaluation", "Data Center")
_MEMORY_SNAPSHOTS: Final = 15
"""SQL Server 2019: from here on also of databases with memory-optimized tables."""


def consistency(facts: SourceFacts, wanted: Wanted = Wanted.AUTO) -> Iterator[Check]:
    """Whether the picture that the address asks for can be had, what stands in its way, and who is in the way now."""
    if facts.options is not None:
        yield _picture(facts, facts.options, wanted)
    memory = [table for table in facts.tables or () if table.memory_optimized]
    if memory:
        yield Check(
            Area.SOURCE,
            "memory-optimized tables",
            Grade.WARNING,
            f"{count(len(memory))}, {memory[0]} for one",
            "a session under SNAPSHOT isolation cannot read them (error 41332), and change tracking leaves them out",
            "copy while nobody writes, or from a database snapshot (SQL Server 2019 and later)",
        )
    if facts.transactions is not None:
        yield _transactions(facts)
    if facts.blocked is not None:
        yield Check(
            Area.SOURCE,
            "blocked sessions",
            Grade.WARNING if facts.blocked else Grade.OK,
            counted(facts.blocked, "session") if facts.blocked else "none",
            "whoever blocks them blocks the barrier too, at which all readers begin at one moment"
            if facts.blocked
            else "",
            "look at sys.dm_exec_requests (blocking_session_id) and end what hangs" if facts.blocked else "",
        )


def _picture(facts: SourceFacts, options: Options, wanted: Wanted) -> Check:
    if options.copy:
        return _line(Grade.OK, "the address names a database snapshot: every reading gives the same rows")
    if wanted is Wanted.DATABASE_SNAPSHOT:
        return _database_snapshot(facts)
    if options.read_only and wanted in (Wanted.AUTO, Wanted.READ_ONLY):
        return _line(Grade.OK, "the database is read-only: every reading gives the same rows")
    if wanted is Wanted.READ_ONLY:
        return _line(
            Grade.BLOCKER,
            "the database takes writes, and the address asks for consistency=read-only",
            "a copy will refuse it",
            "make it read-only when the application has stopped, or choose another ?consistency=",
            (f"ALTER DATABASE {quoted(facts.database)} SET READ_ONLY;",),
        )
    if wanted is Wanted.NONE:
        return _line(
            Grade.WARNING,
            "the address asks for none",
            _NO_MOMENT,
            "leave consistency=none out of the address, or copy when nobody writes",
        )
    if not options.updatable:
        return _line(
            Grade.WARNING,
            "a readable secondary replica: rows change here as the primary's do",
            "change tracking and the database's options belong to the primary",
            "read from the primary, or stop writes during the copy",
        )
    if options.snapshot_isolation:
        return _line(
            Grade.OK,
            "SNAPSHOT isolation is allowed",
            "all readers begin at one moment and see it as long as their connections live",
        )
    return _not_allowed(facts, wanted)


def _not_allowed(facts: SourceFacts, wanted: Wanted) -> Check:
    statement = f"ALTER DATABASE {quoted(facts.database)} SET ALLOW_SNAPSHOT_ISOLATION ON;"
    cost = (
        "Turning it on waits for the transactions that are open, and from then on a change keeps the old row in tempdb "
        "for a while (14 bytes a row more)"
    )
    if wanted is Wanted.SNAPSHOT:
        return _line(
            Grade.BLOCKER,
            "SNAPSHOT isolation is off, and the address asks for it",
            f"a copy will refuse it. {cost}",
            "allow it",
            (statement,),
        )
    other = (
        ", or let the copy make a database snapshot: add ?consistency=database-snapshot to the address"
        if not _no_snapshots(facts)
        else ""
    )
    return _line(Grade.WARNING, "SNAPSHOT isolation is off", f"{_NO_MOMENT}. {cost}", f"allow it{other}", (statement,))


def _database_snapshot(facts: SourceFacts) -> Check:
    if reason := _no_snapshots(facts):
        return _line(
            Grade.BLOCKER,
            "no database snapshot can be made, and the address asks for one",
            reason,
            "take ?consistency=database-snapshot out of the address",
        )
    if not _may_make_snapshots(facts):
        by_hand = (
            f"CREATE DATABASE {quoted(facts.database + '_copy')} ON (NAME = <logical name of the data file>, "
            f"FILENAME = '<folder>/<file>.ss') AS SNAPSHOT OF {quoted(facts.database)};"
        )
        return _line(
            Grade.BLOCKER,
            "we may not make a database snapshot, and the address asks for one",
            "it takes CREATE ANY DATABASE on the server",
            "grant it; or make one yourself, with a line for each data file, and name it as the source's database",
            (f"USE master; GRANT CREATE ANY DATABASE TO {quoted(facts.user)};", by_hand),
        )
    return _line(
        Grade.OK,
        "a database snapshot can be made",
        "a read-only copy of one moment: it outlives an interruption, and grows with what is changed meanwhile",
    )


def _no_snapshots(facts: SourceFacts) -> str:
    """Why this server makes no snapshot of this database; "" where it does."""
    if facts.product.edition is not EngineEdition.SERVER:
        return f"{facts.product.edition} has none"
    if facts.build < _SNAPSHOTS_FOR_ALL and not any(name in facts.edition for name in _LARGE_EDITIONS):
        return "before SQL Server 2016 SP1 only Enterprise and Developer Edition have them"
    memory = facts.memory_filegroup or any(table.memory_optimized for table in facts.tables or ())
    if memory and facts.product.major < _MEMORY_SNAPSHOTS:
        return "the database has a filegroup for memory-optimized tables: that takes SQL Server 2019"
    return ""


def _may_make_snapshots(facts: SourceFacts) -> bool:
    return any(granted for need, granted in facts.held if need.scope is Scope.SERVER and "CREATE" in need.permission)


def _transactions(facts: SourceFacts) -> Check:
    open_now = facts.transactions
    if open_now is None or not open_now.number:
        return Check(Area.SOURCE, "open transactions", Grade.OK, "none that is older than a minute")
    return Check(
        Area.SOURCE,
        "open transactions",
        Grade.WARNING,
        f"{count(open_now.number)} for over a minute, the oldest for {duration(open_now.oldest)}",
        "the barrier waits for their locks, and the log cannot be cut before the oldest",
        "end them before the migration: DBCC OPENTRAN names the oldest",
        ("DBCC OPENTRAN;",),
    )


def _line(grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()) -> Check:
    return Check(Area.SOURCE, "consistency", grade, found, why, advice, statements)
