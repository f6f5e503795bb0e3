"""DEFAULT constraints."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, Part
from migrator.model.schema import ObjectKind
from migrator.rules import Rules
from migrator.translate.draft import ColumnDraft, TableDraft
from migrator.translate.expressions.convert import cast
from migrator.translate.expressions.literals import converted, of_bytes, to_bytes
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import INT, MOMENTS, Family, Untranslatable, Value, family_of, quoted_text
from migrator.translate.notes import Notes
from migrator.translate.sequences import sequence_of
from migrator.translate.storage import storage

_NOW: Final = "CURRENT_TIMESTAMP("
_EXACT: Final = Context(prec=400)
"""Room for every digit of a constant: float's largest number has 309."""
_LONGEST: Final = 65_535
"""What MySQL's own dictionary holds of a default."""
_RANGES: Final = {
    SqlType.BIT: range(2),
    SqlType.TINYINT: range(2**8),
    SqlType.SMALLINT: range(-(2**15), 2**15),
    SqlType.INT: range(-(2**31), 2**31),
    SqlType.BIGINT: range(-(2**63), 2**63),
}
_MONEY_DIGITS: Final = {SqlType.MONEY: 19, SqlType.SMALLMONEY: 10}


def draft_defaults(draft: TableDraft, rules: Rules, notes: Notes) -> None:
    """Give the columns of a table their defaults; what has no MySQL form is reported and left out."""
    for column in list(draft.columns):
        source = column.source
        if source is None or source.default is None or column.generated is not None:
            continue
        if not column.auto_increment and sequence_of(source.default.expression) is not None:
            continue  # a trigger of the sequence's fills it
        label = draft.label(source.default.name or source.name)
        if column.target.part in (Part.OFFSET_MINUTES, Part.VARIANT_TYPE):
            continue
        if column.auto_increment:
            notes.count(ObjectKind.DEFAULT, label, f"{draft.name}.{column.name}")
            continue
        translator = Translator(Scope(rules, stable=False, fraction=_fraction(column)))
        try:
            text = _default(translator, column, source.default.expression)
            _storable(text or "")
        except Untranslatable as error:
            notes.count(ObjectKind.DEFAULT, label)
            notes.add("default-dropped", ObjectKind.DEFAULT, label, source.place, reason=error.reason)
            continue
        notes.count(ObjectKind.DEFAULT, label, f"{draft.name}.{column.name}")
        for remark in translator.remarks:
            notes.add(remark, ObjectKind.DEFAULT, label, source.place)
        if text is None:
            continue
        if column.target.form is Form.BINARY and source.type and source.type.base is SqlType.UNIQUEIDENTIFIER:
            inner = text[1:-1] if text.startswith("(") else text
            text = f"(UUID_TO_BIN({inner}))"
        draft.replace(column, replace(column, default=text))
        _companion(draft, column)


def _companion(draft: TableDraft, column: ColumnDraft) -> None:
    if column.target.part is Part.UTC:
        for other in list(draft.columns):
            if other.source is column.source and other.target.part is Part.OFFSET_MINUTES:
                draft.replace(other, replace(other, default="0"))


def _fraction(column: ColumnDraft) -> int | None:
    return column.target.scale if column.target.form in (Form.TIME, Form.DATETIME) else None


def _default(translator: Translator, column: ColumnDraft, expression: str) -> str | None:
    assert column.source is not None and column.source.type is not None  # noqa: S101, PT018 - the caller has looked
    type_ = column.source.type.without_alias()
    if type_.base is SqlType.DATETIMEOFFSET:
        type_ = DataType(SqlType.DATETIME2, scale=type_.scale)
    value = translator.scalar_of(expression)
    if value.type is None:
        return None
    if value.type.base is SqlType.DATETIMEOFFSET:
        value = replace(value, type=DataType(SqlType.DATETIME2, scale=value.type.scale))
    if value.family is Family.BINARY and value.sql.startswith("X'"):
        value = of_bytes(value, type_)
    if value.literal is not None:
        return constant(converted(value, type_), type_, column)
    if value.family is not family_of(type_) and not {value.family, family_of(type_)} <= MOMENTS - {
        Family.TIME,
        Family.DATE,
    }:
        value = cast(value, type_)
    if value.sql == f"{_NOW}{column.target.scale})" and column.target.form is Form.DATETIME:
        return value.sql if column.target.scale else "CURRENT_TIMESTAMP"
    if value.family is Family.BINARY and value.sql.startswith("X'") and not type_.is_lob:
        _within(len(value.sql) - 3 <= 2 * (type_.length or 1))
    return value.sql if value.sql.startswith("X'") and not storage(column.target.type).lob else f"({value.sql})"


def _storable(text: str) -> None:
    """Raises Untranslatable where MySQL cannot keep the text of a default."""
    if len(text.encode("utf-8", "surrogatepass")) > _LONGEST:
        raise Untranslatable(f"it is longer than {_LONGEST:,} bytes")


def _within(fits: bool) -> None:
    """Raises Untranslatable: SQL Server finds out when a row is inserted, MySQL when the table is made."""
    if not fits:
        raise Untranslatable("the constant is out of its column's range")


def constant(value: Value, type_: DataType, column: ColumnDraft) -> str:
    """A constant as MySQL text of the column's type. Raises Untranslatable."""
    family = family_of(type_)
    content = value.literal
    if type_.base in (SqlType.XML, SqlType.JSON, SqlType.HIERARCHYID) and isinstance(content, str):
        text = quoted_text(content)
    elif family is Family.TEXT and isinstance(content, str):
        if not type_.is_lob and len(content.rstrip(" ")) > (type_.length or 1):
            raise Untranslatable("the constant is longer than its column")
        text = quoted_text(content)
    elif family in MOMENTS or family is Family.GUID:
        if not isinstance(content, str) or (family is Family.GUID and value.family is not Family.GUID):
            raise Untranslatable("the constant is of another type than its column")
        text = quoted_text(content)
    elif family is Family.INTEGER and isinstance(content, (int, Decimal)):
        whole = int(content != 0) if type_.base is SqlType.BIT else int(content)
        _within(whole in _RANGES[type_.base])
        text = str(whole)
    elif family is Family.EXACT and isinstance(content, (int, Decimal)):
        amount = Decimal(content).quantize(Decimal(1).scaleb(-column.target.scale), ROUND_HALF_UP, _EXACT)
        _within(len(amount.as_tuple().digits) <= (_MONEY_DIGITS.get(type_.base) or type_.precision or 18))
        text = f"{amount:f}"
    elif family is Family.FLOAT:
        text = value.sql
    elif family is Family.BINARY and isinstance(content, int) and value.type == INT:
        text = to_bytes(content, type_)
    else:
        raise Untranslatable(f"a constant stands for a {type_.base}")
    return f"({text})" if storage(column.target.type).lob else text
