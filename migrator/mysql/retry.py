"""What is tried again, how often, and how long in between: the same for every stage that talks to the target."""

from __future__ import annotations

from threading import Event

from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
    wait_random_exponential,
)

from migrator.mysql.errors import TRANSIENT


def retrying(
    *, attempts: int = 10, stopping: Event | None = None, kinds: tuple[type[BaseException], ...] = TRANSIENT
) -> Retrying:
    """Up to ``attempts`` with at most ten seconds between two, then the last error itself; errors of ``kinds`` only.

    Setting ``stopping`` ends the waiting and the attempts.
    """
    stop = stopping or Event()
    return Retrying(
        retry=retry_if_exception_type(kinds),
        stop=stop_any(stop_after_attempt(attempts), stop_when_event_set(stop)),
        wait=wait_random_exponential(multiplier=0.2, max=10),
        sleep=sleep_using_event(stop),
        reraise=True,
    )
