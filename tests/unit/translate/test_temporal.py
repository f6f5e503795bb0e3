from __future__ import annotations

from migrator.model.datatype import DataType, SqlType
from migrator.model.finding import Status
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, ObjectKind, Table, Temporal
from migrator.model.translation import Phase
from migrator.rules import load_rules
from migrator.translate.plan import plan

RULES = load_rules()
MOMENT = DataType(SqlType.DATETIME2, scale=7)
COLUMNS = (
    Column("Id", DataType(SqlType.INT), nullable=False),
    Column("a", MOMENT, nullable=False, generated_always="ROW START"),
    Column("b", MOMENT, nullable=False, generated_always="ROW END"),
)


def database(temporal: Temporal | None, *others: Table) -> Database:
    key = Key("PK", (KeyColumn("Id"),), clustered=True)
    made = Table(ObjectName("dbo", "T"), COLUMNS, primary_key=key, temporal=temporal)
    return Database("d", "SQL_Latin1_General_CP1_CI_AS", ("dbo",), (made, *others))


def test_a_history_that_the_source_does_not_show_takes_no_rows() -> None:
    made = plan(database(Temporal(ObjectName("dbo", "H"), "a", "b")), RULES)
    assert [mapping.target for mapping in made.mappings] == ["T"]
    assert [statement.table for statement in made.of(Phase.TABLES)] == ["T", "H"]


def test_an_unrelated_table_is_no_nameless_history() -> None:
    other = Table(ObjectName("dbo", "t_history"), (Column("x", DataType(SqlType.INT), nullable=True),))
    made = plan(database(Temporal(None, "a", "b"), other), RULES)
    assert [statement.table for statement in made.of(Phase.TABLES)] == ["T", "t_history", "T_history_"]
    assert "INSERT INTO `T_history_`" in made.of(Phase.TRIGGERS)[-1].sql


def test_without_a_period_it_is_left_to_a_person() -> None:
    made = plan(database(Temporal(ObjectName("dbo", "H"), "", "")), RULES)
    assert made.of(Phase.TRIGGERS) == ()
    (table,) = [item for item in made.objects if item.kind is ObjectKind.TABLE]
    assert table.status is Status.MANUAL


def test_a_history_that_has_other_columns_gets_those_that_it_has() -> None:
    history = Table(ObjectName("dbo", "H"), (COLUMNS[2], COLUMNS[0]))
    made = plan(database(Temporal(ObjectName("DBO", "h"), "a", "b"), history), RULES)
    assert made.of(Phase.TRIGGERS)[-1].sql.endswith("INSERT INTO `H` (`Id`, `b`) VALUES (OLD.`Id`, UTC_TIMESTAMP(6))")
