"""The canonical text of values and rows as MySQL itself makes it. See ``model.mapping.Form`` for the forms.

The expressions read the table under the alias ``t``. They are made of functions that MySQL 8.0.23 has, and of bytes:
text is cast to BINARY, so that columns of different collations meet in one CONCAT without a conversion or an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from migrator.model.mapping import Form, TargetColumn
from migrator.mysql.connect import quoted

ALIAS: Final = "t"
"""What a query calls the table whose columns these expressions read."""

_LENGTHS: Final = {
    Form.FLOAT: 16,
    Form.DATE: 10,
    Form.TIME: 15,
    Form.DATETIME: 26,
    Form.CLOB: 64,
    Form.BLOB: 64,
    Form.GEOMETRY: 64,
    Form.UUID: 36,
}
"""Bytes of the forms whose text is always equally long: there MySQL need not measure."""

_UTF8: Final = frozenset({"utf8mb4", "utf8mb3", "utf8", "ascii"})
"""Character sets whose bytes are UTF-8 as they are."""

_CHARACTER_SET: Final = re.compile(r"\b(?:CHARACTER SET|CHARSET)\s+(\w+)", re.IGNORECASE)
_COLLATION: Final = re.compile(r"\bCOLLATE\s+([^\W_]+)", re.IGNORECASE)
_FRACTION_DIGITS: Final = re.compile(r"\((\d)\)")

_NO_HASH: Final = "0" * 64


def value_text(column: TargetColumn) -> str:
    """The canonical text of a column's value, as bytes; NULL for NULL."""
    parts = _parts(column)
    return f"CAST({parts[0]} AS BINARY)" if len(parts) == 1 else f"CAST(CONCAT({', '.join(parts)}) AS BINARY)"


def plain_value(column: TargetColumn) -> str:
    """The value as it crosses to be compared there (wire/compare.py): what costs the server least; NULL for NULL.

    The connection takes text as UTF-8. A FLOAT is the 8 bytes of its double, little-endian.
    """
    name = _name(column)
    match column.form:
        case Form.FLOAT:
            return _float_bits(name)
        case Form.GEOMETRY:
            return _wkb(name, column)
        case Form.CLOB | Form.TEXT | Form.UUID | Form.CHAR:
            return _utf8(name, column)
        case _:
            return name


def missing_digits(column: TargetColumn) -> str:
    """What a TIME or DATETIME that MySQL writes lacks of six digits of a second."""
    digits = _FRACTION_DIGITS.search(column.type)
    kept = int(digits[1]) if digits else 0
    return "" if kept == 6 else f"{'.' if kept == 0 else ''}{'0' * (6 - kept)}"


def row_text(columns: Sequence[TargetColumn]) -> str:
    """The canonical row: ``N`` or ``V<byte length>:<text>`` for each column. ``columns`` holds at least one."""
    return f"CONCAT({', '.join(_framed(column) for column in columns)})"


def row_hash(columns: Sequence[TargetColumn]) -> str:
    """The SHA-256 of the canonical row as 64 lower-case hex digits; never NULL.

    What MySQL cannot concatenate (beyond ``max_allowed_packet``) is NULL for it: that becomes 64 zeros, no row's hash.
    """
    return f"IFNULL(SHA2({row_text(columns)}, 256), '{_NO_HASH}')"


def _framed(column: TargetColumn) -> str:
    parts = _parts(column)
    if column.form in _LENGTHS:
        items = [f"'V{_LENGTHS[column.form]}:'", *parts]
    else:
        items = ["'V'", f"LENGTH({parts[0]})", "':'", *parts]
    if not column.nullable:
        return ", ".join(items)
    # IFNULL(CONCAT(…), 'N') is no faster, and would take a text that MySQL cannot concatenate for a NULL.
    return f"IF({_name(column)} IS NULL, 'N', CONCAT({', '.join(items)}))"


def _name(column: TargetColumn) -> str:
    return f"{ALIAS}.{quoted(column.name)}"


def _parts(column: TargetColumn) -> tuple[str, ...]:
    """Expressions whose concatenation is the canonical text."""
    name = _name(column)
    match column.form:
        case Form.FLOAT:
            return (f"LOWER(HEX(REVERSE({_float_bits(name)})))",)
        case Form.TIME | Form.DATETIME:
            return _with_six_digits(name, column)
        case Form.TEXT | Form.UUID:
            return (f"CAST({_utf8(name, column)} AS BINARY)",)
        case Form.CHAR:
            text = f"CAST({_utf8(name, column)} AS BINARY)"
            # CHAR loses its trailing spaces on retrieval, as sql_mode is without PAD_CHAR_TO_FULL_LENGTH.
            return (text,) if column.type.upper().startswith("CHAR") else (f"RTRIM({text})",)
        case Form.CLOB:
            return (f"SHA2({_utf8(name, column)}, 256)",)
        case Form.BINARY:
            return (f"LOWER(HEX({name}))",)
        case Form.BLOB:
            return (f"SHA2({name}, 256)",)
        case Form.GEOMETRY:
            return (f"SHA2({_wkb(name, column)}, 256)",)
        case Form.INTEGER | Form.DECIMAL | Form.DATE:
            return (name,)


def _float_bits(name: str) -> str:
    # MySQL has no function for a double's bits, but it stores them in a POINT: bytes 6 to 13 of its WKB are x,
    # little-endian (MySQL 8.0 Reference Manual, "Well-Known Binary (WKB) Format"). Adding zero widens a FLOAT
    # exactly and turns -0.0 into 0.0.
    return f"SUBSTR(ST_AsBinary(POINT({name} + 0e0, 0)), 6, 8)"


def _wkb(name: str, column: TargetColumn) -> str:
    # A geographic system writes latitude first unless it is told otherwise.
    order = ", 'axis-order=long-lat'" if column.srid else ""
    return f"ST_AsBinary({name}{order})"


def _with_six_digits(name: str, column: TargetColumn) -> tuple[str, ...]:
    missing = missing_digits(column)
    return (name, f"'{missing}'") if missing else (name,)


def _utf8(name: str, column: TargetColumn) -> str:
    """The column in a character set whose bytes are UTF-8. A type that names no set has the table's own, utf8mb4."""
    named = _CHARACTER_SET.search(column.type) or _COLLATION.search(column.type)
    return name if named is None or named[1].lower() in _UTF8 else f"CONVERT({name} USING utf8mb4)"
