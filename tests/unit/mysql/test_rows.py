"""Rows as columns: out of made-up packets, and from a real server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pymysql
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import TargetRejected, TargetUnreachable
from migrator.mysql import rows as reading
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.rows import bandwidth, batches, read_columns
from migrator.mysql.url import Target
from migrator.wire.text import Texts

Row = tuple[bytes | None, ...]
LONGEST = 0xFFFFFF
EOF_PACKET = b"\xfe\0\0\x02\0"
OK_PACKET = b"\xfe\0\0\x02\0\0\0"
ERROR = b"\xff\x25\x05#70100Query execution was interrupted"


def length(number: int) -> bytes:
    if number < 0xFB:
        return bytes([number])
    for mark, size in ((0xFC, 2), (0xFD, 3)):
        if number < 1 << 8 * size:
            return bytes([mark]) + number.to_bytes(size, "little")
    return b"\xfe" + number.to_bytes(8, "little")


def payload(row: Row) -> bytes:
    return b"".join(b"\xfb" if value is None else length(len(value)) + value for value in row)


def packets(payloads: Sequence[bytes], first: int = 7) -> bytes:
    """Each payload as one packet, or as many as it needs."""
    out, number = [], first
    for whole in payloads:
        for start in range(0, len(whole) + 1, LONGEST):
            piece = whole[start : start + LONGEST]
            out.append(len(piece).to_bytes(3, "little") + bytes([number % 256]) + piece)
            number += 1
    return b"".join(out)


def given_in(pieces: Sequence[bytes]) -> reading.Fill:
    """The pieces one after the other, each in as many steps as there is room for."""
    left = [piece for piece in pieces if piece]

    def fill(view: memoryview) -> int:
        assert len(view) > 0
        if not left:
            return 0
        piece, rest = left[0][: len(view)], left[0][len(view) :]
        left[:1] = [rest] if rest else []
        view[: len(piece)] = piece
        return len(piece)

    return fill


def cut(data: bytes, places: Sequence[int]) -> list[bytes]:
    bounds = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(bounds)]


def rows_of(found: Iterator[list[Texts]]) -> list[Row]:
    return [
        row
        for batch in found
        for row in zip(
            *(
                [
                    texts.data[start:end].tobytes() if valid else None
                    for (start, end), valid in zip(pairwise(texts.offsets.tolist()), texts.valid.tolist(), strict=True)
                ]
                for texts in batch
            ),
            strict=True,
        )
    ]


VALUES = st.none() | st.binary(max_size=8) | st.integers(240, 300).map(bytes)


@given(st.data())
def test_rows_come_back_however_they_are_cut(data: st.DataObject) -> None:
    columns = data.draw(st.integers(1, 4))
    rows = data.draw(st.lists(st.tuples(*[VALUES] * columns), max_size=20))
    end = data.draw(st.sampled_from([EOF_PACKET, OK_PACKET]))
    stream = packets([*map(payload, rows), end], data.draw(st.integers(0, 255)))
    places = data.draw(st.lists(st.integers(0, 10**6), max_size=12))
    size = data.draw(st.sampled_from([16, 300, 1 << 12]))
    assert rows_of(batches(given_in(cut(stream, places)), columns, batch_bytes=size)) == rows


def test_a_batch_has_no_more_rows_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    rows: list[Row] = [(b"%d" % number,) for number in range(8)]
    found = list(batches(given_in([packets([*map(payload, rows), EOF_PACKET])]), 1))
    assert [len(batch[0].valid) for batch in found] == [3, 3, 2]
    assert rows_of(iter(found)) == rows


@pytest.mark.parametrize("size", [LONGEST - 9, LONGEST - 4, LONGEST - 5, LONGEST, 2 * LONGEST + 7])
def test_a_row_of_several_packets(size: int) -> None:
    rows: list[Row] = [(b"a", None), (bytes(size), b"behind"), (b"b", b"")]
    stream = packets([*map(payload, rows), OK_PACKET])
    found = rows_of(batches(given_in(cut(stream, [LONGEST + 2, LONGEST + 13])), 2))
    assert [tuple(value and hashlib.sha256(value).digest() for value in row) for row in found] == [
        tuple(value and hashlib.sha256(value).digest() for value in row) for row in rows
    ]


def test_an_error_behind_rows_is_the_servers() -> None:
    found = batches(given_in([packets([payload((b"1",)), ERROR])]), 1)
    assert rows_of(iter([next(found)])) == [(b"1",)]
    with pytest.raises(pymysql.MySQLError, match="interrupted") as caught:
        next(found)
    assert caught.value.args[0] == 1317


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (packets([payload((b"1",))]), 2013),
        (packets([payload((b"1",))])[:-1], 2013),
        (packets([payload((b"1",))]) + packets([EOF_PACKET], 9), 2027),
        (packets([payload((b"1", b"2")), EOF_PACKET]), 2027),
        (packets([b"\x05ab", EOF_PACKET]), 2027),
        (packets([b"\xfc\x01", EOF_PACKET]), 2027),
        (packets([b"\xfe\xff\xff", EOF_PACKET])[:2], 2013),
    ],
    ids=["no end", "half a row", "a packet is missing", "more columns", "too long", "half a length", "half a header"],
)
def test_what_is_no_answer_is_refused(stream: bytes, code: int) -> None:
    with pytest.raises(pymysql.OperationalError) as caught:
        list(batches(given_in([stream]), 1))
    assert caught.value.args[0] == code


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) "


def test_a_real_answer_and_the_next_question_behind_it(mysql: Target) -> None:
    query = NUMBERS + "SELECT i, IF(i % 3, REPEAT('ż', i), NULL), x'00FB' FROM n"
    expected = [(b"%d" % i, "ż".encode() * i if i % 3 else None, b"\0\xfb") for i in range(1, 901)]
    with session(mysql) as connection:
        for size in (reading.BATCH_BYTES, 1000):
            assert rows_of(read_columns(connection, query, batch_bytes=size)) == expected
            assert rows_of(read_columns(connection, "SELECT 1 FROM dual WHERE 1 = 0")) == []
            assert fetch(connection, "SELECT 2") == [(2,)]


def test_a_value_of_64_megabytes(mysql: Target) -> None:
    with session(mysql) as connection:
        [(most,)] = fetch(connection, "SELECT @@max_allowed_packet")
        size = min(64 << 20, int(most) - 1024)
        [[texts], *none] = list(read_columns(connection, f"SELECT REPEAT('abcdefgh', {size // 8})"))
    assert none == []
    assert (len(texts.data), texts.data[-8:].tobytes()) == (size // 8 * 8, b"abcdefgh")


def test_an_error_of_the_server_is_explained(mysql: Target) -> None:
    with session(mysql) as connection, pytest.raises(TargetRejected):
        list(read_columns(connection, "SELECT nothing FROM nowhere"))


def test_a_lost_connection_is_explained(mysql: Target) -> None:
    with session(mysql) as connection, session(mysql) as other:
        [(number,)] = fetch(connection, "SELECT CONNECTION_ID()")
        found = read_columns(connection, "SELECT REPEAT('x', 1000000), SLEEP(0.1) FROM " + MANY, batch_bytes=1000)
        next(found)
        execute(other, f"KILL {number}", doing="killing")
        with pytest.raises(TargetUnreachable):
            list(found)


MANY = "(SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS many"


def test_a_reading_that_is_left_closes_its_connection(mysql: Target) -> None:
    with session(mysql) as connection:
        found = read_columns(connection, NUMBERS + "SELECT REPEAT('x', 10000) FROM n", batch_bytes=20_000)
        next(found)
        found.close()  # type: ignore[attr-defined]
        assert not connection.open


def test_bandwidth_is_a_rate(mysql: Target) -> None:
    with session(mysql) as connection:
        assert bandwidth(connection) > 1e6
