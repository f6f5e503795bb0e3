"""The geometry of the charts, in percent of their width; the template draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from migrator.model.finding import Status
from migrator.model.rehearsal import Forecast, PhaseTime

_SEEN: Final = 0.4
"""The narrowest bar that an eye finds, in percent."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle from ``x``, ``width`` wide, both in percent; ``look`` is the class that colours it."""

    x: float
    width: float
    look: str = ""


def timeline(phases: Sequence[PhaseTime]) -> tuple[Bar, ...]:
    """One bar a phase, each beginning where the one before it ends."""
    total = sum(phase.seconds for phase in phases)
    starts = accumulate((phase.seconds for phase in phases), initial=0.0)
    return tuple(_bar(start, phase.seconds, total) for start, phase in zip(starts, phases, strict=False))


def share(part: float, whole: float) -> Bar:
    """A bar from the left, as long as the part is of the whole."""
    return _bar(0, part, whole)


def _bar(start: float, length: float, total: float, look: str = "") -> Bar:
    if total <= 0 or length <= 0:
        return Bar(0, 0, look)
    width = max(100 * length / total, _SEEN)
    return Bar(round(min(100 * start / total, 100 - width), 2), round(width, 2), look)


def stacked(counts: Mapping[Status, int] | Mapping[str, int]) -> tuple[Bar, ...]:
    """The shares of each status side by side, filling the width; small ones are kept wide enough to be seen."""
    present = [(status, number) for status, number in counts.items() if number]
    total = sum(number for _, number in present)
    widths = [max(100 * number / total, 1.2) for _, number in present]
    scale = 100 / sum(widths) if widths else 0
    starts = accumulate((width * scale for width in widths), initial=0.0)
    return tuple(
        Bar(round(start, 2), round(width * scale, 2), str(status))
        for start, width, (status, _) in zip(starts, widths, present, strict=False)
    )


@dataclass(frozen=True, slots=True)
class Gauge:
    """The forecast on a scale from nothing to the window, or to P95 where that is later; ``window`` is its end."""

    bars: tuple[Bar, ...]
    window: float


def gauge(forecast: Forecast) -> Gauge:
    """Up to P50, from P50 to P95 inside the window, and what lies behind the window."""
    scale = max(forecast.window_s, forecast.p95_s)
    inside = min(forecast.p95_s, forecast.window_s)
    spans: Iterable[tuple[float, float, str]] = (
        (0.0, min(forecast.p50_s, inside), "likely"),
        (min(forecast.p50_s, inside), inside, "late"),
        (forecast.window_s, forecast.p95_s, "over"),
    )
    bars = tuple(_bar(start, end - start, scale, look) for start, end, look in spans if end > start)
    return Gauge(bars, round(100 * forecast.window_s / scale, 2) if scale > 0 else 100.0)
