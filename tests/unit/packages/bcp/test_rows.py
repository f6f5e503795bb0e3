from __future__ import annotations

import io
import math
import struct
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest
from support import native
from support.native import Value, column, field, table

from migrator.errors import RowsDamaged, SourceError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.schema import Column, Computed, Table
from migrator.packages.archive import Entry
from migrator.packages.bcp.rows import read_rows
from migrator.packages.bcp.stats import ReadStats
from migrator.wire.schema import arrow_schema

DAY_TICKS = 864_000_000_000
LAST_DAY = 3_652_058


def read(
    table_: Table, data: bytes, *, batch_bytes: int = 8 << 20, stats: ReadStats | None = None
) -> list[pa.RecordBatch]:
    entry = Entry(io.BytesIO(data), "Data/dbo.T/TableData-000-00000.BCP", len(data))
    return list(read_rows(entry, table_, batch_bytes=batch_bytes, stats=stats or ReadStats()))


def plain(batch: pa.RecordBatch) -> list[list[object]]:
    """Columns as Python values; times as their numbers, because Python's have six digits."""
    numbers = {pa.time64("ns"): pa.int64(), pa.timestamp("ms"): pa.int64(), pa.timestamp("s"): pa.int64()}
    columns = []
    for array in batch.columns:
        array.validate(full=True)
        columns.append(array.cast(numbers.get(array.type, array.type)).to_pylist())
    return columns


def decoded(type_: DataType, values: Sequence[Value], *, nullable: bool) -> list[object]:
    made = table(column(type_, nullable=nullable))
    batches = read(made, native.rows(made.columns, [[value] for value in values]))
    assert all(batch.schema == arrow_schema(made) for batch in batches)
    return [value for batch in batches for value in plain(batch)[0]]


def t(base: SqlType, **numbers: int) -> DataType:
    return DataType(base, **numbers)


def same(type_: DataType, *values: Value) -> tuple[DataType, list[Value], list[object]]:
    return type_, list(values), list(values)


