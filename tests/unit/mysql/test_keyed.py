from __future__ import annotations

from collections.abc import Iterator

import pytest

from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.mysql.connect import Connection, execute, fetch, session
from migrator.mysql.keyed import begin_changes, delete_staged, drop_trigger, make_stage, prepare_changes, triggers
from migrator.mysql.url import Target

TABLE = TableMapping(
    ObjectName("dbo", "t"),
    "t`t",
    (
        TargetColumn("note", "note", "VARCHAR(10)", Form.TEXT, nullable=True),
        TargetColumn("co`de", "code", "VARCHAR(10)", Form.TEXT, nullable=False),
        TargetColumn("id", "id", "INT", Form.INTEGER, nullable=False),
    ),
    ("co`de", "id"),
)


@pytest.fixture
def connection(mysql: Target) -> Iterator[Connection]:
    with session(mysql) as opened:
        execute(
            opened,
            "CREATE TABLE `t``t` (`note` VARCHAR(10), `co``de` VARCHAR(10) NOT NULL, `id` INT NOT NULL AUTO_INCREMENT, "
            "PRIMARY KEY (`co``de`, `id`), KEY (`id`)) COLLATE utf8mb4_0900_ai_ci",
            doing="making a table",
        )
        execute(opened, "INSERT INTO `t``t` VALUES (NULL, 'a', 1), (NULL, 'A', 2), (NULL, 'b', 1)", doing="filling it")
        yield opened


def test_a_stage_is_as_its_table(connection: Connection) -> None:
    execute(connection, "SET sql_require_primary_key = 1", doing="a strict server")
    stage = make_stage(connection, TABLE)
    assert [column.source for column in stage.columns] == ["code", "id"]
    described = fetch(connection, f"SHOW FULL COLUMNS FROM `{stage.target}`")
    assert [(name, collation) for name, _, collation, *_ in described] == [
        ("migrator__number", None),
        ("co`de", "utf8mb4_0900_ai_ci"),
        ("id", None),
    ]
    make_stage(connection, TABLE)  # a second one takes the place of the first


def test_rows_go_by_their_whole_key_as_the_table_compares(connection: Connection) -> None:
    stage = make_stage(connection, TABLE)
    execute(
        connection,
        f"INSERT INTO `{stage.target}` (`co``de`, `id`) VALUES ('Á', 1), ('a', 2), ('b', 2), ('a', 1)",
        doing="filling",
    )
    begin_changes(connection)
    assert delete_staged(connection, TABLE, stage) == 2
    connection.rollback()
    assert fetch(connection, "SELECT COUNT(*) FROM `t``t`") == [(3,)]
    assert delete_staged(connection, TABLE, stage) == 2
    assert fetch(connection, "SELECT `co``de`, `id` FROM `t``t`") == [("b", 1)]


def test_the_table_is_looked_up_by_its_key(connection: Connection) -> None:
    stage = make_stage(connection, TABLE)
    plan = fetch(
        connection,
        f"EXPLAIN FORMAT=TRADITIONAL DELETE t FROM `{stage.target}` AS s STRAIGHT_JOIN `t``t` AS t "
        "ON t.`co``de` = s.`co``de` AND t.`id` = s.`id`",
    )
    assert [row[6] for row in plan] == [None, "PRIMARY"]


def test_unique_values_are_proved_and_parents_are_not(connection: Connection) -> None:
    execute(connection, "SET unique_checks = 0, foreign_key_checks = 1", doing="another setting")
    prepare_changes(connection)
    assert fetch(connection, "SELECT @@unique_checks, @@foreign_key_checks") == [(1, 0)]


def test_triggers_are_found_by_table(connection: Connection) -> None:
    assert triggers(connection) == {}
    for name in ("two", "one"):
        execute(
            connection,
            f"CREATE TRIGGER `{name}` BEFORE INSERT ON `t``t` FOR EACH ROW SET NEW.`note` = 'x'",
            doing="making a trigger",
        )
    assert triggers(connection) == {"one": "t`t", "two": "t`t"}
    drop_trigger(connection, "one")
    drop_trigger(connection, "one")
    assert triggers(connection) == {"two": "t`t"}
