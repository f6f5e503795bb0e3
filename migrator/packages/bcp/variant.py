"""sql_variant: a base type, its properties and a value, as [MS-TDS] 2.2.5.5.4 lays them out.

Times inside a variant take the bytes that the protocol gives their scale, or the 100 ns form of whole columns; both are
read.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from migrator.packages.bcp.codepage import decode
from migrator.packages.bcp.fields import BadValue, Fields
from migrator.packages.bcp.times import CENTURY_DAYS, EPOCH_DAYS, LAST_DAY, TICKS_OF_DAY

_CENTURY: Final = EPOCH_DAYS - CENTURY_DAYS
"""1900-01-01 in days since 0001-01-01."""


def variants(fields: Fields) -> pa.Array:
    """sql_variant as its base type and its value's text."""
    found = [_read(fields, row) if fields.valid[row] else ("", "") for row in range(len(fields))]
    types = pa.array([type_ for type_, _ in found], pa.string())
    return fields.struct(types, pa.array([text for _, text in found], pa.string()))


def _read(fields: Fields, row: int) -> tuple[str, str]:
    try:
        return to_text(fields.value(row))
    except (ValueError, struct.error, OverflowError) as error:
        raise BadValue(row, "a sql_variant is not of its own type") from error


def to_text(value: bytes) -> tuple[str, str]:
    """Base type as declared, and text: numbers in full, dates in ISO form with their scale, binary as lower-case hex.

    A datetimeoffset is in its own offset. Raises ValueError or struct.error where the bytes cannot be.
    """
    if len(value) < 2 or value[0] not in _READERS:
        raise ValueError("no such base type")
    width, reader = _READERS[value[0]]
    if value[1] != width or len(value) < 2 + width:
        raise ValueError("properties of another type")
    return reader(_Content(value[0], value[2 : 2 + width], value[2 + width :]))


@dataclass(frozen=True, slots=True)
class _Content:
    token: int
    properties: bytes
    data: bytes

    def exactly(self, size: int) -> bytes:
        if len(self.data) != size:
            raise ValueError("wrong length")
        return self.data


Reader = Callable[[_Content], tuple[str, str]]


def _integer(name: str, size: int, *, signed: bool) -> Reader:
    return lambda content: (name, str(int.from_bytes(content.exactly(size), "little", signed=signed)))


def _bit(content: _Content) -> tuple[str, str]:
    if content.exactly(1)[0] > 1:
        raise ValueError("neither 0 nor 1")
    return "bit", str(content.data[0])


def _real(content: _Content) -> tuple[str, str]:
    return "real", str(np.frombuffer(content.exactly(4), "<f4")[0])


def _float(content: _Content) -> tuple[str, str]:
    return "float", repr(struct.unpack("<d", content.data)[0])


def _money(content: _Content) -> tuple[str, str]:
    high, low = struct.unpack("<iI", content.data)
    return "money", _scaled(high << 32 | low, 4)


def _smallmoney(content: _Content) -> tuple[str, str]:
    return "smallmoney", _scaled(int.from_bytes(content.exactly(4), "little", signed=True), 4)


def _decimal(content: _Content) -> tuple[str, str]:
    precision, scale = content.properties
    name = "decimal" if content.token == 0x6A else "numeric"
    magnitude = int.from_bytes(content.data[1:], "little")
    if len(content.data) < 5 or content.data[0] > 1 or not scale <= precision <= 38 or magnitude >= 10**precision:
        raise ValueError("not of its precision and scale")
    return f"{name}({precision},{scale})", _scaled(magnitude if content.data[0] else -magnitude, scale)


def _guid(content: _Content) -> tuple[str, str]:
    return "uniqueidentifier", str(uuid.UUID(bytes_le=content.exactly(16)))


def _text(name: str, *, unicode: bool) -> Reader:
    def read(content: _Content) -> tuple[str, str]:
        most = int.from_bytes(content.properties[5:], "little")
        if len(content.data) > most:
            raise ValueError("longer than declared")
        if not unicode:
            return f"{name}({most})", decode(content.data, content.properties[:5])
        if len(content.data) % 2:
            raise ValueError("half a character")
        return f"{name}({most // 2})", content.data.decode("utf-16-le", "replace")

    return read


def _binary(name: str) -> Reader:
    def read(content: _Content) -> tuple[str, str]:
        most = int.from_bytes(content.properties, "little")
        if len(content.data) > most:
            raise ValueError("longer than declared")
        return f"{name}({most})", content.data.hex()

    return read


