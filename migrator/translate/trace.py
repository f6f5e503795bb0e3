"""Why each column became what it is, and which of the user's rules had nothing to say."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.model.datatype import DataType
from migrator.model.schema import ObjectKind, Place
from migrator.model.translation import TranslatedColumn
from migrator.rules import Rules
from migrator.rules.checks import CheckRule
from migrator.translate.draft import TableDraft
from migrator.translate.notes import Notes


def translated_columns(draft: TableDraft, *, left_out: bool = False) -> Iterator[TranslatedColumn]:
    """The columns of a table in the source's order, two for a value that takes two; those that MySQL has not are empty.

    ``left_out`` is True for a table that is not there at all.
    """
    for source in draft.source.columns:
        label = draft.label(source.name)
        there = [column for column in draft.columns if column.source is not None and column.source.name == source.name]
        for column in there:
            type_ = type_name(column.source.type) if column.source is not None else ""
            if left_out:
                yield TranslatedColumn(label, type_, "", "", column.rules)
            else:
                yield TranslatedColumn(label, type_, f"{draft.name}.{column.name}", column.target.type, column.rules)
        if not there:
            yield TranslatedColumn(label, type_name(source.type), "", "", ())


def type_name(type_: DataType | None) -> str:
    """A type as people write it, an alias with what it stands for; empty for a computed column of unknown type."""
    if type_ is None:
        return ""
    return str(type_) if type_.alias is None else f"{type_.alias} = {type_}"


def unused_rules(rules: Rules, notes: Notes) -> None:
    """Remark on the user's own rules that decided nothing; they may have a name misspelt.

    Remarks of their own wording are a policy for many databases, and later stages make remarks too: those are no loss.
    """
    others = (rule for rule in rules if not isinstance(rule, CheckRule))
    for origin in rules.usage.unused(others):
        notes.add("rule-unused", ObjectKind.OTHER, str(origin), Place(origin.file, origin.line))
