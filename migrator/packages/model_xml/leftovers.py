"""What no other module reads: reported by name, so that nothing of a package is dropped in silence."""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import ObjectKind, OtherObject
from migrator.packages.model_xml.elements import Element

_KINDS: Final = {
    "SqlTableType": ObjectKind.TABLE_TYPE,
}

_PHYSICAL: Final = frozenset(
    {
        "DataCompressionOptions",
        "DoAllowPageLocks",
        "DoAllowRowLocks",
        "DoRecomputeStatistics",
        "FileStreamFilegroup",
        "FileStreamNull",
        "Filegroup",
        "FilegroupForTextImage",
        "FillFactor",
        "IsAnsiNullsOn",
        "IsPadded",
        "IsQuotedIdentifierOn",
        "LockEscalation",
        "MaxDop",
        "OptimizeForSequentialKey",
        "Schema",
        "TextInRowSize",
    }
)
"""Words about storage and session settings, which say nothing about what the object means."""


def other(element: Element, kind: ObjectKind = ObjectKind.OTHER) -> OtherObject:
    """An element as an object that is known by name only; ``kind`` is for types that this module does not list."""
    in_schema = kind is not ObjectKind.OTHER or "Schema" in element.relationships
    if in_schema and len(element.parts) > 1:
        name = ObjectName(element.parts[0], ".".join(element.parts[1:]))
    else:
        name = ObjectName("", ".".join(element.parts) or element.type)
    return OtherObject(name, _KINDS.get(element.type, kind), element.type, element.place)


def unread_words(element: Element, known: frozenset[str]) -> tuple[str, ...]:
    """Properties and relationships that are in force, neither ``known`` to the caller nor about storage."""
    properties = [name for name, value in element.properties.items() if value.lower() not in ("", "false")]
    return tuple(name for name in (*properties, *element.relationships) if name not in known and name not in _PHYSICAL)


def unread(element: Element, kind: ObjectKind, table: ObjectName, known: frozenset[str]) -> tuple[OtherObject, ...]:
    """``unread_words`` of a part of a table, each as an object under the part's name."""
    name = ObjectName(table.schema, f"{table.name}.{element.own_name or element.type}")
    return tuple(OtherObject(name, kind, word, element.place) for word in unread_words(element, known))