# Each value, and what the reader makes of it.
# fmt: off
TYPES: list[tuple[DataType, list[Value], list[object]]] = [
    (t(SqlType.BIT), [True, False], [True, False]),
    (t(SqlType.TINYINT), [0, 128, 255], [0, 128, 255]),
    (t(SqlType.SMALLINT), [-32768, -1, 32767], [-32768, -1, 32767]),
    (t(SqlType.INT), [-(2**31), -1, 2**31 - 1], [-(2**31), -1, 2**31 - 1]),
    (t(SqlType.BIGINT), [-(2**63), -1, 2**63 - 1], [-(2**63), -1, 2**63 - 1]),
    (t(SqlType.REAL), [1.5, -0.0, 3.4028234663852886e38], [1.5, -0.0, 3.4028234663852886e38]),
    (t(SqlType.FLOAT, precision=24), [0.25], [0.25]),
    (t(SqlType.FLOAT, precision=53), [1e-308, -1.7976931348623157e308], [1e-308, -1.7976931348623157e308]),
    same(t(SqlType.DECIMAL, precision=5, scale=2), Decimal("999.99"), Decimal("-0.01"), Decimal("0.00")),
    same(t(SqlType.NUMERIC, precision=38, scale=0), Decimal(10**38 - 1), Decimal(1 - 10**38)),
    same(t(SqlType.DECIMAL, precision=38, scale=38), Decimal("-0." + "9" * 38)),
    same(t(SqlType.DECIMAL, precision=20, scale=0), Decimal(-(2**64)), Decimal(2**64)),
    same(t(SqlType.MONEY), Decimal("-922337203685477.5808"), Decimal("922337203685477.5807"), Decimal("-0.0001")),
    same(t(SqlType.SMALLMONEY), Decimal("-214748.3648"), Decimal("214748.3647")),
    (t(SqlType.TIME, scale=0), [0, 409530000000], [0, 40953000000000]),
    (t(SqlType.TIME, scale=7), [DAY_TICKS - 1], [86399999999900]),
    (t(SqlType.SMALLDATETIME), [(0, 0), (65535, 1439)], [-2208988800, 3453321540]),
    (
        t(SqlType.DATETIME), [(-53690, 0), (2958463, 25919999), (25567, 1), (25567, 2), (25567, 3)],
        [-6847804800000, 253402300799997, 3, 7, 10],
    ),
    (t(SqlType.DATETIME2, scale=7), [(0, 0), (LAST_DAY, DAY_TICKS - 1)], [0, LAST_DAY * DAY_TICKS + DAY_TICKS - 1]),
    (t(SqlType.DATETIME2, scale=3), [(731246, 37231230000)], [731246 * DAY_TICKS + 37231230000]),
    (
        t(SqlType.DATETIMEOFFSET, scale=7), [(731246, 232531234567, 295), (0, 0, -840)],
        [{"utc": 731246 * DAY_TICKS + 232531234567, "minutes": 295}, {"utc": 0, "minutes": -840}],
    ),
    (t(SqlType.CHAR, length=5), ["ab", "żółw", ""], ["ab   ", "żółw ", "     "]),
    (t(SqlType.NCHAR, length=3), ["a", "€uro"[:3]], ["a  ", "€ur"]),
    (t(SqlType.VARCHAR, length=10), ["", "Łódź", "plain"], ["", "Łódź", "plain"]),
    (t(SqlType.NVARCHAR, length=10), ["👩‍⚕️ ok", " trailing  "[:10], "\0"], ["👩‍⚕️ ok", " trailing ", "\0"]),
    (t(SqlType.VARCHAR, length=MAX), ["", "x" * 100_000], ["", "x" * 100_000]),
    (t(SqlType.NVARCHAR, length=MAX), ["", "ą" * 70_000], ["", "ą" * 70_000]),
    (t(SqlType.TEXT), ["", "old"], ["", "old"]),
    (t(SqlType.NTEXT), ["ünï"], ["ünï"]),
    (t(SqlType.XML), ["<a b=\"c\"/>"], ["<a b=\"c\"/>"]),
    (t(SqlType.JSON), ['{"a":"ż"}'], ['{"a":"ż"}']),
    (t(SqlType.VECTOR, length=2), ["[1.0,2.5]"], ["[1.0,2.5]"]),
    (t(SqlType.BINARY, length=4), [b"\x12\x34\x56\x78", b"\0\0\0\0"], [b"\x12\x34\x56\x78", b"\0\0\0\0"]),
    (t(SqlType.VARBINARY, length=40), [b"", b"\xff" * 40], [b"", b"\xff" * 40]),
    (t(SqlType.VARBINARY, length=MAX), [b"", bytes(range(256)) * 500], [b"", bytes(range(256)) * 500]),
    (t(SqlType.IMAGE), [b"", b"\x89PNG"], [b"", b"\x89PNG"]),
    (t(SqlType.ROWVERSION), [b"\0\0\0\0\0\0\x07\xd1"], [b"\0\0\0\0\0\0\x07\xd1"]),
    (t(SqlType.UNIQUEIDENTIFIER), [UUID(int=0x112233 << 96 | 0xEEFF)], [UUID(int=0x112233 << 96 | 0xEEFF).bytes]),
    (t(SqlType.HIERARCHYID), [b"", b"\x5b\x5f\x08"], ["/", "/1/2/3/4/"]),
    (t(SqlType.SQL_VARIANT), [bytes.fromhex("380001000000")], [{"type": "int", "value": "1"}]),
    (
        t(SqlType.GEOMETRY), [bytes.fromhex("00000000010c") + struct.pack("<2d", 1, 2)],
        [{"srid": 0, "wkb": struct.pack("<BI2d", 1, 1, 1, 2)}],
    ),
    (
        t(SqlType.GEOGRAPHY), [bytes.fromhex("e6100000010c") + struct.pack("<2d", 52.2, 21.0)],
        [{"srid": 4326, "wkb": struct.pack("<BI2d", 1, 1, 21.0, 52.2)}],
    ),
]
# fmt: on
IDS = [str(type_) for type_, _, _ in TYPES]


@pytest.mark.parametrize(("type_", "values", "expected"), TYPES, ids=IDS)
def test_not_null(type_: DataType, values: list[Value], expected: list[object]) -> None:
    assert decoded(type_, values, nullable=False) == expected


@pytest.mark.parametrize(("type_", "values", "expected"), TYPES, ids=IDS)
def test_nullable(type_: DataType, values: list[Value], expected: list[object]) -> None:
    assert decoded(type_, [None, *values, None], nullable=True) == [None, *expected, None]


@pytest.mark.parametrize(("type_", "values", "expected"), TYPES, ids=IDS)
def test_only_nulls(type_: DataType, values: list[Value], expected: list[object]) -> None:
    assert decoded(type_, [None, None], nullable=True) == [None, None]


def test_every_type_is_tested() -> None:
    assert {type_.base for type_, _, _ in TYPES} | {SqlType.DATE} == set(SqlType)


