from __future__ import annotations

import pytest

from migrator.dump.select import choose
from migrator.errors import ConfigError
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, ForeignKey, Key, KeyColumn, Module, ObjectKind, Table
from migrator.model.translation import Phase, Translation
from migrator.rules.load import load_rules
from migrator.translate.plan import plan


def table(name: str, schema: str = "dbo", *, refers: str = "") -> Table:
    keys = (ForeignKey(f"fk_{name}", ("id",), ObjectName("dbo", refers), ("id",)),) if refers else ()
    return Table(
        ObjectName(schema, name),
        (Column("id", DataType(SqlType.INT), nullable=False),),
        Key(f"pk_{name}", (KeyColumn("id"),), clustered=True),
        foreign_keys=keys,
    )


@pytest.fixture(scope="module")
def shop() -> tuple[Database, Translation]:
    tables = (table("Customers"), table("Orders", refers="Customers"), table("Bills", "billing", refers="Orders"))
    view = Module(ObjectName("dbo", "v"), ObjectKind.VIEW, "CREATE VIEW dbo.v AS SELECT id FROM dbo.Orders")
    database = Database("shop", "Latin1_General_CI_AS", ("dbo", "billing"), tables, modules=(view,))
    return database, plan(database, load_rules())


def test_without_patterns_everything_is_taken(shop: tuple[Database, Translation]) -> None:
    database, translation = shop
    assert choose(database, translation, ()).translation is translation
    assert choose(database, translation, ("*",)).translation is translation


def test_a_foreign_key_to_what_stays_behind_stays_behind_and_is_told(shop: tuple[Database, Translation]) -> None:
    database, translation = shop
    chosen = choose(database, translation, ("BILLING.*", "dbo.cust?mers"))
    assert [str(mapping.source) for mapping in chosen.translation.mappings] == ["dbo.Customers", "billing.Bills"]
    made = {statement.table for statement in chosen.translation.of(Phase.TABLES)}
    assert made == {mapping.target for mapping in chosen.translation.mappings}
    assert chosen.translation.of(Phase.FOREIGN_KEYS) == ()
    assert any("foreign keys of billing_Bills" in line for line in chosen.left_out)
    assert any("1 view" in line for line in chosen.left_out)
    assert chosen.translation.of(Phase.VIEWS) == ()


def test_a_foreign_key_between_chosen_tables_comes_along(shop: tuple[Database, Translation]) -> None:
    database, translation = shop
    chosen = choose(database, translation, ("dbo.*",))
    [key] = chosen.translation.of(Phase.FOREIGN_KEYS)
    assert key.table == "Orders"


def test_a_pattern_that_matches_nothing_is_an_error(shop: tuple[Database, Translation]) -> None:
    database, translation = shop
    with pytest.raises(ConfigError, match=r"dbo\.Nothing"):
        choose(database, translation, ("dbo.*", "dbo.Nothing"))
