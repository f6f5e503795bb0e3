"""hierarchyid: a path such as ``/1/2.5/`` as the bits that SQL Server stores ([MS-SSCLRT] 2.2).

A path is a chain of labels, a label a dotted chain of numbers. Each number takes the bits of the range that it lies in;
the last bit says whether its label ends here. A number that is not the last of its label is stored one higher, so that
``/1.5/`` sorts behind ``/1/`` and before ``/2/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from ``least`` to ``most`` and their bits: ``x`` is a bit of number minus ``least``, high bit first."""

    least: int
    most: int
    bits: str


RANGES: Final = (
    Range(-281479271682120, -4294971465, "000100xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxx"),
    Range(-4294971464, -4169, "000101xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxx"),
    Range(-4168, -73, "000110xxxxx0xxx0x1xxx"),
    Range(-72, -9, "0010xx0x1xxx"),
    Range(-8, -1, "00111xxx"),
    Range(0, 3, "01xx"),
    Range(4, 7, "100xx"),
    Range(8, 15, "101xxx"),
    Range(16, 79, "110xx0x1xxx"),
    Range(80, 1103, "1110xxx0xxx0x1xxx"),
    Range(1104, 5199, "11110xxxxx0xxx0x1xxx"),
    Range(5200, 4294972495, "111110xxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxx"),
    Range(4294972496, 281479271683151, "111111xxxxxxxxxxxxxx0xxxxxxxxxxxxxxxxxxxxx0xxxxxx0xxx0x1xxx"),
)


def hierarchy_bytes(path: str) -> bytes:
    """The stored bytes of a path; the root ``/`` has none. Raises ValueError for what is no path."""
    if path == "/":
        return b""
    if not (path.startswith("/") and path.endswith("/")):
        raise ValueError("a hierarchyid path begins and ends with a slash")
    bits = ""
    for label in path[1:-1].split("/"):
        *heads, last = (int(number) for number in label.split("."))
        bits += "".join(_bits(number + 1) + "0" for number in heads) + _bits(last) + "1"
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def _bits(number: int) -> str:
    for range_ in RANGES:
        if range_.least <= number <= range_.most:
            digits = iter(format(number - range_.least, f"0{range_.bits.count('x')}b"))
            return "".join(next(digits) if bit == "x" else bit for bit in range_.bits)
    raise ValueError("a hierarchyid number lies outside every range")
