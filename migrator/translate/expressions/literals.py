"""Constants: numbers, text, and text that stands for a moment."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from migrator.model.datatype import DataType, SqlType
from migrator.rules.types import FRACTION_DIGITS, scale_of
from migrator.translate.expressions import moments
from migrator.translate.expressions.value import (
    MONEY_TYPES,
    STRICT,
    Family,
    Leeway,
    Untranslatable,
    Value,
    family_of,
    quoted_text,
)

_MOMENT: Final = re.compile(
    r"^\s*(?:(\d{4})-?(\d{2})-?(\d{2}))?(?:[ T]*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?Z?\s*$"
)
_BYTES: Final = {SqlType.TINYINT: 1, SqlType.SMALLINT: 2, SqlType.INT: 4, SqlType.BIGINT: 8}
_EPOCH: Final = date(1900, 1, 1)
_OFFSET: Final = re.compile(r"^\s*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?([+-])(\d\d):(\d\d)\s*$")
_AMERICAN: Final = re.compile(r"^\s*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)$", re.DOTALL)
"""Month, day, year: what us_english reads, the language of a new login."""


def number(text: str) -> Value:
    """A numeric constant; its type is what T-SQL makes of it (MS Learn: "Constants")."""
    if "e" in text.lower():
        return Value(text, DataType(SqlType.FLOAT, precision=53), nullable=False)
    if text.isdigit():
        value = int(text)
        digits = text.lstrip("0") or "0"
        type_ = DataType(SqlType.INT) if value < 2**31 else DataType(SqlType.NUMERIC, precision=len(digits), scale=0)
        return Value(digits, type_, nullable=False, literal=value)
    whole, _, fraction = text.partition(".")
    whole = whole.lstrip("0")
    type_ = DataType(SqlType.NUMERIC, precision=max(1, len(whole) + len(fraction)), scale=len(fraction))
    plain = f"{whole or '0'}.{fraction}" if fraction else whole or "0"
    return Value(plain, type_, nullable=False, literal=Decimal(plain))


def negative(value: Value) -> Value:
    """A constant with its sign changed."""
    assert isinstance(value.literal, (int, Decimal))  # noqa: S101 - only numbers are negated
    if value.literal == 0:
        return value
    return Value(f"-{value.sql}", value.type, nullable=False, literal=-value.literal, atom=False)


def text(content: str, *, unicode: bool) -> Value:
    """A string constant."""
    base = SqlType.NVARCHAR if unicode else SqlType.VARCHAR
    return Value(quoted_text(content), DataType(base, length=max(1, len(content))), nullable=False, literal=content)


def converted(value: Value, type_: DataType, leeway: Leeway = STRICT) -> Value:
    """A constant as the other operand's type. Raises Untranslatable where T-SQL's answer depends on settings."""
    content = value.literal
    target = family_of(type_)
    if content is None or target is value.family:
        return value
    if target in (Family.DATE, Family.DATETIME, Family.TIME):
        if isinstance(content, str) and _MOMENT.match(content) is None:
            content = moments.plain(content) or _american(content, leeway)
        return moment(content, type_)
    if target in (Family.INTEGER, Family.EXACT, Family.FLOAT) and isinstance(content, str):
        return _number_of(content, type_)
    if target is Family.TEXT and isinstance(content, (int, Decimal)):
        # money has two decimals as text, other numbers those that were written.
        money = value.type is not None and value.type.base in MONEY_TYPES
        plain = str(Decimal(content).quantize(Decimal("0.01"), ROUND_HALF_UP)) if money else str(content)
        return text(plain, unicode=False)
    if target is Family.GUID and isinstance(content, str):
        if not re.fullmatch(r"\{?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?", content):
            raise Untranslatable("a constant is no uniqueidentifier")
        plain = content.strip("{}").lower()
        return Value(quoted_text(plain), type_, nullable=False, literal=plain)
    return value


def of_bytes(value: Value, type_: DataType) -> Value:
    """A binary constant as a whole number or a uniqueidentifier: SQL Server takes its bytes for those of the value."""
    content = bytes.fromhex(value.sql[2:-1])
    size = _BYTES.get(type_.base)
    if size is not None:
        content = content[-size:].rjust(size, b"\0")
        whole = int.from_bytes(content, "big", signed=type_.base is not SqlType.TINYINT)
        return negative(number(str(-whole))) if whole < 0 else number(str(whole))
    if type_.base is SqlType.UNIQUEIDENTIFIER:
        return converted(text(str(UUID(bytes_le=content[:16].ljust(16, b"\0"))), unicode=False), type_)
    return value


def to_bytes(content: int, type_: DataType) -> str:
    """An int as a binary constant: its four bytes, cut or filled with zeros at the left. Raises Untranslatable."""
    if content < 0:
        raise Untranslatable("a number below 0 stands for bytes")
    size = 4 if type_.base is SqlType.VARBINARY and (type_.is_lob or (type_.length or 1) >= 4) else type_.length or 1
    return f"X'{content.to_bytes(4, 'big')[-size:].rjust(size, bytes(1)).hex().upper()}'"


def moment(content: str | int | Decimal, type_: DataType) -> Value:
    """A constant as a date, a time or both, as a typed MySQL literal. Only forms that no language setting changes."""
    if isinstance(content, int) and type_.base in (SqlType.DATETIME, SqlType.SMALLDATETIME):
        year_month_day = _day(content)
        clock = "00:00:00"
    elif isinstance(content, str):
        digits = 3 if type_.base is SqlType.SMALLDATETIME else min(scale_of(type_), FRACTION_DIGITS)
        year_month_day, clock = moments.rounded(*_split(content, digits), type_.base)
    else:
        raise Untranslatable("a number stands for a date")
    if type_.base is SqlType.DATE:
        plain, word = year_month_day, "DATE"
    elif type_.base is SqlType.TIME:
        plain, word = clock, "TIME"
    else:
        plain, word = f"{year_month_day} {clock}", "TIMESTAMP"
    return Value(f"{word}{quoted_text(plain)}", type_, nullable=False, literal=plain)


def in_utc(value: Value) -> Value:
    """Text that ends in an offset from UTC, for a datetimeoffset: the same moment in UTC; any other as it is."""
    found = _OFFSET.match(value.literal) if isinstance(value.literal, str) else None
    if found is None:
        return value
    try:
        local = datetime.fromisoformat(found[1].strip())
    except ValueError:
        raise Untranslatable("a constant is no date") from None
    minutes = int(found[3]) * 60 + int(found[4])
    utc = local - timedelta(minutes=-minutes if found[2] == "-" else minutes)
    return text(utc.isoformat(sep=" "), unicode=False)


def _american(content: str, leeway: Leeway) -> str:
    found = _AMERICAN.match(content)
    reason = "a date is written in a form that depends on the session's language"
    if found is None:
        raise Untranslatable(reason)
    leeway.differs("language-date", reason)
    return f"{found[3]}-{int(found[1]):02d}-{int(found[2]):02d}{found[4]}"


def _day(number_of_days: int) -> str:
    try:
        return (_EPOCH + timedelta(days=number_of_days)).isoformat()
    except OverflowError:
        raise Untranslatable("a number is no date") from None


def _split(content: str, digits: int) -> tuple[str, str]:
    found = _MOMENT.match(content) or _MOMENT.match(moments.plain(content) or "?")
    if found is None:
        raise Untranslatable("a date is written in a form that depends on the session's language")
    year, month, day, hour, minute, second, fraction = found.groups()
    try:
        days = date(int(year), int(month), int(day)).isoformat() if year else _EPOCH.isoformat()
    except ValueError:
        raise Untranslatable("a constant is no date") from None
    clock = f"{int(hour or 0):02d}:{minute or '00'}:{second or '00'}"
    kept = (fraction or "").ljust(7, "0")[:digits]
    return days, f"{clock}.{kept}" if kept.strip("0") else clock


def _number_of(content: str, type_: DataType) -> Value:
    if family_of(type_) is Family.INTEGER and type_.base is SqlType.BIT and content.casefold() in ("true", "false"):
        return number("1" if content.casefold() == "true" else "0")
    try:
        value = Decimal(content.strip() or "0")
    except InvalidOperation:
        raise Untranslatable("text that is no number is compared with a number") from None
    if not value.is_finite() or (family_of(type_) is Family.INTEGER and value != int(value)):
        raise Untranslatable("text that is no whole number is compared with one")
    plain = number(format(abs(value), "f"))
    return negative(plain) if value < 0 else plain