def test_date() -> None:
    days = decoded(t(SqlType.DATE), [0, LAST_DAY, 719162], nullable=False)
    assert [str(day) for day in days] == ["0001-01-01", "9999-12-31", "1970-01-01"]


def test_negative_zero_keeps_its_sign() -> None:
    (zero,) = decoded(t(SqlType.FLOAT), [-0.0], nullable=False)
    assert isinstance(zero, float)
    assert math.copysign(1, zero) == -1


# Rows that Microsoft's export wrote (SQL Server 2019): every time type at scale 0 to 7, NULL and NOT NULL.
REAL_ROWS = [
    (
        [("time", scale, False) for scale in range(8)],
        "80e2e3595fc024f3595f0032f6595f30a7f6595fb8baf6595f28b9f6595f00b9f6595f07b9f6595f",
        [40953, 40953.1, 40953.12, 40953.123, 40953.1235, 40953.12346, 40953.123456, 40953.1234567],
    ),
    (
        [("time", scale, True) for scale in range(8)],
        "ffffff0530a7f6595fffffffff",
        [None, None, None, 40953.123, None, None, None, None],
    ),
]


@pytest.mark.parametrize(("types", "row", "seconds"), REAL_ROWS)
def test_times_count_100_ns_at_every_scale(
    types: list[tuple[str, int, bool]], row: str, seconds: list[float | None]
) -> None:
    columns = [Column(f"c{scale}", DataType(SqlType(base), scale=scale), nullable) for base, scale, nullable in types]
    (batch,) = read(table(*columns), bytes.fromhex(row))
    assert [values[0] for values in plain(batch)] == [
        None if second is None else round(second * 10**7) * 100 for second in seconds
    ]


def test_row_of_every_shape_at_once() -> None:
    types = [type_ for type_, _, _ in TYPES]
    columns = [column(type_, nullable=bool(i % 2), name=f"c{i}") for i, type_ in enumerate(types)]
    values = [[found[k % len(found)] for _, found, _ in TYPES] for k in range(300)]
    expected = [[found[k % len(found)] for k in range(300)] for _, _, found in TYPES]
    batches = read(table(*columns), native.rows(columns, values), batch_bytes=1 << 20)
    assert len(batches) > 1
    for i in range(len(types)):
        assert [value for batch in batches for value in plain(batch)[i]] == expected[i], types[i]


def test_computed_columns_are_not_stored() -> None:
    computed = Column("sum", None, nullable=True, computed=Computed("[a]+[b]", persisted=True))
    made = table(column(native.INT, name="a"), computed, column(native.INT, name="b"))
    (batch,) = read(made, struct.pack("<ii", 1, 2))
    assert batch.to_pylist() == [{"a": 1, "b": 2}]


def test_encrypted_column_is_its_ciphertext() -> None:
    cipher = bytes([1]) + bytes(range(64))
    made = table(column(native.INT, nullable=True, encrypted=True), column(native.INT, name="d"))
    data = struct.pack("<H", 65) + cipher + struct.pack("<i", 7) + b"\xff\xff" + struct.pack("<i", 8)
    (batch,) = read(made, data)
    assert batch.to_pylist() == [{"c": cipher, "d": 7}, {"c": None, "d": 8}]
    long = struct.pack("<Q", 65) + cipher + struct.pack("<i", 7)
    (batch,) = read(made, long)
    assert batch.to_pylist() == [{"c": cipher, "d": 7}]


def test_char_with_a_prefix_is_found_out() -> None:
    made = table(column(native.CHAR), column(native.INT, name="d"))
    plain_rows = b"".join("abcde".encode("utf-16-le") + struct.pack("<i", i) for i in range(50))
    prefixed = b"".join(b"\x0a\0" + "abcde".encode("utf-16-le") + struct.pack("<i", i) for i in range(50))
    assert read(made, plain_rows)[0].to_pylist() == read(made, prefixed)[0].to_pylist()


def test_lone_surrogates_are_counted_and_replaced() -> None:
    stats = ReadStats()
    made = table(column(native.TEXT_MAX))
    texts = ["\ud83d", "a\ude00b", "\ude00\ud83d", "😀", "\ud83d😀"]
    (batch,) = read(made, native.rows(made.columns, [[text] for text in texts]), stats=stats)
    assert batch.column(0).to_pylist() == ["�", "a�b", "��", "😀", "�😀"]
    assert stats.lone_surrogates == {"dbo.T.c": 5}


