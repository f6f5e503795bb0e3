"""Which picture of the source its readers can have: one moment for all rows, or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.grants import Scope
from migrator.sqlserver.probe import Options, SourceFacts
from migrator.sqlserver.version import EngineEdition
from migrator.units import count, counted, duration

_SNAPSHOTS_FOR_ALL: Final = (13, 0, 4001)
"""SQL Server 2016 SP1: from here on every edition makes database snapshots, before it Enterprise and its kin alone.
Source: "Editions and supported features of SQL Server"."""
_LARGE_EDITIONS: Final = ("Enterprise", "Developer", "Evaluation", "Data Center")
_MEMORY_SNAPSHOTS: Final = 15
"""SQL Server 2019: from here on also of databases with memory-optimized tables."""


def consistency(facts: SourceFacts) -> Iterator[Check]:
    """SNAPSHOT isolation, database snapshots, what stands in their way, and who is in the way now."""
    if facts.options is not None:
        yield _picture(facts, facts.options)
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


def _picture(facts: SourceFacts, options: Options) -> Check:
    if options.read_only:
        return _line(Grade.OK, "the database is read-only: every reading gives the same rows")
    if not options.updatable:
        return _line(
            Grade.WARNING,
            "a readable secondary replica: rows change here as the primary's do",
            "every statement sees its own moment; change tracking and database options belong to the primary",
            "read from the primary, or stop writes during the copy",
        )
    snapshot = _snapshot_statement(facts)
    if options.snapshot_isolation:
        why = "all readers begin at one moment and see it as long as their connections live; " + (
            "a database snapshot would outlive an interruption" if snapshot else "an interrupted copy begins anew"
        )
        return _line(Grade.OK, "SNAPSHOT isolation is allowed", why)
    statement = f"ALTER DATABASE {quoted(facts.database)} SET ALLOW_SNAPSHOT_ISOLATION ON;"
    if snapshot and _may_make_snapshots(facts):
        return _line(
            Grade.OK,
            "a database snapshot can be made; SNAPSHOT isolation is off",
            "a snapshot is a read-only copy of one moment: it grows with what is changed meanwhile",
            "ask for it with ?consistency=database-snapshot; by hand, with a line for each data file:",
            (snapshot,),
        )
    return _line(
        Grade.WARNING,
        "SNAPSHOT isolation is off",
        "rows would be read at different moments, so the copy is only right if nobody writes. Turning it on waits for "
        "open transactions and makes every change write a row version to tempdb (14 bytes a row more)",
        "allow it" + (", or make a database snapshot, with a line for each data file" if snapshot else ""),
        (statement, *((snapshot,) if snapshot else ())),
    )


def _snapshot_statement(facts: SourceFacts) -> str:
    """How to make a database snapshot; "" where this server makes none of this database."""
    if facts.product.edition is not EngineEdition.SERVER:
        return ""
    if facts.build < _SNAPSHOTS_FOR_ALL and not any(name in facts.edition for name in _LARGE_EDITIONS):
        return ""
    memory = facts.memory_filegroup or any(table.memory_optimized for table in facts.tables or ())
    if memory and facts.product.major < _MEMORY_SNAPSHOTS:
        return ""
    name = quoted(f"{facts.database}_migrator")
    return (
        f"CREATE DATABASE {name} ON (NAME = <logical name of the data file>, FILENAME = '<folder>/<file>.ss') "
        f"AS SNAPSHOT OF {quoted(facts.database)};"
    )


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
