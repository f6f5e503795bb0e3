"""How busy the two ends of a copy are, in numbers that a limit can be set for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Signal(StrEnum):
    """What is asked for. The name is the key of its limit, and ends with the unit where that is not a plain count."""

    SOURCE_CPU = "source_cpu_percent"
    SOURCE_RUNNABLE = "source_runnable_tasks"
    SOURCE_LOG_WRITE = "source_log_write_ms"
    SOURCE_COMMIT = "source_replica_commit_ms"
    SOURCE_PAGE_READ = "source_page_read_ms"
    SOURCE_THREADS = "source_thread_waits"
    SOURCE_LOG_USED = "source_log_used_percent"
    SOURCE_BLOCKED = "source_blocked_requests"
    SOURCE_VERSIONS = "source_versions_percent"
    TARGET_RUNNING = "target_threads_running"
    TARGET_HISTORY = "target_history_length"
    TARGET_LOCKS = "target_row_lock_waits"
    TARGET_REDO = "target_redo_percent"
    TARGET_LAG = "target_replica_lag_s"


@dataclass(frozen=True, slots=True)
class Pressure:
    """What one look at a server found: a number for each signal that it gave, a reason for each that it never will."""

    values: Mapping[Signal, float] = field(default_factory=dict)
    unseen: Mapping[Signal, str] = field(default_factory=dict)

    def __or__(self, other: Pressure) -> Pressure:
        return Pressure({**self.values, **other.values}, {**self.unseen, **other.unseen})


class Gauge(Protocol):
    """Asks one server again and again, over one connection that is made anew where it was lost."""

    def read(self) -> Pressure:
        """Look once. Rates are those since the last look, so the first one has none. Raises MigratorError."""

    def close(self) -> None:
        """End the connection. Harmless when called again."""


@runtime_checkable
class Gauged(Protocol):
    """A source whose load can be asked for: a server that others use too."""

    def gauge(self) -> Gauge:
        """A new gauge; it connects when it is read for the first time."""