def test_batches_hold_about_what_was_asked_for() -> None:
    made = table(column(native.BIGINT))
    data = struct.pack("<1000q", *range(1000))
    batches = read(made, data, batch_bytes=800)
    assert [batch.num_rows for batch in batches] == [100] * 10
    assert pa.Table.from_batches(batches).column(0).to_pylist() == list(range(1000))


def test_batch_smaller_than_a_row_still_moves_on() -> None:
    made = table(column(native.BIGINT), column(native.TEXT_MAX, name="d", nullable=True))
    values = [[i, None if i % 3 else "ab" * i] for i in range(40)]
    batches = read(made, native.rows(made.columns, values), batch_bytes=1)
    assert pa.Table.from_batches(batches).to_pylist() == [{"c": i, "d": text} for i, text in values]


def test_one_giant_row_among_small_ones() -> None:
    made = table(column(native.INT), column(native.BINARY_MAX, name="d"))
    giant = np.arange(64 << 18, dtype=np.uint32).tobytes()  # 64 MiB
    values = [[1, b"a"], [2, giant], [3, b"b"]]
    batches = read(made, native.rows(made.columns, values))
    assert [batch.num_rows for batch in batches] == [1, 1, 1]
    assert batches[1].column(1)[0].as_buffer().to_pybytes() == giant
    assert batches[2].to_pylist() == [{"c": 3, "d": b"b"}]


def test_no_bytes_are_no_rows() -> None:
    assert read(table(column(native.INT)), b"") == []


# Damage.

MIXED = [
    column(native.INT, name="a"),
    column(DataType(SqlType.NVARCHAR, length=8), name="b", nullable=True),
    column(DataType(SqlType.DECIMAL, precision=9, scale=2), name="d", nullable=True),
    column(native.BINARY_MAX, name="e"),
]


def test_cut_anywhere_is_noticed_or_leaves_whole_rows() -> None:
    values: list[list[Value]] = [
        [1, "ab", Decimal("1.50"), b"xyz"],
        [2, None, None, b""],
        [3, "ąę", Decimal("-7.25"), b"0123456789"],
    ]
    data = native.rows(MIXED, values)
    ends = [len(native.rows(MIXED, values[:n])) for n in range(len(values) + 1)]
    for cut in range(len(data) + 1):
        if cut in ends:
            assert sum(batch.num_rows for batch in read(table(*MIXED), data[:cut])) == ends.index(cut)
            continue
        with pytest.raises(RowsDamaged) as caught:
            read(table(*MIXED), data[:cut])
        row = sum(end <= cut for end in ends)
        assert f"row {row:,}" in caught.value.what.lower()
        assert "dbo.T." in caught.value.what


def test_error_names_part_row_and_column_but_no_value() -> None:
    data = native.rows(MIXED, [[1, "secret", Decimal(1), b"x"]] * 70_000)
    bad = struct.pack("<i", 5) + struct.pack("<H", 18) + "secret123".encode("utf-16-le")
    with pytest.raises(RowsDamaged) as caught:
        read(table(*MIXED), data + bad, batch_bytes=1 << 16)
    assert caught.value.what.startswith("Row 70,001 of Data/dbo.T/TableData-000-00000.BCP, column dbo.T.b: ")
    assert "secret" not in str(caught.value)
    assert caught.value.why
    assert caught.value.todo


GOOD = {str(type_): values[0] for type_, values, _ in TYPES}


def damaged(type_: DataType, data: bytes, *, nullable: bool = False) -> str:
    """What the reader says of one bad value behind three good rows."""
    good = struct.pack("<i", 1) + field(type_, GOOD[str(type_)], nullable=nullable)
    made = table(column(native.INT, name="n"), column(type_, nullable=nullable))
    with pytest.raises(RowsDamaged) as caught:
        read(made, good * 3 + struct.pack("<i", 1) + data + good * 3)
    return caught.value.what


