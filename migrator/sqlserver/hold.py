"""One picture of the source for all workers: which one can be had, how it is held, and what it is called.

Sources: Microsoft Learn, "Snapshot Isolation in SQL Server" (a transaction's moment is that of its first access to
data), "Table hints" (TABLOCK, HOLDLOCK), "Database Snapshots".
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from time import monotonic
from typing import Any, Final

from migrator import workers
from migrator.errors import SourceBusy, SourceError, SourceRejected
from migrator.model.consistency import Consistency, Hold
from migrator.model.schema import Table
from migrator.sqlserver.connect import Link, literal, quoted, session
from migrator.sqlserver.pictures import Picture, first_read, show
from migrator.sqlserver.url import Server, Wanted

SUFFIX: Final = "__migrator"
"""What a database snapshot of ours has behind the name of its database."""

_SECONDS_TO_LOCK: Final = 10
_SECONDS_TO_START: Final = 60
"""How long writers may wait for all workers to have begun; then they go on, and there is no common moment."""

_STATE: Final = """SELECT CAST(is_read_only AS int), CAST(snapshot_isolation_state AS int),
  CAST(CASE WHEN source_database_id IS NULL THEN 0 ELSE 1 END AS int) FROM sys.databases WHERE database_id = DB_ID()"""


@dataclass(frozen=True, slots=True)
class _Begin:
    """Run by every worker: take the picture, and meet the others where all must have it before anybody writes."""

    server: Server
    picture: Picture
    barrier: Barrier | None = None

    def __call__(self) -> None:
        try:
            show(self.server, self.picture)
            if self.barrier is not None:
                self.barrier.wait(_SECONDS_TO_START)
        except threading.BrokenBarrierError:
            return  # the parent knows, and says so
        except BaseException:
            if self.barrier is not None:
                self.barrier.abort()
            raise


@contextmanager
def hold(server: Server, tables: Sequence[Table], workers_count: int, *, resuming: bool) -> Iterator[Hold]:
    """The picture that ``server.wanted`` asks for; with AUTO, the best one that the database allows.

    ``tables`` are those that will be read. A database snapshot stays where an error ends this: a run that goes on
    (``resuming``) reads the same rows out of it. Raises SourceError.
    """
    with session(server) as link:
        [(read_only, state, is_snapshot)] = link.rows(_STATE)
    wanted = server.wanted
    if is_snapshot:
        yield _held(server, Consistency.DATABASE_SNAPSHOT, "the address names a database snapshot")
    elif read_only and wanted in (Wanted.AUTO, Wanted.READ_ONLY):
        yield _held(server, Consistency.READ_ONLY, "the source is read-only")
    elif wanted is Wanted.READ_ONLY:
        raise SourceRejected(
            f"{server.place} takes writes",
            why="consistency=read-only was asked for",
            todo="ALTER DATABASE … SET READ_ONLY, or choose another ?consistency=",
        )
    elif wanted is Wanted.DATABASE_SNAPSHOT:
        with _database_snapshot(server, resuming=resuming) as held:
            yield held
    elif wanted is Wanted.SNAPSHOT or (wanted is Wanted.AUTO and state == 1):
        with _snapshot(server, tables, workers_count, must=wanted is Wanted.SNAPSHOT) as held:
            yield held
    else:
        why = "nothing was asked for" if wanted is Wanted.NONE else "the database allows no SNAPSHOT reads"
        yield _held(server, Consistency.NONE, f"{why}: rows are of the moments in which they were read")


def _held(server: Server, consistency: Consistency, why: str) -> Hold:
    return Hold(consistency, why, _Begin(server, Picture(server, isolated=False, still=consistency.lasting)))


@contextmanager
def _snapshot(server: Server, tables: Sequence[Table], workers_count: int, *, must: bool) -> Iterator[Hold]:
    """SNAPSHOT transactions of all workers that begin while nobody can write."""
    picture = Picture(server, isolated=True, first=first_read(tables[0]) if tables else "")
    if workers_count == 1:
        why = "one worker reads all rows in one SNAPSHOT transaction"
        yield Hold(Consistency.SNAPSHOT, why, _Begin(server, picture))
        return
    barrier = workers.context().Barrier(workers_count + 1)
    with session(server) as link:
        if not _locked(link, tables, must=must):
            why = "the tables could not be locked while all workers began: each reads a moment of its own"
            yield Hold(Consistency.NONE, why, _Begin(server, picture))
            return
        met = threading.Event()
        guard = threading.Thread(target=_release_when_met, args=(link, barrier, met), name="freeze", daemon=True)
        guard.start()
        try:
            why = f"{workers_count} workers read in SNAPSHOT transactions that began while all tables were locked"
            yield Hold(Consistency.SNAPSHOT, why, _Begin(server, picture, barrier), met.is_set)
        finally:
            barrier.abort()
            guard.join()


def _locked(link: Link, tables: Sequence[Table], *, must: bool) -> bool:
    """True once there are shared locks on all tables: readers go on, writers wait.

    False where somebody holds another one for too long, or a table knows no locks (a memory-optimised one): what
    ``must`` makes an error. Raises SourceError.
    """
    # Between us and a writer the server is to choose the writer.
    link.execute("SET DEADLOCK_PRIORITY LOW; BEGIN TRANSACTION", doing="freezing the source")
    last = monotonic() + _SECONDS_TO_LOCK
    try:
        for table in tables:
            name = f"{quoted(table.name.schema)}.{quoted(table.name.name)}"
            # Writers of the tables before this one wait too: the limit is one for all. TOP (0) would lock nothing.
            left = max(1, round((last - monotonic()) * 1000))
            link.execute(
                f"SET LOCK_TIMEOUT {left}; SELECT TOP (1) 1 AS one FROM {name} WITH (TABLOCK, HOLDLOCK)",  # noqa: S608 - quoted
                doing=f"freezing {table.name}",
            )
    except SourceError as error:
        _release(link)
        if must or not isinstance(error, (SourceBusy, SourceRejected)):
            raise
        return False
    return True


def _release_when_met(link: Link, barrier: Barrier, met: threading.Event) -> None:
    with suppress(threading.BrokenBarrierError):
        barrier.wait(_SECONDS_TO_START)
        met.set()
    _release(link)


def _release(link: Link) -> None:
    with suppress(SourceError):  # a lost connection holds no lock
        link.execute("IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION", doing="letting writers go on")


@contextmanager
def _database_snapshot(server: Server, *, resuming: bool) -> Iterator[Hold]:
    """A database snapshot of ours, made or found; dropped when all is read."""
    name = f"{server.database}{SUFFIX}"
    copy = server.with_database(name)
    with session(server) as link:
        there = link.rows(f"SELECT 1 FROM sys.databases WHERE name = {literal(name)} AND source_database_id = DB_ID()")  # noqa: S608
        if there and not resuming:
            link.execute(f"DROP DATABASE {quoted(name)}", doing="dropping an earlier database snapshot")
        if not (there and resuming):
            link.execute(_create_snapshot(name, server.database, link.rows(_FILES)), doing="making a database snapshot")
    why = f"all rows are read out of the database snapshot {name}"
    # Its rows are asked for by the address that everybody knows: only the picture names the copy.
    yield Hold(Consistency.DATABASE_SNAPSHOT, why, _Begin(server, Picture(copy, isolated=False)))
    with session(server) as link:
        link.execute(f"DROP DATABASE {quoted(name)}", doing="dropping the database snapshot")


_FILES: Final = """SELECT CAST(name AS nvarchar(128)), CAST(physical_name AS nvarchar(260))
  FROM sys.database_files WHERE type = 0"""


def _create_snapshot(name: str, database: str, files: Sequence[tuple[Any, ...]]) -> str:
    """CREATE DATABASE … AS SNAPSHOT OF: each data file has its sparse file beside it."""
    listed = ", ".join(f"(NAME = {quoted(file)}, FILENAME = {literal(path + SUFFIX)})" for file, path in files)
    return f"CREATE DATABASE {quoted(name)} ON {listed} AS SNAPSHOT OF {quoted(database)}"
