from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.wire import kernels, sha256
from migrator.wire.rows import encode, fingerprint

MAPPING = TableMapping(
    ObjectName("dbo", "t"),
    "t",
    (
        TargetColumn("id", "id", "BIGINT", Form.INTEGER, nullable=False),
        TargetColumn("note", "note", "LONGTEXT", Form.TEXT, nullable=True),
        TargetColumn("raw", "raw", "LONGBLOB", Form.BINARY, nullable=True),
        TargetColumn("stamp", "stamp", "BINARY(8)", Form.BINARY, nullable=True, compared=False, why_not="a counter"),
    ),
    ("id",),
)
ROWS = st.lists(st.tuples(st.integers(0, 2**40), st.none() | st.text(), st.none() | st.binary()), max_size=20)


def batch_of(rows: list[tuple[int, str | None, bytes | None]]) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "stamp": pa.array([b"12345678"] * len(rows), pa.binary()),
            "id": pa.array([row[0] for row in rows], pa.int64()),
            "note": pa.array([row[1] for row in rows], pa.string()),
            "raw": pa.array([row[2] for row in rows], pa.binary()),
        }
    )


def canonical(row: tuple[int, str | None, bytes | None]) -> bytes:
    texts = [
        str(row[0]).encode(),
        None if row[1] is None else row[1].encode(),
        None if row[2] is None else row[2].hex().encode(),
    ]
    return b"".join(b"N" if text is None else b"V%d:%s" % (len(text), text) for text in texts)


def expected(rows: list[tuple[int, str | None, bytes | None]]) -> Fingerprint:
    digests = [hashlib.sha256(canonical(row)).digest() for row in rows]
    return Fingerprint(
        len(rows),
        sum(int.from_bytes(digest[:7]) for digest in digests),
        sum(int.from_bytes(digest[7:14]) for digest in digests),
    )


@given(ROWS)
def test_fingerprint_is_the_documented_one(rows: list[tuple[int, str | None, bytes | None]]) -> None:
    batch = batch_of(rows)
    assert fingerprint(batch, MAPPING) == expected(rows)
    assert encode(batch, MAPPING)[1] == expected(rows)


@given(ROWS, st.integers(0, 20))
def test_fingerprints_add_up_in_any_order(rows: list[tuple[int, str | None, bytes | None]], cut: int) -> None:
    parts = fingerprint(batch_of(rows[cut:]), MAPPING) + fingerprint(batch_of(rows[:cut]), MAPPING)
    assert parts == fingerprint(batch_of(rows), MAPPING)


def test_sums_do_not_overflow() -> None:
    many = np.full((100_000, 32), 255, np.uint8)
    from migrator.wire.rows import fingerprint_of

    assert fingerprint_of(many) == Fingerprint(100_000, 100_000 * (2**56 - 1), 100_000 * (2**56 - 1))


@given(ROWS)
def test_lines_read_back(rows: list[tuple[int, str | None, bytes | None]]) -> None:
    lines, _ = encode(batch_of(rows), MAPPING)
    assert parse(lines.tobytes()) == [
        [str(row[0]).encode(), None if row[1] is None else row[1].encode(), row[2], b"12345678"] for row in rows
    ]


def parse(data: bytes) -> list[list[bytes | None]]:
    """LOAD DATA's reading as the manual has it: escapes first, then separators, ``\\N`` alone is NULL."""
    rows: list[list[bytes | None]] = []
    row: list[bytes | None] = []
    field, null, at = bytearray(), False, 0
    while at < len(data):
        byte = data[at : at + 1]
        if byte == b"\\":
            at += 1
            escaped = data[at : at + 1]
            if escaped == b"N":
                null = True
            else:
                field += b"\0" if escaped == b"0" else escaped
        elif byte in b"\t\n":
            row.append(None if null else bytes(field))
            field, null = bytearray(), False
            if byte == b"\n":
                rows.append(row)
                row = []
        else:
            field += byte
        at += 1
    return rows


def test_both_ways_of_hashing_agree() -> None:
    data = np.frombuffer(bytes(range(256)) * 4, np.uint8)
    offsets = np.array([0, 0, 1, 55, 56, 64, 200, 1024], np.int64)
    plain = sha256._digests_by_hashlib(data, offsets)
    assert (sha256.digests(data, offsets) == plain).all()


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5))
def test_kernels_say_the_same_uncompiled(numbers: list[int]) -> None:
    array = np.array(numbers, np.int64)
    with np.errstate(over="ignore"):
        slow_data, slow_offsets = kernels.integer_texts.py_func(array)
    data, offsets = kernels.integer_texts(array)
    assert (slow_data == data).all()
    assert (slow_offsets == offsets).all()
