"""A server is up when it answers a question, not before."""

from __future__ import annotations

from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from migrator.errors import TargetUnreachable
from migrator.mysql.connect import fetch, session
from migrator.mysql.url import Target


def answer(target: Target) -> str:
    """The release that a server reports. Raises TargetUnreachable, TargetDenied."""
    with session(target, database="") as connection:
        return str(fetch(connection, "SELECT VERSION()")[0][0])


def wait_for_answer(target: Target, *, alive: Callable[[], bool], seconds: float) -> str:
    """The release that a starting server reports, as soon as it does.

    Raises TargetUnreachable after ``seconds``, or at once when it is not ``alive`` any more.
    """

    late = stop_after_delay(seconds)

    def over(state: RetryCallState) -> bool:
        return late(state) or not alive()

    return Retrying(
        retry=retry_if_exception_type(TargetUnreachable),
        wait=wait_exponential(multiplier=0.02, max=0.25),
        stop=over,
        reraise=True,
    )(answer, target)
