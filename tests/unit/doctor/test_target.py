"""Facts of a target, and what is said about them."""

from __future__ import annotations

from typing import Any

import pytest
from support.facts import AURORA, TARGET, named, not_ok, target

from migrator.doctor.permissions import target_privileges
from migrator.doctor.settings import PARAMETERS, how
from migrator.doctor.target import target as checks
from migrator.model.checkup import Grade
from migrator.mysql.probe import Contents

WARNING, BLOCKER = Grade.WARNING, Grade.BLOCKER
SUPER = {"privileges": frozenset({"SUPER"})}


def test_nothing_is_wrong_with_a_healthy_target() -> None:
    assert not_ok(checks(TARGET)) == {}
    assert not_ok(target_privileges(TARGET)) == {}
    assert not_ok(checks(target({**AURORA, "innodb_redo_log_capacity": None, "log_bin": "OFF"}))) == {}


@pytest.mark.parametrize(
    ("variables", "changes", "expected"),
    [
        ({}, {"text": "8.0.22"}, {"version": BLOCKER}),
        ({}, {"text": "8.0.23"}, {}),
        ({}, {"text": "9.7.4-2"}, {}),
        ({}, {"text": "5.7.44-log"}, {"version": BLOCKER}),
        ({}, {"text": "10.11.6-MariaDB"}, {"version": BLOCKER}),
        ({"innodb_read_only": "ON"}, {}, {"writes": BLOCKER}),
        ({"innodb_read_only": "1"}, {}, {"writes": BLOCKER}),
        ({"super_read_only": "ON", "read_only": "ON"}, SUPER, {"writes": BLOCKER}),
        ({"read_only": "ON"}, {}, {"writes": BLOCKER}),
        ({"read_only": "ON"}, SUPER, {}),
        ({"local_infile": "OFF"}, {}, {"local_infile": BLOCKER}),
        ({"local_infile": None}, {}, {}),
        ({"max_allowed_packet": str(4 << 20)}, {}, {"max_allowed_packet": WARNING}),
        ({"max_allowed_packet": str(64 << 20)}, {}, {}),
        ({"sql_mode": ""}, {}, {"sql_mode": WARNING}),
        ({"sql_mode": "ANSI_QUOTES"}, {}, {"sql_mode": WARNING}),
        ({"sql_mode": "STRICT_ALL_TABLES"}, {}, {}),
        ({"log_bin": "ON"}, {}, {"log_bin_trust_function_creators": WARNING}),
        ({"log_bin": "ON"}, SUPER, {}),
        ({"log_bin": "ON", "log_bin_trust_function_creators": "ON"}, {}, {}),
        ({"log_bin": "ON", "binlog_format": "MIXED"}, SUPER, {"binary log": WARNING}),
        ({"sql_generate_invisible_primary_key": "ON"}, {}, {"sql_generate_invisible_primary_key": WARNING}),
        ({"innodb_buffer_pool_size": str(128 << 20)}, {}, {"innodb_buffer_pool_size": WARNING}),
        ({"innodb_page_size": "8192"}, {}, {"innodb_page_size": WARNING}),
        ({"innodb_redo_log_capacity": str(100 << 20)}, {}, {"redo log": WARNING}),
        (
            {"innodb_redo_log_capacity": None, "innodb_log_file_size": str(48 << 20), "innodb_log_files_in_group": "2"},
            {},
            {"redo log": WARNING},
        ),
        (
            {"innodb_redo_log_capacity": None, "innodb_log_file_size": str(1 << 30), "innodb_log_files_in_group": "2"},
            {},
            {},
        ),
        ({"innodb_flush_log_at_trx_commit": "2"}, {}, {}),
        ({}, {"connections": 490}, {"connections": WARNING}),
        ({}, {"zones": False}, {"time zones": WARNING}),
        ({}, {"zones": None, "connections": None, "contents": None, "exists": None}, {}),
        ({}, {"contents": Contents(ours=True, tables=9, collation="x")}, {}),
        ({}, {"contents": Contents(ours=False, tables=9, collation="x")}, {"database": BLOCKER}),
        ({}, {"contents": None, "exists": False}, {}),
    ],
)
def test_target(variables: dict[str, str | None], changes: dict[str, Any], expected: dict[str, Grade]) -> None:
    assert not_ok(checks(target(variables, **changes))) == expected


