"""How fast a copy may go: what people order, what both ends can bear. Pure: numbers in, a pace out.

Under pressure the pace is halved, and creeps back while nothing presses (additive increase, multiplicative decrease, as
TCP does it). Some signals stop the copy until they are gone, and some only warn, because going slower would not help.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from migrator.model.pressure import Pressure, Signal
from migrator.units import volume

LEAST: Final = 1 / 32
"""The share of its full pace that a copy keeps under pressure."""
_RESTART: Final = 1 / 8
"""The share with which it goes on after it was stopped."""
_STEP: Final = 1 / 40
"""What it gains with each calm look: two minutes from nothing to full, at three seconds a look."""
_CALM_LOOKS: Final = 3
"""So many looks in a row without a reason to stop, and it goes on."""

SLOW: Final[Mapping[Signal, float]] = MappingProxyType(
    {
        Signal.SOURCE_CPU: 85,
        Signal.SOURCE_RUNNABLE: 2,
        Signal.SOURCE_LOG_WRITE: 20,
        Signal.SOURCE_COMMIT: 50,
        Signal.SOURCE_PAGE_READ: 50,
        Signal.SOURCE_THREADS: 1,
        Signal.SOURCE_LOG_USED: 85,
        Signal.TARGET_RUNNING: 25,
        Signal.TARGET_HISTORY: 1_000_000,
        Signal.TARGET_LOCKS: 10,
        Signal.TARGET_LAG: 2,
    }
)
"""From these numbers on the pace is halved."""
PAUSE: Final[Mapping[Signal, float]] = MappingProxyType(
    {
        Signal.SOURCE_RUNNABLE: 20,
        Signal.SOURCE_LOG_WRITE: 500,
        Signal.SOURCE_COMMIT: 1000,
        Signal.SOURCE_PAGE_READ: 1000,
        Signal.SOURCE_THREADS: 20,
        Signal.SOURCE_LOG_USED: 97,
        Signal.TARGET_RUNNING: 100,
        Signal.TARGET_HISTORY: 10_000_000,
        Signal.TARGET_LOCKS: 100,
        Signal.TARGET_LAG: 60,
    }
)
"""From these numbers on nothing is loaded. A redo log that is full is what a bulk load looks like: it has no limit
unless one is given."""
WARN: Final[Mapping[Signal, float]] = MappingProxyType({Signal.SOURCE_VERSIONS: 60, Signal.SOURCE_BLOCKED: 1})
"""From these numbers on people are told. Row versions are kept until the copy ends, and locks until their rows are
read: going slower would keep both longer."""

_WORDS: Final[Mapping[Signal, tuple[str, str]]] = {
    Signal.SOURCE_CPU: ("the source's processors are busy", "%"),
    Signal.SOURCE_RUNNABLE: ("tasks wait for each processor of the source", ""),
    Signal.SOURCE_LOG_WRITE: ("a write to the source's log takes", " ms"),
    Signal.SOURCE_COMMIT: ("a commit of the source waits for its replica", " ms"),
    Signal.SOURCE_PAGE_READ: ("a page read of the source takes", " ms"),
    Signal.SOURCE_THREADS: ("requests waited for a thread of the source", ""),
    Signal.SOURCE_LOG_USED: ("the source's log is full", "%"),
    Signal.SOURCE_BLOCKED: ("requests of others wait for locks of ours in the source", ""),
    Signal.SOURCE_VERSIONS: ("row versions fill the source's tempdb", "%"),
    Signal.TARGET_RUNNING: ("threads of others run in the target", ""),
    Signal.TARGET_HISTORY: ("the target's history list is long", ""),
    Signal.TARGET_LOCKS: ("transactions wait for row locks in the target", ""),
    Signal.TARGET_REDO: ("the target's redo log is full", "%"),
    Signal.TARGET_LAG: ("a replica of the target is behind", " s"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers from which on a signal slows, stops or is told of; a signal without one does not."""

    slow: Mapping[Signal, float] = field(default_factory=lambda: SLOW)
    pause: Mapping[Signal, float] = field(default_factory=lambda: PAUSE)
    warn: Mapping[Signal, float] = field(default_factory=lambda: WARN)


