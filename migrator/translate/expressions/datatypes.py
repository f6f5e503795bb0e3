"""T-SQL type text to a type, and the types of results by T-SQL's rules (MS Learn: "Precision, scale, and length")."""

from __future__ import annotations

import re
from typing import Final

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.translate.expressions.value import (
    MONEY_TYPES,
    STRICT,
    UNICODE_TYPES,
    Family,
    Leeway,
    Untranslatable,
    Value,
    family_of,
)

_TYPE: Final = re.compile(r"^(?:sys\.)?([a-z0-9_]+)(?:\((max|\d+)(?:,(\d+))?\))?$", re.IGNORECASE)
_SYNONYMS: Final = {
    "integer": "int",
    "dec": "decimal",
    "character": "char",
    "charvarying": "varchar",
    "charactervarying": "varchar",
    "nationalchar": "nchar",
    "nationalcharacter": "nchar",
    "nationalcharvarying": "nvarchar",
    "nationalcharactervarying": "nvarchar",
    "doubleprecision": "float",
    "binaryvarying": "varbinary",
    "timestamp": "rowversion",
    "sysname": "nvarchar(128)",
}
_LENGTHS: Final = {
    SqlType.CHAR: 30,
    SqlType.VARCHAR: 30,
    SqlType.NCHAR: 30,
    SqlType.NVARCHAR: 30,
    SqlType.BINARY: 30,
    SqlType.VARBINARY: 30,
}
_DIGITS: Final = {SqlType.BIT: 1, SqlType.TINYINT: 3, SqlType.SMALLINT: 5, SqlType.INT: 10, SqlType.BIGINT: 19}
_INTEGERS: Final = (SqlType.BIT, SqlType.TINYINT, SqlType.SMALLINT, SqlType.INT, SqlType.BIGINT)
MAX_PRECISION: Final = 38
_LARGEST: Final = {
    **dict.fromkeys((SqlType.CHAR, SqlType.VARCHAR, SqlType.BINARY, SqlType.VARBINARY), 8000),
    **dict.fromkeys((SqlType.NCHAR, SqlType.NVARCHAR), 4000),
    SqlType.FLOAT: 53,
}
"""The greatest number that may stand behind a type; 38 for those that are not named."""


def read_type(text: str) -> DataType:
    """The type that CAST or CONVERT names. Raises Untranslatable for alias types and unknown words."""
    text = _SYNONYMS.get(text.strip().lower(), text.strip())
    found = _TYPE.match(text.replace(" ", ""))
    word = _SYNONYMS.get(found[1].lower(), found[1].lower()) if found else ""
    if found is None or word not in set(SqlType):
        raise Untranslatable(f"the type {text} is not a built-in one")
    base = SqlType(word)
    size = None if found[2] is None else MAX if found[2].lower() == "max" else int(found[2])
    if size is not None and not (size == MAX or 0 <= size <= _LARGEST.get(base, MAX_PRECISION)):
        raise Untranslatable(f"{text} is no type that SQL Server has")
    if base in _LENGTHS:
        return DataType(base, length=_LENGTHS[base] if size is None else size)
    if base in (SqlType.DECIMAL, SqlType.NUMERIC):
        return DataType(base, precision=18 if size is None else size, scale=int(found[3] or 0))
    if base is SqlType.FLOAT:
        return DataType(base, precision=53 if size is None else size)
    if base in (SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET):
        return DataType(base, scale=7 if size is None else size)
    return DataType(base)


def exact(value: Value) -> tuple[int, int]:
    """Precision and scale of an exact number as decimal arithmetic sees it."""
    type_ = value.type
    if isinstance(value.literal, int) and value.family is Family.INTEGER:
        return len(str(abs(value.literal))), 0
    if type_ is None:
        return 1, 0
    if type_.base is SqlType.MONEY:
        return 19, 4
    if type_.base is SqlType.SMALLMONEY:
        return 10, 4
    if type_.base in _DIGITS:
        return _DIGITS[type_.base], 0
    return type_.precision or 18, type_.scale or 0


