"""The encoder against golden bytes of a real export, and against the decoder over every type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.lab.generate import columns as t
from migrator.lab.generate.bcp import encode
from migrator.lab.generate.schema import POPULATIONS, census_at
from migrator.lab.generate.tables.probe import PROBES
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.packages.bcp.decoder import Decoder, layout_choices
from migrator.packages.bcp.stats import ReadStats
from migrator.wire.schema import arrow_schema, arrow_type

NAME = ObjectName("dbo", "T")
PADDED = (SqlType.CHAR, SqlType.NCHAR)


def batch_of(table: Table, *columns: Sequence[Any]) -> pa.RecordBatch:
    schema = arrow_schema(table)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def decoded(data: np.ndarray[Any, np.dtype[np.uint8]], table: Table) -> pa.RecordBatch:
    step = Decoder(table, "part", layout_choices(table)[0], ReadStats()).decode(data, 0, len(data), 0)
    assert step.next == len(data)
    return step.batch


def test_a_row_of_adventure_works() -> None:
    """SalesLT.SalesOrderDetail as SQL Server exported it."""
    types = (t.INT, t.INT, t.SMALLINT, t.INT, t.MONEY, t.MONEY, t.UNIQUEIDENTIFIER, t.DATETIME)
    table = Table(NAME, tuple(Column(f"c{n}", type_, t.NOT_NULL) for n, type_ in enumerate(types)))
    row = (
        71_774, 110_562, 1, 836, Decimal("356.8980"), Decimal(0),
        bytes.fromhex("e3a1994c7a684ce896a377fdd3bbd730"), datetime(2008, 6, 1),  # noqa: DTZ001  # SQL Server's have none
    )  # fmt: skip
    assert encode(batch_of(table, *([value] for value in row)), table).tobytes().hex() == (
        "5e180100e2af010001004403000000000000547536000000000000000000"
        "104c99a1e3687ae84c96a377fdd3bbd730ae9a000000000000"
    )  # fmt: skip


def test_prefixes_and_nulls() -> None:
    table = Table(
        NAME,
        (
            Column("int", t.INT, t.NULL),
            Column("char", t.char(3), t.NOT_NULL),
            Column("nchar", t.nchar(2), t.NOT_NULL),
            Column("max", t.nvarchar(), t.NULL),
            Column("variant", t.SQL_VARIANT, t.NULL),
            Column("decimal", t.decimal(5, 2), t.NOT_NULL),
        ),
    )
    batch = batch_of(table, [None], ["a"], ["ł"], [None], [None], [Decimal("-1.25")])
    assert encode(batch, table).tobytes().hex() == (
        "ff" + "610020002000" + "0400" + "42012000" + "ff" * 8 + "00000000" + "13050200" + "7d" + "00" * 15
    )


def test_no_rows_are_no_bytes() -> None:
    table = Table(NAME, tuple(Column(probe.name, probe.type, t.NULL) for probe in PROBES))
    assert len(encode(pa.RecordBatch.from_pylist([], schema=arrow_schema(table)), table)) == 0


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (t.varchar(3), "four"),
        (t.char(1), "two"),
        (t.nvarchar(1), "🙂"),
        (t.varbinary(2), b"abc"),
        (t.binary(2), b"abc"),
    ],
    ids=str,
)
def test_values_that_are_too_long_are_refused(type_: DataType, value: object) -> None:
    table = Table(NAME, (Column("c", type_, t.NULL),))
    with pytest.raises(ValueError, match="c has a value"):
        encode(batch_of(table, [value]), table)


def test_a_null_where_none_may_be_is_refused() -> None:
    table = Table(NAME, (Column("c", t.INT, t.NOT_NULL),))
    schema = pa.schema([pa.field("c", pa.int32())])
    with pytest.raises(ValueError, match="c is NOT NULL"):
        encode(pa.RecordBatch.from_arrays([pa.array([None], pa.int32())], schema=schema), table)


UNICODE = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""At most 24 units of UTF-16."""
TICKS = st.integers(0, 3_652_059 * 864_000_000_000 - 1)


