"""LOAD DATA on the real server: what arrives is what was sent, or nothing does."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.errors import TargetFull, TargetRejected, TargetUnreachable
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.mysql.connect import Connection, connection_id, execute, fetch, session
from migrator.mysql.load import Load, load_file
from migrator.mysql.url import Target
from migrator.wire.rows import encode
from migrator.wire.schema import SHAPE

MAPPING = TableMapping(
    ObjectName("dbo", "t"),
    "odd `name`",
    (
        TargetColumn("id", "id", "BIGINT", Form.INTEGER, nullable=False),
        TargetColumn("te\\xt", "text", "LONGTEXT", Form.TEXT, nullable=True),
        TargetColumn("raw", "raw", "LONGBLOB", Form.BLOB, nullable=True),
        TargetColumn("price", "price", "DECIMAL(38,10)", Form.DECIMAL, nullable=True, scale=10),
        TargetColumn("f", "f", "DOUBLE", Form.FLOAT, nullable=True),
        TargetColumn("place", "place", "GEOMETRY SRID 4326", Form.GEOMETRY, nullable=True, srid=4326),
    ),
    ("id",),
)
CREATE = (
    "CREATE TABLE `odd ``name``` (`id` BIGINT NOT NULL PRIMARY KEY, `te\\xt` LONGTEXT, `raw` LONGBLOB, "
    "`price` DECIMAL(38,10), `f` DOUBLE, `place` GEOMETRY SRID 4326) ENGINE={engine} DEFAULT CHARSET utf8mb4"
)
OPEN_FILES = Path("/proc/self/fd")
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("text", pa.string()),
        ("raw", pa.binary()),
        ("price", pa.decimal128(38, 10)),
        ("f", pa.float64()),
        ("place", SHAPE),
    ]
)
Row = tuple[str | None, bytes | None, Decimal | None, float | None]


@pytest.fixture
def connection(mysql: Target) -> Iterator[Connection]:
    with session(mysql, autocommit=False, loads=True) as opened:
        execute(opened, CREATE.format(engine="InnoDB"), doing="making the table")
        yield opened


def batch_of(rows: list[Row], first: int = 0) -> pa.RecordBatch:
    place = {"srid": 4326, "wkb": struct.pack("<BIdd", 1, 1, 21.01, 52.23)}
    names = SCHEMA.names
    full = [dict(zip(names, (first + at, *row, place), strict=True)) for at, row in enumerate(rows)]
    return pa.RecordBatch.from_pylist(full, schema=SCHEMA)


def load(connection: Connection, *batches: pa.RecordBatch) -> None:
    with Load(connection, MAPPING) as stream:
        for batch in batches:
            stream.write(encode(batch, MAPPING)[0], batch.num_rows)


UNITS = st.integers(-(10**18), 10**18).map(lambda units: Decimal(units) / Decimal(10**10))
ROW = st.tuples(
    st.none() | st.text(st.characters(codec="utf-8")),
    st.none() | st.binary(),
    st.none() | UNITS,
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ROW, min_size=1, max_size=10))
def test_every_value_arrives(connection: Connection, rows: list[Row]) -> None:
    load(connection, batch_of(rows))
    found = fetch(connection, "SELECT `te\\xt`, `raw`, `price`, `f` FROM `odd ``name``` ORDER BY `id`")
    connection.rollback()
    assert found == rows


def test_a_shape_has_its_longitude_and_latitude(connection: Connection) -> None:
    load(connection, batch_of([(None, None, None, None)]))
    found = fetch(connection, "SELECT ST_Longitude(place), ST_Latitude(place), ST_SRID(place) FROM `odd ``name```")
    assert found == [(21.01, 52.23, 4326)]


def test_many_buffers(connection: Connection) -> None:
    rows: list[Row] = [("x" * 1000, None, None, None)] * 1000
    load(connection, *(batch_of(rows, first=1000 * at) for at in range(20)))
    assert fetch(connection, "SELECT COUNT(*), SUM(LENGTH(`te\\xt`)) FROM `odd ``name```") == [(20_000, 20_000_000)]


def test_no_row_is_a_load_of_none(connection: Connection) -> None:
    load(connection)
    assert fetch(connection, "SELECT COUNT(*) FROM `odd ``name```") == [(0,)]


def lines(text: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(text, np.uint8)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"1\t\xff\xfe\t\\N\t\\N\t\\N\t\\N\n", "text that the column's character set does not have"),
        (b"x1\t\\N\t\\N\t\\N\t\\N\t\\N\n", "1366"),
        (b"1\t\\N\t\\N\t1e40\t\\N\t\\N\n", "out of range"),
        (b"1\t\\N\t\\N\n", "1261"),
        (b"1\t\\N\t\\N\t0.12345678901\t\\N\t\\N\n", "Kowalska|1265|cut"),
    ],
)
def test_a_load_that_would_change_a_value_fails(connection: Connection, line: bytes, why: str) -> None:
    with pytest.raises(TargetRejected, match="change or lose") as caught, Load(connection, MAPPING) as stream:
        stream.write(lines(line), 1)
    assert any(word in caught.value.why for word in why.split("|"))


def test_a_duplicate_key_fails_and_is_not_skipped(connection: Connection) -> None:
    with pytest.raises(TargetRejected), Load(connection, MAPPING) as stream:
        stream.write(lines(b"1\t\\N\t\\N\t\\N\t\\N\t\\N\n" * 2), 2)


def test_an_error_of_the_caller_stops_the_statement(connection: Connection) -> None:
    big: list[Row] = [("x" * 100_000, None, None, None)] * 20
    with pytest.raises(ZeroDivisionError), Load(connection, MAPPING) as stream:
        for at in range(10):
            stream.write(encode(batch_of(big, first=at * 20), MAPPING)[0], 20)
        raise ZeroDivisionError
    connection.rollback()
    assert fetch(connection, "SELECT COUNT(*) FROM `odd ``name```") == [(0,)]
    load(connection, batch_of(big))


def test_a_statement_that_fails_at_once_stops_the_writer(connection: Connection) -> None:
    execute(connection, "DROP TABLE `odd ``name```", doing="dropping")
    big = encode(batch_of([("x" * 100_000, None, None, None)] * 20), MAPPING)[0]
    with pytest.raises(TargetRejected, match="rejected"), Load(connection, MAPPING) as stream:
        for _ in range(1000):
            stream.write(big, 20)


def test_a_connection_that_dies_in_the_middle_is_unreachable(connection: Connection, mysql: Target) -> None:
    big = encode(batch_of([("x" * 100_000, None, None, None)] * 20), MAPPING)[0]
    victim = connection_id(connection)

    def kill() -> None:
        time.sleep(0.3)
        with session(mysql) as other:
            execute(other, f"KILL {victim}", doing="killing")

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(TargetUnreachable), Load(connection, MAPPING) as stream:
        for _ in range(10_000):
            stream.write(big, 20)
    killer.join()


def test_a_full_table_is_full(mysql: Target) -> None:
    simple = TableMapping(ObjectName("dbo", "m"), "m", (MAPPING.columns[0],), ("id",))
    with session(mysql, autocommit=False, loads=True) as connection:
        execute(connection, "SET max_heap_table_size = 16384", doing="making memory short")
        execute(
            connection, "CREATE TABLE `m` (`id` BIGINT NOT NULL PRIMARY KEY) ENGINE=MEMORY", doing="making the table"
        )
        text = b"".join(b"%d\n" % number for number in range(100_000))
        with pytest.raises(TargetFull, match="no space left"), Load(connection, simple) as stream:
            stream.write(lines(text), 100_000)


def test_no_descriptor_is_left_open(connection: Connection) -> None:
    load(connection, batch_of([("a", b"b", None, None)]))
    connection.rollback()
    before = len(list(OPEN_FILES.iterdir()))
    for _ in range(5):
        load(connection, batch_of([("a", b"b", None, None)]))
        connection.rollback()
        with pytest.raises(ZeroDivisionError), Load(connection, MAPPING):
            raise ZeroDivisionError
        connection.rollback()
    assert len(list(OPEN_FILES.iterdir())) == before


def test_a_ready_file(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_bytes(encode(batch_of([("a\tb", b"\0\n", None, 0.1)]), MAPPING)[0].data)
    assert load_file(connection, MAPPING, str(path)) == 1
    assert fetch(connection, "SELECT `te\\xt`, `raw`, `f` FROM `odd ``name```") == [("a\tb", b"\0\n", 0.1)]
