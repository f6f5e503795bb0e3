"""sql_variant: a value with its own type as bytes: base type, length of properties, properties, value.

Source: [MS-TDS] 2.2.5.5.4.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from typing import Final
from uuid import UUID

_DECLARED: Final = re.compile(r"(?P<base>\w+)(?:\((?P<first>\d+)(?:,\s*(?P<second>\d+))?\))?")
_COLLATION: Final = bytes.fromhex("0904d00034")
"""SQL_Latin1_General_CP1_CI_AS as TDS has it: LCID 1033, ignoring case, kana and width, sort order 52."""
_HUNDRED_NANOSECONDS_A_SECOND: Final = 10_000_000
_YEAR_1900: Final = date(1900, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class _Declared:
    """``decimal(10,2)`` in its parts; 0 where a number is not there."""

    base: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class _Form:
    """How a base type is written: its token, its properties and its value."""

    token: int
    properties: Callable[[_Declared], bytes]
    value: Callable[[str, _Declared], bytes]


def variant_bytes(type_: str, value: str) -> bytes:
    """The stored bytes of ``value``, a canonical text, of the T-SQL type ``type_`` as declared. Raises ValueError."""
    match = _DECLARED.fullmatch(type_)
    if match is None or match["base"] not in _FORMS:
        raise ValueError(f"no sql_variant of {type_} is written here")
    declared = _Declared(match["base"], int(match["first"] or 0), int(match["second"] or 0))
    form = _FORMS[declared.base]
    properties = form.properties(declared)
    return bytes((form.token, len(properties))) + properties + form.value(value, declared)


def _nothing(_: _Declared) -> bytes:
    return b""


def _packed(form: str) -> Callable[[str, _Declared], bytes]:
    return lambda text, _: struct.pack(form, int(text))


def _float(form: str) -> Callable[[str, _Declared], bytes]:
    return lambda text, _: struct.pack(form, float(text))


def _money(text: str, _: _Declared) -> bytes:
    number = int(Decimal(text) * 10_000)
    return struct.pack("<iI", number >> 32, number & 0xFFFFFFFF)


def _decimal(text: str, declared: _Declared) -> bytes:
    with localcontext(prec=40):
        number = int(Decimal(text).scaleb(declared.second))
    width = 4 if declared.first <= 9 else 8 if declared.first <= 19 else 12 if declared.first <= 28 else 16
    sign = b"\1" if number >= 0 else b"\0"
    return sign + abs(number).to_bytes(width, "little")


def _date(day: date) -> bytes:
    return (day.toordinal() - 1).to_bytes(3, "little")


def _clock(text: str) -> int:
    """Units of 100 ns since midnight of ``HH:MM:SS`` with up to seven decimals."""
    whole, _, fraction = text.partition(".")
    hours, minutes, seconds = map(int, whole.split(":"))
    return (hours * 3600 + minutes * 60 + seconds) * _HUNDRED_NANOSECONDS_A_SECOND + int(fraction.ljust(7, "0"))


def _time(text: str, declared: _Declared) -> bytes:
    scale = declared.first
    unit: int = 10 ** (7 - scale)
    return (_clock(text) // unit).to_bytes(3 if scale <= 2 else 4 if scale <= 4 else 5, "little")


def _datetime2(text: str, declared: _Declared) -> bytes:
    day, clock = text.split(" ")
    return _time(clock, declared) + _date(date.fromisoformat(day))


def _datetime(text: str, _: _Declared) -> bytes:
    day, clock = text.split(" ")
    # A tick is 1/300 of a second.
    ticks = (_clock(clock) * 3 + 50_000) // 100_000
    return struct.pack("<iI", date.fromisoformat(day).toordinal() - _YEAR_1900, ticks)


def _scale(declared: _Declared) -> bytes:
    return bytes([declared.first])


def _precision(declared: _Declared) -> bytes:
    return bytes((declared.first, declared.second))


def _longest(declared: _Declared) -> bytes:
    """The longest length in bytes that the declaration allows; an n-type has two bytes a character."""
    return struct.pack("<H", declared.first * (2 if declared.base.startswith("n") else 1))


def _text_properties(declared: _Declared) -> bytes:
    return _COLLATION + _longest(declared)


_FORMS: Final[Mapping[str, _Form]] = {
    "bit": _Form(0x32, _nothing, _packed("<B")),
    "tinyint": _Form(0x30, _nothing, _packed("<B")),
    "smallint": _Form(0x34, _nothing, _packed("<h")),
    "int": _Form(0x38, _nothing, _packed("<i")),
    "bigint": _Form(0x7F, _nothing, _packed("<q")),
    "real": _Form(0x3B, _nothing, _float("<f")),
    "float": _Form(0x3E, _nothing, _float("<d")),
    "money": _Form(0x3C, _nothing, _money),
    "decimal": _Form(0x6A, _precision, _decimal),
    "numeric": _Form(0x6C, _precision, _decimal),
    "date": _Form(0x28, _nothing, lambda text, _: _date(date.fromisoformat(text))),
    "time": _Form(0x29, _scale, _time),
    "datetime2": _Form(0x2A, _scale, _datetime2),
    "datetime": _Form(0x3D, _nothing, _datetime),
    "uniqueidentifier": _Form(0x24, _nothing, lambda text, _: UUID(text).bytes_le),
    "varbinary": _Form(0xA5, _longest, lambda text, _: bytes.fromhex(text)),
    "varchar": _Form(0xA7, _text_properties, lambda text, _: text.encode("cp1252")),
    "nvarchar": _Form(0xE7, _text_properties, lambda text, _: text.encode("utf-16-le")),
}
