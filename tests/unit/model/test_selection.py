"""Some tables of a database, by patterns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.errors import ConfigError
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Default, ForeignKey, Module, ObjectKind, Sequence, Table
from migrator.model.selection import selected


def table(schema: str, name: str, *parents: ObjectName) -> Table:
    keys = tuple(ForeignKey(f"FK_{parent.name}", ("Id",), parent, ("Id",)) for parent in parents)
    return Table(ObjectName(schema, name), (Column("Id", DataType(SqlType.INT), nullable=False),), foreign_keys=keys)


NURSE, VISIT, INVOICE = ObjectName("care", "Nurse"), ObjectName("care", "Visit"), ObjectName("billing", "Invoice")
DATABASE = Database(
    "d",
    "Latin1_General_CI_AS",
    ("care", "billing"),
    (table("care", "Nurse"), table("care", "Visit", NURSE), table("billing", "Invoice", VISIT)),
    (Module(ObjectName("care", "Busy"), ObjectKind.VIEW, "CREATE VIEW care.Busy AS SELECT 1 AS one"),),
)


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["care.*"], [NURSE, VISIT]),
        (["CARE.visit"], [VISIT]),
        (["?isit"], [VISIT]),
        (["Nurse", "billing.Inv*"], [NURSE, INVOICE]),
        (["*"], [NURSE, VISIT, INVOICE]),
    ],
)
def test_patterns(patterns: list[str], names: list[ObjectName]) -> None:
    found = selected(DATABASE, patterns)
    assert [one.name for one in found.tables] == names
    assert found.modules == ()


def test_keys_to_tables_that_stay_behind_are_left_out() -> None:
    assert selected(DATABASE, ["Visit"]).tables[0].foreign_keys == ()
    assert len(selected(DATABASE, ["care.*"]).tables[1].foreign_keys) == 1


def test_sequences_come_with_the_defaults_that_name_them() -> None:
    number = Column(
        "No", DataType(SqlType.INT), nullable=False, default=Default("DF", "(NEXT VALUE FOR [billing].[ClaimNo])")
    )
    with_number = replace(DATABASE.tables[2], columns=(*DATABASE.tables[2].columns, number))
    sequences = tuple(Sequence(ObjectName("billing", name), DataType(SqlType.INT), 1) for name in ("ClaimNo", "Other"))
    database = replace(DATABASE, tables=(*DATABASE.tables[:2], with_number), sequences=sequences)
    assert selected(database, ["billing.*"]).sequences == sequences[:1]
    assert selected(database, ["care.*"]).sequences == ()


def test_no_pattern_is_everything() -> None:
    assert selected(DATABASE, ()) is DATABASE


def test_a_pattern_that_nothing_fits_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"no table fits 'care\.Patient'"):
        selected(DATABASE, ["care.*", "care.Patient"])
