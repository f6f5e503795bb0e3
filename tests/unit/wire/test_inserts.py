"""INSERT statements are read back by MySQL as the rows that they were made of."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.arrow_source import create
from support.visits import mapping, rows

from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.url import Target
from migrator.wire.inserts import encode_inserts
from migrator.wire.rows import fingerprint

HEAD = "INSERT INTO `t` (`id`, `note`, `scan`) VALUES"
SMALL = TableMapping(
    ObjectName("dbo", "t"),
    "t",
    (
        TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),
        TargetColumn("note", "note", "LONGTEXT", Form.CLOB, nullable=True),
        TargetColumn("scan", "scan", "LONGBLOB", Form.BLOB, nullable=True),
    ),
    ("id",),
)


def batch(values: list[tuple[str | None, bytes | None]]) -> pa.RecordBatch:
    return pa.record_batch(
        {
            "id": pa.array(range(len(values)), pa.int32()),
            "note": pa.array([note for note, _ in values], pa.string()),
            "scan": pa.array([scan for _, scan in values], pa.binary()),
        }
    )


def statements(found: bytes) -> list[bytes]:
    return [part + b";" for part in found.split(b";\n")[:-1]]


def test_every_form_comes_back(mysql: Target) -> None:
    made = mapping("id")
    create(mysql, made)
    names = ", ".join(f"`{column.name}`" for column in made.columns)
    source = rows(range(-40, 400))
    found, stated = encode_inserts(source, made, f"INSERT INTO `visits` ({names}) VALUES", 20_000)
    assert stated == fingerprint(source, made)
    parts = statements(found.tobytes())
    assert len(parts) > 3
    assert max(map(len, parts)) <= 20_000
    with session(mysql) as connection:
        for part in parts:
            connection.query(part)
        assert table_fingerprint(connection, made) == stated
        assert fetch(connection, "SELECT DISTINCT ST_SRID(`place`) FROM `visits`") == [(4326,)]


def test_every_byte_and_every_awkward_text(mysql: Target) -> None:
    create(mysql, SMALL)
    source = batch(
        [
            ("".join(map(chr, range(256))) + "żółć 😀 \u2028", bytes(range(256)) * 2),
            ("", b""),
            (None, None),
            ('it\'s; "so" \\ `x`\n); -- /* */ %s\r\n\x1a\0', b"'\\\n\r\x00\x1a\""),
            ("\\", b"\\"),
        ]
    )
    found, stated = encode_inserts(source, SMALL, HEAD, 1 << 20)
    text = found.tobytes()
    assert text.count(b"\n") == source.num_rows + 1  # no value breaks a line
    assert b"\0" not in text
    assert b"\x1a" not in text
    with session(mysql) as connection:
        connection.query(text)
        assert table_fingerprint(connection, SMALL) == stated
        assert fetch(connection, "SELECT `id` FROM `t` WHERE `note` IS NULL AND `scan` IS NULL") == [(2,)]


@given(
    st.lists(
        st.tuples(st.none() | st.text(st.characters(codec="utf-8"), max_size=40), st.none() | st.binary(max_size=40)),
        min_size=1,
        max_size=30,
    ),
    st.integers(60, 400),
)
def test_no_statement_is_larger_than_its_limit_but_for_a_row_alone(
    values: list[tuple[str | None, bytes | None]], limit: int
) -> None:
    found, stated = encode_inserts(batch(values), SMALL, HEAD, limit)
    lines = found.tobytes().split(b"\n")
    assert lines.pop() == b""
    assert stated.rows == len(values)
    assert sum(not line.startswith(b"INSERT") for line in lines) == len(values)
    size = count = 0
    for line in [*lines, b"INSERT"]:
        if line.startswith(b"INSERT"):
            assert size <= limit or count == 1
            size = count = 0
        else:
            assert line.startswith(b"(")
            assert line[-2:] in {b"),", b");"}
            count += 1
        size += len(line) + 1


def test_a_row_that_is_larger_than_the_limit_goes_alone(mysql: Target) -> None:
    create(mysql, SMALL)
    source = batch([("a", b""), ("x" * 100_000, b"\0" * 100_000), ("b", b"")])
    found, stated = encode_inserts(source, SMALL, HEAD, 1000)
    parts = statements(found.tobytes())
    assert len(parts) == 3
    with session(mysql) as connection:
        for part in parts:
            connection.query(part)
        assert table_fingerprint(connection, SMALL) == stated


@pytest.mark.parametrize("mode", ["", "ANSI_QUOTES"])
def test_double_quotes_mean_nothing_special(mysql: Target, mode: str) -> None:
    create(mysql, SMALL)
    found, stated = encode_inserts(batch([('say "x"', b'"')]), SMALL, HEAD, 1000)
    with session(mysql) as connection:
        execute(connection, f"SET sql_mode = '{mode}'", doing="choosing a mode")
        connection.query(found.tobytes())
        assert table_fingerprint(connection, SMALL) == stated
