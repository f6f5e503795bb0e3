"""A limit of time for one statement or expression: what damaged text does to a parser is nobody's to foresee."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

SECONDS: Final = 30.0
"""A thousand times what the longest statement of a real script takes."""
LATE: Final = f"reading it takes longer than {SECONDS:.0f} seconds"
"""The reason to give for what was ended."""


@contextmanager
def limited(late: Exception, seconds: float = SECONDS) -> Iterator[None]:
    """Raises ``late`` inside of the block once it has taken so long.

    By SIGALRM, which only the main thread can have; there is no limit elsewhere, in a block inside of another one, and
    where somebody else has that signal.
    """
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGALRM) != signal.SIG_DFL:
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise late

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