def cut(numbers: st.SearchStrategy[int], scale: int | None) -> st.SearchStrategy[int]:
    unit = 10 ** (7 - (7 if scale is None else scale))
    return numbers.map(lambda number: number // unit * unit)


def integers(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def unscaled(most: int, scale: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-most, most).map(lambda n: Decimal((int(n < 0), tuple(map(int, str(abs(n)))), -scale)))


def values_of(type_: DataType) -> st.SearchStrategy[Any]:  # noqa: PLR0912  # one line a type
    base = type_.base
    match base:
        case SqlType.BIT:
            return st.booleans()
        case SqlType.TINYINT:
            return st.integers(0, 255)
        case SqlType.SMALLINT | SqlType.INT | SqlType.BIGINT:
            return integers({SqlType.SMALLINT: 16, SqlType.INT: 32, SqlType.BIGINT: 64}[base])
        case SqlType.DECIMAL | SqlType.NUMERIC:
            return unscaled(10 ** (type_.precision or 18) - 1, type_.scale or 0)
        case SqlType.MONEY:
            return unscaled(2**63 - 1, 4)
        case SqlType.SMALLMONEY:
            return unscaled(2**31 - 1, 4)
        case SqlType.REAL:
            return st.floats(width=32, allow_nan=False, allow_infinity=False)
        case SqlType.FLOAT:
            return st.floats(allow_nan=False, allow_infinity=False)
        case SqlType.DATE:
            return st.integers(-719_162, 2_932_896)
        case SqlType.TIME:
            return cut(st.integers(0, 863_999_999_999), type_.scale).map(lambda ticks: ticks * 100)
        case SqlType.DATETIME2:
            return cut(TICKS, type_.scale)
        case SqlType.DATETIMEOFFSET:
            return st.fixed_dictionaries({"utc": cut(TICKS, type_.scale), "minutes": st.integers(-840, 840)})
        case SqlType.DATETIME:
            ticks = st.integers(0, 25_919_999).map(lambda tick: (tick * 20 + 3) // 6)
            return st.builds(lambda day, ms: day * 86_400_000 + ms, st.integers(-79_256, 2_932_896), ticks)
        case SqlType.SMALLDATETIME:
            return st.integers(-25_567 * 1_440, 39_968 * 1_440).map(lambda minute: minute * 60)
        case SqlType.UNIQUEIDENTIFIER:
            return st.binary(min_size=16, max_size=16)
        case SqlType.ROWVERSION:
            return st.binary(min_size=8, max_size=8)
        case SqlType.BINARY:
            return st.binary(min_size=type_.length or 1, max_size=type_.length or 1)
        case SqlType.VARBINARY | SqlType.IMAGE:
            return st.binary(max_size=300)
        case SqlType.HIERARCHYID | SqlType.GEOGRAPHY | SqlType.GEOMETRY | SqlType.SQL_VARIANT:
            return st.sampled_from(next(probe.values for probe in PROBES if probe.type.base is base))
        case _:
            return UNICODE


TYPES = [*(probe.type for probe in PROBES), t.ROWVERSION, DataType(SqlType.FLOAT, precision=53)]


@pytest.mark.parametrize("nullable", [True, False], ids=["NULL", "NOT NULL"])
@pytest.mark.parametrize("type_", TYPES, ids=str)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back(type_: DataType, nullable: bool, data: st.DataObject) -> None:
    # An integer in front and behind shows a field that is one byte too long or too short.
    table = Table(NAME, (Column("a", t.INT, t.NOT_NULL), Column("c", type_, nullable), Column("z", t.INT, t.NOT_NULL)))
    values = values_of(type_)
    given_values = data.draw(st.lists(values | st.none() if nullable else values, min_size=1, max_size=8))
    array = as_array(given_values, type_)
    edges = pa.array(range(len(array)), pa.int32())
    batch = pa.RecordBatch.from_arrays([edges, array, edges], schema=arrow_schema(table))
    found = decoded(encode(batch, table), table)
    assert found.column("a").equals(edges)
    assert found.column("z").equals(edges)
    if type_.base in PADDED:
        array = pc.utf8_rpad(array, type_.length, " ") if type_.base is SqlType.CHAR else array
        assert pc.utf8_rtrim(found.column("c"), " ").equals(pc.utf8_rtrim(array, " "))
    else:
        assert found.column("c").equals(array)


def as_array(values: list[Any], type_: DataType) -> pa.Array:
    arrow = arrow_type(type_)
    if pa.types.is_temporal(arrow):
        return pa.array(values, pa.int32() if pa.types.is_date(arrow) else pa.int64()).cast(arrow)
    return pa.array(values, arrow)


def test_a_slice_is_written_like_a_whole() -> None:
    probe = next(made for made in POPULATIONS if made.name.name == "TypeProbe")
    (batch,) = probe.batches(census_at(1), seed=1)
    pieces = [encode(batch.slice(start, 5), probe.table).tobytes() for start in range(0, batch.num_rows, 5)]
    assert b"".join(pieces) == encode(batch, probe.table).tobytes()
