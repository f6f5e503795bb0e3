"""Comparing on the wire: rows of both sides are read and held against each other. Runs in worker processes.

The target's rows are read by a thread of their own, so that both servers are at work at once.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from time import perf_counter
from typing import Final, TypeVar

import pyarrow as pa

from migrator.model.mapping import TableMapping
from migrator.mysql.connect import Connection, connect
from migrator.mysql.errors import TRANSIENT
from migrator.mysql.retry import retrying
from migrator.mysql.rows import read_compared
from migrator.mysql.snapshots import ATTEMPTS, begin
from migrator.mysql.url import Target
from migrator.validate.reading import Reading
from migrator.wire.compare import Outcome, comparable_column, comparable_columns, compare
from migrator.wire.text import Texts

Item = TypeVar("Item")

_AHEAD: Final = 1
"""Batches that are read before they are wanted."""
_BATCH_BYTES: Final = 1 << 20
"""Of both sides: what is compared together should still be near the processor."""

_connections: Final[dict[Target, Connection]] = {}
"""This process's connection, in the state of its first question."""


@dataclass(frozen=True, slots=True)
class PieceJob:
    """Piece number ``part`` of a table: its rows as ``readings`` give them, and ``where`` they are on the target."""

    readings: tuple[Reading, ...]
    target: Target
    where: str
    part: int

    @property
    def mapping(self) -> TableMapping:
        """The table's mapping."""
        return self.readings[0].mapping

    @property
    def bytes(self) -> int:
        """Source bytes that are read for it."""
        return sum(reading.bytes for reading in self.readings)

    def source(self) -> Iterator[pa.RecordBatch]:
        """The source's rows. Raises SourceError, Interrupted."""
        return chain.from_iterable(reading.batches(_BATCH_BYTES) for reading in self.readings)

    def on_target(self) -> Iterator[list[Texts]]:
        """The target's rows. Raises TargetError."""
        columns = comparable_columns(self.mapping)
        return read_compared(
            _connection(self.target), self.mapping.target, columns, self.where, batch_bytes=_BATCH_BYTES
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of a piece, ``part`` of its table, and the seconds that it took."""

    table: str
    part: int
    outcome: Outcome
    seconds: float


def compare_piece(job: PieceJob) -> Compared:
    """Read a piece on both sides and compare it; after a lost connection once more from its start.

    Raises SourceError, TargetError, Interrupted.
    """
    started = perf_counter()
    outcome: Outcome = retrying(attempts=ATTEMPTS)(_once, job)
    return Compared(job.mapping.target, job.part, outcome, perf_counter() - started)


def read_piece(job: PieceJob) -> int:
    """Read a piece on both sides and do nothing with it: what any comparison must take. The bytes of the target's
    values. Raises SourceError, TargetError, Interrupted."""
    with ahead(job.on_target()) as target:
        size = 0
        for _ in job.source():
            size += _bytes(next(target, []))
        return size + sum(map(_bytes, target))


def close(target: Target) -> None:
    """Close this process's connection, if it has one."""
    connection = _connections.pop(target, None)
    if connection is not None:
        # A connection that died has nothing to say goodbye to.
        with suppress(Exception):
            connection.close()


def _once(job: PieceJob) -> Outcome:
    try:
        with ahead(job.on_target()) as target:
            return compare(_comparable(job), target, job.mapping)
    except TRANSIENT:
        close(job.target)
        raise


def _comparable(job: PieceJob) -> Iterator[list[Texts]]:
    columns = comparable_columns(job.mapping)
    for batch in job.source():
        yield [comparable_column(batch.column(column.source), column) for column in columns]


def _bytes(columns: list[Texts]) -> int:
    return sum(column.data.nbytes for column in columns)


def _connection(target: Target) -> Connection:
    connection = _connections.get(target)
    # What was left in the middle closed its connection.
    if connection is None or not connection.open:
        connection = connect(target)
        begin(connection)
        _connections[target] = connection
    return connection


@contextmanager
def ahead(items: Iterator[Item], depth: int = _AHEAD) -> Iterator[Iterator[Item]]:
    """The items, made by a thread up to ``depth`` ahead; what making them raises is raised where the next is wanted.

    Leaving the block ends the thread at its next item, and closes ``items``.
    """
    waiting: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(depth)
    stopping = threading.Event()

    def put(item: Item | None, error: BaseException | None = None) -> None:
        while not stopping.is_set():
            with suppress(queue.Full):
                waiting.put((item, error), timeout=0.1)
                return

    def make() -> None:
        try:
            for item in items:
                put(item)
                if stopping.is_set():
                    break
        except BaseException as error:  # raised again where the items are wanted
            put(None, error)
        else:
            put(None)
        finally:
            if isinstance(items, Generator):
                items.close()

    def taken() -> Iterator[Item]:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item

    thread = threading.Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        yield taken()
    finally:
        stopping.set()
        thread.join()
