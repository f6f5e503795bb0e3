from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.finding import Status
from migrator.model.rehearsal import Forecast, PhaseTime
from migrator.report import charts

seconds = st.floats(0, 1e7, allow_nan=False)


@given(st.lists(seconds, max_size=12))
def test_timeline_stays_within_its_width(times: list[float]) -> None:
    bars = charts.timeline([PhaseTime(f"p{number}", time) for number, time in enumerate(times)])
    assert len(bars) == len(times)
    for bar, time in zip(bars, times, strict=True):
        assert bar.x >= 0
        assert bar.x + bar.width <= 100.01
        assert (bar.width > 0) == (time > 0)


def test_timeline_is_one_after_another() -> None:
    bars = charts.timeline([PhaseTime("a", 1), PhaseTime("b", 3)])
    assert [(bar.x, bar.width) for bar in bars] == [(0, 25), (25, 75)]


@given(st.fixed_dictionaries({status: st.integers(0, 10**9) for status in Status}))
def test_stacked_fills_the_width_and_drops_nobody(counts: dict[Status, int]) -> None:
    bars = charts.stacked(counts)
    assert [bar.look for bar in bars] == [str(status) for status in counts if counts[status]]
    if bars:
        assert sum(bar.width for bar in bars) == pytest.approx(100, abs=0.1)
        assert all(bar.width >= 1 for bar in bars)


@given(seconds, seconds, seconds)
def test_gauge_marks_the_window_and_what_lies_behind_it(one: float, other: float, window: float) -> None:
    forecast = Forecast(min(one, other), max(one, other), window)
    gauge = charts.gauge(forecast)
    assert any(bar.look == "over" for bar in gauge.bars) == (forecast.p95_s > window)
    assert (gauge.window == 100) or not forecast.fits or forecast.p95_s == 0
    assert all(0 <= bar.x <= 100 and bar.x + bar.width <= 100.01 for bar in gauge.bars)
