"""Measures of a column that count more than one thing, each over two batches and another part."""

from __future__ import annotations

import copy
import struct

import pyarrow as pa

from migrator.assess.measures.compound import Shapes, Variants
from migrator.assess.measures.lengths import Characters
from migrator.assess.measures.plan import tallies
from migrator.assess.measures.tally import Tally
from migrator.model.datatype import DataType, SqlType
from migrator.model.measurement import Measurement
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, Table
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.wire.schema import SHAPE, VARIANT


def counted(tally: Tally, array: pa.Array) -> Measurement | None:
    """What the tally makes of an array that comes as slices, in two parts of the table."""
    batch = pa.RecordBatch.from_arrays([array], ["c"])
    other = copy.deepcopy(tally)
    tally.add(batch.slice(0, 1))
    tally.add(batch.slice(1, 2))
    other.add(batch.slice(3))
    tally.merge(other)
    return tally.measured(len(array))


def test_characters_of_text_and_bytes() -> None:
    text = pa.array(["", "é🙂", None, "漢" * 300, "abc"])
    assert counted(Characters("row-size", "dbo.T.c", "c", text=True), text) == Measurement(
        "row-size", "dbo.T.c", 4, 5, "the longest of 4 values has 300 characters, 99% have at most 300", 900
    )
    data = pa.array([b"", None, b"\xc3\x28", b"x" * 40, None])
    assert counted(Characters("row-size", "dbo.T.c", "c", text=False), data) == Measurement(
        "row-size", "dbo.T.c", 3, 5, "the longest of 3 values has 40 bytes, 99% have at most 40", 40
    )
    nothing = counted(Characters("row-size", "dbo.T.c", "c", text=True), pa.array([None] * 4, pa.string()))
    assert nothing is not None
    assert (nothing.touched, nothing.detail) == (0, "no values")


def test_columns_that_a_row_has_no_room_for_are_measured() -> None:
    table = Table(
        ObjectName("dbo", "T"),
        (
            Column("Id", DataType(SqlType.INT), nullable=False),
            *(Column(f"c{number}", DataType(SqlType.NVARCHAR, length=4000), nullable=True) for number in range(5)),
        ),
        primary_key=Key("PK", (KeyColumn("Id"),), clustered=True),
    )
    database = Database("care", "Latin1_General_CI_AS", ("dbo",), (table,))
    translation = plan(database, load_rules())
    moved = {finding.object for finding in translation.findings if finding.rule == "row-size"}
    planned = [tally for tally in tallies(database, translation)[table.name] if isinstance(tally, Characters)]
    assert {tally.object for tally in planned} == moved != set()
    assert all(tally.text for tally in planned)


def test_base_types_of_variants() -> None:
    values = [("int", "1"), ("decimal(10,2)", "1.00"), None, ("decimal(5,0)", "7"), ("nvarchar(4)", "int")]
    array = pa.array([value and {"type": value[0], "value": value[1]} for value in values], VARIANT)
    assert counted(Variants("sql-variant-split", "dbo.T.c", "c"), array) == Measurement(
        "sql-variant-split", "dbo.T.c", 4, 5, "4 values: 2 decimal, 1 int, 1 nvarchar"
    )


def test_kinds_and_systems_of_shapes() -> None:
    point = struct.pack("<BIdd", 1, 1, 1.0, 2.0)
    line = struct.pack("<BIIdddd", 1, 2, 2, 1.0, 2.0, 3.0, 4.0)
    shapes = [(4326, point), (4326, line), None, (4258, point), None, (4326, point)]
    array = pa.array([shape and {"srid": shape[0], "wkb": shape[1]} for shape in shapes], SHAPE)
    assert counted(Shapes("geography", "dbo.T.c", "c", 4326), array) == Measurement(
        "geography",
        "dbo.T.c",
        4,
        6,
        "4 shapes: 3 POINT, 1 LINESTRING; 1 have another SRID than the target's 4326, which the copy refuses",
    )
    nothing = counted(Shapes("geography", "dbo.T.c", "c", 4326), pa.array([None] * 4, SHAPE))
    assert nothing is not None
    assert (nothing.touched, nothing.detail) == (0, "0 shapes")
