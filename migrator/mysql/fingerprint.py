"""Fingerprints and row hashes that MySQL makes itself, so that a comparison need not move the rows.

``where`` is a condition on the table's alias ``t``, or "" for all rows; ``key_ranges`` makes such conditions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pymysql
from pymysql.cursors import SSCursor

from migrator.errors import TargetRejected
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping
from migrator.mysql.canonical import ALIAS, row_hash, value_text
from migrator.mysql.connect import Connection, fetch, quoted
from migrator.mysql.errors import explain, number
from migrator.wire.kernels import Bytes

RECORD_BYTES: Final = 32
"""A row as ``rows_in_buckets`` gives it."""
KEY_BYTES: Final = 16
"""What of a record stands for the row's key."""

_NO_SUCH_TABLE: Final = 1146
_ROWS_AT_A_TIME: Final = 20_000


def row_count(connection: Connection, mapping: TableMapping) -> int | None:
    """The rows of a table, None where there is no such table. Raises TargetError."""
    try:
        [(rows,)] = fetch(connection, f"SELECT COUNT(*) FROM {quoted(mapping.target)}")  # noqa: S608 - quoted
    except TargetRejected as error:
        if error.__cause__ is not None and number(error.__cause__) == _NO_SUCH_TABLE:
            return None
        raise
    return int(rows)


