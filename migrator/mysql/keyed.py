"""Rows that are taken away by their keys: the keys go into a temporary table, so that one statement takes them all."""

from __future__ import annotations

from typing import Final

from migrator.model.mapping import TableMapping
from migrator.mysql.connect import Connection, execute, fetch, quoted

_STAGE: Final = "migrator__key"
_NUMBER: Final = "migrator__number"


def prepare_changes(connection: Connection) -> None:
    """Settings of a session that applies changes to tables with all their keys. Raises TargetError.

    A row may come before its parent, and a parent that goes away only to come back must take no children with it: no
    foreign key is looked at. unique_checks stays on: without it InnoDB may take a duplicate into a secondary index that
    is not in memory (MySQL 8.0 Reference Manual, "Server System Variables").
    """
    execute(connection, "SET unique_checks = 1, foreign_key_checks = 0", doing="preparing to apply changes")


def make_stage(connection: Connection, mapping: TableMapping) -> TableMapping:
    """A temporary table for keys, as a mapping that ``Load`` takes; it ends with the session. Raises TargetError.

    Its columns are copies of the table's own, with their collations: keys are equal in it as they are in the table. It
    is read from start to end; rows have numbers because a server may want a primary key of every table
    (sql_require_primary_key). The connection commits by itself: with GTIDs and statements in the binary log a temporary
    table is made outside of transactions alone (MySQL 8.0 Reference Manual, "Restrictions on Replication with GTIDs").
    """
    columns = ", ".join(map(quoted, mapping.key))
    execute(connection, f"DROP TEMPORARY TABLE IF EXISTS {quoted(_STAGE)}", doing="making a table for keys")
    execute(
        connection,
        f"CREATE TEMPORARY TABLE {quoted(_STAGE)} ({quoted(_NUMBER)} BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY) "  # noqa: S608
        f"SELECT {columns} FROM {quoted(mapping.target)} LIMIT 0",
        doing="making a table for keys",
    )
    return TableMapping(mapping.source, _STAGE, mapping.key_columns)


def begin_changes(connection: Connection) -> None:
    """Begin the transaction that applies changes. Raises TargetError."""
    execute(connection, "START TRANSACTION", doing="beginning to apply changes")


def delete_staged(connection: Connection, mapping: TableMapping, stage: TableMapping) -> int:
    """Take away the rows whose keys are in the stage; how many there were. Raises TargetError."""
    same = " AND ".join(f"t.{quoted(name)} = s.{quoted(name)}" for name in mapping.key)
    return execute(
        connection,
        # Keys first, each looked up in the table: by its guesses at the size of the stage MySQL might scan the table.
        f"DELETE t FROM {quoted(stage.target)} AS s STRAIGHT_JOIN {quoted(mapping.target)} AS t ON {same}",
        doing=f"taking changed rows out of {mapping.target}",
    )


def triggers(connection: Connection) -> dict[str, str]:
    """The triggers of this database by name, each with its table. Raises TargetError."""
    return dict(
        fetch(
            connection,
            "SELECT trigger_name, event_object_table FROM information_schema.triggers "
            "WHERE trigger_schema = DATABASE() ORDER BY trigger_name",
        )
    )


def drop_trigger(connection: Connection, name: str) -> None:
    """Drop a trigger, whether it is there or not. Raises TargetError."""
    execute(connection, f"DROP TRIGGER IF EXISTS {quoted(name)}", doing=f"dropping trigger {name}")
