"""Loaded columns: each source column by its type rule, in one MySQL column or in two."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form, TargetColumn
from migrator.model.schema import Column, ObjectKind
from migrator.rules import Rules
from migrator.rules.collations import CollationRule
from migrator.rules.forms import kept_scale
from migrator.rules.types import TypeRule
from migrator.translate.draft import ColumnDraft, TableDraft
from migrator.translate.names import Namer
from migrator.translate.notes import Notes

COMMENT_LIMIT: Final = 1024
CIPHER: Final = DataType(SqlType.VARBINARY, length=MAX)
"""What Always Encrypted gives away without its key: bytes, whatever the column's type."""
_USUAL: Final = "SQL_Latin1_General_CP1_CI_AS"
_OF_INNODB: Final = ("DB_ROW_ID", "DB_TRX_ID", "DB_ROLL_PTR", "FTS_DOC_ID")


@dataclass(frozen=True, slots=True)
class Collations:
    """SQL Server's collation of a column to MySQL's; ``default`` is SQL Server's of the database."""

    rules: Rules
    default: str

    def of(self, collation: str | None) -> tuple[str, str | None]:
        """MySQL's collation, and the remark that goes with it."""
        known = self.rules.collation(collation or self.default)
        rule = known or self.rules.collation(_USUAL)
        if rule is None:
            return "utf8mb4_0900_as_ci", "collation-unknown"
        return rule.to, "collation-unknown" if known is None else rule.finding

    def rule(self, collation: str | None) -> CollationRule | None:
        """The rule behind ``of``, None where no rule knows even the usual collation."""
        return self.rules.collation(collation or self.default) or self.rules.collation(_USUAL)


def draft_columns(draft: TableDraft, rules: Rules, collations: Collations, notes: Notes) -> None:
    """Fill ``draft.columns`` with the loaded columns in the source's order; computed columns get a placeholder."""
    names = Namer(_OF_INNODB)
    for column in draft.source.columns:
        label = draft.label(column.name)
        naming = rules.column_name(draft.object, column.name)
        name = names.take_ruled(naming, label, column.name)
        notes.count(ObjectKind.COLUMN, label, name)
        if name != naming.wanted:
            notes.add("name-changed", ObjectKind.COLUMN, label, column.place, name=name)
        _remarks(column, label, notes, filled=draft.source.temporal is not None)
        if column.computed is not None or column.type is None:
            drafts = [_placeholder(column, name)]
        else:
            drafts = _stored(draft, column, name, names, rules, collations, notes)
        named_by = tuple(map(str, naming.origins))
        draft.columns += [replace(item, rules=(*item.rules, *named_by)) for item in drafts]


def _stored(
    draft: TableDraft, column: Column, name: str, names: Namer, rules: Rules, collations: Collations, notes: Notes
) -> list[ColumnDraft]:
    assert column.type is not None  # noqa: S101 - the caller has looked
    label = draft.label(column.name)
    type_ = CIPHER if column.encrypted else column.type
    rule = rules.type_rule(type_, draft.object, column.name)
    if rule.finding is not None:
        notes.add(rule.finding, ObjectKind.COLUMN, label, column.place, type=type_)
    text, collation = type_text(rule, type_, column.collation, draft.collation, collations)
    if collation is not None:
        _, remark = collations.of(column.collation)
        if remark is not None:
            notes.add(remark, ObjectKind.COLUMN, label, column.place, collation=column.collation or collations.default)
    target = TargetColumn(
        name=name,
        source=column.name,
        type=text,
        form=rule.form,
        nullable=column.nullable,
        part=rule.part,
        scale=kept_scale(rule.form, text),
        srid=rule.srid or 0,
        compared=rule.compared and rule.loaded,
        why_not=rule.why_not,
    )
    comment = comment_of(column, label, notes)
    default = _filled_by_system(column, target) or rule.default
    decided = deciding(rule, column.collation, collations)
    drafts = [
        ColumnDraft(target, column, collation, default=default, comment=comment, rules=decided, loaded=rule.loaded)
    ]
    if rule.companion is not None:
        companion = TargetColumn(
            name=names.take(name + rule.companion.suffix, column.name),
            source=column.name,
            type=rule.companion.to,
            form=rule.companion.form,
            nullable=column.nullable,
            part=rule.companion.part,
        )
        drafts.append(ColumnDraft(companion, column, rules=(str(rule.origin),)))
    return drafts


def type_text(
    rule: TypeRule, type_: DataType, collation: str | None, table_collation: str, collations: Collations
) -> tuple[str, str | None]:
    """The MySQL type as DDL has it, and its collation where it has one of its own choice."""
    text = rule.mysql_type(type_)
    if not rule.collated:
        return text, None
    target, _ = collations.of(collation)
    return (text if target == table_collation else f"{text} CHARACTER SET utf8mb4 COLLATE {target}"), target


def deciding(rule: TypeRule, collation: str | None, collations: Collations) -> tuple[str, ...]:
    """The places of the rules behind ``type_text``: the type's, then that of the collation."""
    chosen = collations.rule(collation) if rule.collated else None
    return (str(rule.origin),) if chosen is None else (str(rule.origin), str(chosen.origin))


def _filled_by_system(column: Column, target: TargetColumn) -> str | None:
    """What SQL Server writes by itself into a period column, in UTC, for rows that are inserted later.

    A ledger's columns hold transactions and their order instead, which nothing in MySQL counts.
    """
    word = (column.generated_always or "").casefold()
    if word == "row start":
        return f"(UTC_TIMESTAMP({target.scale}))"
    if word == "row end":
        digits = "." + "9" * target.scale if target.scale else ""
        return f"'9999-12-31 23:59:59{digits}'"
    return None


def _placeholder(column: Column, name: str) -> ColumnDraft:
    """Keeps a computed column's place until its expression is translated."""
    return ColumnDraft(TargetColumn(name, column.name, "", Form.TEXT, column.nullable), column)


def _remarks(column: Column, label: str, notes: Notes, *, filled: bool) -> None:
    if column.encrypted:
        notes.add("always-encrypted", ObjectKind.COLUMN, label, column.place)
    if column.masked is not None:
        notes.add("masked", ObjectKind.COLUMN, label, column.place)
    if column.generated_always is not None and not filled:  # triggers fill the period of a temporal table
        notes.add("generated-always", ObjectKind.COLUMN, label, column.place, what=column.generated_always)
    if column.type is not None and column.type.base in (SqlType.CHAR, SqlType.NCHAR):
        notes.add("char-blanks", ObjectKind.COLUMN, label, column.place, type=column.type)


def comment_of(column: Column, label: str, notes: Notes) -> str | None:
    """The description as MySQL takes it."""
    if column.description and len(column.description) > COMMENT_LIMIT:
        notes.add("comment-cut", ObjectKind.COLUMN, label, column.place, limit=COMMENT_LIMIT)
    return column.description[:COMMENT_LIMIT] if column.description else None
