"""Building around the load, on the real server."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from migrator.copy.build import build, check_foreign_keys, create_tables, create_views, set_counters
from migrator.errors import TargetRejected
from migrator.events import Advanced, Event, Finished, Started, silent
from migrator.model.datatype import DataType, SqlType
from migrator.model.finding import Status
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, ForeignKey, Table
from migrator.model.translation import Phase, Statement, Translation
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.statements import run_statements
from migrator.mysql.url import Target

PARENT, CHILD = ObjectName("dbo", "parent"), ObjectName("care", "child")
INT = DataType(SqlType.INT)


def mapping(source: ObjectName, target: str, *columns: str, counter: str | None = None) -> TableMapping:
    made = tuple(TargetColumn(name, name, "INT", Form.INTEGER, nullable=True) for name in columns)
    return TableMapping(source, target, made, (columns[0],), counter)


MAPPINGS = (mapping(PARENT, "parent", "id", counter="id"), mapping(CHILD, "care_child", "id", "parent"))
TRANSLATION = Translation(
    MAPPINGS,
    (
        Statement(Phase.TABLES, "dbo.parent", "parent", "CREATE TABLE `parent` (`id` INT AUTO_INCREMENT PRIMARY KEY)"),
        Statement(
            Phase.TABLES, "care.child", "care_child", "CREATE TABLE `care_child` (`id` INT PRIMARY KEY, `parent` INT)"
        ),
        Statement(
            Phase.INDEXES, "care.child", "care_child", "ALTER TABLE `care_child` ADD INDEX `ix` (`parent`, `id`)"
        ),
        Statement(
            Phase.FOREIGN_KEYS,
            "care.child.fk",
            "care_child",
            "ALTER TABLE `care_child` ADD CONSTRAINT `fk` FOREIGN KEY (`parent`) REFERENCES `parent` (`id`)",
        ),
    ),
    (),
    (),
)


def database(*, trusted: bool) -> Database:
    def column(name: str) -> Column:
        return Column(name, INT, nullable=True)

    key = ForeignKey("fk", ("parent",), PARENT, ("id",), trusted=trusted)
    return Database(
        "d",
        "SQL_Latin1_General_CP1_CI_AS",
        ("dbo", "care"),
        (Table(PARENT, (column("id"),)), Table(CHILD, (column("id"), column("parent")), foreign_keys=(key,))),
    )


def rows(target: Target, *statements: str) -> None:
    with session(target) as connection:
        for statement in statements:
            execute(connection, statement, doing="filling")


def test_everything_is_built_and_a_second_time_changes_nothing(mysql: Target) -> None:
    for _ in range(2):
        events: list[Event] = []
        create_tables(TRANSLATION, mysql, workers=2, emit=events.append)
        build(TRANSLATION, mysql, sizes={}, workers=2, emit=events.append)
        assert sum(isinstance(event, Advanced) for event in events) == 4
        assert (
            [type(event) for event in events].count(Started) == [type(event) for event in events].count(Finished) == 3
        )
    with session(mysql) as connection:
        [(_, ddl)] = fetch(connection, "SHOW CREATE TABLE `care_child`")
    assert ddl.count("KEY `ix`") == 1
    assert ddl.count("CONSTRAINT `fk`") == 1


def test_programs_come_last_and_see_no_loaded_row(mysql: Target) -> None:
    trigger = Statement(
        Phase.TRIGGERS,
        "dbo.parent",
        "parent",
        "CREATE TRIGGER `tr` BEFORE INSERT ON `parent` FOR EACH ROW SET NEW.`id` = `f`() + (SELECT COUNT(*) FROM `v`)",
    )
    function = Statement(
        Phase.ROUTINES, "f", "f", "CREATE FUNCTION `f`() RETURNS INT DETERMINISTIC RETURN 100", makes="FUNCTION"
    )
    view = Statement(Phase.VIEWS, "v", "v", "CREATE VIEW `v` AS SELECT * FROM `care_child`", makes="VIEW")
    translation = replace(TRANSLATION, statements=(*TRANSLATION.statements, trigger, function, view))
    create_tables(translation, mysql, workers=2, emit=silent)
    with session(mysql) as connection:
        execute(connection, "INSERT INTO `parent` VALUES (1)", doing="loading")
        for _ in range(2):
            build(translation, mysql, sizes={}, workers=2, emit=silent)
            assert create_views(translation, mysql, emit=silent) == ()
        execute(connection, "INSERT INTO `parent` VALUES (2)", doing="writing")
        assert fetch(connection, "SELECT `id` FROM `parent` ORDER BY 1") == [(1,), (100,)]


def test_a_view_that_the_server_refuses_is_a_finding_and_the_others_are_made(mysql: Target) -> None:
    views = (
        Statement(Phase.VIEWS, "dbo.bad", "bad", "CREATE VIEW `bad` AS SELECT `nothing` FROM `parent`"),
        Statement(Phase.VIEWS, "dbo.good", "good", "CREATE VIEW `good` AS SELECT `id` FROM `parent`"),
    )
    translation = Translation(MAPPINGS, (*TRANSLATION.statements, *views), (), ())
    create_tables(translation, mysql, workers=1, emit=silent)
    for _ in range(2):
        events: list[Event] = []
        [finding] = create_views(translation, mysql, emit=events.append)
        assert (finding.object, finding.status, finding.rule) == ("dbo.bad", Status.MANUAL, "view-rejected")
        assert "nothing" in finding.reason
        assert sum(isinstance(event, Advanced) for event in events) == 2
    with session(mysql) as connection:
        assert fetch(connection, "SELECT * FROM `good`") == []
    assert create_views(TRANSLATION, mysql, emit=silent) == ()


def test_counters_go_on_above_the_largest_value(mysql: Target) -> None:
    create_tables(TRANSLATION, mysql, workers=1, emit=silent)
    rows(
        mysql,
        "SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
        "INSERT INTO `parent` VALUES (7), (41)",
        "DELETE FROM `parent` WHERE id = 7",
    )
    set_counters(MAPPINGS, mysql, emit=silent)
    rows(mysql, "INSERT INTO `parent` VALUES (NULL)")
    with session(mysql) as connection:
        assert fetch(connection, "SELECT MAX(id) FROM `parent`") == [(42,)]


def test_counters_of_an_empty_table_start_at_one(mysql: Target) -> None:
    create_tables(TRANSLATION, mysql, workers=1, emit=silent)
    set_counters(MAPPINGS, mysql, emit=silent)
    rows(mysql, "INSERT INTO `parent` VALUES (NULL)")
    with session(mysql) as connection:
        assert fetch(connection, "SELECT id FROM `parent`") == [(1,)]


def test_a_counter_never_goes_back(mysql: Target) -> None:
    create_tables(TRANSLATION, mysql, workers=1, emit=silent)
    rows(mysql, "ALTER TABLE `parent` AUTO_INCREMENT = 1000", "INSERT INTO `parent` VALUES (7)")
    set_counters(MAPPINGS, mysql, emit=silent)
    rows(mysql, "INSERT INTO `parent` VALUES (NULL)")
    with session(mysql) as connection:
        assert fetch(connection, "SELECT MAX(id) FROM `parent`") == [(1000,)]


def test_orphans_of_an_unproved_key_are_found(mysql: Target) -> None:
    create_tables(TRANSLATION, mysql, workers=1, emit=silent)
    rows(mysql, "INSERT INTO `parent` VALUES (1)", "INSERT INTO `care_child` VALUES (1, 1), (2, NULL), (3, 99)")
    build(TRANSLATION, mysql, sizes={}, workers=1, emit=silent)
    [finding] = check_foreign_keys(database(trusted=False), MAPPINGS, mysql, emit=silent)
    assert finding.status is Status.LOSSY
    assert finding.reason.startswith("1 rows have no parent")
    with pytest.raises(TargetRejected, match="no parent"):
        check_foreign_keys(database(trusted=True), MAPPINGS, mysql, emit=silent)
    rows(mysql, "DELETE FROM `care_child` WHERE id = 3")
    assert check_foreign_keys(database(trusted=True), MAPPINGS, mysql, emit=silent) == ()


def test_a_statement_that_fails_names_its_object(mysql: Target) -> None:
    bad = Statement(Phase.TABLES, "dbo.Bad", "bad", "CREATE TABLE `bad` (`id` NOTYPE)")
    with pytest.raises(TargetRejected, match=r"dbo\.Bad") as caught:
        run_statements(mysql, [bad], workers=2, done=lambda _: None)
    assert "NOTYPE" in caught.value.todo


def test_a_failure_ends_what_runs_beside_it(mysql: Target) -> None:
    slow = Statement(Phase.INDEXES, "slow", "slow", "SELECT SLEEP(60)")
    bad = Statement(Phase.TABLES, "bad", "bad", "CREATE TABLE `bad` (`id` NOTYPE)")
    started = time.monotonic()
    with pytest.raises(TargetRejected, match="bad"):
        run_statements(mysql, [slow, bad], workers=2, done=lambda _: None)
    assert time.monotonic() - started < 20
    with session(mysql) as connection:
        running = fetch(
            connection,
            "SELECT info FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)' AND db = DATABASE()",
        )
    assert running == []


def test_a_lock_is_waited_for(mysql: Target) -> None:
    rows(mysql, "CREATE TABLE `t` (`id` INT PRIMARY KEY)")
    locked = threading.Event()

    def hold() -> None:
        with session(mysql, autocommit=False) as connection:
            fetch(connection, "SELECT * FROM `t`")
            locked.set()
            time.sleep(1.5)

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait()
    alter = Statement(Phase.INDEXES, "dbo.t", "t", "ALTER TABLE `t` ADD COLUMN `x` INT")
    run_statements(mysql, [alter], workers=1, before="SET lock_wait_timeout = 1", done=lambda _: None)
    holder.join()
    with session(mysql) as connection:
        assert fetch(connection, "SELECT `x` FROM `t`") == []