def key_ranges(connection: Connection, mapping: TableMapping, parts: int) -> tuple[str, ...]:
    """Conditions that cut the table into ``parts`` ranges of its first key column, together holding every row once.

    One empty condition where that column is no integer or has too few values. Raises TargetError.
    """
    first = mapping.key_columns[0] if mapping.key else None
    if parts < 2 or first is None or first.form is not Form.INTEGER:
        return ("",)
    name = f"{ALIAS}.{quoted(first.name)}"
    [(low, high)] = fetch(connection, f"SELECT MIN({name}), MAX({name}) FROM {_table(mapping)}")  # noqa: S608 - quoted
    if low is None or int(high) - int(low) < parts:
        return ("",)
    low, high = int(low), int(high)
    bounds = [low + (high - low) * part // parts for part in range(1, parts)]
    # The outer ranges are open, and the first one takes a NULL: no row may be left out, whatever became of the key.
    return (
        f"({name} < {bounds[0]} OR {name} IS NULL)",
        *(f"({name} >= {start} AND {name} < {end})" for start, end in pairwise(bounds)),
        f"{name} >= {bounds[-1]}",
    )


def table_fingerprint(connection: Connection, mapping: TableMapping, where: str = "") -> Fingerprint:
    """The fingerprint of a table's rows as they are in the target. Raises TargetError.

    Where no column is compared it holds the number of rows alone.
    """
    if not mapping.compared_columns:
        [(rows,)] = fetch(connection, f"SELECT COUNT(*) FROM {_table(mapping)}{_where(where)}")  # noqa: S608 - quoted
        return Fingerprint(int(rows))
    [row] = fetch(
        connection,
        f"SELECT {_sums('x.h')} FROM {_table(mapping)}, "  # noqa: S608 - every name is quoted
        f"LATERAL (SELECT {row_hash(mapping.compared_columns)} AS h) AS x{_where(where)}",
    )
    return Fingerprint(*map(int, row))


def bucket_fingerprints(
    connection: Connection, mapping: TableMapping, buckets: int, where: str = ""
) -> dict[int, Fingerprint]:
    """The fingerprint of each bucket that has rows. Raises TargetError.

    A row's bucket is the first 4 bytes of the SHA-256 of its canonical key, big-endian, modulo ``buckets``; in a table
    without a key, those of the row's own SHA-256.
    """
    hashes = f"{row_hash(mapping.compared_columns)} AS h"
    if mapping.key:
        hashes += f", {row_hash(mapping.key_columns)} AS k"
    rows = fetch(
        connection,
        f"SELECT {_bucket('x.k' if mapping.key else 'x.h', buckets)}, {_sums('x.h')} "  # noqa: S608 - every name is quoted
        f"FROM {_table(mapping)}, LATERAL (SELECT {hashes}) AS x{_where(where)} "
        f"GROUP BY {_bucket('x.k' if mapping.key else 'x.h', buckets)}",
    )
    return {int(bucket): Fingerprint(*map(int, sums)) for bucket, *sums in rows}


def rows_in_buckets(
    connection: Connection, mapping: TableMapping, buckets: int, wanted: Collection[int], where: str = ""
) -> Iterator[Bytes]:
    """Every row of the ``wanted`` buckets (at least one) as a record (n, 32), in any order. Raises TargetError.

    A record is the first half of the key's SHA-256 and the first half of the row's; without a key, all of the row's.
    """
    of_row = row_hash(mapping.compared_columns)
    of_key = row_hash(mapping.key_columns) if mapping.key else of_row
    record = f"UNHEX(CONCAT(LEFT({of_key}, 32), LEFT({of_row}, 32)))" if mapping.key else f"UNHEX({of_row})"
    condition = (
        f"{_bucket(of_key, buckets)} IN ({', '.join(map(str, sorted(wanted)))})" if len(wanted) < buckets else ""
    )
    query = f"SELECT {record} FROM {_table(mapping)}{_where(where, condition)}"  # noqa: S608 - every name is quoted
    try:
        with connection.cursor(SSCursor) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(_ROWS_AT_A_TIME):
                joined = b"".join(record for (record,) in rows)
                yield np.frombuffer(joined, np.uint8).reshape(-1, RECORD_BYTES)
    except (pymysql.MySQLError, OSError) as error:
        raise explain(error, f"reading row hashes of {mapping.target}") from error


@dataclass(frozen=True, slots=True)
class RowDetail:
    """A row without its values: the canonical texts of its key, and for each compared column the SHA-256 of its text.

    ``key_hash`` is the first half of the SHA-256 of the canonical key. A NULL is None.
    """

    key_hash: bytes
    key: tuple[str | None, ...]
    columns: tuple[str | None, ...]


def rows_with_keys(
    connection: Connection, mapping: TableMapping, key_hashes: Collection[bytes], where: str = ""
) -> list[RowDetail]:
    """The rows whose key hashes begin with one of ``key_hashes`` (16 bytes each), in any order. Raises TargetError.

    Reads the whole table: a hash is no index. ``mapping`` has a key.
    """
    of_key = f"LEFT({row_hash(mapping.key_columns)}, {2 * KEY_BYTES})"
    fields = [
        f"UNHEX({of_key})",
        *map(value_text, mapping.key_columns),
        *(f"SHA2({value_text(column)}, 256)" for column in mapping.compared_columns),
    ]
    hashes = ", ".join(f"'{key_hash.hex()}'" for key_hash in sorted(key_hashes))
    rows = fetch(
        connection,
        f"SELECT {', '.join(fields)} FROM {_table(mapping)}{_where(where, f'{of_key} IN ({hashes})')}",  # noqa: S608
    )
    keys = len(mapping.key)
    return [
        RowDetail(
            row[0],
            tuple(None if text is None else text.decode("utf-8") for text in row[1 : 1 + keys]),
            tuple(row[1 + keys :]),
        )
        for row in rows
    ]


def _table(mapping: TableMapping) -> str:
    return f"{quoted(mapping.target)} AS {ALIAS}"


def _where(*conditions: str) -> str:
    given = " AND ".join(condition for condition in conditions if condition)
    return f" WHERE {given}" if given else ""


def _sums(hash_: str) -> str:
    """Row count and both sums. The hash comes out of a LATERAL table: named twice here, it is made once a row."""
    slices = (f"CAST(CONV(SUBSTR({hash_}, {start}, 14), 16, 10) AS UNSIGNED)" for start in (1, 15))
    return "COUNT(*), " + ", ".join(f"COALESCE(SUM({slice_}), 0)" for slice_ in slices)


def _bucket(hash_: str, buckets: int) -> str:
    return f"CAST(CONV(LEFT({hash_}, 8), 16, 10) AS UNSIGNED) % {buckets}"
