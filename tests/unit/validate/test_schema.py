"""What of a target is not as promised, and what of it can be compared at all. No server."""

from __future__ import annotations

import pytest

from migrator.model.catalog import Catalog
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.translation import Phase, Statement, Translation
from migrator.mysql.catalog import Counter
from migrator.validate.schema import Found, check, lacking, narrowed

MAPPING = TableMapping(
    ObjectName("dbo", "T"),
    "T",
    tuple(TargetColumn(name, name, "TINYINT UNSIGNED", Form.INTEGER, nullable=False) for name in ("Id", "A", "B")),
    ("Id",),
    auto_increment="Id",
)
SQL = "CREATE TABLE `T` (`Id` TINYINT UNSIGNED NOT NULL AUTO_INCREMENT, PRIMARY KEY (`Id`)) AUTO_INCREMENT=10"
TRANSLATION = Translation((MAPPING,), (Statement(Phase.TABLES, "dbo.T", "T", SQL),), (), ())


def _has(*columns: str, table: str = "T") -> Catalog:
    catalog = Catalog()
    catalog.add("table", table)
    for column in columns:
        catalog.add("column", column, table)
    return catalog


@pytest.mark.parametrize(
    ("counter", "promised"),
    [
        (Counter(10, None), None),
        (Counter(9, None), "at least 10"),
        (Counter(50, 49), None),
        (Counter(50, 50), "above 50"),
        (Counter(7, 3), "at least 10"),
        (Counter(255, 255), None),  # it has given its last number, as in the source
    ],
)
def test_a_counter_must_go_on_above_what_is_there(counter: Counter, promised: str | None) -> None:
    found = check(TRANSLATION, Found(_has("Id"), counters={"T": counter}))
    said = [item.promised for item in found.differences if item.thing.kind == "counter"]
    assert said == ([promised] if promised else [])


def test_columns_are_looked_for_as_the_server_does() -> None:
    assert lacking([MAPPING], Found(_has("id", "a"))) == {"T": ("B",)}
    assert lacking([MAPPING], Found(_has("id", "a", "B", table="t"))) == {}
    assert lacking([MAPPING], Found(_has("id", "a", table="t"), fold=True)) == {"T": ("B",)}


def test_what_is_left_to_compare() -> None:
    left = narrowed(MAPPING, ("A",))
    assert [column.name for column in left.columns] == ["Id", "B"]
    assert left.key == ("Id",)
    for lacks in (("Id",), ("Id", "A", "B")):
        assert (narrowed(MAPPING, lacks).columns, narrowed(MAPPING, lacks).key) == ((), ())
    assert narrowed(MAPPING, ()) == MAPPING
