"""How busy a target is. Each question is asked for itself: what a server does not answer is not seen, and named.

Sources: MySQL 8.0 Reference Manual, "Server Status Variables" and "InnoDB INFORMATION_SCHEMA Metrics Table"; Amazon
Aurora User Guide, "information_schema.replica_host_status".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import pymysql

from migrator.errors import TargetDenied, TargetRejected
from migrator.model.pressure import Pressure, Signal
from migrator.mysql.connect import Connection, connect, fetch
from migrator.mysql.url import Target

_STATUS: Final = """SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'Innodb_row_lock_current_waits',
  'Innodb_redo_log_current_lsn', 'Innodb_redo_log_checkpoint_lsn')"""
_REDO_CAPACITY: Final = "SHOW GLOBAL VARIABLES LIKE 'innodb_redo_log_capacity'"
_HISTORY: Final = "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'"
_AURORA_LAG: Final = """SELECT MAX(replica_lag_in_milliseconds) / 1000 FROM information_schema.replica_host_status
  WHERE session_id <> 'MASTER_SESSION_ID'"""

_Ask = Callable[["MySqlGauge", Connection], Mapping[Signal, float]]


class MySqlGauge:
    """A ``model.pressure.Gauge`` of a target. ``own`` connections are ours, and not counted among those that run."""

    def __init__(self, target: Target, *, own: int) -> None:
        self._target = target
        self._own = own
        self._connection: Connection | None = None
        self._unseen: dict[Signal, str] = {}

    def read(self) -> Pressure:
        """Look once. Raises TargetError."""
        connection = self._connected()
        values: dict[Signal, float] = {}
        for signals, ask, absent in _QUESTIONS:
            if signals[0] in self._unseen:
                continue
            try:
                values |= ask(self, connection)
            except TargetDenied:
                self._unseen |= dict.fromkeys(signals, "a privilege is missing: PROCESS")
            except TargetRejected:
                self._unseen |= dict.fromkeys(signals, absent)
        return Pressure(values, dict(self._unseen))

    def close(self) -> None:
        """End the connection. Harmless when called again."""
        if self._connection is not None:
            with suppress(pymysql.MySQLError, OSError):
                self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None or not self._connection.open:
            self._connection = connect(self._target, database="")
        return self._connection

    def _status(self, connection: Connection) -> Mapping[Signal, float]:
        found = {name.lower(): float(value) for name, value in fetch(connection, _STATUS)}
        values = {
            Signal.TARGET_RUNNING: max(0.0, found["threads_running"] - 1 - self._own),
            Signal.TARGET_LOCKS: found["innodb_row_lock_current_waits"],
        }
        if "innodb_redo_log_current_lsn" in found:  # MySQL 8.0.30 and later
            age = found["innodb_redo_log_current_lsn"] - found["innodb_redo_log_checkpoint_lsn"]
            capacity = sum(float(value) for _, value in fetch(connection, _REDO_CAPACITY))
            values[Signal.TARGET_REDO] = 100 * age / capacity if capacity else 0.0
        else:
            self._unseen[Signal.TARGET_REDO] = "MySQL 8.0.30 and later tell it"
        return values

    def _history(self, connection: Connection) -> Mapping[Signal, float]:
        [(count,)] = fetch(connection, _HISTORY)
        return {Signal.TARGET_HISTORY: float(count)}

    def _lag(self, connection: Connection) -> Mapping[Signal, float]:
        [(lag,)] = fetch(connection, _AURORA_LAG)
        return {} if lag is None else {Signal.TARGET_LAG: float(lag)}


_QUESTIONS: Final[tuple[tuple[tuple[Signal, ...], _Ask, str], ...]] = (
    ((Signal.TARGET_RUNNING, Signal.TARGET_LOCKS), MySqlGauge._status, "the server does not tell it"),
    ((Signal.TARGET_HISTORY,), MySqlGauge._history, "the server does not tell it"),
    ((Signal.TARGET_LAG,), MySqlGauge._lag, "Aurora alone tells it to others than the replica"),
)
