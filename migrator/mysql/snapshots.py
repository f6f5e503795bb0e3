"""Questions to the target, many side by side, each answered out of one consistent state."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Final, Self, TypeVar

from migrator.errors import Interrupted
from migrator.mysql.connect import Connection, connect, connection_id, execute, kill
from migrator.mysql.errors import TRANSIENT
from migrator.mysql.retry import retrying
from migrator.mysql.url import Target

Answer = TypeVar("Answer")

ATTEMPTS: Final = 20
"""With the waits between them about three minutes: a failover of an Aurora cluster takes one or two."""

_SETTINGS: Final = (
    # READ COMMITTED, a common default, would ignore WITH CONSISTENT SNAPSHOT.
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    # A table may take longer than any limit that suits an application: to be read, to be taken, to be waited for.
    "SET SESSION max_execution_time = 0, net_write_timeout = 600, wait_timeout = 86400",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)


def begin(connection: Connection) -> None:
    """Have a connection see one state of the target from its first question on. Raises TargetError."""
    for setting in _SETTINGS:
        execute(connection, setting, doing="beginning a consistent read")


class Snapshots:
    """Connections, each with a thread and with one state of the target that it sees from its first question on.

    A lost connection is made anew with back-off, in a new state, and its question asked again from the start.
    Leaving the ``with`` block by an error ends what is still running, on the server too.
    """

    def __init__(self, target: Target, connections: int) -> None:
        self._target = target
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[int, Connection] = {}
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="snapshot")

    def __enter__(self) -> Self:
        return self

    def ask(self, question: Callable[[Connection], Answer]) -> Future[Answer]:
        """Have ``question`` answered as soon as a connection is free. It may be asked again: it starts from nothing."""
        return self._threads.submit(self._answer, question)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        if kind is not None:
            self._kill()
        self._threads.shutdown(wait=True)
        for connection in self._open.values():
            _close(connection)

    def _answer(self, question: Callable[[Connection], Answer]) -> Answer:
        answer: Answer = retrying(attempts=ATTEMPTS, stopping=self._stopping)(self._once, question)
        return answer

    def _once(self, question: Callable[[Connection], Answer]) -> Answer:
        try:
            return question(self._connection())
        except TRANSIENT:
            self._forget()
            raise

    def _connection(self) -> Connection:
        """This thread's connection."""
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = connect(self._target)
            number = connection_id(connection)
            with self._lock:
                self._open[number] = connection
            self._own.connection, self._own.number = connection, number
            begin(connection)
        # Looked at behind the entry in the list: whoever stops us either finds the connection there or stops us here.
        if self._stopping.is_set():
            raise Interrupted("the comparison was stopped")
        return connection

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is not None:
            with self._lock:
                self._open.pop(self._own.number)
            self._own.connection = None
            _close(connection)

    def _kill(self) -> None:
        self._stopping.set()
        with self._lock:
            numbers = list(self._open)
        kill(self._target, numbers)


def _close(connection: Connection) -> None:
    # A connection that died has nothing to say goodbye to.
    with suppress(Exception):
        connection.close()
