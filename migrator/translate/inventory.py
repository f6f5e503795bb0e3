"""Everything that is no table: counted and reported, so that nothing is dropped silently."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import Database, ObjectKind
from migrator.rules import Rules
from migrator.translate.notes import Notes

_MODULES: Final = {
    ObjectKind.VIEW: "view",
    ObjectKind.PROCEDURE: "procedure",
    ObjectKind.FUNCTION: "function",
    ObjectKind.TRIGGER: "trigger",
}


def list_others(database: Database, rules: Rules, notes: Notes) -> None:
    """Views, routines, triggers, types and whatever else the source names."""
    for module in database.modules:
        name = str(module.name)
        notes.count(module.kind, name)
        if module.text is None:
            notes.add("module-hidden", module.kind, name, module.place)
        else:
            notes.add(_MODULES.get(module.kind, "other-object"), module.kind, name, module.place, word=module.kind)
    for alias in database.alias_types:
        notes.count(ObjectKind.ALIAS_TYPE, str(alias.name), str(alias.type))
        notes.add("alias-type", ObjectKind.ALIAS_TYPE, str(alias.name), type=alias.type)
    for other in database.others:
        name = str(other.name) if other.name.schema else other.name.name
        if not notes.knows(other.kind, name):  # a remark on a part of an object that is counted already
            notes.count(other.kind, name)
        notes.add(rules.remark_of(other.word), other.kind, name, other.place, word=other.word)
