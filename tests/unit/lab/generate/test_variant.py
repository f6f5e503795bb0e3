from __future__ import annotations

import pytest

from migrator.lab.generate.tables.probe import PROBES
from migrator.lab.generate.variant import variant_bytes
from migrator.model.datatype import SqlType
from migrator.packages.bcp.variant import to_text

VALUES = next(probe.values for probe in PROBES if probe.type.base is SqlType.SQL_VARIANT)


@pytest.mark.parametrize(
    ("type_", "value", "stored"),
    [
        ("int", "-2", "3800" + "feffffff"),
        ("bit", "1", "3200" + "01"),
        ("decimal(5,2)", "-1.25", "6a020502" + "00" + "7d000000"),
        ("money", "-0.0001", "3c00" + "ffffffff" + "ffffffff"),
        ("date", "0001-01-02", "2800" + "010000"),
        ("nvarchar(3)", "ł", "e707" + "0904d00034" + "0600" + "4201"),
        ("varchar(3)", "€", "a707" + "0904d00034" + "0300" + "80"),
        ("varbinary(4)", "00ff", "a502" + "0400" + "00ff"),
        ("time(0)", "00:01:00", "2901" + "00" + "3c0000"),
    ],
)
def test_known_values(type_: str, value: str, stored: str) -> None:
    assert variant_bytes(type_, value).hex() == stored


@pytest.mark.parametrize("pair", VALUES, ids=lambda pair: pair["type"])
def test_the_reader_finds_the_same(pair: dict[str, str]) -> None:
    assert to_text(variant_bytes(pair["type"], pair["value"])) == (pair["type"], pair["value"])


@pytest.mark.parametrize("type_", ["xml", "nonsense", "decimal(1,2", "float(53) "])
def test_types_that_a_variant_does_not_take(type_: str) -> None:
    with pytest.raises(ValueError, match="sql_variant"):
        variant_bytes(type_, "1")
