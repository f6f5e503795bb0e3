"""One process at a time: a lock that the system itself drops when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, *, waits: Callable[[], None] | None) -> Iterator[None]:
    """Hold the lock file ``path``, made where it is missing; the holder may delete it.

    ``waits`` is called once when another process holds it; without it, that raises BlockingIOError. Raises OSError
    where the file cannot be made.
    """
    handle = _taken(path, waits)
    try:
        yield
    finally:
        os.close(handle)


def _taken(path: Path, waits: Callable[[], None] | None) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if waits is None:
                    raise
                waits()
                fcntl.flock(handle, fcntl.LOCK_EX)
            # Whoever held it may have deleted the file: then this lock is on a file that nobody else will open.
            if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
