"""What is tried again, how often, and how long in between: the same for every stage that talks to the target."""

from __future__ import annotations

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential, wait_random

from migrator.mysql.errors import TRANSIENT


def retrying() -> Retrying:
    """Ten attempts within about a minute, then the last error itself. Only transient errors are tried again."""
    return Retrying(
        retry=retry_if_exception_type(TRANSIENT),
        stop=stop_after_attempt(10),
        wait=wait_exponential(multiplier=0.2, max=10) + wait_random(0, 0.5),
        reraise=True,
    )
