"""MySQL's canonical text against the model, value by value, on a real server."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Context, Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.canonical import Value, canonical_row, canonical_text

from migrator.model.mapping import Form, TargetColumn
from migrator.mysql.canonical import row_hash, row_text, value_text
from migrator.mysql.connect import Connection, execute, fetch, quoted, session
from migrator.mysql.rows import read_compared
from migrator.mysql.url import Target
from migrator.wire.compare import canonical_value
from migrator.wire.text import Texts

REAL_SERVER = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def column(name: str, type_: str, form: Form, *, nullable: bool = True, scale: int = 0, srid: int = 0) -> TargetColumn:
    return TargetColumn(name, name, type_, form, nullable=nullable, scale=scale, srid=srid)


def make(connection: Connection, columns: Sequence[TargetColumn]) -> None:
    lines = [f"{quoted(item.name)} {item.type}{'' if item.nullable else ' NOT NULL'}" for item in columns]
    execute(connection, "DROP TABLE IF EXISTS x", doing="clearing")
    execute(
        connection,
        f"CREATE TABLE x (`of row` INT NOT NULL PRIMARY KEY, {', '.join(lines)}) COLLATE utf8mb4_0900_ai_ci",
        doing="making a table",
    )


def insert(connection: Connection, rows: Sequence[Sequence[Value]]) -> None:
    execute(connection, "DELETE FROM x", doing="clearing")
    for number, row in enumerate(rows):
        values = [str(value) if isinstance(value, UUID) else value for value in row]
        places = ", ".join(["%s"] * (len(row) + 1))
        execute(connection, f"INSERT INTO x VALUES ({places})", (number, *values), doing="inserting")


def check(target: Target, columns: Sequence[TargetColumn], rows: Sequence[Sequence[Value]]) -> None:
    """Texts, canonical rows and hashes of ``rows`` as MySQL makes them are those of the model; so are the values that
    are compared on the wire, once their canonical texts are made of them."""
    with session(target) as connection:
        make(connection, columns)
        insert(connection, rows)
        texts = fetch(connection, f"SELECT {', '.join(map(value_text, columns))} FROM x AS t ORDER BY `of row`")
        whole = fetch(
            connection, f"SELECT CAST({row_text(columns)} AS BINARY), {row_hash(columns)} FROM x AS t ORDER BY `of row`"
        )
        crossed = [_values(batch, columns) for batch in read_compared(connection, "x", columns)]
    assert Counter(row for batch in crossed for row in batch) == Counter(texts)
    for row, found, (text, digest) in zip(rows, texts, whole, strict=True):
        assert list(found) == [canonical_text(value, item) for value, item in zip(row, columns, strict=True)]
        assert text == canonical_row(row, columns)
        assert digest == hashlib.sha256(text).hexdigest()


def _values(batch: list[Texts], columns: Sequence[TargetColumn]) -> list[tuple[bytes | None, ...]]:
    """The rows of a batch in canonical text."""
    by_column = [
        [
            canonical_value(data.tobytes()[start:end] if valid else None, item.form)
            for (start, end), valid in zip(pairwise(offsets.tolist()), flags.tolist(), strict=True)
        ]
        for item, (data, offsets, flags) in zip(columns, ((t.data, t.offsets, t.valid) for t in batch), strict=True)
    ]
    return list(zip(*by_column, strict=True))


WIDE = Context(prec=65)


def ints(bits: int, *, signed: bool = True) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else st.integers(0, 2**bits - 1)


@REAL_SERVER
@given(rows=st.lists(st.tuples(ints(8, signed=False), ints(16), ints(32), st.none() | ints(64)), max_size=5))
@example(rows=[(255, -(2**15), -(2**31), -(2**63)), (0, 0, 0, None), (1, 2**15 - 1, 2**31 - 1, 2**63 - 1)])
def test_integers(mysql: Target, rows: list[tuple[int, ...]]) -> None:
    columns = [
        column("a", "TINYINT UNSIGNED", Form.INTEGER, nullable=False),
        column("b", "SMALLINT", Form.INTEGER, nullable=False),
        column("c", "INT", Form.INTEGER, nullable=False),
        column("d", "BIGINT", Form.INTEGER),
    ]
    check(mysql, columns, rows)


def decimals(precision: int, scale: int) -> st.SearchStrategy[Decimal]:
    limit = 10**precision - 1
    return st.integers(-limit, limit).map(lambda unit: Decimal(unit).scaleb(-scale, WIDE))


@REAL_SERVER
@given(rows=st.lists(st.tuples(decimals(38, 0), decimals(38, 30), st.none() | decimals(19, 4)), max_size=5))
@example(rows=[(Decimal("-0"), Decimal("-0.5"), Decimal("-0.0000")), (Decimal(10**38 - 1), Decimal(0), None)])
def test_decimals(mysql: Target, rows: list[tuple[Decimal, ...]]) -> None:
    columns = [
        column("a", "DECIMAL(38,0)", Form.DECIMAL, nullable=False),
        column("b", "DECIMAL(38,30)", Form.DECIMAL, nullable=False, scale=30),
        column("c", "DECIMAL(19,4)", Form.DECIMAL, scale=4),
    ]
    check(mysql, columns, rows)


finite = st.floats(allow_nan=False, allow_infinity=False)
singles = st.floats(width=32, allow_nan=False, allow_infinity=False)


@REAL_SERVER
@given(rows=st.lists(st.tuples(finite, singles, st.none() | finite), max_size=5))
@example(rows=[(1.7976931348623157e308, 3.4028234663852886e38, 5e-324), (-0.0, -0.0, -0.0), (0.1, 1e-45, None)])
def test_floats_by_their_bits(mysql: Target, rows: list[tuple[float, ...]]) -> None:
    rows = [(a, struct.unpack("f", struct.pack("f", b))[0], c) for a, b, c in rows]
    columns = [
        column("a", "DOUBLE", Form.FLOAT, nullable=False),
        column("b", "FLOAT", Form.FLOAT, nullable=False),
        column("c", "DOUBLE", Form.FLOAT),
    ]
    check(mysql, columns, rows)


FIRST, LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001


@REAL_SERVER
@given(
    rows=st.lists(st.tuples(st.dates(), st.none() | st.times(), st.datetimes(), st.none() | st.datetimes()), max_size=5)
)
@example(
    rows=[(FIRST.date(), time(0), FIRST, FIRST), (LAST.date(), time.max, LAST, LAST), (LAST.date(), None, LAST, None)]
)
def test_moments(mysql: Target, rows: list[tuple[date | time | datetime, ...]]) -> None:
    columns = [
        column("a", "DATE", Form.DATE, nullable=False),
        column("b", "TIME(6)", Form.TIME, scale=6),
        column("c", "DATETIME(6)", Form.DATETIME, nullable=False, scale=6),
        column("d", "DATETIME(6)", Form.DATETIME, scale=6),
    ]
    check(mysql, columns, rows)


@pytest.mark.parametrize("scale", range(7))
def test_moments_have_six_digits_whatever_is_kept(mysql: Target, scale: int) -> None:
    kept = 123456 - 123456 % 10 ** (6 - scale)
    digits = f"({scale})" if scale else ""
    columns = [
        column("a", f"TIME{digits}", Form.TIME, scale=scale),
        column("b", f"DATETIME{digits}", Form.DATETIME, nullable=False, scale=scale),
    ]
    moment = datetime(1900, 2, 28, 1, 2, 3, kept)  # noqa: DTZ001
    check(mysql, columns, [(moment.time(), moment), (None, moment)])


TEXTS = st.text(max_size=20) | st.text(alphabet=" aAäÄąß\u00a0\u3000😀\t\0'\"\\%", max_size=20)


@REAL_SERVER
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, st.none() | TEXTS, TEXTS, st.none() | TEXTS), max_size=5))
@example(rows=[(" a ", " a ", " a ", " a ", " a "), ("", "", "", "", ""), ("  ", "  ", "  ", "  ", "  ")])
@example(rows=[("😀 ", "żółć\u00a0", "a\u3000 ", "\0", "\n"), ("", "", None, "", None)])
def test_text_of_many_collations_in_one_row(mysql: Target, rows: list[tuple[str, ...]]) -> None:
    columns = [
        column("a", "VARCHAR(20) COLLATE utf8mb4_0900_as_ci", Form.TEXT, nullable=False),
        column("b", "CHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_pl_0900_as_cs", Form.CHAR, nullable=False),
        column("c", "VARCHAR(20) COLLATE utf8mb4_bin", Form.CHAR),
        column("d", "VARCHAR(20)", Form.TEXT, nullable=False),
        column("e", "LONGTEXT COLLATE utf8mb4_general_ci", Form.CLOB),
    ]
    check(mysql, columns, rows)


def test_character_sets_that_are_not_utf8(mysql: Target) -> None:
    columns = [
        column("a", "VARCHAR(9) CHARACTER SET latin1", Form.TEXT, nullable=False),
        column("b", "VARCHAR(9) COLLATE latin2_general_ci", Form.CHAR),
        column("c", "VARCHAR(9) charset utf16", Form.TEXT),
        column("d", "TEXT CHARACTER SET cp1250", Form.CLOB),
        column("e", "VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin", Form.TEXT),
        column("f", "VARCHAR(9)", Form.TEXT),
    ]
    check(mysql, columns, [("é", "ł ", "😀", "ż", "e", "ż"), ("", None, None, None, None, None)])


@REAL_SERVER
@given(
    rows=st.lists(
        st.tuples(st.binary(max_size=9), st.none() | st.binary(max_size=9), st.uuids(), st.binary()), max_size=5
    )
)
@example(rows=[(b"", None, UUID(int=0), b""), (b"\0\xff", b"", UUID(int=2**128 - 1), b"\0")])
def test_bytes_and_uuids(mysql: Target, rows: list[tuple[bytes | UUID | None, ...]]) -> None:
    columns = [
        column("a", "VARBINARY(9)", Form.BINARY, nullable=False),
        column("b", "VARBINARY(9)", Form.BINARY),
        column("c", "CHAR(36) CHARACTER SET ascii", Form.UUID, nullable=False),
        column("d", "LONGBLOB", Form.BLOB),
    ]
    check(mysql, columns, rows)


@pytest.mark.parametrize("srid", [0, 4326, 3857])
def test_shapes_have_x_first_in_every_system(mysql: Target, srid: int) -> None:
    shape = column("a", f"GEOMETRY SRID {srid}", Form.GEOMETRY, srid=srid)
    # A line from 10 E 50 N to -10 E -50 N.
    wkb = struct.pack("<bIIdddd", 1, 2, 2, 10.0, 50.0, -10.0, -50.0)
    order = ", 'axis-order=long-lat'" if srid else ""
    with session(mysql) as connection:
        make(connection, [shape])
        execute(
            connection,
            f"INSERT INTO x VALUES (0, NULL), (1, ST_GeomFromWKB(%s, {srid}{order}))",
            (wkb,),
            doing="inserting",
        )
        found = fetch(connection, f"SELECT {value_text(shape)} FROM x AS t ORDER BY 1")
    assert found == [(None,), (canonical_text(wkb, shape),)]


def test_names_are_quoted(mysql: Target) -> None:
    check(mysql, [column("a ` b%s", "INT", Form.INTEGER), column("t", "INT", Form.INTEGER)], [(1, 2), (None, None)])


def test_columns_do_not_run_into_each_other(mysql: Target) -> None:
    columns = [column("a", "VARCHAR(9)", Form.TEXT), column("b", "VARCHAR(9)", Form.TEXT)]
    rows: list[tuple[str | None, ...]] = [
        ("a", "bc"),
        ("ab", "c"),
        (None, ""),
        ("", None),
        ("N", None),
        (None, "N"),
        ("aV1:b", "c"),
    ]
    check(mysql, columns, rows)
    assert len({canonical_row(row, columns) for row in rows}) == len(rows)


@pytest.fixture
def small_packets(mysql: Target) -> Iterator[Target]:
    """The server lets new connections have texts of one megabyte."""
    with session(mysql) as connection:
        [(before,)] = fetch(connection, "SELECT @@GLOBAL.max_allowed_packet")
        execute(connection, f"SET GLOBAL max_allowed_packet = {1 << 20}", doing="setting up")
        yield mysql
        execute(connection, f"SET GLOBAL max_allowed_packet = {before}", doing="clearing")


@pytest.mark.alone
@pytest.mark.parametrize("nullable", [True, False])
def test_a_row_that_mysql_cannot_concatenate_is_neither_null_nor_any_row(small_packets: Target, nullable: bool) -> None:
    columns = [column("a", "LONGTEXT", Form.TEXT, nullable=nullable), column("b", "INT", Form.INTEGER)]
    with session(small_packets) as connection:
        make(connection, columns)
        execute(connection, "INSERT INTO x VALUES (0, '', 0)", doing="inserting")
        execute(connection, "UPDATE x SET a = REPEAT('a', @@max_allowed_packet - 9)", doing="filling")
        assert fetch(connection, f"SELECT {row_hash(columns)} FROM x AS t") == [("0" * 64,)]
