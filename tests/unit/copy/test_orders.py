from __future__ import annotations

import re

import pytest

from migrator.copy.orders import read_orders, template
from migrator.copy.pace import PAUSE, SLOW, WARN, Limits, Orders
from migrator.errors import ConfigError
from migrator.model.pressure import Signal

GIVEN = Orders(5e6, throttle=False)


def test_an_empty_file_and_the_template_change_nothing() -> None:
    assert read_orders("", GIVEN) == GIVEN == read_orders(template(), GIVEN)


def test_the_template_without_its_marks_holds_the_defaults() -> None:
    bare = re.sub(r"^# (?=[a-z_]+ =)", "", template(), flags=re.MULTILINE)
    found = read_orders(bare, Orders())
    assert found == Orders(50e6, paused=True, throttle=False, limits=Limits(SLOW, PAUSE, WARN))


def test_orders_of_the_file_come_first() -> None:
    text = """
    rate_limit = "none"
    paused = true
    throttle = true
    [slow]
    target_threads_running = 3
    source_cpu_percent = false
    target_redo_percent = 80
    """
    found = read_orders(text, GIVEN)
    assert (found.rate_limit, found.paused, found.throttle) == (0, True, True)
    assert found.limits.slow[Signal.TARGET_RUNNING] == 3
    assert Signal.SOURCE_CPU not in found.limits.slow
    assert found.limits.slow[Signal.TARGET_REDO] == 80
    assert (found.limits.pause, found.limits.warn) == (PAUSE, WARN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paused = ", "no TOML"),
        ("pause = true", "no table|is a table"),
        ("speed = 3", "unknown: speed"),
        ("paused = 1", "paused is true or false"),
        ('rate_limit = "fast"', "50MB/s"),
        ("rate_limit = true", "50MB/s"),
        ("[slow]\nheat = 3", "heat is no signal"),
        ("[slow]\nsource_cpu_percent = true", "a number above 0, or false"),
        ("[slow]\nsource_cpu_percent = 0", "a number above 0, or false"),
        ('[slow]\nsource_cpu_percent = "85"', "a number above 0, or false"),
    ],
)
def test_what_cannot_be_meant_is_said(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_orders(text, GIVEN)
