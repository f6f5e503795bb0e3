"""One database as a .bacpac, as a .dacpac and as scripts: all three give the same model."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.tables import without_places

from migrator.assess.tsql import create_table
from migrator.model.schema import Database, Module, Table
from migrator.model.translation import Translation
from migrator.rules import load_rules
from migrator.studies import open_source
from migrator.translate.plan import plan


def text(value: str) -> str:
    return "N'" + value.replace("'", "''") + "'"


def quoted(name: object) -> str:
    return ".".join(f"[{part}]" for part in str(name).split("."))


def script(database: Database) -> Iterator[str]:
    """What SSMS would generate, batch by batch."""
    yield f"CREATE DATABASE [{database.name}] COLLATE {database.collation}"
    yield f"USE [{database.name}]"
    yield from (f"CREATE SCHEMA [{name}]" for name in database.schemas if name != "dbo")
    for alias in database.alias_types:
        yield f"CREATE TYPE {quoted(alias.name)} FROM {alias.type}{'' if alias.nullable else ' NOT NULL'}"
    for sequence in database.sequences:
        yield (
            f"CREATE SEQUENCE {quoted(sequence.name)} AS {sequence.type} "
            f"START WITH {sequence.start} INCREMENT BY {sequence.increment}"
        )
    yield from map(create_table, database.tables)
    for table in database.tables:
        yield from descriptions(table)
    for synonym in database.synonyms:
        yield f"CREATE SYNONYM {quoted(synonym.name)} FOR {'.'.join(f'[{part}]' for part in synonym.target)}"
    yield from (module.text or "" for module in database.modules)


def descriptions(table: Table) -> Iterator[str]:
    where = f"'SCHEMA', {text(table.name.schema)}, 'TABLE', {text(table.name.name)}"
    if table.description:
        yield f"EXEC sp_addextendedproperty 'MS_Description', {text(table.description)}, {where}"
    for column in table.columns:
        if column.description:
            yield (
                f"EXEC sp_addextendedproperty 'MS_Description', {text(column.description)}, {where}, "
                f"'COLUMN', {text(column.name)}"
            )
    for index in table.indexes:
        if index.description:
            yield (
                f"EXEC sp_addextendedproperty 'MS_Description', {text(index.description)}, {where}, "
                f"'INDEX', {text(index.name)}"
            )


def by_name(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(sorted((replace(part, place=None) for part in parts), key=lambda part: part.name or ""))


def bare(database: Database) -> Database:
    """Without what a form has alone: places, counts of rows, the name of the product, where a module was cut."""

    def module(item: Module) -> Module:
        return replace(item, place=None, text=" ".join((item.text or "").split()), body=None)

    return replace(
        database,
        product="",
        schemas=tuple(sorted(database.schemas)),
        tables=tuple(
            replace(
                without_places(table),
                rows=None,
                # Constraints stand in the order in which they were added.
                uniques=by_name(table.uniques),
                foreign_keys=by_name(table.foreign_keys),
                checks=by_name(table.checks),
                indexes=by_name(table.indexes),
                # A script does not say of which type a computed column is.
                columns=tuple(
                    replace(column, type=None if column.computed else column.type, nullable=column.nullable)
                    for column in without_places(table).columns
                ),
            )
            for table in sorted(database.tables, key=lambda table: str(table.name))
        ),
        modules=tuple(sorted(map(module, database.modules), key=lambda item: str(item.name))),
        alias_types=tuple(sorted(database.alias_types, key=lambda item: str(item.name))),
        sequences=tuple(replace(item, place=None) for item in database.sequences),
        synonyms=tuple(replace(item, place=None) for item in database.synonyms),
        skipped=(),
    )


def test_a_bacpac_a_dacpac_and_scripts_give_the_same_model(homecare: Path, tmp_path: Path) -> None:
    whole = open_source(str(homecare)).catalog()
    bacpac = bare(whole)
    assert len(bacpac.tables) > 40

    dacpac = tmp_path / "HomeCare.dacpac"
    with zipfile.ZipFile(homecare) as package, zipfile.ZipFile(dacpac, "w") as schema:
        for name in package.namelist():
            if not name.startswith("Data/"):
                schema.writestr(name, package.read(name))
    assert bare(open_source(str(dacpac)).catalog()) == bacpac

    scripts = tmp_path / "HomeCare.sql"
    scripts.write_text("\nGO\n".join(script(whole)) + "\n", encoding="utf-8")
    read = open_source(str(scripts)).catalog()
    assert read.unread == ()
    for ours, theirs in zip(bare(read).tables, bacpac.tables, strict=True):
        assert ours == theirs
    assert bare(read) == bacpac


def lines(translation: Translation) -> list[list[str]]:
    """Every statement as its lines, in whatever order its constraints stand."""
    return sorted(sorted(line.rstrip(",") for line in item.sql.splitlines()) for item in translation.statements)


def test_all_of_them_become_the_same_in_mysql(homecare: Path, tmp_path: Path) -> None:
    whole = open_source(str(homecare)).catalog()
    scripts = tmp_path / "HomeCare.sql"
    scripts.write_text("\nGO\n".join(script(whole)) + "\n", encoding="utf-8")
    rules = load_rules()
    one, other = plan(whole, rules), plan(open_source(str(scripts)).catalog(), rules)
    assert lines(one) == lines(other)
    assert {(item.kind, item.object): item.status for item in one.objects} == {
        (item.kind, item.object): item.status for item in other.objects if item.kind != "other"
    }
