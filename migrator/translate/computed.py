"""Computed columns as generated ones; where MySQL cannot compute them, as plain ones that wait for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form
from migrator.model.schema import Action, Column, ObjectKind
from migrator.rules import Rules
from migrator.rules.forms import kept_scale
from migrator.translate.columns import Collations, comment_of, deciding, type_text
from migrator.translate.draft import ColumnDraft, Generated, TableDraft
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.parse import parse
from migrator.translate.expressions.scope import ColumnValue, Scope
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable, Value
from migrator.translate.notes import Notes

AS_BYTES: Final = "your rules keep as bytes, while MySQL's expressions take a uniqueidentifier as text"
NOT_LOADED: Final = "your rules leave to MySQL to fill"
UNFILLED: Final = "is a computed column that could not be translated and stays NULL"
_ANY: Final = DataType(SqlType.NVARCHAR, length=MAX)
"""The type of an expression about which nothing is known: it holds the text of any value."""
_CASTS: Final = ("CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT")


def scope_of(draft: TableDraft, rules: Rules, collation: str, *, stable: bool = True, row: str = "") -> Scope:
    """The columns that an expression in the table may use.

    ``stable`` and ``row`` are those of ``Scope``.
    """
    columns: dict[str, ColumnValue] = {}
    missing = dict(draft.missing)
    for column in reversed(draft.columns):
        source = column.source
        if source is None or source.type is None:
            continue
        if source.type.base is SqlType.UNIQUEIDENTIFIER and column.target.form is Form.BINARY:
            missing[source.name.casefold()] = AS_BYTES
        if not column.loaded:
            missing[source.name.casefold()] = NOT_LOADED
        columns[source.name.casefold()] = ColumnValue(
            target=column.name,
            type=source.type.without_alias(),
            nullable=column.target.nullable,
            collation=source.collation or collation,
            auto_increment=column.auto_increment,
        )
    return Scope(rules, columns, missing=missing, collation=collation, stable=stable, row=row)


def draft_computed(draft: TableDraft, rules: Rules, collations: Collations, notes: Notes) -> None:
    """Replace each computed column's placeholder by a generated column, or by one that nothing fills, with a remark."""
    for column in list(draft.columns):
        source = column.source
        if source is None or source.computed is None:
            continue
        scope = scope_of(draft, rules, collations.default)  # MySQL lets it refer to computed columns before it
        label = draft.label(source.name)
        translator = Translator(scope)
        try:
            value = translator.scalar_of(source.computed.expression)
            finished = _generated(draft, column, source, value, translator, rules, collations, notes)
        except Untranslatable as error:
            plain = _plain(draft, column, source, scope, rules, collations, notes)
            draft.replace(column, plain)
            notes.add(
                "computed-plain",
                ObjectKind.COLUMN,
                label,
                source.place,
                type=plain.target.type.partition(" CHARACTER SET ")[0],
                reason=error.reason,
            )
            continue
        for remark in translator.remarks:
            notes.add(remark, ObjectKind.COLUMN, label, source.place)
        draft.replace(column, finished)


def _generated(
    draft: TableDraft,
    column: ColumnDraft,
    source: Column,
    value: Value,
    translator: Translator,
    rules: Rules,
    collations: Collations,
    notes: Notes,
) -> ColumnDraft:
    type_ = source.type or value.type
    if type_ is None:
        raise Untranslatable("its type is not known")
    if type_.base in (SqlType.SQL_VARIANT, SqlType.DATETIMEOFFSET):
        raise Untranslatable(f"a {type_.base} takes two columns")
    rule = rules.type_rule(type_, draft.object, source.name)
    if type_.base is SqlType.UNIQUEIDENTIFIER and rule.form is Form.BINARY:
        raise Untranslatable(f"it is a value that {AS_BYTES}")
    text, collation = type_text(rule, type_, source.collation, draft.collation, collations)
    assert source.computed is not None  # noqa: S101 - the caller has looked
    stored = source.computed.persisted or _in_key(draft, source.name)
    if stored and translator.used & _acting_columns(draft):
        stored = False  # MySQL refuses a foreign key's action on a base column of a stored generated column
    nullable = source.nullable and value.nullable and not _in_primary_key(draft, source.name)
    target = replace(
        column.target,
        type=text,
        form=rule.form,
        scale=kept_scale(rule.form, text),
        srid=rule.srid or 0,
        nullable=nullable,
        compared=False,
    )
    return ColumnDraft(
        target,
        replace(source, type=type_),
        collation,
        generated=Generated(as_text(value).sql, stored),
        comment=comment_of(source, draft.label(source.name), notes),
        rules=(*deciding(rule, source.collation, collations), *column.rules),
    )


def _plain(
    draft: TableDraft,
    column: ColumnDraft,
    source: Column,
    scope: Scope,
    rules: Rules,
    collations: Collations,
    notes: Notes,
) -> ColumnDraft:
    """The column without its expression: nullable, so that rows can be written without it."""
    assert source.computed is not None  # noqa: S101 - the caller has looked
    type_ = source.type or guessed_type(source.computed.expression, scope)
    rule = rules.type_rule(type_, draft.object, source.name)
    text, collation = type_text(rule, type_, source.collation, draft.collation, collations)
    target = replace(
        column.target,
        type=text,
        form=rule.form,
        scale=kept_scale(rule.form, text),
        srid=rule.srid or 0,
        nullable=True,
        compared=False,
        why_not=UNFILLED,
    )
    comment = comment_of(source, draft.label(source.name), notes)
    return ColumnDraft(
        target,
        replace(source, type=type_),
        collation,
        comment=comment,
        rules=(*deciding(rule, source.collation, collations), *column.rules),
        unfilled=True,
    )


def guessed_type(expression: str, scope: Scope) -> DataType:
    """The type of an expression that MySQL cannot compute: as far as it can be translated, else by its outer CAST."""
    columns = {name: replace(column, auto_increment=False) for name, column in scope.columns.items()}
    free = Translator(replace(scope, columns=columns, stable=False, lenient=True))
    try:
        return free.scalar_of(expression).type or _ANY
    except Untranslatable:
        pass
    try:
        node = parse(expression).unnest()
        if isinstance(node, exp.Anonymous) and node.name.upper() == "ISNULL" and node.expressions:
            node = node.expressions[0].unnest()
        if isinstance(node, exp.Anonymous) and node.name.upper() in _CASTS:
            return read_type(node.expressions[0].name)
    except Untranslatable:
        pass
    return _ANY


def _in_primary_key(draft: TableDraft, name: str) -> bool:
    key = draft.source.primary_key
    return key is not None and any(column.name.casefold() == name.casefold() for column in key.columns)


def _in_key(draft: TableDraft, name: str) -> bool:
    folded = name.casefold()
    return _in_primary_key(draft, name) or any(
        folded == column.casefold() for key in draft.source.foreign_keys for column in key.columns
    )


def _acting_columns(draft: TableDraft) -> set[str]:
    return {
        name.casefold()
        for key in draft.source.foreign_keys
        if key.enabled and (key.on_delete is not Action.NO_ACTION or key.on_update is not Action.NO_ACTION)
        for name in key.columns
    }