DECIMAL, NUMERIC = t(SqlType.DECIMAL, precision=5, scale=2), t(SqlType.NUMERIC, precision=38, scale=0)
TICKS7 = DAY_TICKS.to_bytes(5, "little")
# fmt: off
LIES: list[tuple[DataType, bytes, bool, str]] = [
    (t(SqlType.BIT), b"\x01\x02", False, "neither 0 nor 1"),
    (t(SqlType.BIT), b"\xff", False, "a NULL"),
    (t(SqlType.BIT), b"\x02\x01", False, "a length of 2 bytes"),
    (t(SqlType.INT), b"\x08" + bytes(8), True, "a length of 8 bytes"),
    (t(SqlType.FLOAT, precision=53), struct.pack("<d", math.inf), False, "infinite"),
    (t(SqlType.REAL), struct.pack("<f", math.nan), False, "infinite or not a number"),
    (DECIMAL, b"\x13\x06\x02\x01" + bytes(16), False, "no decimal(5,2)"),
    (DECIMAL, b"\x13\x05\x03\x01" + bytes(16), False, "no decimal(5,2)"),
    (DECIMAL, b"\x13\x05\x02\x02" + bytes(16), False, "no decimal(5,2)"),
    (DECIMAL, b"\x13\x05\x02\x01" + (10**5).to_bytes(16, "little"), False, "no decimal(5,2)"),
    (NUMERIC, b"\x13\x26\x00\x00" + (10**38).to_bytes(16, "little"), False, "no decimal(38,0)"),
    (t(SqlType.TIME, scale=7), TICKS7, False, "beyond the end of its day"),
    (t(SqlType.TIME, scale=0), (1).to_bytes(5, "little"), False, "more than 0 decimals"),
    (t(SqlType.DATETIME2, scale=7), TICKS7 + bytes(3), False, "beyond the end of its day"),
    (t(SqlType.DATETIME2, scale=7), bytes(5) + (LAST_DAY + 1).to_bytes(3, "little"), False, "beyond the year 9999"),
    (t(SqlType.DATETIME2, scale=3), (1).to_bytes(5, "little") + bytes(3), False, "more than 3 decimals"),
    (t(SqlType.DATETIMEOFFSET, scale=7), bytes(8) + struct.pack("<h", 841), False, "more than 14 hours"),
    (t(SqlType.DATETIMEOFFSET, scale=7), bytes(8) + struct.pack("<h", -32768), False, "more than 14 hours"),
    (t(SqlType.DATETIME), struct.pack("<iI", -53691, 0), False, "outside the years"),
    (t(SqlType.DATETIME), struct.pack("<iI", 2958464, 0), False, "outside the years"),
    (t(SqlType.DATETIME), struct.pack("<iI", 0, 25920000), False, "beyond the end of its day"),
    (t(SqlType.SMALLDATETIME), struct.pack("<HH", 0, 1440), False, "beyond the end of its day"),
    (t(SqlType.NCHAR, length=3), b"\x08\x00" + bytes(8), False, "a length of 8 bytes"),
    (t(SqlType.NVARCHAR, length=10), b"\x03\x00abc", False, "odd number"),
    (t(SqlType.NVARCHAR, length=10), b"\xff\xff", False, "a NULL"),
    (t(SqlType.VARBINARY, length=40), b"\x29\x00" + bytes(41), False, "a length of 41 bytes"),
    (t(SqlType.NVARCHAR, length=MAX), b"\xfe" + b"\xff" * 7, False, "cannot have"),
    (t(SqlType.ROWVERSION), b"\x07\x00" + bytes(7), False, "a length of 7 bytes"),
    (t(SqlType.UNIQUEIDENTIFIER), b"\x0f" + bytes(15), False, "a length of 15 bytes"),
    (t(SqlType.HIERARCHYID), b"\x01" + bytes(7) + b"\xf0", False, "no path"),
    (t(SqlType.SQL_VARIANT), b"\x03\0\0\0\x38\x00\x01", False, "not of its own type"),
    (t(SqlType.SQL_VARIANT), b"\0\0\0\0", False, "a NULL"),
    (t(SqlType.GEOMETRY), b"\x06" + bytes(7) + bytes.fromhex("00000000030c"), False, "cannot be read"),
]
# fmt: on


@pytest.mark.parametrize(("type_", "data", "nullable", "reason"), LIES)
def test_value_that_cannot_be(type_: DataType, data: bytes, nullable: bool, reason: str) -> None:
    what = damaged(type_, data, nullable=nullable)
    assert what.startswith("Row 4 of Data/dbo.T/TableData-000-00000.BCP, column dbo.T.c: ")
    assert reason in what


def test_prefix_that_promises_more_than_the_part_has() -> None:
    made = table(column(native.TEXT_MAX))
    with pytest.raises(RowsDamaged, match=r"ends in the middle of row 1, in column dbo\.T\.c"):
        read(made, struct.pack("<Q", 3 << 30) + b"ab")


