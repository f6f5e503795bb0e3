"""The whole way, as a user walks it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.commands import Answer, as_process, migrator
from support.sql_files import statements

from migrator.errors import TargetOccupied
from migrator.ledger import Kind, Ledger
from migrator.mysql.connect import execute, fetch, quoted, session
from migrator.mysql.url import Target
from migrator.packages.open import open_package


@pytest.fixture
def rehearsed(homecare: Path, mysql: Target, tmp_path: Path) -> Answer:
    answer = migrator("rehearse", homecare, "--target", mysql, "--out", tmp_path, "--json")
    assert answer.code == 0, answer.err
    return answer


def run(target: Target, *statements: str) -> None:
    with session(target) as connection:
        execute(connection, "SET foreign_key_checks = 0", doing="preparing a change")
        for statement in statements:
            assert execute(connection, statement, doing="planting a difference") == 1


def test_a_rehearsal_fits_and_says_all_that_it_promises(rehearsed: Answer, homecare: Path, tmp_path: Path) -> None:
    body = rehearsed.json
    package = open_package(homecare)
    assert body["verdict"] == "fits"
    assert body["rows"] == package.row_total
    assert body["tables"] == len(package.catalog().tables)
    assert body["differences"] == 0
    assert [phase["name"] for phase in body["phases"]] == ["assess", "translate", "create", "load", "build", "validate"]
    assert all(set(phase) == {"name", "seconds", "rows", "bytes"} for phase in body["phases"])
    assert {"p50_s", "p95_s", "window_s"} <= set(body["forecast"])
    assert body["forecast"]["window_s"] == 6 * 3600
    assert set(body["objects"]) == {"automatic", "lossy", "manual", "blocked"}
    assert json.loads((tmp_path / "report.json").read_text()) == body
    assert "<html" in (tmp_path / "report.html").read_text()
    assert migrator("evidence", "verify", tmp_path / "validation" / "evidence.json").code == 0
    assert body["schema"]["equal"]
    assert sorted((tmp_path / "sql").glob("*.sql"))


def test_the_target_has_every_table_index_key_and_counter(rehearsed: Answer, homecare: Path, mysql: Target) -> None:
    database = open_package(homecare).catalog()
    targets = {item["source"]: item["target"] for item in rehearsed.json["table_list"]}
    assert set(targets) == {str(table.name) for table in database.tables}
    told = {finding["object"] for finding in rehearsed.json["findings"]}
    with session(mysql) as connection:
        keys = fetch(
            connection,
            "SELECT table_name, COUNT(*) FROM information_schema.referential_constraints "
            "WHERE constraint_schema = DATABASE() GROUP BY table_name",
        )
        built = dict(keys)
        for table in database.tables:
            expected = [key for key in table.foreign_keys if f"{table.name}.{key.name}" not in told]
            assert built.get(targets[str(table.name)], 0) >= len(expected), table.name
            [(engine, comment)] = fetch(
                connection,
                "SELECT engine, table_comment FROM information_schema.tables "
                "WHERE table_schema = DATABASE() AND table_name = %s",
                (targets[str(table.name)],),
            )
            assert engine == "InnoDB"
            assert (comment or None) == table.description
        counters = fetch(
            connection,
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND extra LIKE '%%auto_increment%%'",
        )
        assert counters
        for name, column in counters:
            [(largest,)] = fetch(connection, f"SELECT MAX({quoted(column)}) FROM {quoted(name)}")
            ddl = fetch(connection, f"SHOW CREATE TABLE {quoted(name)}")[0][1]
            counter = int(ddl.split("AUTO_INCREMENT=")[1].split()[0]) if "AUTO_INCREMENT=" in ddl else 1
            assert counter > (largest or 0)


def test_the_ledger_tells_the_story_without_a_row(rehearsed: Answer, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite", "")
    ledger.verify()
    entries = ledger.entries()
    ledger.close()
    assert entries[0].kind is Kind.RUN_STARTED
    assert entries[-1].kind is Kind.VERDICT
    assert entries[-1].body == {"verdict": "fits", "differences": 0}


def test_exactly_three_planted_differences(rehearsed: Answer, homecare: Path, mysql: Target, tmp_path: Path) -> None:
    run(
        mysql,
        "UPDATE `care_Visit` SET `Status` = CONCAT(`Status`, ' ') ORDER BY `VisitId` LIMIT 1",
        "DELETE FROM `care_VisitTask` ORDER BY `VisitId` DESC LIMIT 1",
        "INSERT INTO `ContactKind` (`ContactKindId`, `Name`) VALUES (200, 'Planted')",
    )
    with session(mysql) as connection:
        [(changed,)] = fetch(connection, "SELECT `VisitId` FROM `care_Visit` WHERE `Status` LIKE '%% '")
    answer = migrator("validate", homecare, "--target", mysql, "--out", tmp_path / "v", "--json")
    assert answer.code == 1
    found = {(item["table"], item["kind"], tuple(item["columns"])) for item in answer.json["difference_list"]}
    assert found == {
        ("care_Visit", "changed", ("Status",)),
        ("care_VisitTask", "missing", ()),
        ("ContactKind", "extra", ()),
    }
    keys = {item["table"]: item["key"] for item in answer.json["difference_list"]}
    assert keys["ContactKind"] == {"ContactKindId": "200"}
    assert keys["care_Visit"] == {"VisitId": str(changed)}
    assert answer.json["differences"] == 3


def test_validate_without_a_record_reads_the_source_again(
    rehearsed: Answer, homecare: Path, mysql: Target, tmp_path: Path
) -> None:
    with session(mysql) as connection:
        execute(connection, "DROP TABLE `migrator__slice`", doing="forgetting")
    answer = migrator("validate", homecare, "--target", mysql, "--out", tmp_path / "v", "--json")
    assert answer.code == 0, answer.err
    assert {item["fingerprint_of_source"] for item in answer.json["table_list"]} == {"read again from the source"}


def test_a_run_that_died_before_it_claimed_the_target(
    rehearsed: Answer, homecare: Path, mysql: Target, tmp_path: Path
) -> None:
    """Its ledger is there, the target still belongs to the run before: resumed with --replace, it starts properly."""
    Ledger.begin(tmp_path, source=open_package(homecare).identity, target=mysql.identity).close()
    command = ("rehearse", homecare, "--target", mysql, "--out", tmp_path, "--json", "--resume")
    assert migrator(*command).code == TargetOccupied.exit_code
    answer = migrator(*command, "--replace")
    assert answer.code == 0, answer.err
    assert answer.json["differences"] == 0


def test_a_window_that_is_too_short(homecare: Path, mysql: Target, tmp_path: Path) -> None:
    answer = as_process("rehearse", homecare, "--target", mysql, "--out", tmp_path, "--window", "0.01s", "--json")
    assert answer.code == 1
    assert answer.json["verdict"] == "too long"


def test_the_sql_files_run_by_themselves(rehearsed: Answer, mysql: Target, server: Target, tmp_path: Path) -> None:
    """``cat DIR/sql/*.sql`` makes the same tables in another database."""
    other = server.with_database(f"{mysql.database}_sql")
    with session(other, database="") as connection:
        execute(connection, f"CREATE DATABASE {quoted(other.database)}", doing="making a database")
    try:
        with session(other) as connection:
            for path in sorted((tmp_path / "sql").glob("*.sql")):
                for statement in statements(path.read_text()):
                    execute(connection, statement, doing=f"running {path.name}")
        with session(mysql) as connection:
            columns = (
                "SELECT table_name, column_name, column_type, is_nullable, collation_name "
                "FROM information_schema.columns WHERE table_schema = %s AND LEFT(table_name, 10) <> 'migrator__' "
                "ORDER BY 1, ordinal_position"
            )
            assert fetch(connection, columns, (other.database,)) == fetch(connection, columns, (mysql.database,))
    finally:
        with session(other, database="") as connection:
            execute(connection, f"DROP DATABASE {quoted(other.database)}", doing="dropping a database")


def test_a_schema_without_rows_is_rehearsed_too(mysql: Target, tmp_path: Path) -> None:
    script = tmp_path / "schema.sql"
    script.write_text("CREATE TABLE dbo.A (id int IDENTITY PRIMARY KEY, name nvarchar(50) NOT NULL);\nGO\n")
    answer = migrator("rehearse", script, "--target", mysql, "--out", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["tables"], answer.json["rows"]) == (1, 0)
