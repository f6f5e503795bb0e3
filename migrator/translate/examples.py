"""Runs the examples that stand with the rules: through the whole translation, as a source's own columns go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from migrator.errors import MigratorError
from migrator.model.explanation import ExampleOutcome, ExampleReport
from migrator.model.name import ObjectName, name_parts
from migrator.model.schema import Database
from migrator.model.translation import Translation
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.rules.checks import CheckRule, ObjectRule
from migrator.rules.collations import CollationRule
from migrator.rules.example import Example
from migrator.rules.functions import FunctionRule
from migrator.rules.listing import kind_of
from migrator.rules.names import CaseRule, Named, RenameRule, SchemaRule, StripRule
from migrator.rules.types import TypeRule
from migrator.translate.columns import Collations, draft_columns
from migrator.translate.computed import scope_of
from migrator.translate.draft import TableDraft
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import fitting
from migrator.translate.notes import Notes
from migrator.translate.plan import plan
from migrator.translate.tsql.read import read_script

Illustrated = TypeRule | SchemaRule | RenameRule | StripRule | CaseRule | CollationRule | FunctionRule
_TABLE: Final = "dbo.T"
_COLUMN: Final = "c"


@dataclass(frozen=True, slots=True)
class _Result:
    """What came out, and which rules had a say."""

    got: str
    deciders: tuple[str, ...]
    statements: tuple[str, ...] = field(default=())


class _Unusable(Exception):
    """The example itself is not what its rule can be shown by."""


def run_examples(rules: Rules, shipped: Rules) -> ExampleReport:
    """Every example of ``rules``: the user's own under all of them, those of the shipped rules under these alone."""
    illustrated = [rule for rule in rules if not isinstance(rule, CheckRule | ObjectRule)]
    outcomes = [
        _outcome(rule, example, rules if rule.origin.overlay else shipped)
        for rule in illustrated
        for example in rule.examples
    ]
    return ExampleReport(tuple(outcomes), sum(not rule.examples for rule in illustrated))


def _outcome(rule: Illustrated, example: Example, rules: Rules) -> ExampleOutcome:
    base = ExampleOutcome(str(rule.origin), kind_of(rule), example.tsql, example.mysql, "")
    try:
        result = _run(rule, example, rules)
    except (_Unusable, Untranslatable) as error:
        return replace(base, problem=str(error))
    except MigratorError as error:
        return replace(base, problem=error.what)
    base = replace(base, got=result.got, statements=result.statements)
    if result.got != example.mysql:
        return replace(base, problem=f"it becomes {result.got}")
    if str(rule.origin) not in result.deciders:
        others = ", ".join(result.deciders) or "no rule"
        return replace(base, problem=f"this rule has no say in it: decided by {others}")
    return base


def _run(rule: Illustrated, example: Example, rules: Rules) -> _Result:
    match rule:
        case TypeRule():
            return _type(rule, example, rules)
        case CollationRule():
            return _collation(example, rules)
        case FunctionRule():
            return _function(rule, example, rules)
        case RenameRule():
            return _name(Named.TABLE if rule.column is None else Named.COLUMN, example, rules)
        case StripRule() | CaseRule():
            return _name(rule.of, example, rules)
        case SchemaRule():
            return _name(Named.TABLE, example, rules)


def _type(rule: TypeRule, example: Example, rules: Rules) -> _Result:
    subject = example.column or f"{_filled(rule.table, _TABLE)}.{_filled(rule.column, _COLUMN)}"
    parts = name_parts(subject)
    if len(parts) != 3:
        raise _Unusable(f"{subject} is not a column: write it as schema.table.column")
    schema, table, column = map(_bracketed, parts)
    type_, before = example.tsql, ""
    if rule.alias is not None:
        alias = ".".join(map(_bracketed, name_parts(_filled(rule.alias, ""))))
        before, type_ = f"CREATE TYPE {alias} FROM {example.tsql};\nGO\n", alias
    # not alone: there are columns that a table cannot be made of
    beside = _bracketed(f"{parts[2][:100]}_")
    database = _read(f"{before}CREATE TABLE {schema}.{table} ({column} {type_} NULL, {beside} int NULL);")
    translation = plan(database, rules)
    label = f"{parts[0]}.{parts[1]}.{parts[2]}"
    made = [item for item in translation.columns if item.object == label and item.type]
    if not made:
        raise _Unusable("MySQL cannot have a table of it alone")
    return _Result(", ".join(item.type for item in made), made[0].rules, _statements(translation))


def _statements(translation: Translation) -> tuple[str, ...]:
    return tuple(statement.sql for statement in translation.statements)


def _collation(example: Example, rules: Rules) -> _Result:
    found = rules.collation(example.tsql)
    if found is None:
        return _Result("unknown", ())
    table = f"CREATE TABLE `t` (`c` VARCHAR(10) CHARACTER SET utf8mb4 COLLATE {found.to})"
    return _Result(found.to, (str(found.origin),), (table,))


def _function(rule: FunctionRule, example: Example, rules: Rules) -> _Result:
    database = _read(f"CREATE TABLE {_TABLE} ({example.columns or f'{_COLUMN} int NULL'});")
    watched = rules.watched()
    translation = plan(database, watched)
    notes, collations = Notes(watched), Collations(watched, database.collation)
    draft = TableDraft(database.tables[0], translation.mappings[0].target, translation.collation)
    draft_columns(draft, watched, collations, notes)
    scope = replace(scope_of(draft, watched, database.collation), stable=rule.deterministic)
    value = Translator(scope).scalar_of(example.tsql)
    query = " ".join(("SELECT", value.sql, "FROM", quoted(draft.name)))
    return _Result(value.sql, tuple(sorted(map(str, watched.usage.won))), (*_statements(translation), query))


def _name(of: Named, example: Example, rules: Rules) -> _Result:
    parts = name_parts(example.tsql)
    wanted = 2 if of is Named.TABLE else 3
    if len(parts) != wanted:
        form = "schema.table" if of is Named.TABLE else "schema.table.column"
        raise _Unusable(f"{example.tsql} is not a {of}: write it as {form}")
    table = ObjectName(parts[0], parts[1])
    naming = rules.table_name(table) if of is Named.TABLE else rules.column_name(table, parts[2])
    return _Result(fitting(naming.wanted), tuple(map(str, naming.origins)))


def _read(script: str) -> Database:
    database = read_script(script, "example.sql")
    if database.unread or len(database.tables) != 1:
        raise _Unusable(database.unread[0].reason if database.unread else "it is no T-SQL type")
    return database


def _filled(pattern: str | None, usual: str) -> str:
    """A name that fits the pattern of a rule."""
    return usual if pattern is None else pattern.replace("*", "x").replace("?", "x")


def _bracketed(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
