"""CAST and CONVERT: which conversion it is. Where results can differ, a query gets a remark, others a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import scale_of
from migrator.translate.expressions.datatypes import exact
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.to_moment import ISO_TEXT, to_moment
from migrator.translate.expressions.to_text import to_text
from migrator.translate.expressions.value import (
    MOMENTS,
    MONEY_TYPES,
    NUMBERS,
    STRICT,
    UNICODE_TYPES,
    Family,
    Leeway,
    Untranslatable,
    Value,
    family_of,
    quoted_text,
)

_LIMITS: Final = {
    SqlType.TINYINT: ("0", "255"),
    SqlType.SMALLINT: ("-32768", "32767"),
    SqlType.INT: ("-2147483648", "2147483647"),
    SqlType.BIGINT: ("-9223372036854775808", "9223372036854775807"),
}
_DOCUMENTS: Final = frozenset({SqlType.XML, SqlType.JSON})


def cast(value: Value, type_: DataType, style: int | None = None, leeway: Leeway = STRICT) -> Value:
    """``value`` as ``type_``. Raises Untranslatable."""
    family = family_of(type_)
    if value.type is None:
        return Value("NULL", type_)
    if value.type.base is SqlType.DATETIMEOFFSET:
        value = moment_of(value, leeway)
    if value.literal is not None and value.family is not family and style is None:
        changed = converted(value, type_, leeway)
        if changed is not value:
            return changed if changed.type == type_ else cast(changed, type_, None, leeway)
    if family is value.family and type_ == value.type:
        return value
    sql = _converted(value, type_, style, leeway)
    if sql is None:
        raise Untranslatable(f"{value.type} is converted to {type_}")
    foreign = family is Family.TEXT and (value.foreign or value.family is not Family.TEXT)
    return Value(sql, type_, nullable=_nullable(value, type_), collation=value.collation, foreign=foreign)


def _nullable(value: Value, type_: DataType) -> bool:
    """Text that MySQL cannot read as a moment is NULL."""
    return value.nullable or (value.family is Family.TEXT and family_of(type_) in MOMENTS)


def moment_of(value: Value, leeway: Leeway) -> Value:
    """A datetimeoffset as a date and time: the local one where it is known, else that of UTC, with a remark."""
    if value.type is None or value.type.base is not SqlType.DATETIMEOFFSET:
        return value
    if value.local is None:
        leeway.differs("offset-lost", "the local time of a datetimeoffset is in another column")
    type_ = DataType(SqlType.DATETIME2, scale=value.type.scale)
    return replace(value, sql=value.local or value.sql, type=type_, local=None)


def _converted(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> str | None:
    family = family_of(type_)
    if family is Family.TEXT:
        return to_text(value, type_, style, leeway)
    if family in NUMBERS:
        return _to_number(value, type_, leeway)
    if type_.base is SqlType.DATETIMEOFFSET:
        leeway.differs("offset-lost", f"{value.type} is converted to {type_}")
        return to_moment(value, DataType(SqlType.DATETIME2, scale=type_.scale), style, leeway)
    if family in MOMENTS:
        return to_moment(value, type_, style, leeway)
    if family is Family.BINARY:
        return _to_bytes(value, type_, style, leeway)
    if family is Family.GUID and value.family is Family.TEXT:
        leeway.differs("text-to-guid", f"{value.type} is converted to {type_}")
        return f"LOWER(LEFT(REPLACE({value.sql}, '{{', ''), 36))"
    if type_.base in _DOCUMENTS and value.family is Family.TEXT:
        leeway.differs("document-unchecked", f"{value.type} is converted to {type_}")
        return value.sql
    if type_.base is SqlType.HIERARCHYID and value.family is Family.TEXT:
        return value.sql
    return None


def _to_number(value: Value, type_: DataType, leeway: Leeway) -> str | None:
    if value.family is Family.TEXT:
        leeway.differs("text-to-number", f"{value.type} is converted to {type_}")
        return _read_number(value, type_)
    if value.family is Family.DATETIME:
        leeway.differs("days-as-date", f"{value.type} is converted to {type_}")
        ticks = f"TIMESTAMPDIFF(MICROSECOND, TIMESTAMP'1900-01-01 00:00:00', {value.sql})"
        days = f"CAST({ticks} AS DECIMAL(30,10)) / 86400000000"
        return f"CAST({days} AS {_number_word(type_)})"  # an integer rounds, at noon
    if value.family is Family.BINARY and family_of(type_) is Family.INTEGER:
        return _integer_of_bytes(value, type_)
    if value.family not in NUMBERS:
        return None
    family = family_of(type_)
    if type_.base is SqlType.BIT:
        return f"({value.inner} <> 0)"
    if family is Family.INTEGER:
        if value.family is Family.INTEGER:
            return value.sql
        if value.type is not None and value.type.base in MONEY_TYPES:
            return f"CAST({value.sql} AS SIGNED)"  # money rounds, in both
        return f"CAST(TRUNCATE({value.sql}, 0) AS SIGNED)"
    if family is Family.EXACT and value.family is Family.FLOAT:
        leeway.differs("float-rounding", f"{value.type} is converted to {type_}")
    return f"CAST({value.sql} AS {_number_word(type_)})"


def _number_word(type_: DataType) -> str:
    family = family_of(type_)
    if family is Family.INTEGER:
        return "SIGNED"
    if family is Family.EXACT:
        precision, scale = exact(Value("", type_))
        return f"DECIMAL({precision},{min(scale, 30)})"
    return "DOUBLE" if type_.base is SqlType.FLOAT and (type_.precision or 53) > 24 else "FLOAT"


def _read_number(value: Value, type_: DataType) -> str:
    text = value.sql
    if type_.base in MONEY_TYPES:
        text = f"REPLACE(REPLACE({text}, ',', ''), '$', '')"
    if type_.base is SqlType.BIT:
        return f"CASE TRIM({text}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST({text} AS SIGNED) <> 0 END"
    return f"CAST({text} AS {_number_word(type_)})"


def _integer_of_bytes(value: Value, type_: DataType) -> str:
    """The last bytes, the highest first, as two's complement."""
    size = {SqlType.TINYINT: 1, SqlType.SMALLINT: 2, SqlType.INT: 4, SqlType.BIGINT: 8}.get(type_.base)
    if size is None:
        return f"(REGEXP_REPLACE(HEX({value.sql}), '0', '') <> '')"
    number = f"CAST(CONV(HEX(RIGHT({value.sql}, {size})), 16, 10) AS UNSIGNED)"
    if type_.base is SqlType.TINYINT:
        return f"CAST({number} AS SIGNED)"
    sign = 1 << (8 * size - 1)
    return f"(CAST(({number} ^ {sign}) AS DECIMAL(20,0)) - {sign})"


