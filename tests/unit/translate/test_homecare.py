"""A whole database with every type, key and awkward name: a real server takes all of it, and nothing is forgotten."""

from __future__ import annotations

from pathlib import Path

from migrator.model.schema import Database, ObjectKind
from migrator.model.translation import Phase, Translation
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target
from migrator.packages.open import open_package
from migrator.rules import load_rules
from migrator.translate.plan import plan


def translated(homecare: Path) -> tuple[Database, Translation]:
    database = open_package(homecare).catalog()
    return database, plan(database, load_rules())


def test_every_statement_runs(homecare: Path, mysql: Target) -> None:
    database, translation = translated(homecare)
    with session(mysql) as connection:
        execute(connection, f"ALTER DATABASE COLLATE {translation.collation}", doing="setting the collation")
        for statement in translation.statements:
            execute(connection, statement.sql, doing=statement.sql)
        counts = {
            view: fetch(connection, f"SELECT COUNT(*) FROM information_schema.{view} WHERE {column} = DATABASE()")[0][0]
            for view, column in (
                ("tables", "table_schema"),
                ("views", "table_schema"),
                ("referential_constraints", "constraint_schema"),
                ("check_constraints", "constraint_schema"),
            )
        }
    made = [item for item in translation.objects if item.target]
    sequences = sum(item.kind is ObjectKind.SEQUENCE for item in made)
    synonyms = sum(item.kind is ObjectKind.SYNONYM for item in made)
    views = sum(item.kind is ObjectKind.VIEW for item in made)
    assert counts == {
        "tables": len(database.tables) + sequences + synonyms + views,
        "views": views + synonyms,
        "referential_constraints": sum(item.kind is ObjectKind.FOREIGN_KEY for item in made),
        "check_constraints": sum(item.kind is ObjectKind.CHECK for item in made),
    }


def test_every_object_has_one_entry(homecare: Path) -> None:
    database, translation = translated(homecare)
    found = [item.kind for item in translation.objects]
    assert found.count(ObjectKind.TABLE) == len(database.tables)
    assert found.count(ObjectKind.COLUMN) == sum(len(table.columns) for table in database.tables)
    assert found.count(ObjectKind.FOREIGN_KEY) == sum(len(table.foreign_keys) for table in database.tables)
    assert found.count(ObjectKind.CHECK) == sum(len(table.checks) for table in database.tables)
    assert found.count(ObjectKind.INDEX) == sum(len(table.indexes) for table in database.tables)
    assert found.count(ObjectKind.DEFAULT) == sum(
        column.default is not None for table in database.tables for column in table.columns
    )
    assert found.count(ObjectKind.VIEW) == sum(module.kind is ObjectKind.VIEW for module in database.modules)


def test_every_stored_column_is_loaded(homecare: Path) -> None:
    database, translation = translated(homecare)
    for mapping in translation.mappings:
        stored = [column.name for column in database.table(mapping.source).stored_columns]
        assert list(dict.fromkeys(column.source for column in mapping.columns)) == stored


def test_no_statement_needs_more_than_mysql_8_0_23(homecare: Path) -> None:
    _, translation = translated(homecare)
    text = " ".join(statement.sql for statement in translation.statements).upper()
    newer = ("IF NOT EXISTS", "VECTOR", "INTERSECT", "EXCEPT", "GENERATED ALWAYS AS ROW", "QUALIFY", "JSON_DUALITY")
    assert [word for word in newer if word in text] == []
    assert {statement.phase for statement in translation.statements} == {
        Phase.TABLES,
        Phase.INDEXES,
        Phase.FOREIGN_KEYS,
        Phase.VIEWS,
        Phase.ROUTINES,
        Phase.TRIGGERS,
    }
