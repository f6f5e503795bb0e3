"""What a MySQL says about itself when it is asked before a migration.

A question that the server refuses becomes a line of ``TargetFacts.unasked``. Variables that it does not have are not
there: Aurora has some of its own, and several are younger than 8.0.23.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar

from migrator.errors import TargetError, TargetUnreachable
from migrator.model.checkup import Clock, Unasked, compare_clocks
from migrator.mysql.connect import Connection, fetch
from migrator.mysql.control import OWN_TABLES
from migrator.mysql.grants import held

Answer = TypeVar("Answer")

VARIABLES: Final = (
    "aurora_version",
    "basedir",
    "binlog_format",
    "binlog_row_image",
    "character_set_server",
    "collation_server",
    "event_scheduler",
    "innodb_buffer_pool_size",
    "innodb_flush_log_at_trx_commit",
    "innodb_lock_wait_timeout",
    "innodb_log_file_size",
    "innodb_log_files_in_group",
    "innodb_page_size",
    "innodb_read_only",
    "innodb_redo_log_capacity",
    "local_infile",
    "log_bin",
    "log_bin_trust_function_creators",
    "lower_case_table_names",
    "max_allowed_packet",
    "max_connections",
    "read_only",
    "sql_generate_invisible_primary_key",
    "sql_mode",
    "sql_require_primary_key",
    "super_read_only",
    "system_time_zone",
    "time_zone",
    "tmpdir",
)

_RDS: Final = "/rdsdbbin"
"""Where Amazon keeps its servers' programs."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in the target's database already: tables of an earlier run's book-keeping, and others."""

    ours: bool
    tables: int
    collation: str


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """All answers; None is what could not be asked.

    ``variables`` are the global ones. ``contents`` is None too where the database is not there (``exists``). ``zones``
    says whether the tables of time zones are filled, ``offset`` what the server adds to UTC, in minutes.
    """

    database: str
    text: str
    user: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    privileges: frozenset[str] | None = None
    exists: bool | None = None
    contents: Contents | None = None
    collations: frozenset[str] | None = None
    connections: int | None = None
    zones: bool | None = None
    offset: int | None = None
    clock: Clock | None = None
    unasked: tuple[Unasked, ...] = ()

    @property
    def version(self) -> tuple[int, ...]:
        """The numbers of the version: (8, 0, 36)."""
        return tuple(int(part) for part in re.findall(r"\d+", self.text.partition("-")[0]))

    @property
    def aurora(self) -> str:
        """The release of Aurora: ``3.05.2``; "" for another MySQL."""
        return self.variables.get("aurora_version", "")

    @property
    def managed(self) -> bool:
        """True on Amazon RDS and Aurora: variables are set in parameter groups, SET GLOBAL is refused."""
        return bool(self.aurora) or self.variables.get("basedir", "").startswith(_RDS)

    def on(self, name: str) -> bool | None:
        """A switch; None where the server has no such variable."""
        value = self.variables.get(name)
        return None if value is None else value.upper() in ("ON", "1", "YES", "TRUE")

    def number(self, name: str) -> int | None:
        """A number; None where the server has no such variable."""
        value = self.variables.get(name)
        return int(value) if value is not None and re.fullmatch(r"-?\d+", value) else None


def probe_target(connection: Connection, database: str) -> TargetFacts:
    """Ask every question once, over a connection without a database. Raises TargetUnreachable where it is lost."""
    ask = _Asker(connection)
    text, user = ask("the version", "SELECT VERSION(), CURRENT_USER()", (), lambda rows: rows[0]) or ("", "")
    exists = ask("the database", _DATABASE, (database,), lambda rows: [str(row[0]) for row in rows])
    return TargetFacts(
        database=database,
        text=str(text),
        user=str(user),
        variables=MappingProxyType(ask("the variables", _SETTINGS, VARIABLES, _variables) or {}),
        privileges=ask("our privileges", "SHOW GRANTS", (), lambda rows: held((row[0] for row in rows), database)),
        exists=None if exists is None else bool(exists),
        contents=ask("the tables", _TABLES, (database,), lambda rows: _contents(rows, exists[0])) if exists else None,
        collations=ask("the collations", _COLLATIONS, (), lambda rows: frozenset(str(row[0]) for row in rows)),
        connections=ask("open connections", _CONNECTIONS, (), lambda rows: int(rows[0][1])),
        zones=ask("time zones", _ZONES, (), lambda rows: rows[0][0] is not None),
        offset=ask("the time zone", _OFFSET, (), lambda rows: None if rows[0][0] is None else int(rows[0][0])),
        clock=ask("the clock", None, (), lambda _: compare_clocks(lambda: _moment(connection))),
        unasked=tuple(ask.unasked),
    )


class _Asker:
    """Asks, and writes down what it could not ask."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.unasked: list[Unasked] = []

    def __call__(
        self,
        question: str,
        sql: str | None,
        arguments: Sequence[object],
        read: Callable[[list[tuple[Any, ...]]], Answer],
    ) -> Answer | None:
        try:
            return read(fetch(self._connection, sql, arguments) if sql is not None else [])
        except TargetUnreachable:
            raise
        except TargetError as error:
            self.unasked.append(Unasked(question, error.why or error.what))
        except (LookupError, TypeError, ValueError) as error:
            self.unasked.append(Unasked(question, f"the answer is not as expected ({type(error).__name__})"))
        return None


_SETTINGS: Final = f"SHOW GLOBAL VARIABLES WHERE Variable_name IN ({', '.join(['%s'] * len(VARIABLES))})"
_DATABASE: Final = "SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = %s"
_TABLES: Final = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
_COLLATIONS: Final = "SELECT collation_name FROM information_schema.collations"
_CONNECTIONS: Final = "SHOW GLOBAL STATUS LIKE 'Threads_connected'"
_ZONES: Final = "SELECT CONVERT_TZ('2020-01-01 00:00:00', 'UTC', 'Europe/Berlin')"
_OFFSET: Final = (
    "SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@global.time_zone))"
)


def _variables(rows: list[tuple[Any, ...]]) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in rows}


def _contents(rows: list[tuple[Any, ...]], collation: str) -> Contents:
    names = {str(row[0]).lower() for row in rows}
    return Contents(ours=names >= OWN_TABLES, tables=len(names - OWN_TABLES), collation=collation)


def _moment(connection: Connection) -> datetime:
    [(moment,)] = fetch(connection, "SELECT UTC_TIMESTAMP(6)")
    if not isinstance(moment, datetime):
        raise TypeError
    return moment
