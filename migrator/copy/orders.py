"""``pace.toml``: what people order of a copy that runs. Read again whenever it changes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from migrator.copy.pace import PAUSE, SLOW, WARN, Limits, Orders
from migrator.errors import ConfigError
from migrator.model.pressure import Signal
from migrator.units import rate

FILE: Final = "pace.toml"

_HEAD: Final = """\
# Orders to the copy that runs with this folder. It reads them again as soon as this file is saved.
# Take away the # in front of what you want.

# rate_limit = "50MB/s"   # of all workers together; "none" for no limit
# paused = true           # pieces under way are finished, no other is begun
# throttle = false        # do not heed the load of the source and the target
"""
_TABLES: Final = (
    ("slow", SLOW, "From these numbers on the pace is halved; it creeps back by itself. false: never."),
    ("pause", PAUSE, "From these numbers on nothing is loaded until they are gone. false: never."),
    ("warn", WARN, "From these numbers on you are told. false: never."),
)
_WHERE: Final = f"correct {FILE}; until then the orders before it count"


def template() -> str:
    """The file with everything in it, commented out."""
    parts = [_HEAD]
    for name, limits, words in _TABLES:
        lines = [
            f"# {signal} = {value:_g}" if value < 1e5 else f"# {signal} = {value:_.0f}"
            for signal, value in limits.items()
        ]
        parts.append("\n".join(["", f"# {words}", f"[{name}]", *lines, ""]))
    return "".join(parts)


def read_orders(text: str, given: Orders) -> Orders:
    """The orders in a file's text; what it does not speak of is as ``given``. Raises ConfigError."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{FILE} is no TOML", why=str(error), todo=_WHERE) from None
    known = {"rate_limit", "paused", "throttle", *(name for name, _, _ in _TABLES)}
    if unknown := sorted(set(found) - known):
        raise ConfigError(
            f"{FILE}: unknown: {', '.join(unknown)}", why=f"known are {', '.join(sorted(known))}", todo=_WHERE
        )
    limits = Limits(**{name: _limits(name, base, found.get(name, {})) for name, base, _ in _TABLES})
    return replace(
        given,
        rate_limit=_rate(found["rate_limit"]) if "rate_limit" in found else given.rate_limit,
        paused=_flag("paused", found.get("paused", given.paused)),
        throttle=_flag("throttle", found.get("throttle", given.throttle)),
        limits=limits,
    )


def _rate(value: object) -> float:
    if value == "none":
        return 0.0
    try:
        return rate(str(value))
    except ValueError as error:
        raise ConfigError(f"{FILE}: rate_limit: {error}, or none", todo=_WHERE) from None


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ConfigError(f"{FILE}: {name} is true or false", todo=_WHERE)


def _limits(name: str, base: Mapping[Signal, float], found: object) -> Mapping[Signal, float]:
    if not isinstance(found, dict):
        raise ConfigError(f"{FILE}: [{name}] is a table", todo=_WHERE)
    made = dict(base)
    for key, value in found.items():
        _set(name, made, key, value)
    return made


def _set(name: str, limits: dict[Signal, float], key: str, value: Any) -> None:
    try:
        signal = Signal(key)
    except ValueError:
        known = ", ".join(sorted(Signal))
        raise ConfigError(f"{FILE}: [{name}] {key} is no signal", why=f"known are {known}", todo=_WHERE) from None
    if value is False:
        limits.pop(signal, None)
    elif isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        limits[signal] = float(value)
    else:
        raise ConfigError(f"{FILE}: [{name}] {key} is a number above 0, or false", todo=_WHERE)
