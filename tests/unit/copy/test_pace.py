from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from migrator.copy.pace import LEAST, PAUSE, SLOW, WARN, Limits, Orders, Pace, Strain, look, over, pace, told
from migrator.model.pressure import Pressure, Signal

LIMITS = Limits()
CALM = Pressure()
SIGNALS = st.dictionaries(st.sampled_from(Signal), st.floats(0, 1e9))
PRESSURES = st.builds(Pressure, SIGNALS)
RATES = st.just(0.0) | st.floats(1, 1e9)
STRAINS = st.builds(Strain, st.floats(LEAST, 1), RATES, st.booleans(), st.integers(0, 5), st.text(max_size=5))
LOOKS = st.lists(st.tuples(PRESSURES, RATES), max_size=30)


def pressing(signal: Signal, value: float) -> Pressure:
    return Pressure({signal: value})


@given(LOOKS)
def test_the_factor_stays_a_share_and_pressure_never_makes_it_faster(looks: list[tuple[Pressure, float]]) -> None:
    strain = Strain()
    for pressure, moved in looks:
        after = look(strain, pressure, moved, LIMITS)
        assert LEAST <= after.factor <= 1
        if over(pressure, SLOW) or over(pressure, PAUSE):
            assert after.factor <= strain.factor
        if over(pressure, PAUSE):
            assert after.halted
            assert after.why
        strain = after


@given(STRAINS, RATES)
def test_without_pressure_every_copy_comes_back_to_full_pace(strain: Strain, moved: float) -> None:
    for _ in range(60):
        strain = look(strain, CALM, moved, LIMITS)
    assert (strain.factor, strain.halted) == (1, False)
    assert pace(Orders(), strain) == Pace()


@given(STRAINS, RATES, st.booleans(), st.booleans())
def test_orders_are_the_upper_limit(strain: Strain, limit: float, paused: bool, throttle: bool) -> None:
    found = pace(Orders(limit, paused=paused, throttle=throttle), strain)
    if limit:
        assert 0 < found.rate <= limit
    if paused:
        assert found.paused
    if not throttle:
        assert found == Pace(limit, paused)


def test_pressure_halves_what_was_measured_and_it_creeps_back() -> None:
    strain = look(Strain(), CALM, 80e6, LIMITS)
    strain = look(strain, pressing(Signal.TARGET_RUNNING, 26), 80e6, LIMITS)
    assert pace(Orders(), strain) == Pace(40e6)
    strain = look(strain, pressing(Signal.TARGET_RUNNING, 26), 40e6, LIMITS)
    assert pace(Orders(), strain) == Pace(20e6)
    strain = look(strain, pressing(Signal.TARGET_RUNNING, 24), 20e6, LIMITS)
    assert pace(Orders(), strain) == Pace(22e6)


def test_a_hard_limit_stops_until_it_has_been_gone_for_three_looks() -> None:
    halted = look(Strain(), pressing(Signal.TARGET_LAG, 60), 80e6, LIMITS)
    assert pace(Orders(), halted).paused
    assert not pace(Orders(throttle=False), halted).paused
    strain = halted
    states = []
    for value in (1, 1, 90, 1, 1, 1):
        strain = look(strain, pressing(Signal.TARGET_LAG, value), 0, LIMITS)
        states.append(strain.halted)
    assert states == [True, True, True, True, True, False]
    assert 0 < pace(Orders(), strain).rate < 80e6 / 4


def test_pressure_before_anything_moved_slows_as_soon_as_something_does() -> None:
    strain = look(Strain(), pressing(Signal.SOURCE_CPU, 99), 0, LIMITS)
    assert pace(Orders(), strain) == Pace()
    strain = look(strain, pressing(Signal.SOURCE_CPU, 99), 10e6, LIMITS)
    assert pace(Orders(), strain) == Pace(2.5e6)


def test_what_going_slower_does_not_help_only_warns() -> None:
    for signal in WARN:
        assert look(Strain(), pressing(signal, math.inf), 1e6, LIMITS) == Strain(top=1e6)
        assert over(pressing(signal, WARN[signal]), WARN)


def test_a_limit_of_its_own() -> None:
    strict = Limits(slow={Signal.TARGET_REDO: 50}, pause={}, warn={})
    assert look(Strain(), pressing(Signal.TARGET_REDO, 50), 1e6, strict).factor == 0.5
    assert look(Strain(), pressing(Signal.TARGET_RUNNING, 1e6), 1e6, strict).factor == 1


def test_every_signal_has_its_words() -> None:
    said = over(Pressure(dict.fromkeys(Signal, 5.0)), dict.fromkeys(Signal, 5.0))
    assert said.count("the limit is 5") == len(Signal)


def test_people_are_told_what_and_why() -> None:
    free = (Orders(), Strain())
    slow = (Orders(), look(Strain(top=8e6), pressing(Signal.TARGET_RUNNING, 30), 8e6, LIMITS))
    stopped = (Orders(), look(Strain(), pressing(Signal.SOURCE_LOG_USED, 98), 8e6, LIMITS))
    assert told(free, slow) == "slowed to 4.0 MB/s: threads of others run in the target: 30, the limit is 25"
    assert told(free, stopped) == "paused: the source's log is full: 98%, the limit is 97%"
    assert told(stopped, free) == "going on, as fast as it can"
    assert told(slow, free) == "at full pace again, as fast as it can"
    assert told(free, (Orders(paused=True), Strain())) == "paused: as ordered"
    assert told(free, (Orders(5e6), Strain())) == "ordered to go at most 5.0 MB/s"
    assert told((Orders(5e6), Strain()), free) == "ordered to go as fast as it can"
    assert told(free, (Orders(throttle=False), Strain())) == "not heeding the load of the two ends any more"
    assert told(free, (Orders(limits=Limits(slow={})), Strain())) == "other limits are in force"
    assert told(free, (Orders(), Strain(top=9e6))) == ""
