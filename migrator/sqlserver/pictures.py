"""This process's connections for bulk reads, each with the picture of the source that it sees."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final

from migrator.model.schema import Table
from migrator.sqlserver.batches import BulkLink
from migrator.sqlserver.connect import quoted, session
from migrator.sqlserver.url import Server

SNAPSHOT_STATE: Final = "SELECT CAST(snapshot_isolation_state AS int) FROM sys.databases WHERE database_id = DB_ID()"


@dataclass(frozen=True, slots=True)
class Picture:
    """Where and how rows are read: ``server`` may be a database snapshot; ``isolated`` reads are of one moment, that of
    a SNAPSHOT transaction which lasts as long as its connection. ``first`` is the query that fixes the moment.
    ``still`` is False where rows may change from one query to the next."""

    server: Server
    isolated: bool
    first: str = ""
    still: bool = True


@dataclass(slots=True)
class _Open:
    process: int
    picture: Picture
    link: BulkLink | None = None
    lost: int = 0


_open: dict[str, _Open] = {}


def show(server: Server, picture: Picture) -> None:
    """From now on this process reads ``server`` as ``picture`` says; its moment is fixed now. Raises SourceError."""
    forget(server)
    _open[server.identity] = _Open(os.getpid(), picture)
    bulk(server)


def bulk(server: Server) -> BulkLink:
    """This process's connection, made anew where it was lost: then in a moment of its own. Raises SourceError."""
    found = _open.get(server.identity)
    if found is None or found.process != os.getpid():
        found = _open[server.identity] = _Open(os.getpid(), _by_itself(server))
    if found.link is None:
        found.link = _connect(found.picture)
    return found.link


def forget(server: Server) -> None:
    """End this process's connection; the next question opens another."""
    found = _open.get(server.identity)
    if found is not None and found.process == os.getpid() and found.link is not None:
        found.link.close()
        found.link = None
        found.lost += 1


def slipped(server: Server) -> int:
    """How many times this process had to go on in another moment than the one that it began with."""
    found = _open.get(server.identity)
    return found.lost if found is not None and found.picture.isolated else 0


def is_still(server: Server) -> bool:
    """True where all queries of this process see the same rows. Asked once ``bulk`` is there."""
    found = _open.get(server.identity)
    return found is not None and found.picture.still


def first_read(table: Table) -> str:
    """The query that fixes the moment of a SNAPSHOT transaction: it begins with the first access to data."""
    return f"SELECT TOP (1) 1 AS c0 FROM {quoted(table.name.schema)}.{quoted(table.name.name)}"  # noqa: S608 - quoted


def _connect(picture: Picture) -> BulkLink:
    if not picture.isolated:
        return BulkLink(picture.server)
    link = BulkLink(picture.server, autocommit=False)
    try:
        link.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT", doing="asking for a consistent picture")
        if picture.first:
            for _ in link.batches(picture.first, rows=1, ahead=False, doing="beginning a consistent read"):
                pass
    except BaseException:
        link.close()
        raise
    return link


def _by_itself(server: Server) -> Picture:
    """What a process reads that nobody gave a picture to: one moment of its own, where the database allows that."""
    with session(server) as link:
        isolated = link.rows(SNAPSHOT_STATE) == [(1,)]
    return Picture(server, isolated, still=isolated)
