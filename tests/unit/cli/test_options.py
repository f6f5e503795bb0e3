from __future__ import annotations

import pytest
import typer

from migrator.cli.options import rate_limit, seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [("6h", 21600), ("90m", 5400), ("5h30m", 19800), ("45s", 45), ("1.5h", 5400), ("1h0m5s", 3605), (" 2H ", 7200)],
)
def test_durations(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "6", "h", "6 h", "30m1h", "-1h", "0h", "six"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        seconds(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("50MB/s", 50e6), ("800 kb/s", 800e3), ("1.5GB/s", 1.5e9), ("9000B/s", 9000), ("20MB", 20e6), ("", 0)],
)
def test_rates(text: str, expected: float) -> None:
    assert rate_limit(text) == expected


@pytest.mark.parametrize("text", ["50", "0MB/s", "-1MB/s", "MB/s", "50MiB/s", "50MB/min", "fast"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="write 50MB/s"):
        rate_limit(text)