@dataclass(frozen=True, slots=True)
class Orders:
    """What people want. ``rate_limit`` is in bytes a second for all workers together, 0 for none; ``throttle`` False
    leaves the signals unheard."""

    rate_limit: float = 0
    paused: bool = False
    throttle: bool = True
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Strain:
    """What the looks so far came to.

    ``factor`` is the share of full pace, above 0 and at most 1; ``top`` what full pace was when it was last seen (bytes
    a second; 0 where it was not). ``why`` is the reason of the last look, empty where nothing pressed.
    """

    factor: float = 1.0
    top: float = 0.0
    halted: bool = False
    calm: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """What workers are told: ``rate`` in bytes a second for all of them, 0 for as fast as they can."""

    rate: float = 0.0
    paused: bool = False


def look(strain: Strain, pressure: Pressure, moved: float, limits: Limits) -> Strain:
    """The strain after one more look; ``moved`` is the rate (bytes a second) since the last one."""
    top = moved if strain.factor == 1 or not strain.top else strain.top
    if why := over(pressure, limits.pause):
        return Strain(min(strain.factor, _RESTART), top, halted=True, why=why)
    if strain.halted and strain.calm + 1 < _CALM_LOOKS:
        return replace(strain, calm=strain.calm + 1)
    if why := over(pressure, limits.slow):
        return Strain(max(LEAST, strain.factor / 2), top, why=why)
    return Strain(min(1.0, strain.factor + _STEP), top)


def pace(orders: Orders, strain: Strain) -> Pace:
    """The pace under both."""
    rate = orders.rate_limit
    if orders.throttle and strain.factor < 1 and strain.top > 0:
        held = max(1.0, strain.factor * strain.top)
        rate = min(rate, held) if rate else held
    return Pace(rate, orders.paused or (orders.throttle and strain.halted))


def over(pressure: Pressure, limits: Mapping[Signal, float]) -> str:
    """The signals that have reached their limits, as words; empty where none has."""
    return "; ".join(
        _said(signal, value, limits[signal])
        for signal, value in sorted(pressure.values.items())
        if signal in limits and value >= limits[signal] and not math.isnan(value)
    )


def _said(signal: Signal, value: float, limit: float) -> str:
    words, unit = _WORDS[signal]
    return f"{words}: {value:,.4g}{unit}, the limit is {limit:,.4g}{unit}"


def told(before: tuple[Orders, Strain], now: tuple[Orders, Strain]) -> str:
    """What people are told of the way from one pace to the next; empty where nothing changed that they care about."""
    (old_orders, old_strain), (orders, strain) = before, now
    was, is_ = pace(old_orders, old_strain), pace(orders, strain)
    if is_.paused and not was.paused:
        return f"paused: {'as ordered' if orders.paused else strain.why}"
    limit = f"at most {volume(orders.rate_limit)}/s" if orders.rate_limit else "as fast as it can"
    if was.paused and not is_.paused:
        return f"going on, {f'at most {volume(is_.rate)}/s at first' if is_.rate else limit}"
    if orders.throttle and strain.factor < old_strain.factor and not is_.paused:
        return f"slowed to {f'{volume(is_.rate)}/s' if is_.rate else 'a share of its pace'}: {strain.why}"
    if old_strain.factor < 1 <= strain.factor and orders.throttle:
        return f"at full pace again, {limit}"
    if orders.throttle != old_orders.throttle:
        return "heeding the load of both ends" if orders.throttle else "not heeding the load of the two ends any more"
    if orders.rate_limit != old_orders.rate_limit:
        return f"ordered to go {limit}"
    return "other limits are in force" if orders.limits != old_orders.limits else ""