def arithmetic_type(operator: str, left: Value, right: Value) -> tuple[DataType, bool]:
    """The type of ``left operator right``, and whether T-SQL cuts digits off to stay within 38."""
    families = {left.family, right.family}
    types = [type_ for type_ in (left.type, right.type) if type_ is not None]
    if Family.FLOAT in families:
        doubles = any(type_.base is SqlType.FLOAT and (type_.precision or 53) > 24 for type_ in types)
        return DataType(SqlType.FLOAT, precision=53 if doubles else 24), False
    if families == {Family.INTEGER}:
        return DataType(max((type_.base for type_ in types), key=_INTEGERS.index)), False
    if not any(type_.base in (SqlType.DECIMAL, SqlType.NUMERIC) for type_ in types):
        money = SqlType.MONEY if any(type_.base is SqlType.MONEY for type_ in types) else SqlType.SMALLMONEY
        return DataType(money), operator in "*/" and all(type_.base in MONEY_TYPES for type_ in types)
    (p1, s1), (p2, s2) = exact(left), exact(right)
    if operator in "+-":
        scale = max(s1, s2)
        precision = scale + max(p1 - s1, p2 - s2) + 1
    elif operator == "*":
        precision, scale = p1 + p2 + 1, s1 + s2
    elif operator == "/":
        scale = max(6, s1 + p2 + 1)
        precision = p1 - s1 + s2 + scale
    else:
        scale = max(s1, s2)
        precision = min(p1 - s1, p2 - s2) + scale
    if precision <= MAX_PRECISION:
        return DataType(SqlType.DECIMAL, precision=precision, scale=scale), False
    whole = precision - scale
    cut = max(MAX_PRECISION - whole, 0) if operator in "+-%" else max(MAX_PRECISION - whole, min(scale, 6))
    return DataType(SqlType.DECIMAL, precision=MAX_PRECISION, scale=min(scale, cut)), cut < scale


def text_type(values: list[Value], length: int | None = None) -> DataType:
    """The type of text made of ``values``, of ``length`` or the sum of theirs; nvarchar if one of them is."""
    types = [value.type for value in values if value.type is not None]
    unicode = any(type_.base in UNICODE_TYPES for type_ in types)
    base = SqlType.NVARCHAR if unicode else SqlType.VARCHAR
    if any(type_.is_lob for type_ in types):
        return DataType(base, length=MAX)
    total = sum(type_.length or 1 for type_ in types) if length is None else length
    return DataType(base, length=max(1, min(total, 4000 if unicode else 8000)))


_PRECEDENCE: Final = (
    *(SqlType.DATETIMEOFFSET, SqlType.DATETIME2, SqlType.DATETIME, SqlType.SMALLDATETIME, SqlType.DATE, SqlType.TIME),
    *(SqlType.FLOAT, SqlType.REAL, SqlType.DECIMAL, SqlType.NUMERIC, SqlType.MONEY, SqlType.SMALLMONEY),
    *(SqlType.BIGINT, SqlType.INT, SqlType.SMALLINT, SqlType.TINYINT, SqlType.BIT),
    *(SqlType.NTEXT, SqlType.TEXT, SqlType.IMAGE, SqlType.ROWVERSION, SqlType.UNIQUEIDENTIFIER),
    *(SqlType.NVARCHAR, SqlType.NCHAR, SqlType.VARCHAR, SqlType.CHAR, SqlType.VARBINARY, SqlType.BINARY),
)
"""MS Learn: "Data type precedence (Transact-SQL)"; the first among operands is the type of all."""


def preferred(types: list[DataType]) -> DataType:
    """The type that T-SQL converts all others to. Raises Untranslatable where one has no place in the order."""
    for type_ in types:
        if type_.base not in _PRECEDENCE:
            raise Untranslatable(f"a value of type {type_.base} meets one of another type")
    return min(types, key=lambda type_: _PRECEDENCE.index(type_.base))


def common_type(values: list[Value], leeway: Leeway = STRICT) -> DataType:
    """The type of CASE, COALESCE and IIF over ``values``. Raises Untranslatable where families mix without leeway."""
    types = [value.type for value in values if value.type is not None]
    if not types:
        raise Untranslatable("it is NULL whatever happens")
    families = {family_of(type_) for type_ in types}
    if len(set(types)) == 1:
        return types[0]
    if families == {Family.TEXT}:
        longest = MAX if any(type_.is_lob for type_ in types) else max(type_.length or 1 for type_ in types)
        if longest == MAX:
            return text_type(values)
        return text_type(values, longest)
    if families == {Family.INTEGER}:
        return DataType(max((type_.base for type_ in types), key=_INTEGERS.index))
    if families <= {Family.INTEGER, Family.EXACT}:
        if not any(type_.base in (SqlType.DECIMAL, SqlType.NUMERIC) for type_ in types):
            return DataType(SqlType.MONEY)
        sizes = [exact(value) for value in values if value.type is not None]
        scale = max(scale for _, scale in sizes)
        whole = max(precision - scale for precision, scale in sizes)
        return DataType(SqlType.DECIMAL, precision=min(whole + scale, MAX_PRECISION), scale=scale)
    if families <= {Family.INTEGER, Family.EXACT, Family.FLOAT}:
        return DataType(SqlType.FLOAT, precision=53)
    if families <= {Family.DATE, Family.DATETIME}:
        order = (SqlType.DATE, SqlType.SMALLDATETIME, SqlType.DATETIME, SqlType.DATETIME2)
        return max(types, key=lambda type_: (order.index(type_.base), type_.scale or 0))
    if not leeway.lenient:
        raise Untranslatable("it mixes types that T-SQL converts silently")
    chosen = preferred(types)
    kin = [value for value in values if value.type is not None and value.family is family_of(chosen)]
    return common_type(kin) if 0 < len(kin) < len(types) else chosen
