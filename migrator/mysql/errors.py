"""MySQL's error numbers in words that help.

Numbers and meanings: MySQL 8.0 Error Reference, "Server Error Message Reference" and "Client Error Message Reference".
"""

from __future__ import annotations

from typing import Final

import pymysql

from migrator.errors import (
    MigratorError,
    TargetBusy,
    TargetDenied,
    TargetError,
    TargetFull,
    TargetReadOnly,
    TargetRejected,
    TargetUnreachable,
)

_DENIED: Final = {1044, 1045, 1129, 1130, 1142, 1143, 1227, 1370, 1698, 1820, 2061, 3118, 3879, 4031}
_UNREACHABLE: Final = {1040, 1053, 1077, 1080, 1152, 1153, 1158, 1159, 1160, 1161, 1184, 1203, 1927}
_UNREACHABLE_CLIENT: Final = range(2000, 2100)
_READ_ONLY: Final = {1036, 1290, 1792, 1836, 3100, 3815}
_FULL: Final = {3, 20, 28, 1021, 1030, 1114, 1026, 3019}
_BUSY: Final = {1205, 1213, 3572}
_LOCAL_INFILE: Final = {1148, 3948, 3950}
LOST: Final = frozenset({0, 1053, 2006, 2013, 2014, 2055, 4031})
"""The connection is gone, and with it whatever its transaction had not committed."""
TRANSIENT: Final = (TargetBusy, TargetUnreachable)
"""Worth another try: a lock wait, a deadlock, a lost connection, a server that is just starting."""


def number(error: BaseException) -> int:
    """MySQL's error number of a pymysql error; 0 where it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def words(error: BaseException) -> str:
    """MySQL's own words. They may quote a value of a row (1062, 1366, 1406 …): those are cut to their kind."""
    if number(error) in (1062, 1264, 1265, 1292, 1366, 1406, 1411, 3819):
        kinds = {
            1062: "two rows with the same value in a unique key",
            1264: "a number out of range",
            1265: "a value that would be cut",
            1292: "a date or number that MySQL cannot read",
            1366: "text that the column's character set does not have",
            1406: "a value too long for its column",
            1411: "a value that a function cannot read",
            3819: "a row that breaks a CHECK",
        }
        return f"MySQL error {number(error)}: {kinds[number(error)]}"
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return f"MySQL error {number(error)}: {text}" if number(error) else text or type(error).__name__


def explain(error: BaseException, doing: str) -> MigratorError:
    """The error of ours that says what a pymysql error means; ``doing`` completes "while …"."""
    if isinstance(error, MigratorError):
        return error
    if not isinstance(error, (pymysql.MySQLError, OSError)):
        return TargetError(f"unexpected trouble while {doing}", why=f"{type(error).__name__}: {error}")
    code = number(error)
    why = words(error)
    if code in _LOCAL_INFILE:
        return TargetDenied(
            f"the target refuses LOAD DATA LOCAL while {doing}",
            why=why,
            todo="set local_infile = 1 (on Aurora: in the parameter group), then --resume",
        )
    if code in _DENIED:
        return TargetDenied(
            f"the target refused access while {doing}",
            why=why,
            todo="check user, password and privileges (CREATE, ALTER, DROP, INDEX, REFERENCES, SELECT, INSERT, "
            "UPDATE, DELETE, CREATE VIEW, TRIGGER, CREATE TEMPORARY TABLES on the database)",
        )
    if code in _READ_ONLY:
        return TargetReadOnly(
            f"the target takes no writes ({doing})",
            why=why,
            todo="use the writer endpoint of the cluster, and check read_only and innodb_read_only",
        )
    if code in _FULL:
        return TargetFull(
            f"the target has no space left ({doing})",
            why=why,
            todo="make room for data, binary log and temporary files, then run again with --resume: nothing is lost",
        )
    if code in _BUSY:
        return TargetBusy(
            f"the target kept us waiting for a lock while {doing}",
            why=why,
            todo="find the session that holds it (performance_schema.data_locks), then run again with --resume",
        )
    if code in _UNREACHABLE or code in _UNREACHABLE_CLIENT or code in LOST or isinstance(error, OSError):
        return TargetUnreachable(
            f"no connection to the target while {doing}",
            why=why,
            todo="check host, port, TLS and that the server is up, then run again with --resume: nothing is lost",
        )
    return TargetRejected(
        f"the target rejected {doing}", why=why, todo="see the statement and its object in the report"
    )