def test_aurora_keeps_the_log_itself() -> None:
    facts = target({**AURORA, "innodb_redo_log_capacity": str(1 << 20), "innodb_flush_log_at_trx_commit": "1"})
    assert not {"redo log", "innodb_flush_log_at_trx_commit"} & {check.name for check in checks(facts)}


def test_a_plain_server_is_set_by_a_statement() -> None:
    found = named(checks(target({"local_infile": "OFF"})), "local_infile")
    assert found.statements == ("SET PERSIST local_infile = 1;",)
    mode = named(checks(target({"sql_mode": "ANSI_QUOTES"})), "sql_mode")
    assert mode.statements == ("SET PERSIST sql_mode = 'ANSI_QUOTES,ERROR_FOR_DIVISION_BY_ZERO,STRICT_TRANS_TABLES';",)


def test_a_static_variable_takes_a_restart() -> None:
    old = {"innodb_redo_log_capacity": None, "innodb_log_file_size": "1000", "innodb_log_files_in_group": "2"}
    found = named(checks(target(old)), "redo log")
    assert found.statements == (f"SET PERSIST_ONLY innodb_log_file_size = {2 << 30};",)
    assert "reboot" in found.advice


def test_aurora_is_set_in_the_group_that_holds_the_parameter() -> None:
    found = named(checks(target({**AURORA, "local_infile": "OFF"})), "local_infile")
    assert "DB parameter group of the writer instance" in found.advice
    assert "at once" in found.advice
    [command] = found.statements
    assert command.startswith("aws rds modify-db-parameter-group --db-parameter-group-name <group> --parameters ")
    assert command.endswith('"ParameterName=local_infile,ParameterValue=1,ApplyMethod=immediate"')
    log = named(checks(target({**AURORA, "log_bin": "ON", "binlog_format": "STATEMENT"})), "binary log")
    assert "DB cluster parameter group" in log.advice
    assert "after a reboot" in log.advice
    assert log.statements[0].startswith("aws rds modify-db-cluster-parameter-group --db-cluster-parameter-group-name")
    assert "ParameterName=binlog_format,ParameterValue=ROW,ApplyMethod=pending-reboot" in log.statements[0]


def test_rds_without_aurora_has_no_clusters() -> None:
    advice, statements = how(target({"basedir": "/rdsdbbin/mysql/"}), "binlog_format", "ROW")
    assert "cluster" not in advice
    assert statements[0].startswith("aws rds modify-db-parameter-group ")


def test_commas_of_a_value_stay_together() -> None:
    _, statements = how(target({**AURORA}), "sql_mode", "A,B")
    assert "ParameterValue='A,B'," in statements[0]


def test_what_is_set_at_creation_has_no_statement() -> None:
    for variables in ({}, AURORA):
        advice, statements = how(target({**variables}), "lower_case_table_names", "1")
        assert (statements, "1" in advice) == ((), True)


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_can_be_set_everywhere(name: str) -> None:
    for facts in (target(), target({**AURORA})):
        advice, statements = how(facts, name, "1")
        assert name in advice
        assert all(name in statement for statement in statements)


def test_missing_privileges_come_with_their_grant() -> None:
    facts = target(privileges=TARGET.privileges - {"TRIGGER", "INDEX"}, database="my_shop")
    found = named(target_privileges(facts), "privileges")
    assert found.grade is BLOCKER
    assert found.found == "mover@% lacks INDEX, TRIGGER"
    assert found.statements == ("GRANT INDEX, TRIGGER ON `my\\_shop`.* TO 'mover'@'%';",)


def test_privileges_that_could_not_be_asked_are_not_judged() -> None:
    assert list(target_privileges(target(privileges=None))) == []
