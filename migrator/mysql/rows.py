"""The rows of a SELECT as columns of bytes, without a Python object a row.

pymysql sends the query and reads the head of the answer; the rows behind it are taken from the connection in large
pieces. That wants two things of pymysql that it does not promise: the buffered file from which it reads its packets
(what it has read ahead is in there, so the socket would not do, and TLS is under it), and the word to its own result
that nothing is left to read. A protocol of our own would promise itself all the handshakes and authentications too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BufferedReader
from time import perf_counter
from typing import Any, Final

import numpy as np
import pymysql
from pymysql.constants import CR
from pymysql.cursors import SSCursor

from migrator.model.mapping import Form, TargetColumn
from migrator.mysql.canonical import ALIAS, missing_digits, plain_value
from migrator.mysql.connect import Connection, quoted
from migrator.mysql.errors import explain
from migrator.wire import compare, kernels
from migrator.wire.kernels import Bytes
from migrator.wire.packets import Stop, columns_of, scan
from migrator.wire.text import Texts

BATCH_BYTES: Final = 4 << 20
"""About what a batch holds; one that holds a larger row holds that row alone, nearly."""
MOST_ROWS: Final = 65_536
"""Rows of a batch, however short they are."""

Fill = Callable[[memoryview], int]
"""Put the next bytes of a stream into a buffer, as many as come; 0 at its end."""


def read_columns(connection: Connection, query: str, *, batch_bytes: int = BATCH_BYTES) -> Iterator[list[Texts]]:
    """The rows of one SELECT in the order of the server, batch by batch, each as one ``Texts`` a column.

    Text comes in UTF-8, everything else as the text protocol writes it. Memory is a few batches, or a few times the
    largest row. A reading that is left before its end closes the connection: what is on its way belongs to nobody.

    Raises TargetError; what it was doing is given as "reading rows of the target".
    """
    done = False
    try:
        cursor: Any = SSCursor(connection)
        cursor.execute(query)
        # From here on the rows are ours: pymysql must not look for them.
        cursor._result.unbuffered_active = False
        fill = _filling(cursor.connection._rfile)
        yield from batches(fill, len(cursor.description), batch_bytes=batch_bytes)
        done = True
    except (pymysql.MySQLError, OSError, ValueError) as error:
        raise explain(error, "reading rows of the target") from error
    finally:
        if not done:
            _give_up(connection)


def _filling(file: BufferedReader) -> Fill:
    """What has been read ahead, then what comes from the socket itself.

    ``readinto1`` of a buffered file would do both at once, and wait for bytes that may never come.
    """
    ahead = True

    def fill(view: memoryview) -> int:
        nonlocal ahead
        if ahead:
            found = file.read1(len(view))
            # Less than was asked for: there is no more behind it in the buffer.
            ahead = len(found) == len(view)
            view[: len(found)] = found
            return len(found)
        return file.raw.readinto(view) or 0

    return fill


def batches(fill: Fill, columns: int, *, batch_bytes: int = BATCH_BYTES) -> Iterator[list[Texts]]:
    """The rows that ``fill`` gives, to the packet that ends them. Raises pymysql's errors: the server's own, a lost
    connection, a packet that is none."""
    buffer = np.empty(batch_bytes, np.uint8)
    starts, ends = np.empty(MOST_ROWS + 1, np.int64), np.empty(MOST_ROWS + 1, np.int64)
    at = end = rows = 0
    sequence = -1
    while True:
        at, sequence, rows, stop = scan(buffer, at, end, sequence, starts, ends, rows)
        if stop == Stop.TORN:
            raise pymysql.OperationalError(CR.CR_MALFORMED_PACKET, "packets of the answer do not follow each other")
        if rows and (stop != Stop.MORE or end == len(buffer)):
            yield _columns(buffer, starts[:rows], ends[:rows], columns)
            rows_seen, rows = rows, 0
            starts[0], ends[0] = starts[rows_seen], ends[rows_seen]
        if stop == Stop.END:
            return
        if stop == Stop.FAILED:
            pymysql.err.raise_mysql_exception(buffer[starts[0] : ends[0]].tobytes())
        if stop == Stop.FULL:
            continue
        if end == len(buffer):
            buffer, at, end = _with_room(buffer, at, end, batch_bytes)
        count = fill(buffer.data[end:])
        if not count:
            raise pymysql.OperationalError(CR.CR_SERVER_LOST, "Lost connection to MySQL server during query")
        end += count


def _columns(buffer: Bytes, starts: kernels.Offsets, ends: kernels.Offsets, columns: int) -> list[Texts]:
    try:
        return columns_of(buffer, starts, ends, columns)
    except ValueError as error:
        raise pymysql.OperationalError(CR.CR_MALFORMED_PACKET, "a row of the answer cannot be read") from error


def _with_room(buffer: Bytes, at: int, end: int, usual: int) -> tuple[Bytes, int, int]:
    """What is left of a full buffer at the front of one that has room behind it: twice as large for a row that fills
    it, and of the usual size again after such a row."""
    left = end - at
    size = usual
    while size <= left:
        size *= 2
    moved = buffer if size == len(buffer) else np.empty(size, np.uint8)
    moved[:left] = buffer[at:end].copy() if moved is buffer else buffer[at:end]
    return moved, 0, left


_MEASURED: Final = 8 << 20
_MEASURING: Final = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT REPEAT('x', {size}) FROM n"
)
_MEASURED_ROW: Final = 32 << 10


def bandwidth(connection: Connection) -> float:
    """How many bytes a second come from the server, measured with 8 MB that cost it nothing. Raises TargetError."""
    query = _MEASURING.format(rows=_MEASURED // _MEASURED_ROW, size=_MEASURED_ROW)
    started = perf_counter()
    received = sum(texts.data.nbytes for [texts] in read_columns(connection, query))
    return received / (perf_counter() - started)


def _give_up(connection: Connection) -> None:
    # A connection that died has nothing to say goodbye to.
    with suppress(Exception):
        connection.close()


def read_compared(
    connection: Connection, table: str, columns: Sequence[TargetColumn], where: str = "", **options: Any
) -> Iterator[list[Texts]]:
    """The rows of a table that meet ``where`` (a condition on the alias ``t``, "" for all), in the form in which
    ``wire.compare`` compares ``columns``. In any order. Raises TargetError."""
    fields = ", ".join(map(plain_value, columns))
    query = f"SELECT {fields} FROM {quoted(table)} AS {ALIAS}{f' WHERE {where}' if where else ''}"  # noqa: S608 - quoted
    for batch in read_columns(connection, query, **options):
        yield [comparable(texts, column) for texts, column in zip(batch, columns, strict=True)]


def comparable(texts: Texts, column: TargetColumn) -> Texts:
    """What ``canonical.plain_value`` gave, in the form in which values are compared."""
    match column.form:
        case Form.CHAR:
            data, offsets = kernels.without_trailing_spaces(texts.data, texts.offsets)
            return replace(texts, data=data, offsets=offsets)
        case Form.TIME | Form.DATETIME if missing := missing_digits(column):
            data, offsets = compare.with_ending(texts, np.frombuffer(missing.encode(), np.uint8))
            return replace(texts, data=data, offsets=offsets)
        case _:
            return texts
