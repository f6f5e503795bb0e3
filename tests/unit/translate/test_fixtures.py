"""The golden pairs of tests/fixtures: T-SQL in, MySQL and findings out, and what came out runs on a real server.

A folder holds source.sql, expected.mysql.sql and expected.findings.json; where rows prove that the meaning is kept,
proof.sql has statements under ``-- ok``, ``-- error NUMBER`` or ``-- = VALUES`` (joined by |).
MIGRATOR_UPDATE_FIXTURES=1 writes the expected files anew: read the difference before it is committed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from migrator.model.finding import Finding
from migrator.model.translation import Phase, Translation
from migrator.mysql.connect import execute, fetch, quoted, session
from migrator.mysql.url import Target
from migrator.rules import load_rules
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = sorted(path.parent.name for path in FIXTURES.glob("*/source.sql"))
RULES = load_rules()


def translated(name: str) -> Translation:
    source = (FIXTURES / name / "source.sql").read_text(encoding="utf-8")
    return plan(read_script(source, "source.sql"), RULES)


def script(translation: Translation) -> str:
    return "\n\n".join(f"{statement.sql};" for statement in translation.statements) + "\n"


def findings(translation: Translation) -> str:
    def line(finding: Finding) -> dict[str, str]:
        return {
            "rule": finding.rule,
            "status": finding.status,
            "object": f"{finding.kind} {finding.object}",
            "reason": finding.reason,
        }

    rows = [json.dumps(line(finding), ensure_ascii=False) for finding in translation.findings]
    return "[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]\n"


def expected(name: str, file: str, found: str) -> str:
    path = FIXTURES / name / file
    if os.environ.get("MIGRATOR_UPDATE_FIXTURES"):
        path.write_text(found, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def proofs(name: str) -> Iterator[tuple[str, str]]:
    path = FIXTURES / name / "proof.sql"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number in range(0, len(lines), 2):
        yield lines[number].removeprefix("-- "), lines[number + 1]


@pytest.mark.parametrize("name", NAMES)
def test_translation_is_as_expected(name: str) -> None:
    translation = translated(name)
    assert script(translation) == expected(name, "expected.mysql.sql", script(translation))
    assert findings(translation) == expected(name, "expected.findings.json", findings(translation))


@pytest.mark.parametrize("name", NAMES)
def test_server_takes_it_and_means_the_same(name: str, mysql: Target) -> None:
    translation = translated(name)
    with session(mysql) as connection:
        execute(connection, f"ALTER DATABASE COLLATE {translation.collation}", doing="setting the collation")
        for statement in translation.statements:
            execute(connection, f"SET foreign_key_checks = {int(not statement.unchecked)}", doing="setting")
            execute(connection, statement.sql, doing=statement.object)
        execute(connection, "SET foreign_key_checks = 1", doing="setting")
        for view in translation.of(Phase.VIEWS):  # CREATE VIEW checks little of what a query meets
            fetch(connection, f"SELECT * FROM {quoted(view.table)}")
        for verdict, sql in proofs(name):
            assert (verdict, outcome(connection, sql)) == (verdict, verdict), sql
        columns = fetch(
            connection,
            "SELECT table_name, column_name, is_nullable, column_type FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND generation_expression = ''",
        )
    planned = [
        (mapping.target, column.name, "YES" if column.nullable else "NO", plain(column.type))
        for mapping in sorted(translation.mappings, key=lambda mapping: mapping.target)
        for column in mapping.columns
    ]
    assert sorted((table, name, null, plain(type_)) for table, name, null, type_ in columns) == sorted(planned)


def plain(type_: str) -> str:
    """A type without collation, as both DDL and information_schema have it."""
    return type_.lower().split(" character set ")[0].replace("(0)", "")


def outcome(connection: Any, sql: str) -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall()
    except pymysql.MySQLError as error:
        return f"error {error.args[0]}"
    return "= " + "|".join("NULL" if value is None else str(value) for row in rows for value in row) if rows else "ok"


def test_there_is_one_for_every_remark_about_tables() -> None:
    said = {finding.rule for name in NAMES for finding in translated(name).findings}
    elsewhere = {
        # made by other sources than scripts, or by tables too large for a page
        "always-encrypted", "collation-unknown", "comment-cut", "index-columns-cut", "index-other", "index-too-many",
        "json-as-text", "module-hidden", "table-feature", "unique-too-wide", "vector-as-text", "view-rejected",
        "permission", "extended-property", "xml-schema", "storage-object", "view-index", "disabled", "principal",
        "security-object", "other-object", "single-precision", "foreign-key-orphans",
    }  # fmt: skip
    assert set(RULES.checks) - said == elsewhere - said
