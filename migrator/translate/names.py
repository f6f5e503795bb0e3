"""Names that MySQL takes, the same ones on every run.

MySQL 8.0 Reference Manual, "Schema Object Names" and "Identifier Length Limits": at most 64 characters of the Basic
Multilingual Plane, no blank at the end; column, index and constraint names are compared without letter case, table
names as lower_case_table_names says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

LIMIT: Final = 64
_FILE_LIMIT: Final = 240
"""A table is a file: letters outside ASCII take five bytes there, and file systems stop at 255 with suffixes."""


def fold(name: str) -> str:
    """What two names are compared by: names of equal folds may be one name to some MySQL server."""
    return name.casefold().replace("\u0307", "")  # the dot that folding leaves of a capital dotted I


def fitting(name: str) -> str:
    """``name`` as MySQL takes it: itself where possible, else changed and marked with a hash of the whole."""
    usable = "".join(letter if 0 < ord(letter) <= 0xFFFF else "_" for letter in name).rstrip() or "_"
    if len(usable) <= LIMIT and _file_length(usable) <= _FILE_LIMIT:
        return usable if usable == name.rstrip() else _marked(usable, name)
    return _marked(usable, name)


class Namer:
    """Hands out names of one kind that do not collide, and remembers them."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {fold(name) for name in taken}

    def take(self, wanted: str, owner: str = "") -> str:
        """A free name as close to ``wanted`` as possible; ``owner`` makes the hash differ where two want the same."""
        name = fitting(wanted)
        attempt = 0
        while fold(name) in self._taken:
            name = _marked(fitting(wanted), f"{owner}.{wanted}#{attempt}")
            attempt += 1
        self._taken.add(fold(name))
        return name


def _marked(name: str, whole: str) -> str:
    mark = "_" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = name[: LIMIT - len(mark)]
    while _file_length(kept) > _FILE_LIMIT - len(mark):
        kept = kept[:-1]
    return kept.rstrip() + mark


def _file_length(name: str) -> int:
    return sum(1 if letter.isascii() and (letter.isalnum() or letter == "_") else 5 for letter in name)
