"""What a run left in the target: its own tables, written in the same transactions as the rows they speak of.

That makes every slice exactly-once: after a crash, or a COMMIT whose answer was lost, the target itself says what it
has.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from migrator.errors import TargetBusy, TargetError, TargetOccupied
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.segment import Slice
from migrator.mysql.connect import Connection, commit, execute, fetch, quoted, session
from migrator.mysql.plans import CREATE as CREATE_SEGMENTS
from migrator.mysql.plans import SEGMENT_TABLE
from migrator.mysql.url import Target

RUN_TABLE: Final = "migrator__run"
SLICE_TABLE: Final = "migrator__slice"
VERSION_TABLE: Final = "migrator__version"
OWN_TABLES: Final = frozenset({RUN_TABLE, SLICE_TABLE, SEGMENT_TABLE, VERSION_TABLE})
_SECONDS_TO_END: Final = 10
_SECONDS_TO_ROLL_BACK: Final = 120
_PROGRAMS: Final = frozenset({"VIEW", "FUNCTION", "PROCEDURE"})

_CREATE: Final = (
    f"""CREATE TABLE IF NOT EXISTS `{RUN_TABLE}` (
      `run` CHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
      `source` VARCHAR(255) NOT NULL,
      `mapping` CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      `tables` JSON NOT NULL,
      `started_at` DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin
    COMMENT='the migration that filled this database'""",
    f"""CREATE TABLE IF NOT EXISTS `{SLICE_TABLE}` (
      `table` VARCHAR(64) NOT NULL,
      `segment` VARCHAR(255) NOT NULL,
      `first` BIGINT UNSIGNED NOT NULL,
      `rows` BIGINT UNSIGNED NOT NULL,
      `low` DECIMAL(38,0) NOT NULL,
      `high` DECIMAL(38,0) NOT NULL,
      `bytes` BIGINT UNSIGNED NOT NULL,
      `last` BOOLEAN NOT NULL,
      `repaired` JSON,
      `loaded_at` DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
      PRIMARY KEY (`table`, `segment`, `first`)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin
    COMMENT='slices loaded, with their fingerprints'""",
    f"""CREATE TABLE IF NOT EXISTS `{VERSION_TABLE}` (
      `table` VARCHAR(64) NOT NULL PRIMARY KEY,
      `version` BIGINT NOT NULL,
      `changes` BIGINT UNSIGNED NOT NULL DEFAULT 0,
      `applied_at` DATETIME(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin
    COMMENT='the version of the source that each table is caught up with'""",
    CREATE_SEGMENTS,
)


@dataclass(frozen=True, slots=True)
class Run:
    """The run that a database belongs to: its id, the identity of its source, the tables and programs that it made.

    ``mapping`` is the digest of the table mappings: recorded fingerprints speak of rows as these mappings made them.
    ``programs`` are pairs of a kind (VIEW, FUNCTION, PROCEDURE) and a name; triggers go with their tables.
    """

    id: str
    source: str
    mapping: str
    tables: tuple[str, ...]
    programs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows of a segment that are loaded; ``complete`` once its last slice is."""

    rows: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """The fingerprint of all loaded rows of a table, and how many of its segments are loaded to their end."""

    fingerprint: Fingerprint
    segments: int


def make_database(target: Target, character_set: str, collation: str) -> None:
    """Make the target's database if it is not there. Raises TargetError."""
    with session(target, database="") as server:
        execute(
            server,
            f"CREATE DATABASE IF NOT EXISTS {quoted(target.database)} "
            f"CHARACTER SET {character_set} COLLATE {collation}",
            doing=f"creating database {target.database}",
        )


def find_run(connection: Connection) -> Run | None:
    """The run that this database belongs to, None where no run has been here, or not all that it kept is. Raises
    TargetError."""
    return _owner(connection) if set(_tables(connection)) >= OWN_TABLES else None


def _owner(connection: Connection) -> Run | None:
    """The run that made what is here, also where a part of its own tables is gone."""
    if RUN_TABLE not in _tables(connection):
        return None
    rows = fetch(connection, f"SELECT `run`, `source`, `mapping`, `tables` FROM `{RUN_TABLE}`")  # noqa: S608 - a constant
    if not rows:
        return None
    run, source, mapping, made = rows[0]
    tables, programs = [], []
    for item in json.loads(made):
        if isinstance(item, str):
            tables.append(item)
        else:
            programs.append((item[0], item[1]))
    return Run(run, source, mapping, tuple(tables), tuple(programs))


def claim(connection: Connection, run: Run) -> None:
    """Make the database this run's own; it must be empty. Raises TargetOccupied, TargetError."""
    if strangers := sorted(set(_tables(connection)) - OWN_TABLES):
        raise TargetOccupied(
            f"the target database holds {len(strangers)} tables already, {strangers[0]} for one",
            why="loading into tables that this run did not make could destroy them or mix rows",
            todo="name an empty database; or --resume the run that made them, or --replace it",
        )
    for statement in _CREATE:
        execute(connection, statement, doing="creating the control tables")
    for table in sorted(OWN_TABLES):
        execute(connection, f"DELETE FROM {quoted(table)}", doing="claiming the database")  # noqa: S608
    execute(
        connection,
        f"INSERT INTO `{RUN_TABLE}` (`run`, `source`, `mapping`, `tables`) VALUES (%s, %s, %s, %s)",  # noqa: S608
        (run.id, run.source, run.mapping, json.dumps([*run.tables, *run.programs])),
        doing="claiming the database",
    )
    commit(connection, doing="claiming the database")


def release(connection: Connection) -> None:
    """Drop what an earlier run made, and nothing else. Raises TargetOccupied where no run has been here."""
    run = _owner(connection)
    if run is None:
        if set(_tables(connection)) - OWN_TABLES:
            raise TargetOccupied(
                "the target database was not filled by a run of ours",
                why="--replace drops only tables that an earlier run made",
                todo="name an empty database, or drop those tables yourself",
            )
        names: Sequence[str] = sorted(OWN_TABLES)
    else:
        names = [*run.tables, *sorted(OWN_TABLES)]
        for kind, name in run.programs:
            if kind in _PROGRAMS:
                execute(
                    connection,
                    f"DROP {kind} IF EXISTS {quoted(name)}",
                    doing="dropping an earlier run's programs",
                )
    execute(connection, "SET foreign_key_checks = 0", doing="dropping an earlier run's tables")
    execute(
        connection,
        f"DROP TABLE IF EXISTS {', '.join(quoted(name) for name in names)}",
        doing="dropping an earlier run's tables",
    )
    execute(connection, "SET foreign_key_checks = 1", doing="dropping an earlier run's tables")


def record(
    connection: Connection,
    mapping: TableMapping,
    done: Slice,
    fingerprint: Fingerprint,
    size: int,
    *,
    last: bool,
    repaired: Mapping[str, int],
) -> None:
    """Write a loaded slice down, inside the transaction that loaded it. Raises TargetError.

    ``last`` says that the segment ends with it, and ``repaired`` what the source had to repair in the segment
    (``Source.repaired``): with the last slice only.
    """
    execute(
        connection,
        f"INSERT INTO `{SLICE_TABLE}` "  # noqa: S608
        "(`table`, `segment`, `first`, `rows`, `low`, `high`, `bytes`, `last`, `repaired`) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            mapping.target,
            done.segment,
            done.first,
            done.rows,
            fingerprint.low,
            fingerprint.high,
            size,
            last,
            json.dumps(dict(repaired)) if repaired else None,
        ),
        doing=f"recording a slice of {mapping.target}",
    )


def forget(connection: Connection, mapping: TableMapping, segment: str) -> None:
    """Strike out what is written of a segment. Raises TargetError."""
    execute(
        connection,
        f"DELETE FROM `{SLICE_TABLE}` WHERE `table` = %s AND `segment` = %s",  # noqa: S608
        (mapping.target, segment),
        doing=f"beginning {mapping.target} anew",
    )


def progress(connection: Connection, mapping: TableMapping, segment: str) -> Progress:
    """What the target holds of a segment for good. Raises TargetError."""
    [(rows, last)] = fetch(
        connection,
        f"SELECT COALESCE(SUM(`rows`), 0), COALESCE(MAX(`last`), 0) FROM `{SLICE_TABLE}` "  # noqa: S608
        "WHERE `table` = %s AND `segment` = %s",
        (mapping.target, segment),
    )
    return Progress(int(rows), bool(last))


def alone(connection: Connection, mapping: TableMapping, segment: str) -> None:
    """From now on this session alone loads the segment: whatever another one left running is over.

    A connection that was lost here may still be there for the server, with a COMMIT under way or rows that nobody sees
    yet: the answer of ``progress`` would be of the moment before. A session's locks are let go behind its transaction.
    One that does not end by itself was left behind where the network broke, and is ended. Raises TargetBusy.
    """
    [(database,)] = fetch(connection, "SELECT DATABASE()")
    place = json.dumps([database, mapping.target, segment])
    name = f"migrator-{hashlib.sha256(place.encode()).hexdigest()[:48]}"  # at most 64 characters
    if _locked(connection, name, _SECONDS_TO_END):
        return
    [(holder,)] = fetch(connection, "SELECT IS_USED_LOCK(%s)", (name,))
    if holder is not None:
        with suppress(TargetError):  # it ended in the meantime, or is another user's
            execute(connection, f"KILL {int(holder)}", doing="ending a session that was left behind")
    if not _locked(connection, name, _SECONDS_TO_ROLL_BACK):
        raise TargetBusy(
            f"another session still loads into {mapping.target}",
            why=f"it has not ended for {_SECONDS_TO_END + _SECONDS_TO_ROLL_BACK} seconds, and could not be ended",
            todo="look for sessions of this user (SHOW PROCESSLIST), end them, then --resume",
        )


def _locked(connection: Connection, name: str, seconds: int) -> bool:
    [(got,)] = fetch(connection, "SELECT GET_LOCK(%s, %s)", (name, seconds))
    return bool(got)


def repaired(connection: Connection) -> dict[str, int]:
    """What the source had to repair in all rows that are loaded (``Source.repaired``). Raises TargetError."""
    total: Counter[str] = Counter()
    for (found,) in fetch(connection, f"SELECT `repaired` FROM `{SLICE_TABLE}` WHERE `repaired` IS NOT NULL"):  # noqa: S608
        total.update(json.loads(found))
    return dict(total)


def recorded(connection: Connection) -> dict[str, Recorded]:
    """What the source's rows were found to be while they were loaded, by target table; without the tables that other
    rows came into afterwards, by changes that were caught up with. Raises TargetError."""
    if SLICE_TABLE not in _tables(connection):
        return {}  # somebody dropped it: what was recorded is gone
    rows = fetch(
        connection,
        f"SELECT `table`, SUM(`rows`), SUM(`low`), SUM(`high`), SUM(`last`) FROM `{SLICE_TABLE}` "  # noqa: S608
        f"WHERE `table` NOT IN (SELECT `table` FROM `{VERSION_TABLE}` WHERE `changes` > 0) GROUP BY 1",
    )
    return {
        table: Recorded(Fingerprint(int(count), int(low), int(high)), int(complete))
        for table, count, low, high, complete in rows
    }


def recorded_segments(connection: Connection) -> dict[str, tuple[tuple[str, Fingerprint], ...]]:
    """The same segment by segment: by target table, each segment's id with its fingerprint. Raises TargetError."""
    if SLICE_TABLE not in _tables(connection):
        return {}  # somebody dropped it: what was recorded is gone
    rows = fetch(
        connection,
        f"SELECT `table`, `segment`, SUM(`rows`), SUM(`low`), SUM(`high`) FROM `{SLICE_TABLE}` "  # noqa: S608
        "GROUP BY 1, 2 ORDER BY 1, 2",
    )
    return {
        table: tuple((segment, Fingerprint(int(count), int(low), int(high))) for _, segment, count, low, high in group)
        for table, group in groupby(rows, key=lambda row: row[0])
    }


def _views(connection: Connection) -> set[str]:
    names = fetch(connection, "SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE()")
    return {name for (name,) in names}


def _tables(connection: Connection) -> list[str]:
    return [
        name
        for (name,) in fetch(
            connection, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
    ]