def _to_bytes(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> str | None:
    room = None if type_.is_lob else (type_.length or 1)
    if value.family is Family.INTEGER and value.type is not None:
        size = {SqlType.SMALLINT: 2, SqlType.INT: 4, SqlType.BIGINT: 8}.get(value.type.base, 1)
        if room is None:
            return None
        filled = f"UNHEX(RIGHT(CONCAT(REPEAT('0', {size * 2}), HEX({value.sql})), {size * 2}))"
        if type_.base is SqlType.BINARY and room > size:
            return f"CONCAT(REPEAT(X'00', {room - size}), {filled})"
        return filled if room >= size else f"RIGHT({filled}, {room})"
    if value.family is Family.TEXT and style in (1, 2):
        leeway.differs("text-to-number", f"{value.type} is converted to {type_}")
        text = f"UNHEX({value.sql if style == 2 else f'SUBSTRING({value.sql}, 3)'})"
    elif value.family is Family.TEXT:
        text = bytes_of(value, leeway)
    elif value.family is Family.BINARY:
        text = value.sql
    else:
        return None
    if room is None:
        return text
    return f"RPAD({text}, {room}, X'00')" if type_.base is SqlType.BINARY else f"LEFT({text}, {room})"


def bytes_of(value: Value, leeway: Leeway) -> str:
    """The bytes that SQL Server stores for a text: UTF-16, or those of a code page."""
    unicode = value.type is not None and value.type.base in UNICODE_TYPES
    if not unicode and not (isinstance(value.literal, str) and value.literal.isascii()):
        leeway.differs("text-bytes", "the bytes of a text depend on its code page")
    return f"CAST(CONVERT({value.sql} USING {'utf16le' if unicode else 'latin1'}) AS BINARY)"


def try_cast(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> Value:
    """TRY_CAST and TRY_CONVERT: NULL where the conversion would fail, by a guard before it. Raises Untranslatable."""
    if value.type is not None and value.family in NUMBERS and family_of(type_) is Family.TEXT:
        return _tried_text(value, type_, style, leeway)
    if value.type is None or value.family is family_of(type_) is not Family.INTEGER or family_of(type_) is Family.TEXT:
        return cast(value, type_, style, leeway)
    if value.literal is not None and isinstance(value.literal, str):
        value = replace(value, literal=None)  # what it says is tried, not demanded
    if value.family is Family.TEXT:
        sql = _tried(value, type_, style, leeway)
    elif value.family in NUMBERS and type_.base in _LIMITS:
        low, high = _LIMITS[type_.base]
        inner = cast(value, type_, style, leeway).sql
        sql = f"CASE WHEN {value.inner} BETWEEN {low} AND {high} THEN {inner} END"
    else:
        return replace(cast(value, type_, style, leeway), nullable=True)
    return Value(sql, type_)


def _tried_text(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> Value:
    """A number that does not fit into its text is NULL, but * where it is an int."""
    made = cast(value, type_, style, leeway)
    small = value.family is Family.INTEGER and value.type is not None and value.type.base is not SqlType.BIGINT
    if type_.is_lob or (small and type_.base not in UNICODE_TYPES):
        return made
    whole = cast(value, replace(type_, length=60), style, Leeway(leeway.lenient, []))
    return replace(made, sql=f"CASE WHEN CHAR_LENGTH({whole.sql}) <= {type_.length} THEN {made.sql} END", nullable=True)


def _tried(value: Value, type_: DataType, style: int | None, leeway: Leeway) -> str:
    x = value.inner
    if type_.base in _LIMITS:
        low, high = _LIMITS[type_.base]
        number = f"CAST(IF(TRIM({x}) IN ('', '+', '-'), '0', TRIM({x})) AS DECIMAL(65,0))"  # T-SQL reads these as 0
        return _guarded(
            x, "^ *[+-]?[0-9]* *$", f"CASE WHEN {number} BETWEEN {low} AND {high} THEN CAST({number} AS SIGNED) END"
        )
    if type_.base in (SqlType.DECIMAL, SqlType.NUMERIC):
        whole = (type_.precision or 18) - scale_of(type_)
        number = f"CAST(TRIM({x}) AS DECIMAL(65,{min(scale_of(type_), 30)}))"
        inner = f"CASE WHEN ABS({number}) < 1e{whole} THEN CAST({number} AS {_number_word(type_)}) END"
        return _guarded(x, r"^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+) *$", inner)
    leeway.differs("try-forms", f"TRY_CAST({value.type} AS {type_}) is NULL where MySQL fails")
    silent = Leeway(lenient=True, remarks=[])
    if type_.base is SqlType.BIT:
        inner = _read_number(value, type_)
        return _guarded(x, "^ *(true|false|[+-]?[0-9]+) *$", inner)
    if type_.base in MONEY_TYPES:
        return _guarded(x, r"^ *[+-]?[$]?[0-9,]*[.]?[0-9]* *$", _read_number(value, type_))
    if family_of(type_) is Family.FLOAT:
        return _guarded(x, r"^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)(e[+-]?[0-9]+)? *$", _read_number(value, type_))
    if family_of(type_) in MOMENTS:
        read = to_moment(value, type_, style, silent)
        if read is None:
            raise Untranslatable(f"{value.type} is converted to {type_}")
        iso = style is None or style in (0, 20, 21, 23, 112, 120, 121, 126)
        if type_.base is SqlType.TIME:
            return _guarded(x, r"^ *[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,7})?)? *$", read)
        return _guarded(x, ISO_TEXT, read) if iso else read
    if family_of(type_) is Family.GUID:
        pattern = "^[{]?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}[}]?$"
        return _guarded(x, pattern, cast(value, type_, None, silent).sql)
    raise Untranslatable(f"TRY_CAST({value.type} AS {type_}) is NULL where MySQL fails")


def _guarded(text: str, pattern: str, then: str) -> str:
    return f"CASE WHEN REGEXP_LIKE({text}, {quoted_text(pattern)}, 'i') THEN {then} END"
