"""Everything that is no table: counted and reported, so that nothing is dropped silently."""

from __future__ import annotations

import re
from typing import Final

from migrator.model.finding import Status
from migrator.model.schema import Database, ObjectKind, Table
from migrator.rules import Rules
from migrator.translate.notes import Notes

_MODULES: Final = {
    ObjectKind.PROCEDURE: "procedure",
    ObjectKind.FUNCTION: "function",
    ObjectKind.TRIGGER: "trigger",
}
_CLR: Final = re.compile(r"\bAS\s+EXTERNAL\s+NAME\b", re.IGNORECASE)


def list_left_out(table: Table, notes: Notes) -> None:
    """A table that MySQL cannot have, and everything in it."""
    parts: list[tuple[ObjectKind, str | None]] = [
        *((ObjectKind.COLUMN, column.name) for column in table.columns),
        *((ObjectKind.DEFAULT, column.default.name or column.name) for column in table.columns if column.default),
        *((ObjectKind.PRIMARY_KEY, key.name) for key in (table.primary_key,) if key is not None),
        *((ObjectKind.UNIQUE, key.name) for key in table.uniques),
        *((ObjectKind.FOREIGN_KEY, key.name) for key in table.foreign_keys),
        *((ObjectKind.CHECK, check.name) for check in table.checks),
        *((ObjectKind.INDEX, index.name) for index in table.indexes),
    ]
    notes.count(ObjectKind.TABLE, str(table.name), least=Status.BLOCKED)
    for number, (kind, name) in enumerate(parts, 1):
        notes.count(kind, f"{table.name}.{name or f'{kind} {number}'}", least=Status.BLOCKED)


def list_others(database: Database, rules: Rules, notes: Notes) -> None:
    """Routines, triggers, types and whatever else the source names; views are planned elsewhere."""
    for module in database.modules:
        if module.kind is ObjectKind.VIEW:
            continue
        name = str(module.name)
        notes.count(module.kind, name)
        if module.text is None:
            notes.add("module-hidden", module.kind, name, module.place)
        elif _CLR.search(module.text):
            notes.add("clr", module.kind, name, module.place, word=module.kind)
        else:
            notes.add(_MODULES.get(module.kind, "other-object"), module.kind, name, module.place, word=module.kind)
    for alias in database.alias_types:
        notes.count(ObjectKind.ALIAS_TYPE, str(alias.name), str(alias.type))
        notes.add("alias-type", ObjectKind.ALIAS_TYPE, str(alias.name), type=alias.type)
    for word, cuts in (
        ("partition function", [function.name for function in database.partition_functions]),
        ("partition scheme", [scheme.name for scheme in database.partition_schemes]),
    ):
        for name in cuts:
            notes.count(ObjectKind.OTHER, f"{word} {name}")
            notes.add("storage-object", ObjectKind.OTHER, f"{word} {name}", word=word)
    for unread in database.unread:
        name = f"{unread.place.file}:{unread.place.line}"
        notes.count(ObjectKind.OTHER, name)
        notes.add("statement-unread", ObjectKind.OTHER, name, unread.place, why=unread.reason)
    for skipped in database.skipped:
        notes.add("statements-skipped", ObjectKind.OTHER, skipped.word, count=skipped.count)
    for other in database.others:
        name = str(other.name)
        rule = rules.object_rule(other.word)
        if rule.counts and not notes.knows(other.kind, name):  # a remark on an object that is counted already
            notes.count(other.kind, name)
        notes.add(rule.check, other.kind, name, other.place, word=other.word)
