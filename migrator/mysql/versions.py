"""Which version of the source each table is caught up with, in the target itself.

The row of a table is changed in the transaction that applies the changes: after a crash, or a COMMIT whose answer was
lost, it says what is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from migrator.errors import TargetError
from migrator.mysql.connect import Connection, execute, fetch
from migrator.mysql.control import SLICE_TABLE, VERSION_TABLE

_COLUMNS: Final = f"SELECT `table`, `version`, `changes` FROM `{VERSION_TABLE}`"  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Reached:
    """All changes up to ``version`` are in the table; ``changes`` keys of it were applied since its copy."""

    version: int
    changes: int = 0


def begin(connection: Connection, version: int, tables: Iterable[str]) -> None:
    """Write down, before a copy reads its first row, which version the source has: what changes from now on is caught
    up with later.

    A table that has a version keeps it, and one that has rows without a version gets none: an interrupted copy left
    rows there that are older than ``version``. Raises TargetError.
    """
    loaded = {table for (table,) in fetch(connection, f"SELECT DISTINCT `table` FROM `{SLICE_TABLE}`")}  # noqa: S608
    for table in sorted(set(tables) - set(reached(connection)) - loaded):
        execute(
            connection,
            f"INSERT INTO `{VERSION_TABLE}` (`table`, `version`) VALUES (%s, %s)",  # noqa: S608 - a constant
            (table, version),
            doing="recording the source's version",
        )


def forget(connection: Connection, table: str) -> None:
    """Take away a table's version, before it is copied again. Raises TargetError."""
    execute(
        connection,
        f"DELETE FROM `{VERSION_TABLE}` WHERE `table` = %s",  # noqa: S608 - a constant
        (table,),
        doing=f"forgetting the version of {table}",
    )


def reached(connection: Connection) -> Mapping[str, Reached]:
    """What every table is caught up with, by target table. Raises TargetError."""
    return {table: Reached(int(version), int(changes)) for table, version, changes in fetch(connection, _COLUMNS)}


def locked(connection: Connection, table: str) -> Reached:
    """What a table is caught up with; until the transaction ends nobody else can change it. Raises TargetError."""
    rows = fetch(connection, f"{_COLUMNS} WHERE `table` = %s FOR UPDATE", (table,))
    if not rows:
        raise TargetError(f"no version is recorded for {table}", todo="copy this table again")
    [(_, version, changes)] = rows
    return Reached(int(version), int(changes))


def advance(connection: Connection, table: str, version: int, changes: int = 0) -> None:
    """Write down, in the transaction that applied ``changes`` keys, that a table is caught up with ``version``.

    A version never goes back. Raises TargetError.
    """
    execute(
        connection,
        f"UPDATE `{VERSION_TABLE}` SET `version` = GREATEST(`version`, %s), `changes` = `changes` + %s, "  # noqa: S608
        "`applied_at` = UTC_TIMESTAMP(6) WHERE `table` = %s",
        (version, changes, table),
        doing=f"recording the version of {table}",
    )
