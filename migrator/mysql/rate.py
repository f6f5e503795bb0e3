"""How fast bytes go to the target: measured with statements of one long constant, which write nothing."""

from __future__ import annotations

from time import perf_counter
from typing import Final

from migrator.model.checkup import Rate
from migrator.mysql.connect import Connection, execute

_LARGEST: Final = 4_000_000
_SPARE: Final = 1024
_SECONDS: Final = 0.7
_MOST: Final = 64_000_000
"""Bytes: so fast a network that they take less than ``_SECONDS`` is fast enough."""


def rate_to(connection: Connection, max_allowed_packet: int) -> Rate:
    """The rate at which the target takes what we send. Raises TargetError."""
    constant = "m" * max(1, min(_LARGEST, max_allowed_packet - _SPARE))
    statement = f"DO LENGTH('{constant}')"
    execute(connection, statement, doing="measuring the network")  # warms up
    began = perf_counter()
    size = 0
    while size < _MOST and perf_counter() - began < _SECONDS:
        execute(connection, statement, doing="measuring the network")
        size += len(constant)
    return Rate(size, perf_counter() - began)