def test_first_fault_in_row_order_is_reported() -> None:
    made = table(
        column(native.INT, name="a"), column(t(SqlType.TIME, scale=7), name="b"), column(t(SqlType.BIT), name="d")
    )
    good = struct.pack("<i", 1) + bytes(5) + b"\x01\x01"
    data = good + struct.pack("<i", 1) + bytes(5) + b"\x01\x07" + struct.pack("<i", 1) + TICKS7 + b"\x01\x01" + b"\x01"
    with pytest.raises(RowsDamaged, match=r"^Row 2 .*dbo\.T\.d: a bit"):
        read(made, data)


SAMPLES: dict[SqlType, list[Value]] = {
    SqlType.DATETIME2: [(738_000 + i, i * 7_919_000_001 % DAY_TICKS) for i in range(31)],
    SqlType.DATETIME: [(44_000 + i, i * 7_919_003 % 25_920_000) for i in range(31)],
    SqlType.MONEY: [Decimal(i * 1000) / 8 for i in range(31)],
    SqlType.NVARCHAR: [f"Kowalski, Jan {i}" for i in range(31)],
    SqlType.DECIMAL: [Decimal(i) for i in range(31)],
    SqlType.INT: list(range(1000, 1031)),
    SqlType.BIT: [True] * 31,
    SqlType.UNIQUEIDENTIFIER: [UUID(int=i * 0x1234567890ABCDEF1234567) for i in range(31)],
}


@pytest.mark.parametrize(
    ("true", "claimed"),
    [
        ([t(SqlType.DATETIME)], [t(SqlType.DATETIME2, scale=7)]),
        ([t(SqlType.DATETIME2, scale=7)], [t(SqlType.DATETIME)]),
        ([t(SqlType.DATETIME2, scale=7)], [t(SqlType.DATETIME2, scale=3)]),
        ([t(SqlType.NVARCHAR, length=50)], [t(SqlType.NVARCHAR, length=10)]),
        ([t(SqlType.NVARCHAR, length=50)], [t(SqlType.NVARCHAR, length=MAX)]),
        ([t(SqlType.NVARCHAR, length=50)], [t(SqlType.CHAR, length=12)]),
        ([t(SqlType.DECIMAL, precision=9, scale=2)], [t(SqlType.DECIMAL, precision=9, scale=4)]),
        ([t(SqlType.MONEY)], [t(SqlType.DATETIME)]),
        ([native.INT, t(SqlType.UNIQUEIDENTIFIER)], [t(SqlType.SMALLINT), t(SqlType.UNIQUEIDENTIFIER)]),
        ([t(SqlType.BIT), native.INT], [t(SqlType.TINYINT), native.INT]),
        ([native.INT, native.INT], [native.INT, native.BIGINT]),
    ],
    ids=lambda types: ",".join(map(str, types)),
)
def test_model_that_lies_about_a_type(true: list[DataType], claimed: list[DataType]) -> None:
    columns = [column(type_, name=f"c{i}") for i, type_ in enumerate(true)]
    data = native.rows(columns, list(zip(*(SAMPLES[type_.base] for type_ in true), strict=True)))
    assert read(table(*columns), data)
    with pytest.raises(RowsDamaged):
        read(table(*(column(type_, name=f"c{i}") for i, type_ in enumerate(claimed))), data)


@pytest.mark.parametrize("lie", [(True, False), (False, True)])
def test_model_that_lies_about_null(lie: tuple[bool, bool]) -> None:
    true = [column(native.INT, nullable=lie[0], name="a"), column(native.BIGINT, name="b")]
    claimed = [column(native.INT, nullable=lie[1], name="a"), column(native.BIGINT, name="b")]
    data = native.rows(true, [[100 + i, i * 10**12] for i in range(30)])
    with pytest.raises(RowsDamaged):
        read(table(*claimed), data)


def test_rows_without_a_column_to_hold_them() -> None:
    made = table(Column("sum", None, nullable=True, computed=Computed("1", persisted=False)))
    with pytest.raises(RowsDamaged, match="no column to hold them"):
        read(made, b"x")


def test_curve_is_refused_with_advice() -> None:
    arc = bytes.fromhex("00000000 02 04 03000000") + struct.pack("<6d", 0, 0, 1, 1, 2, 0)
    arc += bytes.fromhex("01000000 02 00000000 01000000 ffffffff 00000000 08")
    made = table(column(t(SqlType.GEOMETRY)))
    with pytest.raises(SourceError, match=r"column dbo\.T\.c: a shape is a curve") as caught:
        read(made, struct.pack("<Q", len(arc)) + arc)
    assert not isinstance(caught.value, RowsDamaged)
    assert "STCurveToLine" in caught.value.todo
