"""Numbers with their units, as people read them: the same words on a terminal, in a report and in a log."""

from __future__ import annotations

import re
from typing import Final

NONE: Final = "–"
"""What stands where there is no number."""

_MINUTE: Final = 60
_HOUR: Final = 3600
_MB: Final = 1_000_000
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([KMG]?B)(?:/S)?")
_UNITS: Final = {"B": 1, "KB": 1_000, "MB": _MB, "GB": 1_000_000_000}


def count(number: int) -> str:
    """Digits in groups of three: ``1,234,567``."""
    return f"{number:,}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def duration(seconds: float) -> str:
    """Two units at most: ``0.42 s``, ``12.3 s``, ``4 min 5 s``, ``5 h 48 min``."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.005:
        return "0 s"
    if seconds < 0.9995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return _two(whole // _MINUTE, "min", whole % _MINUTE, "s")
    minutes = round(seconds / _MINUTE)
    return _two(minutes // _MINUTE, "h", minutes % _MINUTE, "min")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large:,} {large_unit}" + (f" {small} {small_unit}" if small else "")


def seconds(value: float, largest: float) -> str:
    """Seconds without the unit, for a column: two decimals where its ``largest`` is short, else one."""
    return f"{value:,.2f}" if largest < 100 else f"{value:,.1f}"


def megabytes(size: float) -> str:
    """Bytes as MB (10^6 bytes) without the unit, for a column of them: ``1,234.5``; never 0.0 for something."""
    if 0 < size < _MB / 20:
        return "<0.1"
    return f"{size / _MB:,.1f}"


def volume(size: float) -> str:
    """Bytes in the unit that keeps the number short: ``312 bytes``, ``45.2 MB``, ``1.3 TB`` (powers of 1,000)."""
    if size < 1_000:
        return f"{size:.0f} bytes"
    for limit, unit in ((1e6, "kB"), (1e9, "MB"), (1e12, "GB")):
        if size < limit:
            return f"{size * 1_000 / limit:,.1f} {unit}"
    return f"{size / 1e12:,.1f} TB"


def per_second(amount: float, seconds: float) -> float | None:
    """A rate; None where nothing moved or no time passed."""
    return amount / seconds if amount > 0 and seconds > 0 else None


def rows_per_second(rows: int, seconds: float) -> str:
    """A rate without its unit, for a column of them: ``182,345``."""
    rate = per_second(rows, seconds)
    return NONE if rate is None else f"{rate:,.0f}"


def megabytes_per_second(size: int, seconds: float) -> str:
    """A rate without its unit, for a column of them: ``18.3``."""
    rate = per_second(size, seconds)
    return NONE if rate is None else megabytes(rate)


def percent(share: float) -> str:
    """A share of one: ``4%``; ``<1%`` and ``>99%`` rather than a 0 or a 100 that is not true."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{share:.0%}"


def printable(text: str) -> str:
    """Text on one line whatever is in it: control characters and turns of the reading direction are spelt out."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def rate(text: str) -> float:
    """``50MB/s``, ``800 KB/s``, ``1.5GB`` as bytes a second (powers of 1,000). Raises ValueError."""
    found = _RATE.fullmatch(text.strip().upper())
    number = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if number < 1:
        raise ValueError(f"{text!r} is no rate: write 50MB/s, 800KB/s or 1GB/s")
    return number
