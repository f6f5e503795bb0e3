"""Partitioned tables: PARTITION BY RANGE COLUMNS where MySQL allows it.

MySQL 8.0 Reference Manual, "Restrictions and Limitations on Partitioning": the column is in every unique key, no
foreign key leads from or to the table, no full-text index and no spatial column; at most 8,192 partitions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from migrator.model.mapping import Form, Part
from migrator.model.name import ObjectName
from migrator.model.schema import Database, ObjectKind, PartitionFunction, Partitioning
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.translate.defaults import constant
from migrator.translate.draft import ColumnDraft, IndexPart, TableDraft
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.translator import Translator
from migrator.translate.expressions.value import Untranslatable, quoted_text
from migrator.translate.notes import Notes

_LIMIT: Final = 8_192
_FORMS: Final = frozenset({Form.INTEGER, Form.DATE, Form.DATETIME, Form.TEXT, Form.CHAR})
_TEXTS: Final = frozenset({Form.TEXT, Form.CHAR})


def draft_partitions(database: Database, drafts: dict[ObjectName, TableDraft], rules: Rules, notes: Notes) -> None:
    """Fill ``partitions`` of the drafts, once their keys and foreign keys are known."""
    functions = {function.name.casefold(): function for function in database.partition_functions}
    schemes = {scheme.name.casefold(): scheme.function.casefold() for scheme in database.partition_schemes}
    parents = {key.parent for draft in drafts.values() for key in draft.foreign_keys}
    for draft in drafts.values():
        lies = draft.source.partitioning
        if lies is None:
            continue
        label, place = str(draft.object), draft.source.place
        try:
            function = functions.get(schemes.get(lies.scheme.casefold(), ""))
            column = _column(draft, lies, known=function is not None)
            _allowed(draft, column, parents)
            draft.partitions = _partitions(column, function, rules) if function is not None else ""
        except Untranslatable as error:
            notes.add("not-partitioned", ObjectKind.TABLE, label, place, reason=error.reason)
        else:
            notes.add("partitioned", ObjectKind.TABLE, label, place, how=f"RANGE COLUMNS ({column.name})")


def _column(draft: TableDraft, lies: Partitioning, *, known: bool) -> ColumnDraft:
    """The column that the table is cut by. Raises Untranslatable."""
    if not known:
        raise Untranslatable(f"the partition scheme {lies.scheme} is not known")
    column = draft.of_source(lies.column)
    if column is None:
        raise Untranslatable(f"the column {lies.column} is not there")
    return column


def _allowed(draft: TableDraft, column: ColumnDraft, parents: set[str]) -> None:
    """Raises Untranslatable where MySQL does not partition such a table by such a column."""
    target = column.target
    if target.form not in _FORMS or target.part is not Part.WHOLE or column.generated is not None or column.unfilled:
        raise Untranslatable(f"MySQL does not partition by {column.name}, a {target.type}")
    if draft.foreign_keys or draft.name in parents:
        raise Untranslatable("a foreign key leads from or to it")
    if any(index.word for index in draft.indexes) or any(other.target.form is Form.GEOMETRY for other in draft.columns):
        raise Untranslatable("it has a full-text index or a spatial column")
    if draft.primary_key and not _has(draft.primary_key, column):
        raise Untranslatable(f"its primary key is without {column.name}")
    for index in draft.indexes:
        if index.unique and not _has(index.parts, column):
            raise Untranslatable(f"its unique key {index.name} is without {column.name}")


def _has(parts: Iterable[IndexPart], column: ColumnDraft) -> bool:
    return any(part.column == column.name and part.prefix is None for part in parts)


def _partitions(column: ColumnDraft, function: PartitionFunction, rules: Rules) -> str:
    """The clause behind the table's options. Raises Untranslatable for a boundary that MySQL cannot have."""
    assert column.source is not None and column.source.type is not None  # noqa: S101, PT018 - found by its source
    if len(function.boundaries) >= _LIMIT:
        raise Untranslatable(f"it has more than MySQL's {_LIMIT:,} partitions")
    type_ = column.source.type.without_alias()
    form = column.target.form
    bounds: list[int | str] = []
    for boundary in function.boundaries:
        value = converted(Translator(Scope(rules)).scalar_of(boundary), type_)
        if not isinstance(value.literal, (int, str)):
            raise Untranslatable("a boundary of its partition function is no constant")
        text = constant(value, type_, column)
        bounds.append(int(text) if form is Form.INTEGER else str(value.literal))
    if form in _TEXTS and (not function.right or bounds != sorted(bounds, key=lambda text: str(text).casefold())):
        raise Untranslatable("its boundaries are texts with RANGE LEFT or in the order of another collation")
    ends = sorted(set(bounds)) if form not in _TEXTS else bounds
    if not function.right:
        ends = [_behind(end, column) for end in ends]
    parts = [
        f"PARTITION `p{number}` VALUES LESS THAN ({end if isinstance(end, int) else quoted_text(end)})"
        for number, end in enumerate(ends)
    ]
    parts.append(f"PARTITION `p{len(ends)}` VALUES LESS THAN (MAXVALUE)")
    body = ",\n".join(f"  {part}" for part in parts)
    return f"PARTITION BY RANGE COLUMNS({quoted(column.name)}) (\n{body}\n)"


def _behind(end: int | str, column: ColumnDraft) -> int | str:
    """The first value behind ``end``: with RANGE LEFT a boundary belongs to what is before it."""
    if isinstance(end, int):
        return end + 1
    if column.target.form is Form.DATE:
        return str(date.fromisoformat(end) + timedelta(days=1))
    digits = column.target.scale
    whole, _, fraction = end.partition(".")
    kept = f"{whole}.{fraction[:digits]:0<6}" if digits else whole
    following = datetime.fromisoformat(kept) + timedelta(microseconds=10 ** (6 - digits))
    text = following.isoformat(" ", "microseconds")
    return text[: len(text) - 6 + digits] if digits else text[:-7]
