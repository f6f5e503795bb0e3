"""How busy a SQL Server is. Each question is asked for itself: what a server does not answer is not seen, and named.

Sources: Microsoft Learn on each view: sys.dm_os_wait_stats (times are added up since the start), sys.dm_os_schedulers,
sys.dm_os_ring_buffers (RING_BUFFER_SCHEDULER_MONITOR: a record each minute), sys.dm_db_resource_stats (Azure SQL
Database: a row each 15 seconds), sys.dm_db_log_space_usage, sys.dm_exec_requests, sys.dm_db_file_space_usage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.errors import SourceDenied, SourceRejected
from migrator.model.pressure import Pressure, Signal
from migrator.sqlserver.connect import APPLICATION, Link, connect, literal
from migrator.sqlserver.url import Server
from migrator.sqlserver.version import read_product

_FEWEST_WAITS: Final = 10
"""An average of fewer waits says nothing."""
_BLOCKED_MS: Final = 2000
"""Shorter waits for a lock are everyday life."""
_DENIED: Final = "a permission is missing: VIEW SERVER STATE"
_ABSENT: Final = "this server does not tell it"

Rows = list[tuple[Any, ...]]

_WAITS: Final = """SELECT CAST(wait_type AS nvarchar(60)), CAST(waiting_tasks_count AS bigint),
  CAST(wait_time_ms AS bigint) FROM {view}
  WHERE wait_type IN ('WRITELOG', 'HADR_SYNC_COMMIT', 'PAGEIOLATCH_SH', 'PAGEIOLATCH_EX', 'THREADPOOL')"""
_RUNNABLE: Final = """SELECT AVG(CAST(runnable_tasks_count AS float)) FROM sys.dm_os_schedulers
  WHERE status = 'VISIBLE ONLINE'"""
_LOG_USED: Final = "SELECT CAST(used_log_space_in_percent AS float) FROM sys.dm_db_log_space_usage"
# The process's own share: what the whole machine does is not told rightly on Linux.
_CPU: Final = """SELECT TOP (1) timestamp,
  CAST(record AS xml).value('(/Record/SchedulerMonitorEvent/SystemHealth/ProcessUtilization)[1]', 'int')
  FROM sys.dm_os_ring_buffers WHERE ring_buffer_type = N'RING_BUFFER_SCHEDULER_MONITOR'
  AND record LIKE N'%<SystemHealth>%' ORDER BY timestamp DESC"""
_CPU_AZURE: Final = """SELECT TOP (1) CONVERT(nvarchar(30), end_time, 126), CAST(avg_cpu_percent AS float)
  FROM sys.dm_db_resource_stats ORDER BY end_time DESC"""
# Without the permission the view shows our own requests alone: that would look like nobody waits.
_BLOCKED: Final = f"""SELECT CASE WHEN HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE') = 1
    OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'VIEW DATABASE STATE') = 1
  THEN (SELECT COUNT(*) FROM sys.dm_exec_requests AS r JOIN sys.dm_exec_sessions AS s
    ON s.session_id = r.blocking_session_id
    WHERE s.program_name = {literal(APPLICATION)} AND s.host_name = HOST_NAME() AND r.wait_time >= {_BLOCKED_MS}) END"""  # noqa: S608
_VERSIONS: Final = """SELECT 100.0 * SUM(version_store_reserved_page_count) / NULLIF(SUM(total_page_count), 0)
  FROM tempdb.sys.dm_db_file_space_usage"""


@dataclass(frozen=True, slots=True)
class _Question:
    """A query, and what its rows say of each of its signals: None for one that this look does not tell."""

    signals: tuple[Signal, ...]
    sql: str
    azure_sql: str
    answer: Callable[[SqlServerGauge, Rows], Mapping[Signal, float | None]]


class SqlServerGauge:
    """A ``model.pressure.Gauge`` of a source."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._link: Link | None = None
        self._single = False
        self._unseen: dict[Signal, str] = {}
        self._waits: dict[str, tuple[int, int]] = {}
        self._record: object = None

    def read(self) -> Pressure:
        """Look once. Raises SourceError."""
        values: dict[Signal, float] = {}
        try:
            link = self._connected()
            for question in _QUESTIONS:
                if question.signals[0] not in self._unseen:
                    values |= self._ask(link, question)
        except BaseException:
            self.close()  # the next look begins with a new connection
            raise
        return Pressure(values, dict(self._unseen))

    def close(self) -> None:
        """End the connection. Harmless when called again."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> Link:
        if self._link is None:
            self._link = connect(self._server)
            self._single = read_product(self._link.rows).is_single_database
            self._waits.clear()  # a server that was started anew counts from zero
        return self._link

    def _ask(self, link: Link, question: _Question) -> dict[Signal, float]:
        try:
            found = question.answer(self, link.rows(question.azure_sql if self._single else question.sql))
        except SourceDenied:
            self._unseen |= dict.fromkeys(question.signals, _DENIED)
            return {}
        except SourceRejected:
            self._unseen |= dict.fromkeys(question.signals, _ABSENT)
            return {}
        return {signal: value for signal, value in found.items() if value is not None}

    def _of_waits(self, rows: Rows) -> Mapping[Signal, float | None]:
        now = {name: (int(count), int(spent)) for name, count, spent in rows}
        before, self._waits = self._waits, now
        if not before:
            return {}

        def grown(*names: str) -> tuple[int, int]:
            pairs = [(now[name], before.get(name, (0, 0))) for name in names if name in now]
            return sum(new[0] - old[0] for new, old in pairs), sum(new[1] - old[1] for new, old in pairs)

        def average(*names: str) -> float:
            count, spent = grown(*names)
            return spent / count if count >= _FEWEST_WAITS else 0.0

        return {
            Signal.SOURCE_LOG_WRITE: average("WRITELOG"),
            Signal.SOURCE_COMMIT: average("HADR_SYNC_COMMIT"),
            Signal.SOURCE_PAGE_READ: average("PAGEIOLATCH_SH", "PAGEIOLATCH_EX"),
            Signal.SOURCE_THREADS: float(grown("THREADPOOL")[0]),
        }

    def _of_processor(self, rows: Rows) -> Mapping[Signal, float | None]:
        """Each record once: halving again and again for the same minute would be too much."""
        if not rows or rows[0][0] == self._record:
            return {}
        self._record = rows[0][0]
        return {Signal.SOURCE_CPU: None if rows[0][1] is None else float(rows[0][1])}

    def _of_requests(self, rows: Rows) -> Mapping[Signal, float | None]:
        [(count,)] = rows
        if count is None:
            self._unseen[Signal.SOURCE_BLOCKED] = _DENIED
            return {}
        return {Signal.SOURCE_BLOCKED: float(count)}


def _single(signal: Signal) -> Callable[[SqlServerGauge, Rows], Mapping[Signal, float | None]]:
    """The answer of a query whose only row holds the signal's number."""
    return lambda _, rows: {signal: float(rows[0][0]) if rows and rows[0][0] is not None else None}


_QUESTIONS: Final = (
    _Question(
        (Signal.SOURCE_LOG_WRITE, Signal.SOURCE_COMMIT, Signal.SOURCE_PAGE_READ, Signal.SOURCE_THREADS),
        _WAITS.format(view="sys.dm_os_wait_stats"),
        _WAITS.format(view="sys.dm_db_wait_stats"),
        SqlServerGauge._of_waits,
    ),
    _Question((Signal.SOURCE_RUNNABLE,), _RUNNABLE, _RUNNABLE, _single(Signal.SOURCE_RUNNABLE)),
    _Question((Signal.SOURCE_CPU,), _CPU, _CPU_AZURE, SqlServerGauge._of_processor),
    _Question((Signal.SOURCE_LOG_USED,), _LOG_USED, _LOG_USED, _single(Signal.SOURCE_LOG_USED)),
    _Question((Signal.SOURCE_BLOCKED,), _BLOCKED, _BLOCKED, SqlServerGauge._of_requests),
    _Question((Signal.SOURCE_VERSIONS,), _VERSIONS, _VERSIONS, _single(Signal.SOURCE_VERSIONS)),
)
