"""One streamed LOAD DATA statement: no temporary file, no row in Python.

The statement reads ``/dev/fd/N``, the end of a pipe. Three things then go on side by side: the caller makes the next
buffer, a feeder thread writes the last one into the pipe, and the statement's own thread sends it to the server.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import pymysql
from pymysql.constants import CR

from migrator.errors import TargetRejected
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.mysql.connect import Connection, execute, fetch, quoted
from migrator.mysql.errors import explain, words
from migrator.wire.kernels import Bytes

_SECONDS_FOR_THE_SOURCE: Final = 900
_PIPE_BYTES: Final = 1 << 20
_SET_PIPE_SIZE: Final = getattr(fcntl, "F_SETPIPE_SZ", None)  # Linux only; elsewhere a pipe keeps its size


def load_statement(mapping: TableMapping, path: str) -> str:
    """The LOAD DATA statement for lines as ``wire.rows.encode`` makes them.

    CHARACTER SET binary keeps bytes as they are: text is UTF-8 already, binary columns need no hex (MySQL 8.0 Reference
    Manual, "LOAD DATA Statement").
    """
    fields = []
    assignments = []
    for index, column in enumerate(mapping.columns):
        name = quoted(column.name)
        if column.form is Form.GEOMETRY:
            fields.append(f"@shape{index}")
            assignments.append(f"{name} = {_shape(column, f'@shape{index}')}")
        else:
            fields.append(name)
    return (
        f"LOAD DATA LOCAL INFILE '{path}' INTO TABLE {quoted(mapping.target)} CHARACTER SET binary "
        r"FIELDS TERMINATED BY '\t' ESCAPED BY '\\' LINES TERMINATED BY '\n' "
        f"({', '.join(fields)})" + (f" SET {', '.join(assignments)}" if assignments else "")
    )


def _shape(column: TargetColumn, value: str) -> str:
    # A geographic system has latitude first in MySQL's own reading of WKB; the wire has x (longitude) first always.
    order = ", 'axis-order=long-lat'" if column.srid else ""
    return f"ST_GeomFromWKB({value}, {column.srid}{order})"


def load_file(connection: Connection, mapping: TableMapping, path: str) -> int:
    """LOAD DATA of a ready file, as plain as can be; the rows that it loaded. Raises TargetError."""
    return execute(connection, load_statement(mapping, path), doing=f"loading {mapping.target} from a file")


def is_empty(connection: Connection, mapping: TableMapping) -> bool:
    """True where the table has no row. Raises TargetError."""
    return not fetch(connection, f"SELECT 1 FROM {quoted(mapping.target)} LIMIT 1")  # noqa: S608 - quoted


def empty(connection: Connection, mapping: TableMapping) -> None:
    """Take all rows out of a table, in no transaction. Raises TargetError."""
    execute(connection, f"TRUNCATE TABLE {quoted(mapping.target)}", doing=f"emptying {mapping.target}")


def prepare_loads(connection: Connection) -> None:
    """Settings of a session that loads: keys are built and proved afterwards. Raises TargetError.

    The server waits for lines as long as a source may take between two rows (a sort, a lock, a pause that somebody asked for); by itself it would give
    up after 30 seconds (MySQL 8.0 Reference Manual, net_read_timeout).
    """
    execute(
        connection,
        f"SET unique_checks = 0, foreign_key_checks = 0, net_read_timeout = {_SECONDS_FOR_THE_SOURCE}",
        doing="preparing the load",
    )


class Load:
    """A LOAD DATA statement that is fed buffer by buffer, inside the caller's transaction.

    Leaving the ``with`` block by an error stops the statement; the caller rolls back. Leaving it normally waits for
    the server's answer: every line must have become a row without a warning, else TargetRejected is raised.
    """

    def __init__(self, connection: Connection, mapping: TableMapping) -> None:
        self._connection = connection
        self._mapping = mapping
        self._buffers: queue.Queue[Bytes | None] = queue.Queue(maxsize=1)
        self._stopped = threading.Event()
        self._failure: BaseException | None = None
        self._rows = 0
        self._sent = 0
        self._read_end, self._write_end = os.pipe()
        if _SET_PIPE_SIZE is not None:
            with suppress(OSError):  # above the user's share of pipe memory: smaller works as well
                fcntl.fcntl(self._write_end, _SET_PIPE_SIZE, _PIPE_BYTES)
        self._feeder = threading.Thread(target=self._feed, name="load-feeder", daemon=True)
        self._statement = threading.Thread(target=self._execute, name="load-statement", daemon=True)

    def __enter__(self) -> Self:
        self._feeder.start()
        self._statement.start()
        return self

    def write(self, lines: Bytes, rows: int) -> None:
        """Hand over the lines of ``rows`` rows; returns while they are still on their way. Raises TargetError."""
        self._sent += rows
        while not self._stopped.is_set():
            try:
                self._buffers.put(lines, timeout=0.1)
            except queue.Full:
                continue
            return
        self._statement.join()
        self._raise()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._stopped.set()
        self._finish()
        if kind is None:
            self._raise()
            self._check()

    def _finish(self) -> None:
        while self._feeder.is_alive() and not self._stopped.is_set():
            try:
                self._buffers.put(None, timeout=0.1)
                break
            except queue.Full:
                continue
        self._feeder.join()
        self._statement.join()

    def _feed(self) -> None:
        with open(self._write_end, "wb", buffering=0) as pipe:  # noqa: PTH123 - a descriptor, not a path
            while not self._stopped.is_set():
                try:
                    buffer = self._buffers.get(timeout=0.1)
                except queue.Empty:
                    continue
                if buffer is None:
                    return
                view = memoryview(buffer.data)
                try:
                    while view and not self._stopped.is_set():
                        view = view[pipe.write(view) :]
                except BrokenPipeError:
                    return  # the statement is over: its own error says why

    def _execute(self) -> None:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(load_statement(self._mapping, f"/dev/fd/{self._read_end}"))
                self._rows = cursor.rowcount
                if cursor.warning_count:
                    self._failure = self._lossy(cursor)
        except BaseException as error:
            # PyMySQL forgets its socket when the server goes away in the middle, and then trips over its own None.
            lost = pymysql.OperationalError(CR.CR_SERVER_LOST, "Lost connection to MySQL server during LOAD DATA")
            self._failure = error if self._connection.open else lost
        finally:
            self._stopped.set()
            # With the last reader gone, a feeder that waits for room in the pipe gets EPIPE instead of waiting for
            # ever.
            os.close(self._read_end)

    def _lossy(self, cursor: Any) -> TargetRejected:
        cursor.execute("SHOW WARNINGS LIMIT 1")
        _, code, message = cursor.fetchone()
        return TargetRejected(
            f"loading {self._mapping.target} would change or lose values",
            why=words(pymysql.Warning(code, message)),
            todo="correct the column's type by a rule, or the value in the source; the slice was rolled back",
        )

    def _raise(self) -> None:
        if self._failure is not None:
            raise explain(self._failure, f"loading {self._mapping.target}") from self._failure

    def _check(self) -> None:
        if self._rows != self._sent:
            raise TargetRejected(
                f"{self._mapping.target} took {self._rows:,} rows of {self._sent:,}",
                why="rows with a key that is there already are skipped by LOAD DATA LOCAL",
                todo="look for keys that are equal under the target's collation but not under the source's",
            )
