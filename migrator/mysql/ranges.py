"""The rows of a source's key range, asked for on the target: possible where both engines keep the keys in one order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form, Part, TableMapping, TargetColumn
from migrator.model.schema import Table
from migrator.model.segment import Bounds
from migrator.mysql.canonical import ALIAS
from migrator.mysql.connect import quoted

_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)?( |T)?(\d\d:\d\d:\d\d(\.\d{1,7})?)?")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+")
_FIXED: Final = re.compile(r"BINARY\((\d+)\)", re.IGNORECASE)
_ORDERED: Final = frozenset({Form.INTEGER, Form.DECIMAL, Form.DATE, Form.TIME, Form.DATETIME})
_DIGITS: Final = {
    SqlType.MONEY: 4,
    SqlType.SMALLMONEY: 4,
    SqlType.DATETIME: 3,
    SqlType.SMALLDATETIME: 0,
}


def conditions(bounds: Sequence[Bounds], mapping: TableMapping, table: Table) -> tuple[str, ...] | None:
    """For each range the condition that its rows meet on the target, on the alias ``t``; every row meets one of them.

    None where the engines do not sort these keys alike (text, uniqueidentifier, float, binary of many lengths), where
    the target keeps less of a key than the source has, and where the ranges leave something out.
    """
    if not bounds or any(item.columns != bounds[0].columns for item in bounds) or not _complete(bounds):
        return None
    columns = [_sorted_alike(name, mapping, table) for name in bounds[0].columns]
    found = [_condition([column for column in columns if column], item) for item in bounds if all(columns)]
    whole = tuple(item for item in found if item is not None)
    return whole if len(whole) == len(bounds) else None


def _complete(bounds: Sequence[Bounds]) -> bool:
    """True where the ranges follow each other from the first key to the last."""
    return (
        bounds[0].low is None
        and bounds[-1].high is None
        and all(one.high is not None and one.high == other.low for one, other in pairwise(bounds))
    )


def _sorted_alike(name: str, mapping: TableMapping, table: Table) -> TargetColumn | None:
    """The target's column for a source column, if both engines sort its values alike and it keeps them whole."""
    type_ = table.column(name).type
    column = next((item for item in mapping.columns if item.source == name and item.part is Part.WHOLE), None)
    if column is None or type_ is None:
        return None
    if column.form is Form.BINARY:
        length = _FIXED.fullmatch(column.type)
        alike = type_.base is SqlType.BINARY and length is not None and int(length[1]) == (type_.length or 1)
        return column if alike else None
    return column if column.form in _ORDERED and _digits(type_) <= _kept(column) else None


def _digits(type_: DataType) -> int:
    """Decimals, or digits of a second, of a T-SQL type."""
    if type_.base in (SqlType.TIME, SqlType.DATETIME2):
        return 7 if type_.scale is None else type_.scale
    return _DIGITS.get(type_.base, type_.scale or 0)


def _kept(column: TargetColumn) -> int:
    return min(column.scale, 6) if column.form in (Form.TIME, Form.DATETIME) else column.scale


def _condition(columns: Sequence[TargetColumn], bounds: Bounds) -> str | None:
    """The range as MySQL has it; None where a bound is no value of its column."""
    names = [f"{ALIAS}.{quoted(column.name)}" for column in columns]
    parts = []
    for values, beyond in ((bounds.low, True), (bounds.high, False)):
        if values is None:
            continue
        constants = [_constant(column, text) for column, text in zip(columns, values, strict=True)]
        if None in constants:
            return None
        compared = _compared(names, [constant for constant in constants if constant], beyond=beyond)
        # Both engines sort NULL before every value, and neither finds it by a comparison.
        parts.append(compared if beyond or bounds.low is not None else f"({names[0]} IS NULL OR {compared})")
    return " AND ".join(parts)


def _compared(names: Sequence[str], constants: Sequence[str], *, beyond: bool) -> str:
    """At or beyond the constants, else below them. Column by column: MySQL finds no index range for a comparison of
    whole rows (MySQL 8.0 Reference Manual, "Range Optimization of Row Constructor Expressions")."""
    sign = ">" if beyond else "<"
    if len(names) == 1:
        return f"{names[0]} {'>=' if beyond else '<'} {constants[0]}"
    alternatives = []
    for index, (name, constant) in enumerate(zip(names, constants, strict=True)):
        equal = [f"{n} = {c}" for n, c in zip(names[:index], constants[:index], strict=True)]
        last = f"{sign}=" if beyond and index == len(names) - 1 else sign
        alternatives.append(" AND ".join([*equal, f"{name} {last} {constant}"]))
    return f"({names[0]} {sign}= {constants[0]} AND ({' OR '.join(f'({item})' for item in alternatives)}))"


def _constant(column: TargetColumn, text: str) -> str | None:
    if column.form is Form.BINARY:
        return f"X'{text}'" if _HEX.fullmatch(text) else None
    if column.form in (Form.INTEGER, Form.DECIMAL):
        return text if _NUMBER.fullmatch(text) else None
    return f"'{_six(text)}'" if text and _MOMENT.fullmatch(text) else None


def _six(moment: str) -> str:
    """Without the seventh digit of a second, which is a zero here: the source has no more digits than the target."""
    whole, _, fraction = moment.partition(".")
    return f"{whole}.{fraction[:6]}" if fraction else whole
