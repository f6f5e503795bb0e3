"""Names of SQL Server objects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_PART: Final = re.compile(r'\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.\[\]"]+)')


@dataclass(frozen=True, slots=True, order=True)
class ObjectName:
    """A schema and a name, without brackets; case is kept, and compared (a translator folds case where MySQL would).

    ``schema`` is "" for what stands in no schema: roles, permissions, database triggers.
    """

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


def name_parts(text: str) -> tuple[str, ...]:
    """The parts of a name as people write it: ``dbo.Orders``, ``[my.schema].[Order Details].total``. Empty where it is
    no name."""
    parts: list[str] = []
    place = 0
    while found := _PART.match(text, place):
        bracketed, quoted, plain = found.groups()
        if bracketed is not None:
            parts.append(bracketed.replace("]]", "]"))
        else:
            parts.append(plain.strip() if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if place == len(text):
            return tuple(parts) if all(parts) else ()
        if text[place] != ".":
            return ()
        place += 1
    return ()
