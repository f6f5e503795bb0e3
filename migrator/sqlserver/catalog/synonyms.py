"""Synonyms."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Synonym
from migrator.sqlserver.catalog.query import Fields, Reading, name, text

_PART: Final = re.compile(r'\[((?:[^\]]|\]\])*)\]|"((?:[^"]|"")*)"|([^.\[\]"]*)')


class _SynonymRow(NamedTuple):
    schema: str
    name: str
    target: str


_FIELDS: Final[Fields] = {
    "schema": name("s.name"),
    "name": name("y.name"),
    "target": text("y.base_object_name"),
}
_FROM: Final = "FROM sys.synonyms AS y JOIN sys.schemas AS s ON s.schema_id = y.schema_id WHERE y.is_ms_shipped = 0"


def read_synonyms(reading: Reading) -> tuple[Synonym, ...]:
    """Every synonym, by schema and name. Raises SourceError."""
    rows = reading.read_if_allowed("Synonyms", _SynonymRow, _FIELDS, _FROM)
    made = [Synonym(ObjectName(row.schema, row.name), target_parts(row.target)) for row in rows]
    return tuple(sorted(made, key=lambda synonym: synonym.name))


def target_parts(text: str) -> tuple[str, ...]:
    """``[other]..[my table]`` as ("other", "", "my table"): a part that was left out is empty."""
    parts: list[str] = []
    place = 0
    while found := _PART.match(text, place):
        bracketed, quoted, plain = found.groups()
        if bracketed is not None:
            parts.append(bracketed.replace("]]", "]"))
        else:
            parts.append(plain.strip() if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if text[place : place + 1] != ".":
            break
        place += 1
    return tuple(parts)
