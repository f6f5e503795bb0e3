"""What is tried again against the source: transient errors only, with growing waits."""

from __future__ import annotations

from typing import Final

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from migrator.sqlserver.errors import TRANSIENT

_ATTEMPTS: Final = 6


def retrying(*, attempts: int = _ATTEMPTS) -> Retrying:
    """Up to ``attempts`` with at most ten seconds between two, then the last error itself."""
    return Retrying(
        retry=retry_if_exception_type(TRANSIENT),
        stop=stop_after_attempt(attempts),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        reraise=True,
    )
