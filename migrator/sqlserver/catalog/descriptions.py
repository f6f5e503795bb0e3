"""Extended properties: MS_Description of tables, columns and indexes, and all others by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind, OtherObject
from migrator.sqlserver.catalog.query import Fields, Reading, name, number, text

_DESCRIPTION: Final = "MS_Description"
_TEXTS: Final = frozenset({"char", "varchar", "nchar", "nvarchar"})
_OBJECT: Final = 1
_INDEX: Final = 7
"""sys.extended_properties.class of an object or a column of it, and of an index."""


class _PropertyRow(NamedTuple):
    kind: int
    kind_name: str
    major: int
    minor: int
    host: str | None
    part: str | None
    name: str
    base: str | None
    value: str | None


_FIELDS: Final[Fields] = {
    "kind": number("p.class"),
    "kind_name": name("p.class_desc"),
    "major": number("p.major_id"),
    "minor": number("p.minor_id"),
    "host": text(
        "CASE p.class WHEN 0 THEN DB_NAME() WHEN 3 THEN SCHEMA_NAME(p.major_id) WHEN 4 THEN USER_NAME(p.major_id) "
        "WHEN 6 THEN TYPE_NAME(p.major_id) "
        "ELSE CONCAT(OBJECT_SCHEMA_NAME(p.major_id), N'.', OBJECT_NAME(p.major_id)) END"
    ),
    "part": text(
        "CASE WHEN p.minor_id = 0 THEN NULL WHEN p.class = 1 THEN COL_NAME(p.major_id, p.minor_id) "
        "WHEN p.class = 7 THEN (SELECT i.name FROM sys.indexes AS i "
        "WHERE i.object_id = p.major_id AND i.index_id = p.minor_id) ELSE CAST(p.minor_id AS nvarchar(20)) END"
    ),
    "name": name("p.name"),
    "base": name("SQL_VARIANT_PROPERTY(p.value, 'BaseType')"),
    "value": text("p.value"),
}
_FROM: Final = "FROM sys.extended_properties AS p ORDER BY p.class, p.major_id, p.minor_id, p.name"


@dataclass(slots=True)
class Descriptions:
    """Texts by the object_id of the table; those of columns by column_id within it; by table and index_id.

    ``others`` has every other property, the descriptions of what is no table, column or index too.
    """

    tables: dict[int, str] = field(default_factory=dict)
    columns: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    indexes: dict[tuple[int, int], str] = field(default_factory=dict)
    others: list[OtherObject] = field(default_factory=list)


def read_descriptions(
    reading: Reading, tables: dict[int, ObjectName], indexes: Container[tuple[int, int]]
) -> Descriptions:
    """All extended properties; ``indexes`` are those that have a place for one. Raises SourceError."""
    found = Descriptions()
    for row in reading.read_if_allowed("Extended properties", _PropertyRow, _FIELDS, _FROM):
        described = row.name == _DESCRIPTION and row.value is not None and row.base in _TEXTS and row.major in tables
        place = (row.major, row.minor)
        if described and row.kind == _OBJECT and not row.minor:
            found.tables[row.major] = row.value or ""
        elif described and row.kind == _OBJECT:
            found.columns[row.major][row.minor] = row.value or ""
        elif described and row.kind == _INDEX and place in indexes:
            found.indexes[place] = row.value or ""
        else:
            label = ".".join(part for part in (row.host or row.kind_name, row.part, row.name) if part)
            found.others.append(OtherObject(ObjectName("", label), ObjectKind.OTHER, "EXTENDED PROPERTY"))
    return found
