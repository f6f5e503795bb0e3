from __future__ import annotations

from migrator.cutover.forecast import SPREAD, forecast
from migrator.model.rehearsal import PhaseTime


def test_only_what_happens_in_the_window_counts() -> None:
    phases = [PhaseTime("assess", 100), PhaseTime("load", 20), PhaseTime("build", 6), PhaseTime("validate", 4)]
    found = forecast(phases, window_s=60)
    assert found.p50_s == 30
    assert found.p95_s == 30 * SPREAD
    assert found.fits
    assert not forecast(phases, window_s=44.9).fits


def test_assumptions_are_said() -> None:
    words = " ".join(forecast([], window_s=1).assumptions)
    assert f"{SPREAD:g} times" in words
    assert "freezing the source" in words
