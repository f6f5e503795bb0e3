"""Why a column became what it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from migrator.errors import ConfigError
from migrator.model.explanation import ColumnExplanation, Step
from migrator.model.name import ObjectName, name_parts
from migrator.model.schema import Column, Database, ObjectKind, Table
from migrator.model.translation import Phase, TranslatedColumn, Translation
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.rules.candidates import candidates
from migrator.translate.columns import CIPHER, Collations
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.plan import plan
from migrator.translate.rowsize import ROW_SIZE

_USUAL_SCHEMA: Final = "dbo"


def explain(database: Database, rules: Rules, name: str) -> tuple[ColumnExplanation, ...]:
    """The column of that name, or every column of the table of that name.

    Raises ConfigError where the source has neither, RulesError as ``plan`` does.
    """
    table, columns = _subject(database, name)
    translation = plan(database, rules)
    return tuple(_explained(database, rules, translation, table, column) for column in columns)


def _subject(database: Database, name: str) -> tuple[Table, tuple[Column, ...]]:
    parts = [part.casefold() for part in name_parts(name)]
    for schema, rest in ((parts[:1], parts[1:]), ([_USUAL_SCHEMA], parts)):
        table = _table(database, [*schema, *rest[:1]], name)
        if table is None or not rest:
            continue
        if len(rest) == 1:
            return table, table.columns
        found = tuple(column for column in table.columns if column.name.casefold() == rest[1])
        if found and len(rest) == 2:
            return table, found
        known = {column.name.casefold(): f"{table.name}.{column.name}" for column in table.columns}
        raise _unknown(name, f"{table.name} has no such column", rest[-1], known)
    named = {str(table.name).casefold(): str(table.name) for table in database.tables}
    raise _unknown(name, "no table of the source is called so", ".".join(parts[:2]), named)


def _table(database: Database, folded: list[str], written: str) -> Table | None:
    """The table of that name; where letter case tells several apart, the one that was written."""
    found = [table for table in database.tables if [table.name.schema.casefold(), table.name.name.casefold()] == folded]
    exact = (table for table in found if table.name.name in name_parts(written))
    return next(exact, found[0] if found else None)


def _unknown(name: str, why: str, wanted: str, known: dict[str, str]) -> ConfigError:
    near = [known[item] for item in difflib.get_close_matches(wanted, known, n=3)]
    todo = f"perhaps you meant {' or '.join(near)}" if near else "write it as schema.table or schema.table.column"
    return ConfigError(f"{name} is not in the source", why=why, todo=todo)


def _explained(
    database: Database, rules: Rules, translation: Translation, table: Table, column: Column
) -> ColumnExplanation:
    label = f"{table.name}.{column.name}"
    made = [item for item in translation.columns if item.object == label]
    type_ = CIPHER if column.encrypted else column.type
    if column.computed is not None:  # only what its expression was translated to has a type
        type_ = read_type(made[0].source_type) if made[0].type else None
    tried = () if type_ is None else candidates(rules, type_, table.name, column.name)
    return ColumnExplanation(
        object=label,
        source_type=made[0].source_type,
        candidates=tried,
        steps=tuple(_steps(database, rules, translation, table.name, column, made)),
        rules=made[0].rules,
        findings=tuple(
            finding for finding in translation.findings if finding.object == label and finding.kind is ObjectKind.COLUMN
        ),
        ddl=tuple(_ddl(translation, str(table.name), made)),
    )


def _steps(
    database: Database,
    rules: Rules,
    translation: Translation,
    table: ObjectName,
    column: Column,
    made: list[TranslatedColumn],
) -> Iterator[Step]:
    there = [item for item in made if item.target]
    chosen = Collations(rules, database.collation).rule(column.collation)
    if there and chosen is not None and str(chosen.origin) in there[0].rules:
        yield Step("collation", column.collation or database.collation, chosen.to, (str(chosen.origin),))
    if there and ROW_SIZE in there[0].rules:
        yield Step(ROW_SIZE, "too long for a row", there[0].type, ())
    known = {item.object: item.target for item in translation.objects if item.kind is ObjectKind.TABLE}
    target = known[str(table)]
    if there:
        yield Step("table", str(table), target, tuple(map(str, rules.table_name(table).origins)))
    for item in there:
        places = tuple(map(str, rules.column_name(table, column.name).origins))
        yield Step("name", column.name, item.target.removeprefix(f"{target}."), places)


def _ddl(translation: Translation, table: str, made: list[TranslatedColumn]) -> Iterator[str]:
    create = [item for item in translation.of(Phase.TABLES) if item.object == table]
    for statement in create[:1]:
        for item in made:
            name = item.target.removeprefix(f"{statement.table}.")
            start = statement.sql.find(f"\n  {quoted(name)} ") if item.target else -1
            if start >= 0:
                yield _to_end(statement.sql[start + 3 :])


def _to_end(text: str) -> str:
    """The text up to the end of its column: a comment may hold line ends."""
    quote = ""
    for place, letter in enumerate(text):
        if letter == quote:
            quote = ""
        elif not quote and letter in "'`\"":
            quote = letter
        elif not quote and letter == "\n":
            return text[:place].removesuffix(",")
    return text