def _date(content: _Content) -> tuple[str, str]:
    return "date", _day(int.from_bytes(content.exactly(3), "little"))


def _time(content: _Content) -> tuple[str, str]:
    scale = _scale(content)
    return f"time({scale})", _clock(_ticks(content.data, scale), scale)


def _datetime2(content: _Content) -> tuple[str, str]:
    scale = _scale(content)
    day = int.from_bytes(content.data[-3:], "little")
    return f"datetime2({scale})", f"{_day(day)} {_clock(_ticks(content.data[:-3], scale), scale)}"


def _datetimeoffset(content: _Content) -> tuple[str, str]:
    scale = _scale(content)
    (minutes,) = struct.unpack("<h", content.data[-2:])
    if abs(minutes) > 840:
        raise ValueError("offset of more than 14 hours")
    utc = int.from_bytes(content.data[-5:-2], "little") * TICKS_OF_DAY + _ticks(content.data[:-5], scale)
    day, ticks = divmod(utc + minutes * 600_000_000, TICKS_OF_DAY)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    return f"datetimeoffset({scale})", f"{_day(day)} {_clock(ticks, scale)} {sign}{hours:02}:{rest:02}"


def _datetime(content: _Content) -> tuple[str, str]:
    days, thirds = struct.unpack("<iI", content.data)
    milliseconds = (thirds * 10 + 1) // 3
    if thirds >= 25_920_000:
        raise ValueError("beyond the end of its day")
    return "datetime", f"{_day(days + _CENTURY)} {_clock(milliseconds * 10_000, 3)}"


def _smalldatetime(content: _Content) -> tuple[str, str]:
    days, minutes = struct.unpack("<HH", content.data)
    return "smalldatetime", f"{_day(days + _CENTURY)} {_clock(minutes * 600_000_000, 0)}"


def _scale(content: _Content) -> int:
    scale = content.properties[0]
    if scale > 7:
        raise ValueError("more than 7 decimals")
    return scale


def _ticks(data: bytes, scale: int) -> int:
    """A time of day in units of 100 ns, whichever of the two forms it has."""
    number = int.from_bytes(data, "little")
    unit: int = 10 ** (7 - scale)
    protocol_width = 3 if scale <= 2 else 4 if scale <= 4 else 5
    if len(data) == 5 and number < TICKS_OF_DAY and number % unit == 0:
        return number
    if len(data) != protocol_width or number * unit >= TICKS_OF_DAY:
        raise ValueError("no time of day")
    return number * unit


def _day(number: int) -> str:
    if not 0 <= number <= LAST_DAY:
        raise ValueError("outside the years 1 to 9999")
    return date.fromordinal(number + 1).isoformat()


def _clock(ticks: int, scale: int) -> str:
    if not 0 <= ticks < TICKS_OF_DAY:
        raise ValueError("beyond the end of its day")
    seconds, fraction = divmod(ticks, 10_000_000)
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return f"{text}.{fraction:07}"[: len(text) + 1 + scale] if scale else text


def _scaled(number: int, scale: int) -> str:
    digits = str(abs(number)).rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return ("-" if number < 0 else "") + (f"{whole}.{fraction}" if scale else whole)


_READERS: Final[dict[int, tuple[int, Reader]]] = {
    0x24: (0, _guid),
    0x28: (0, _date),
    0x29: (1, _time),
    0x2A: (1, _datetime2),
    0x2B: (1, _datetimeoffset),
    0x30: (0, _integer("tinyint", 1, signed=False)),
    0x32: (0, _bit),
    0x34: (0, _integer("smallint", 2, signed=True)),
    0x38: (0, _integer("int", 4, signed=True)),
    0x3A: (0, _smalldatetime),
    0x3B: (0, _real),
    0x3C: (0, _money),
    0x3D: (0, _datetime),
    0x3E: (0, _float),
    0x6A: (2, _decimal),
    0x6C: (2, _decimal),
    0x7A: (0, _smallmoney),
    0x7F: (0, _integer("bigint", 8, signed=True)),
    0xA5: (2, _binary("varbinary")),
    0xA7: (7, _text("varchar", unicode=False)),
    0xAD: (2, _binary("binary")),
    0xAF: (7, _text("char", unicode=False)),
    0xE7: (7, _text("nvarchar", unicode=True)),
    0xEF: (7, _text("nchar", unicode=True)),
}
"""TDS token of the base type: bytes of properties, and who reads the rest."""
