"""Facts of a source, and what is said about them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from support.facts import ORDERS, SQL_2022, held, named, not_ok, source

from migrator.doctor.changes import changes
from migrator.doctor.consistency import consistency
from migrator.doctor.log import log
from migrator.doctor.permissions import source_permissions
from migrator.doctor.server import server
from migrator.model.checkup import Grade, Unasked
from migrator.sqlserver.facts import Log, Retention, Transactions, Volume
from migrator.sqlserver.url import Wanted
from migrator.sqlserver.version import EngineEdition, Product

OK, WARNING, BLOCKER = Grade.OK, Grade.WARNING, Grade.BLOCKER
ALL = (server, source_permissions, consistency, changes, log)
UNTRACKED = replace(ORDERS, name="un]tracked", tracked=False)
KEYLESS = replace(ORDERS, name="keyless", primary_key=False, key=False, tracked=False)
MEMORY = replace(ORDERS, name="memory", memory_optimized=True, tracked=False)
EXPRESS_2014 = {"product": Product(12, EngineEdition.SERVER, "SQL Server 2014"), "build": (12, 0, 6024, 0)}
AZURE = Product(17, EngineEdition.AZURE_SQL_DATABASE, "Microsoft SQL Azure")
BABELFISH = Product(12, EngineEdition.BABELFISH, "Babelfish")


def test_nothing_is_wrong_with_a_healthy_source() -> None:
    facts = source()
    assert not_ok(check for area in ALL for check in area(facts)) == {}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"database": "master"}, {"database": WARNING}),
        ({"tables": ()}, {"database": WARNING}),
        ({"encrypted_columns": 3}, {"Always Encrypted": BLOCKER}),
        ({"assemblies": 1}, {"CLR": WARNING}),
        ({"published": True}, {"replication": WARNING}),
        ({"cdc": True, "encrypted": True}, {}),
        ({"product": BABELFISH}, {"version": WARNING}),
    ],
)
def test_server(facts: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(server(source(**facts))) == expected


@pytest.mark.parametrize(
    ("facts", "wanted", "grade", "words"),
    [
        ({}, Wanted.AUTO, OK, "SNAPSHOT isolation is allowed"),
        ({"snapshot_isolation": False}, Wanted.AUTO, WARNING, "SNAPSHOT isolation is off"),
        ({"snapshot_isolation": False}, Wanted.SNAPSHOT, BLOCKER, "asks for it"),
        ({"snapshot_isolation": False, "read_only": True, "updatable": False}, Wanted.AUTO, OK, "read-only"),
        ({"read_only": True, "updatable": False}, Wanted.READ_ONLY, OK, "read-only"),
        ({}, Wanted.READ_ONLY, BLOCKER, "takes writes"),
        ({}, Wanted.NONE, WARNING, "asks for none"),
        ({"updatable": False}, Wanted.AUTO, WARNING, "secondary"),
        ({"copy": True, "read_only": True}, Wanted.AUTO, OK, "database snapshot"),
        ({}, Wanted.DATABASE_SNAPSHOT, OK, "can be made"),
        ({"held": held(SQL_2022, "CREATE ANY DATABASE")}, Wanted.DATABASE_SNAPSHOT, BLOCKER, "may not"),
        ({"product": AZURE}, Wanted.DATABASE_SNAPSHOT, BLOCKER, "no database snapshot"),
        ({**EXPRESS_2014, "edition": "Express Edition"}, Wanted.DATABASE_SNAPSHOT, BLOCKER, "no database snapshot"),
        ({**EXPRESS_2014, "edition": "Developer Edition"}, Wanted.DATABASE_SNAPSHOT, OK, "can be made"),
        ({**EXPRESS_2014, "edition": "Enterprise", "memory_filegroup": True}, Wanted.DATABASE_SNAPSHOT, BLOCKER, "no"),
        ({"memory_filegroup": True}, Wanted.DATABASE_SNAPSHOT, OK, "can be made"),
    ],
)
def test_the_picture_that_the_address_asks_for(facts: dict[str, Any], wanted: Wanted, grade: Grade, words: str) -> None:
    found = named(consistency(source(**facts), wanted), "consistency")
    assert (found.grade, words in found.found) == (grade, True), found


def test_snapshot_isolation_is_turned_on_by_one_statement() -> None:
    facts = source(snapshot_isolation=False, database="my]shop")
    found = named(consistency(facts), "consistency")
    assert found.statements == ("ALTER DATABASE [my]]shop] SET ALLOW_SNAPSHOT_ISOLATION ON;",)
    assert "consistency=database-snapshot" in found.advice


def test_no_database_snapshot_is_recommended_where_there_is_none() -> None:
    found = named(consistency(source(snapshot_isolation=False, product=AZURE)), "consistency")
    assert "database-snapshot" not in found.advice


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"transactions": Transactions(2, 4000)}, {"open transactions": WARNING}),
        ({"blocked": 1}, {"blocked sessions": WARNING}),
        ({"tables": (ORDERS, MEMORY)}, {"memory-optimized tables": WARNING}),
        ({"transactions": None, "blocked": None}, {}),
    ],
)
def test_who_is_in_the_way(facts: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(consistency(source(**facts))) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"retention": None}, {"change tracking": WARNING}),
        ({"retention": Retention(60, cleanup=True)}, {"change tracking": WARNING}),
        ({"retention": Retention(5000, cleanup=False)}, {"change tracking": WARNING}),
        ({"snapshot_isolation": False}, {}),
        ({"tables": (ORDERS, UNTRACKED)}, {"tracked tables": WARNING}),
        ({"tables": (ORDERS, MEMORY)}, {}),
        ({"tables": (ORDERS, KEYLESS)}, {"keys": WARNING}),
        ({"retention": None, "read_only": True, "updatable": False}, {}),
        ({"retention": None, "updatable": False}, {}),
        ({"retention": None, "unasked": (Unasked("change tracking", "no"),)}, {}),
        ({"product": BABELFISH, "retention": None}, {"change tracking": WARNING}),
        ({"tables": None}, {}),
    ],
)
def test_changes(facts: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(changes(source(**facts))) == expected


def test_change_tracking_is_turned_on_for_the_database_and_every_table_that_can_be_tracked() -> None:
    found = named(changes(source(retention=None, tables=(ORDERS, UNTRACKED, KEYLESS, MEMORY))), "change tracking")
    assert found.statements == (
        "ALTER DATABASE [shop] SET CHANGE_TRACKING = ON (CHANGE_RETENTION = 2 DAYS, AUTO_CLEANUP = ON);",
        "ALTER TABLE [sales].[orders] ENABLE CHANGE_TRACKING;",
        "ALTER TABLE [sales].[un]]tracked] ENABLE CHANGE_TRACKING;",
    )


def test_only_tables_that_are_not_tracked_are_turned_on() -> None:
    found = named(changes(source(tables=(ORDERS, UNTRACKED))), "tracked tables")
    assert found.found == "1 of 2 tables with a primary key"
    assert found.statements == ("ALTER TABLE [sales].[un]]tracked] ENABLE CHANGE_TRACKING;",)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"log": Log(100, 80)}, {"log space": WARNING}),
        ({"log": Log(100, 60)}, {}),
        ({"log": Log(0, 0)}, {}),
        ({"log": None, "volumes": None}, {}),
        ({"log_wait": "LOG_BACKUP"}, {}),
        ({"log_wait": "ACTIVE_TRANSACTION"}, {"log reuse": WARNING}),
        ({"log_wait": "REPLICATION"}, {"log reuse": WARNING}),
        ({"log_wait": "CHECKPOINT"}, {}),
        ({"volumes": (Volume("E:\\", 1000, 50),)}, {"disk E:\\": WARNING}),
    ],
)
def test_log(facts: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(log(source(**facts))) == expected


def test_a_full_log_that_waits_for_its_backup_is_backed_up() -> None:
    found = named(log(source(log=Log(100, 90), log_wait="LOG_BACKUP")), "log space")
    assert found.statements == ("BACKUP LOG [shop] TO DISK = '<file>';",)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"held": held(SQL_2022, "VIEW DEFINITION")}, {"permission VIEW DEFINITION": WARNING}),
        (
            {"held": held(SQL_2022, "VIEW SERVER PERFORMANCE STATE")},
            {"permission VIEW SERVER PERFORMANCE STATE": WARNING},
        ),
        ({"held": held(SQL_2022, "CREATE ANY DATABASE")}, {}),
        ({"held": held(SQL_2022, "SELECT")}, {}),
        ({"held": held(SQL_2022, "CONNECT")}, {}),
        ({"tables": (ORDERS, replace(ORDERS, selectable=False))}, {"permission SELECT": BLOCKER}),
        ({"tables": (replace(ORDERS, changes_visible=False),)}, {"permission VIEW CHANGE TRACKING": WARNING}),
        ({"tables": (replace(ORDERS, changes_visible=False, tracked=False),)}, {}),
        ({"held": (), "tables": None}, {}),
    ],
)
def test_permissions(facts: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(source_permissions(source(**facts))) == expected


def test_a_missing_permission_comes_with_its_grant() -> None:
    facts = source(held=held(SQL_2022, "VIEW DEFINITION", "VIEW SERVER PERFORMANCE STATE"), user="DOM\\mo]ver")
    grants = [check.statements for check in source_permissions(facts) if check.statements]
    assert grants == [
        ("GRANT VIEW DEFINITION TO [DOM\\mo]]ver];",),
        ("USE master; GRANT VIEW SERVER PERFORMANCE STATE TO [DOM\\mo]]ver];",),
    ]
