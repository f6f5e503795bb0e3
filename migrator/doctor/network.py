"""How far away both ends are, and how fast bytes go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from migrator.model.checkup import Area, Check, Clock, Grade, Rate, Unasked
from migrator.units import duration, volume

_SLOW: Final = 10_000_000
"""Bytes a second: 36 GB an hour."""
_FAR: Final = 0.010
"""Seconds there and back: within a region it is one or two milliseconds."""
_WORTH_SAYING: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Network:
    """What was measured; None where it was not."""

    from_source: Rate | None = None
    to_target: Rate | None = None
    unasked: tuple[Unasked, ...] = ()


def network(found: Network, *, source: Clock | None, target: Clock | None, size: int | None) -> Iterator[Check]:
    """Latency and rate of each end, and what the source's ``size`` in bytes means for them."""
    yield from _latency("latency to the source", source)
    yield from _latency("latency to the target", target)
    yield from _rate("rate from the source", found.from_source, size)
    yield from _rate("rate to the target", found.to_target, size)


def _latency(name: str, clock: Clock | None) -> Iterator[Check]:
    if clock is None:
        return
    taken = f"{clock.round_trip * 1000:.1f} ms there and back"
    if clock.round_trip <= _FAR:
        yield _check(name, Grade.OK, taken)
    else:
        yield _check(
            name,
            Grade.WARNING,
            taken,
            "every slice and every table costs some of these",
            "run migrator on a machine near both servers, and with more --workers",
        )


def _rate(name: str, rate: Rate | None, size: int | None) -> Iterator[Check]:
    if rate is None:
        return
    found = f"{volume(rate.per_second)} a second over one connection"
    if size is not None and size >= _WORTH_SAYING:
        found += f": {volume(size)} of data take {duration(size / rate.per_second)} or less with several"
    if rate.per_second >= _SLOW:
        yield _check(name, Grade.OK, found)
    else:
        yield _check(
            name,
            Grade.WARNING,
            found,
            "the network will be what the copy waits for",
            "run migrator on a machine near both servers; look for VPNs and small instances on the way",
        )


def _check(name: str, grade: Grade, found: str, why: str = "", advice: str = "") -> Check:
    return Check(Area.NETWORK, name, grade, found, why, advice)
