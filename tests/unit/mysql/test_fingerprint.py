"""MySQL's fingerprints, buckets and row hashes against those of the wire, and against small changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import visits
from support.arrow_source import ArrowSource, create, load
from support.canonical import canonical_fingerprint

from migrator.errors import TargetRejected
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.fingerprint import (
    bucket_fingerprints,
    key_ranges,
    row_count,
    rows_in_buckets,
    rows_with_keys,
    table_fingerprint,
)
from migrator.mysql.url import Target
from migrator.wire.rows import canonical_columns, fingerprint, row_hashes
from migrator.wire.text import canonical_column

BATCH = visits.rows(range(-60, 440))


def filled(target: Target, mapping: TableMapping) -> TableMapping:
    """The table of visits in the target, as the loader writes it."""
    create(target, mapping)
    load(target, ArrowSource.of({mapping.target: (visits.TYPES, [BATCH])}), mapping)
    return mapping


def wire_hashes(mapping: TableMapping) -> tuple[list[bytes], list[bytes]]:
    """Key hashes and row hashes of the batch."""
    rows = row_hashes(canonical_columns(BATCH, mapping))
    keys = row_hashes([canonical_column(BATCH.column(item.source), item) for item in mapping.key_columns])
    return [key.tobytes() for key in keys], [row.tobytes() for row in rows]


def test_the_server_and_the_wire_make_the_same_fingerprint(mysql: Target) -> None:
    mapping = filled(mysql, visits.mapping("id"))
    with session(mysql) as connection:
        assert row_count(connection, mapping) == BATCH.num_rows
        assert table_fingerprint(connection, mapping) == fingerprint(BATCH, mapping)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(st.integers(-9, 9), st.none() | st.text(max_size=9), st.none() | st.binary(max_size=9))))
def test_the_server_and_the_model_make_the_same_fingerprint(
    mysql: Target, rows: list[tuple[int, str | None, bytes | None]]
) -> None:
    mapping = TableMapping(
        ObjectName("dbo", "small"),
        "small",
        (
            TargetColumn("h", "h", "INT", Form.INTEGER, nullable=False),
            TargetColumn("x", "x", "VARCHAR(9)", Form.TEXT, nullable=True),
            TargetColumn("k", "k", "VARBINARY(9)", Form.BINARY, nullable=True),
        ),
    )
    with session(mysql) as connection:
        execute(connection, "DROP TABLE IF EXISTS small", doing="clearing")
    create(mysql, mapping)
    with session(mysql) as connection:
        for row in rows:
            execute(connection, "INSERT INTO small VALUES (%s, %s, %s)", row, doing="inserting")
        assert table_fingerprint(connection, mapping) == canonical_fingerprint(rows, mapping.columns)
        buckets = bucket_fingerprints(connection, mapping, 16)
        assert sum(buckets.values(), Fingerprint()) == canonical_fingerprint(rows, mapping.columns)


CHANGES = {
    "the last bit of a double": "UPDATE visits SET mileage = mileage * (1 + 2.3e-16) WHERE id = 1",
    "the last bit of a float": "UPDATE visits SET ratio = ratio * (1 + 1.2e-7) WHERE id = 1",
    "a cent of a hundredth": "UPDATE visits SET price = price + 0.0001 WHERE id = 1",
    "a microsecond of a time": "UPDATE visits SET at = at + INTERVAL 1 MICROSECOND WHERE id = 1",
    "a microsecond of a date": "UPDATE visits SET begins = begins + INTERVAL 1 MICROSECOND WHERE id = 1",
    "a day": "UPDATE visits SET day = day + INTERVAL 1 DAY WHERE id = 1",
    "a trailing space": "UPDATE visits SET code = CONCAT(code, ' ') WHERE id = 1",
    "case": "UPDATE visits SET code = LOWER(code) WHERE id = 1",
    "an accent": "UPDATE visits SET code = REPLACE(code, 'ó', 'o') WHERE id = 1",
    "a composed letter in two parts": "UPDATE visits SET code = REPLACE(code, 'ó', 'o\u0301') WHERE id = 1",
    "an emoji": "UPDATE visits SET code = REPLACE(code, '😀', '😁') WHERE id = 1",
    "NULL made empty": "UPDATE visits SET code = '' WHERE id = 11",
    "empty made NULL": "UPDATE visits SET note = NULL WHERE id = 7",
    "a NULL moved to another column": "UPDATE visits SET code = '', note = NULL WHERE id = 22",
    "the case of a GUID": "UPDATE visits SET token = UPPER(token) WHERE id = 1",
    "the end of a long text": "UPDATE visits SET note = CONCAT(note, ' ') WHERE id = 1",
    "a byte": "UPDATE visits SET flags = CONCAT(flags, 0x00) WHERE id = 1",
    "a byte of a long one": "UPDATE visits SET scan = CONCAT(scan, 0x00) WHERE id = 4",
    "longitude and latitude": "UPDATE visits SET place = ST_SwapXY(place) WHERE id = 1",
    "two values that changed places": "UPDATE visits SET code = IF(id = 1, @two, @one) WHERE id IN (1, 2)",
    "the same change in a pair of rows": "UPDATE visits SET flags = 0x01 WHERE id IN (1, 2)",
    "a row lost and another doubled": "UPDATE visits SET id = 10001, code = 'x' WHERE id = 1",
    "a row lost": "DELETE FROM visits WHERE id = 1",
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_smallest_change_shows(mysql: Target, change: str) -> None:
    mapping = filled(mysql, visits.mapping("id"))
    with session(mysql) as connection:
        fetch(connection, "SELECT code INTO @one FROM visits WHERE id = 1")
        fetch(connection, "SELECT code INTO @two FROM visits WHERE id = 2")
        before = fetch(connection, "CHECKSUM TABLE visits")
        assert execute(connection, CHANGES[change], doing="changing") > 0
        assert fetch(connection, "CHECKSUM TABLE visits") != before, "the change must change something"
        assert table_fingerprint(connection, mapping) != fingerprint(BATCH, mapping)


@pytest.mark.parametrize(
    "harmless",
    [
        "UPDATE visits SET stamp = 0x00",
        "UPDATE visits SET mileage = -0e0 WHERE mileage = 0",
        "ALTER TABLE visits ORDER BY code",
        "ALTER TABLE visits CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "ALTER TABLE visits MODIFY area VARCHAR(4)",
    ],
)
def test_what_does_not_count_does_not_show(mysql: Target, harmless: str) -> None:
    mapping = filled(mysql, visits.mapping("id"))
    with session(mysql) as connection:
        execute(connection, harmless, doing="changing")
        assert table_fingerprint(connection, mapping) == fingerprint(BATCH, mapping)


def test_a_row_twice_in_place_of_another_shows_where_there_is_no_key(mysql: Target) -> None:
    mapping = filled(mysql, visits.mapping())
    with session(mysql) as connection:
        assert table_fingerprint(connection, mapping) == fingerprint(BATCH, mapping)
        execute(connection, "INSERT INTO visits SELECT * FROM visits WHERE id = 1", doing="doubling")
        execute(connection, "DELETE FROM visits WHERE id = 2", doing="deleting")
        assert row_count(connection, mapping) == BATCH.num_rows
        assert table_fingerprint(connection, mapping) != fingerprint(BATCH, mapping)


@pytest.mark.parametrize("key", [("id",), ("token",), ("code", "day"), ("flags", "begins", "id"), ()])
def test_buckets_and_records_are_those_of_the_wire(mysql: Target, key: tuple[str, ...]) -> None:
    mapping = visits.mapping(*key)
    batch = BATCH.filter(BATCH["code"].is_valid())
    create(mysql, mapping)
    load(mysql, ArrowSource.of({"visits": (visits.TYPES, [batch])}), mapping)
    rows = [row.tobytes() for row in row_hashes(canonical_columns(batch, mapping))]
    keys = rows
    if key:
        texts = [canonical_column(batch.column(item.source), item) for item in mapping.key_columns]
        keys = [digest.tobytes() for digest in row_hashes(texts)]
    buckets = [int.from_bytes(digest[:4]) % 64 for digest in keys]
    expected: dict[int, Fingerprint] = {}
    for bucket, row in zip(buckets, rows, strict=True):
        one = Fingerprint(1, int.from_bytes(row[:7]), int.from_bytes(row[7:14]))
        expected[bucket] = expected.get(bucket, Fingerprint()) + one
    records = [digest[:16] + row[:16] if key else row for digest, row in zip(keys, rows, strict=True)]
    with session(mysql) as connection:
        assert bucket_fingerprints(connection, mapping, 64) == expected
        for wanted in ([3], [0, 5, 63], range(64)):
            found = [record.tobytes() for part in rows_in_buckets(connection, mapping, 64, wanted) for record in part]
            assert Counter(found) == Counter(
                record for record, bucket in zip(records, buckets, strict=True) if bucket in wanted
            )


def test_rows_are_found_by_their_keys_hashes(mysql: Target) -> None:
    mapping = filled(mysql, visits.mapping("area", "id"))
    keys, _ = wire_hashes(mapping)
    ids = BATCH["id"].to_pylist()
    wanted = [ids.index(number) for number in (-1, 0, 33)]
    with session(mysql) as connection:
        found = rows_with_keys(connection, mapping, [keys[index][:16] for index in wanted])
    assert {detail.key_hash for detail in found} == {keys[index][:16] for index in wanted}
    assert sorted(detail.key for detail in found) == [("0", "0"), ("33", "33"), ("99", "-1")]
    zero = next(detail for detail in found if detail.key[1] == "0")
    assert len(zero.columns) == len(mapping.compared_columns)
    assert zero.columns[0] == hashlib.sha256(b"0").hexdigest()
    assert zero.columns[1] is None


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_ranges_hold_every_row_once(mysql: Target, parts: int) -> None:
    mapping = filled(mysql, visits.mapping("id"))
    with session(mysql) as connection:
        # A key column that lost NOT NULL, and extremes that were not there when the ranges were made.
        execute(connection, "ALTER TABLE visits DROP PRIMARY KEY, MODIFY id BIGINT NULL", doing="dropping the key")
        ranges = key_ranges(connection, mapping, parts)
        assert len(ranges) == parts
        execute(connection, "UPDATE visits SET id = NULL WHERE id = 5", doing="changing")
        execute(connection, "UPDATE visits SET id = -9223372036854775808 WHERE id = 6", doing="changing")
        execute(connection, "UPDATE visits SET id = 9223372036854775807 WHERE id = 7", doing="changing")
        pieces = [table_fingerprint(connection, mapping, where) for where in ranges]
        assert sum(pieces, Fingerprint()) == table_fingerprint(connection, mapping)
        assert sum(piece.rows for piece in pieces) == BATCH.num_rows


@pytest.mark.parametrize("key", [(), ("token",), ("code", "id")])
def test_tables_that_have_no_integer_key_are_not_cut(mysql: Target, key: tuple[str, ...]) -> None:
    mapping = visits.mapping(*key)
    create(mysql, mapping)
    with session(mysql) as connection:
        assert key_ranges(connection, mapping, 4) == ("",)


def test_an_empty_table_is_not_cut_and_has_the_empty_fingerprint(mysql: Target) -> None:
    mapping = visits.mapping("id")
    create(mysql, mapping)
    with session(mysql) as connection:
        assert key_ranges(connection, mapping, 4) == ("",)
        assert table_fingerprint(connection, mapping) == Fingerprint()
        assert bucket_fingerprints(connection, mapping, 1024) == {}


def test_a_table_that_is_not_there_has_no_count(mysql: Target) -> None:
    with session(mysql) as connection:
        assert row_count(connection, visits.mapping("id")) is None


def test_a_table_that_may_not_be_read_is_an_error(mysql: Target) -> None:
    with session(mysql) as connection:
        execute(
            connection, "CREATE VIEW visits AS SELECT 1 + (SELECT 1 UNION SELECT 2) AS id", doing="making a bad view"
        )
        with pytest.raises(TargetRejected):
            row_count(connection, visits.mapping("id"))


def test_a_table_without_compared_columns_is_counted(mysql: Target) -> None:
    mapping = filled(mysql, visits.mapping("id"))
    silent = replace(mapping, columns=tuple(replace(item, compared=False) for item in mapping.columns))
    with session(mysql) as connection:
        assert table_fingerprint(connection, silent) == Fingerprint(BATCH.num_rows)
