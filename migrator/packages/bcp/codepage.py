"""The code page of a collation, for the text inside a sql_variant (every other text of a package is UTF-16)."""

from __future__ import annotations

from typing import Final

_LCID_BITS: Final = (1 << 20) - 1
_LANGUAGE_BITS: Final = 0x3FF
_UTF8_FLAG: Final = 1 << 26

_BY_SORT_ID: Final = {"cp437": range(30, 35), "cp850": (*range(40, 50), *range(55, 62))}
"""Sort orders of SQL Server 7 and before whose code page is not the one of their language."""

_BY_LCID: Final = {
    0x0404: "cp950",  # Chinese: Taiwan, Hong Kong, Macao
    0x0C04: "cp950",
    0x1404: "cp950",
    0x0C1A: "cp1251",  # Serbian, Bosnian, Azeri and Uzbek in Cyrillic
    0x201A: "cp1251",
    0x082C: "cp1251",
    0x0843: "cp1251",
}
_BY_LANGUAGE: Final = {
    **dict.fromkeys((0x05, 0x0E, 0x15, 0x18, 0x1A, 0x1B, 0x1C, 0x24), "cp1250"),
    **dict.fromkeys((0x02, 0x19, 0x22, 0x23, 0x2F, 0x3F, 0x44), "cp1251"),
    **dict.fromkeys((0x1F, 0x2C, 0x43), "cp1254"),
    **dict.fromkeys((0x01, 0x20, 0x29, 0x63, 0x80, 0x8C), "cp1256"),
    **dict.fromkeys((0x25, 0x26, 0x27), "cp1257"),
    0x08: "cp1253",
    0x0D: "cp1255",
    0x2A: "cp1258",
    0x1E: "cp874",
    0x11: "cp932",
    0x04: "cp936",
    0x12: "cp949",
}
_UNDEFINED: Final = {0xDC80 + byte: 0x80 + byte for byte in range(0x80)}


def decode(text: bytes, collation: bytes) -> str:
    """Text under a 5-byte collation ([MS-TDS] 2.2.5.1.2). A byte that its code page leaves out stays that number."""
    return text.decode(_codec(collation), "surrogateescape").translate(_UNDEFINED)


def _codec(collation: bytes) -> str:
    info, sort_id = int.from_bytes(collation[:4], "little"), collation[4]
    if info & _UTF8_FLAG:
        return "utf-8"
    for codec, sort_ids in _BY_SORT_ID.items():
        if sort_id in sort_ids:
            return codec
    lcid = info & _LCID_BITS
    return _BY_LCID.get(lcid) or _BY_LANGUAGE.get(lcid & _LANGUAGE_BITS, "cp1252")
