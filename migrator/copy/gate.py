"""The gate that every piece of rows passes on its way to the target, in whichever worker it is.

Its state lies in memory that all workers share. A piece adds its bytes to a level that sinks at the ordered rate, and
passes when the level is low enough: that way a new rate counts at once, also for those who wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableSequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from migrator import workers
from migrator.copy.pace import Pace

BURST_SECONDS: Final = 0.25
"""So much of a rate may pass at once: pieces come whole."""
LONGEST_WAIT: Final = 0.2
"""Whoever waits looks this often whether something has changed (seconds)."""
_SHORTEST_WAIT: Final = 0.001

_RATE, _PAUSED, _LEVEL, _SEEN, _MOVED = range(5)
_SIZE: Final = 5


class Gate:
    """Made by the parent, handed to the workers as they start. The clock is one of the whole machine."""

    def __init__(
        self,
        state: MutableSequence[float],
        lock: AbstractContextManager[Any],
        *,
        clock: Callable[[], float] = monotonic,
        wait: Callable[[float], None] = workers.pause,
    ) -> None:
        """``wait`` sleeps, and raises Interrupted where this worker is to stop."""
        self._state = state
        self._lock = lock
        self._clock = clock
        self._wait = wait

    @classmethod
    def shared(cls) -> Gate:
        """An open gate for all workers of a run."""
        memory: Any = workers.context().RawArray("d", _SIZE)
        return cls(memory, workers.context().Lock())

    def set(self, pace: Pace) -> None:
        """From now on this is the pace."""
        with self._lock:
            self._sink()
            self._state[_RATE], self._state[_PAUSED] = pace.rate, float(pace.paused)
            if not pace.rate:
                self._state[_LEVEL] = 0

    @property
    def paused(self) -> bool:
        """True while nothing may begin."""
        return self._state[_PAUSED] != 0

    @property
    def moved(self) -> float:
        """Bytes that have passed so far."""
        return self._state[_MOVED]

    def hold(self) -> None:
        """Wait until it is no longer paused. Raises Interrupted."""
        while self.paused:
            self._wait(LONGEST_WAIT)

    def take(self, size: int) -> None:
        """Let ``size`` bytes pass, as soon as the rate allows it; a pause is not waited for. Raises Interrupted."""
        with self._lock:
            self._sink()
            self._state[_LEVEL] += size
            self._state[_MOVED] += size
            left = self._too_much()
        while left > 0:
            self._wait(min(max(left, _SHORTEST_WAIT), LONGEST_WAIT))
            with self._lock:
                self._sink()
                left = self._too_much()

    def _too_much(self) -> float:
        """Seconds until the level is low enough at the present rate."""
        rate = self._state[_RATE]
        return self._state[_LEVEL] / rate - BURST_SECONDS if rate else 0.0

    def _sink(self) -> None:
        now = self._clock()
        rate = self._state[_RATE]
        level = self._state[_LEVEL] - rate * (now - self._state[_SEEN])
        self._state[_LEVEL] = max(0.0, level) if rate else 0.0
        self._state[_SEEN] = now


_gate = Gate([0.0] * _SIZE, threading.Lock())  # never shut: for whoever copies without one


def use(gate: Gate) -> None:
    """From now on this process's work passes ``gate``."""
    global _gate  # noqa: PLW0603 - one for each worker process, given as it starts
    _gate = gate


def current() -> Gate:
    """The gate that this process's work passes."""
    return _gate


@dataclass(frozen=True, slots=True)
class Begin:
    """What a worker runs first: take the gate, then do what the source wants."""

    gate: Gate
    then: Callable[[], None] | None

    def __call__(self) -> None:
        """Run by the worker."""
        use(self.gate)
        if self.then is not None:
            self.then()
