"""The source's transaction log and disks: a long read keeps the log from being cut, a snapshot needs room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade
from migrator.sqlserver.connect import quoted
from migrator.sqlserver.facts import SourceFacts
from migrator.units import percent, volume

_FULL: Final = 0.7
_WAITS: Final = {
    "LOG_BACKUP": "the log is cut by the next log backup, not before",
    "ACTIVE_TRANSACTION": "an open transaction keeps it",
    "REPLICATION": "changes that replication or change data capture has not read yet keep it",
    "AVAILABILITY_REPLICA": "a secondary replica lags behind",
    "DATABASE_MIRRORING": "the mirror lags behind",
    "DATABASE_SNAPSHOT_CREATION": "a database snapshot is being made",
}
"""sys.databases.log_reuse_wait_desc: what keeps the log's space; of others no harm comes."""
_HARMLESS: Final = frozenset({"LOG_BACKUP"})
_SCARCE: Final = 0.1


def log(facts: SourceFacts) -> Iterator[Check]:
    """How full the log is, what keeps it, how full the disks are."""
    wait = "" if facts.options is None else facts.options.log_wait
    if facts.log is not None and facts.log.size:
        share = facts.log.used / facts.log.size
        found = f"{percent(share)} of {volume(facts.log.size)} are used"
        if share < _FULL:
            yield _check("log space", Grade.OK, found)
        else:
            backup = wait == "LOG_BACKUP"
            yield _check(
                "log space",
                Grade.WARNING,
                found,
                "change tracking and row versions write to it: a full log stops all writes",
                "back the log up" if backup else "make room for the log before the migration",
                (f"BACKUP LOG {quoted(facts.database)} TO DISK = '<file>';",) if backup else (),
            )
    if wait in _WAITS and wait not in _HARMLESS:
        yield _check(
            "log reuse",
            Grade.WARNING,
            wait,
            f"{_WAITS[wait]}: it grows until that ends",
            "see to it before the migration begins",
        )
    elif wait:
        yield _check("log reuse", Grade.OK, wait, _WAITS.get(wait, ""))
    for disk in facts.volumes or ():
        if disk.size and disk.free / disk.size < _SCARCE:
            yield _check(
                f"disk {disk.name}",
                Grade.WARNING,
                f"{volume(disk.free)} of {volume(disk.size)} are free",
                "log, row versions in tempdb and database snapshots grow while the copy goes on",
                "make room before the migration",
            )
        else:
            yield _check(f"disk {disk.name}", Grade.OK, f"{volume(disk.free)} of {volume(disk.size)} are free")


def _check(
    name: str, grade: Grade, found: str, why: str = "", advice: str = "", statements: tuple[str, ...] = ()
) -> Check:
    return Check(Area.SOURCE, name, grade, found, why, advice, statements)
