"""Will the cutover fit its window? Arithmetic on what one rehearsal measured, with every assumption said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from migrator.model.rehearsal import Forecast, PhaseTime

IN_WINDOW: Final = ("create", "load", "build", "validate")
"""The phases that the application has to wait for; assessment and translation happen days before."""

SPREAD: Final = 1.5
"""P95 over P50 while there is one rehearsal only: a stated guess, not a measurement."""


def forecast(phases: Sequence[PhaseTime], *, window_s: float) -> Forecast:
    """The sum of the phases inside the window; ``window_s`` in seconds."""
    p50 = sum(phase.seconds for phase in phases if phase.name in IN_WINDOW)
    return Forecast(
        p50_s=p50,
        p95_s=p50 * SPREAD,
        window_s=window_s,
        assumptions=(
            f"inside the window, one after the other: {', '.join(IN_WINDOW)}",
            "the same data, the same machines and the same network as in this rehearsal",
            f"P95 is {SPREAD:g} times P50: one rehearsal says nothing about the spread, repeat it on the real target",
            "freezing the source, draining, switching the application and the decision itself are not counted",
        ),
    )
