"""CHECK constraints."""

from __future__ import annotations

from migrator.model.schema import Action, ObjectKind
from migrator.rules import Rules
from migrator.translate.computed import scope_of
from migrator.translate.draft import TableDraft
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.names import Namer
from migrator.translate.notes import Notes


def draft_checks(draft: TableDraft, rules: Rules, collation: str, names: Namer, notes: Notes) -> None:
    """Fill ``draft.checks``; ``names`` are the CHECK names of the whole database, where MySQL wants them unique."""
    scope = scope_of(draft, rules, collation)
    changing = _changed_by_keys(draft)
    for number, check in enumerate(draft.source.checks, 1):
        wanted = check.name or f"ck_{draft.name}_{number}"
        label = draft.label(check.name or f"check {number}")
        translator = Translator(scope)
        try:
            condition = translator.condition_of(check.expression)
            _refuse([name for name in changing if name.casefold() in translator.used])
        except Untranslatable as error:
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
