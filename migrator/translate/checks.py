"""CHECK constraints, and the triggers that stand for those which MySQL refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.schema import Action, Check, ObjectKind
from migrator.rules import Rules
from migrator.translate.computed import scope_of
from migrator.translate.draft import Moment, RowAction, TableDraft
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable, quoted_text
from migrator.translate.names import Namer
from migrator.translate.notes import Notes

_MESSAGE_LIMIT: Final = 128
"""Characters of MESSAGE_TEXT. MySQL 8.0 Reference Manual, "SIGNAL Statement"."""


def draft_checks(draft: TableDraft, rules: Rules, collation: str, names: Namer, notes: Notes) -> None:
    """Fill ``draft.checks``; ``names`` are the CHECK names of the whole database, where MySQL wants them unique.

    A check over the clock, the AUTO_INCREMENT column or a column that a foreign key changes becomes a trigger: MySQL
    has no other way.
    """
    changing = _changed_by_keys(draft)
    for number, check in enumerate(draft.source.checks, 1):
        wanted = check.name or f"ck_{draft.name}_{number}"
        label = draft.label(check.name or f"check {number}")
        translator = Translator(scope_of(draft, rules, collation))
        try:
            condition = translator.condition_of(check.expression)
            _refuse([name for name in changing if name.casefold() in translator.used])
        except Untranslatable as error:
            if not _by_trigger(draft, check, wanted, label, rules, collation, error.reason, notes):
                notes.count(ObjectKind.CHECK, label)
                notes.add("check-dropped", ObjectKind.CHECK, label, check.place, reason=error.reason)
            continue
        name = names.take(wanted, str(draft.object))
        notes.count(ObjectKind.CHECK, label, name)
        for remark in translator.remarks:
            notes.add(remark, ObjectKind.CHECK, label, check.place)
        if not check.enabled:
            notes.add("check-disabled", ObjectKind.CHECK, label, check.place)
        elif not check.trusted:
            notes.add("check-untrusted", ObjectKind.CHECK, label, check.place)
        draft.checks.append((name, condition, check.enabled and check.trusted))


def _by_trigger(
    draft: TableDraft,
    check: Check,
    name: str,
    label: str,
    rules: Rules,
    collation: str,
    reason: str,
    notes: Notes,
) -> bool:
    """Let triggers refuse a row for which the check is false. False where they cannot, or the check is disabled."""
    scope = scope_of(draft, rules, collation, stable=False, row="NEW.")
    columns = {column: replace(value, auto_increment=False) for column, value in scope.columns.items()}
    translator = Translator(replace(scope, columns=columns))
    try:
        condition = translator.condition_of(check.expression)
    except Untranslatable:
        return False
    if not check.enabled:
        return False
    text = quoted_text(f"the check {name} of {draft.name} is violated"[:_MESSAGE_LIMIT])
    signal = f"IF NOT ({condition}) THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {text}; END IF"
    # afterwards the row has its AUTO_INCREMENT and its generated columns; the error undoes the statement all the same
    for moment in (Moment.AFTER_INSERT, Moment.AFTER_UPDATE):
        draft.actions.append(RowAction(moment, signal, compound=True))
    notes.count(ObjectKind.CHECK, label, draft.name)
    notes.add("check-by-trigger", ObjectKind.CHECK, label, check.place, reason=reason)
    for remark in translator.remarks:
        notes.add(remark, ObjectKind.CHECK, label, check.place)
    return True


def _refuse(columns: list[str]) -> None:
    if columns:
        raise Untranslatable(f"a foreign key's action changes {', '.join(columns)}: MySQL allows no CHECK over it")


def _changed_by_keys(draft: TableDraft) -> list[str]:
    """Columns that a foreign key's action changes (not ON DELETE CASCADE): MySQL checks none of them (error 3823)."""
    names = [
        name
        for key in draft.source.foreign_keys
        if key.enabled and (key.on_delete is Action.SET_NULL or key.on_update in (Action.CASCADE, Action.SET_NULL))
        for name in key.columns
    ]
    return list(dict.fromkeys(names))
