"""Names that MySQL takes, the same ones on every run.

MySQL 8.0 Reference Manual, "Schema Object Names" and "Identifier Length Limits": at most 64 characters of the Basic
Multilingual Plane, no blank at the end; column, index and constraint names are compared without letter case, table
names as lower_case_table_names says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from migrator.errors import RulesError
from migrator.rules.names import Naming

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


@dataclass(frozen=True, slots=True)
class _Holder:
    """Who has a name; ``made_by`` are the user's rules that made it."""

    owner: str
    made_by: tuple[object, ...] = ()


class Namer:
    """Hands out names of one kind that do not collide, and remembers them."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {fold(name): _Holder(f"{name}, which is reserved") for name in taken}

    def take(self, wanted: str, owner: str = "") -> str:
        """A free name as close to ``wanted`` as possible; ``owner`` makes the hash differ where two want the same."""
        name = fitting(wanted)
        attempt = 0
        while fold(name) in self._taken:
            name = _marked(fitting(wanted), f"{owner}.{wanted}#{attempt}")
            attempt += 1
        self._taken[fold(name)] = _Holder(owner or wanted)
        return name

    def take_ruled(self, naming: Naming, label: str, owner: str) -> str:
        """As ``take``; ``label`` is the whole name of the owner.

        Raises RulesError where the user's rules make two names meet that the source keeps apart.
        """
        name = fitting(naming.wanted)
        holder = self._taken.get(fold(name))
        made_by = naming.made_by or (holder.made_by if holder is not None else ())
        if holder is not None and made_by:
            raise RulesError(
                f"{label} and {holder.owner} would both be called {name}",
                why=f"by {' and '.join(map(str, made_by))}",
                todo="give one of them another name in names.toml",
            )
        name = self.take(naming.wanted, owner)
        self._taken[fold(name)] = _Holder(label, naming.made_by)
        return name


def _marked(name: str, whole: str) -> str:
    mark = "_" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = name[: LIMIT - len(mark)]
    while _file_length(kept) > _FILE_LIMIT - len(mark):
        kept = kept[:-1]
    return kept.rstrip() + mark


def _file_length(name: str) -> int:
    return sum(1 if letter.isascii() and (letter.isalnum() or letter == "_") else 5 for letter in name)
