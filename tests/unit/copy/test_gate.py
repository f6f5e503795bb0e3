from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.copy.gate import BURST_SECONDS, LONGEST_WAIT, Gate
from migrator.copy.pace import Pace
from migrator.errors import Interrupted


class Clock:
    """Time that passes only while somebody waits; ``then`` happens at ``at``."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.at = float("inf")
        self.then = lambda: None
        self.waits: list[float] = []

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        if self.now >= self.at:
            self.at = float("inf")
            self.then()


def gate(clock: Clock) -> Gate:
    return Gate([0.0] * 5, threading.Lock(), clock=lambda: clock.now, wait=clock.wait)


@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=50), st.floats(1e4, 1e8))
def test_no_more_passes_than_the_rate_and_hardly_less(sizes: list[int], rate: float) -> None:
    clock = Clock()
    passing = gate(clock)
    passing.set(Pace(rate))
    began = clock.now
    for size in sizes:
        passing.take(size)
    took = clock.now - began
    total = sum(sizes)
    assert took >= total / rate - BURST_SECONDS - 1e-6
    assert took <= total / rate + 0.001 * len(sizes)
    assert passing.moved == total
    assert all(wait <= LONGEST_WAIT for wait in clock.waits)


def test_an_open_gate_waits_for_nothing() -> None:
    clock = Clock()
    passing = gate(clock)
    for _ in range(100):
        passing.hold()
        passing.take(10**9)
    assert clock.waits == []


def test_a_new_rate_counts_at_once_for_those_who_wait() -> None:
    clock = Clock()
    passing = gate(clock)
    passing.set(Pace(1000.0))
    clock.at, clock.then = clock.now + 5, lambda: passing.set(Pace())
    passing.take(10**6)  # a quarter of an hour at the old rate
    assert 5 <= clock.now - 1000 <= 5 + 2 * LONGEST_WAIT


def test_time_that_passed_unused_is_no_credit() -> None:
    clock = Clock()
    passing = gate(clock)
    passing.set(Pace(1e6))
    clock.now += 3600
    began = clock.now
    for _ in range(10):
        passing.take(1_000_000)
    assert clock.now - began >= 10 - BURST_SECONDS - 1e-6


def test_a_pause_is_held_until_it_ends() -> None:
    clock = Clock()
    passing = gate(clock)
    passing.set(Pace(0, paused=True))
    clock.at, clock.then = clock.now + 7, lambda: passing.set(Pace())
    passing.hold()
    assert 7 <= clock.now - 1000 <= 7 + LONGEST_WAIT


def test_who_is_to_stop_stops_while_waiting() -> None:
    def stop(_: float) -> None:
        raise Interrupted("stopped")

    passing = Gate([0.0] * 5, threading.Lock(), wait=stop)
    passing.set(Pace(1.0, paused=True))
    with pytest.raises(Interrupted):
        passing.hold()
    with pytest.raises(Interrupted):
        passing.take(1000)
