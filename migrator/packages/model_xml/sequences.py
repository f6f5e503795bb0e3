"""Sequences and synonyms."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Sequence, Synonym
from migrator.packages.model_xml.elements import Element, name_parts
from migrator.packages.model_xml.types import Types

_ONLINE: Final = "OnlinePropertyAnnotation"
"""What the server knew when the package was exported: the number that the sequence had reached."""
_BIGINT: Final = DataType(SqlType.BIGINT)
SEQUENCE_WORDS: Final = frozenset(
    {
        *("CacheSize", "HasNoMaxValue", "HasNoMinValue", "Increment", "IsCached", "IsCycling", "MaxValue", "MinValue"),
        *("StartValue", "TypeSpecifier"),
    }
)
SYNONYM_WORDS: Final = frozenset({"ForObject", "ForObjectScript"})


def read_sequence(element: Element, types: Types) -> Sequence:
    """A sequence; one that has been used goes on behind its current value. Raises PackageDamaged."""
    increment = element.number("Increment", 1)
    start = element.number("StartValue", 1)
    reached = element.annotations.get(_ONLINE, {}).get("CurrentValue", "")
    if reached.lstrip("-").isdecimal() and int(reached) != start:
        start = int(reached) + increment
    return Sequence(
        name=_name(element),
        type=types.of(element).without_alias() if element.elements("TypeSpecifier") else _BIGINT,
        start=start,
        increment=increment,
        minimum=_limit(element, "MinValue", "HasNoMinValue"),
        maximum=_limit(element, "MaxValue", "HasNoMaxValue"),
        cycle=element.true("IsCycling"),
        cache=element.number("CacheSize", 0) if "CacheSize" in element.properties else None,
        place=element.place,
    )


def read_synonym(element: Element) -> Synonym:
    """A synonym: its target is a reference where the package holds it, else text. Raises PackageDamaged."""
    references = element.references("ForObject")
    text = element.properties.get("ForObjectScript", "").strip()
    if references:
        target = references[0].parts
    elif text:
        target = name_parts(text) if text.startswith("[") else tuple(text.split("."))
    else:
        raise element.damaged("has no target")
    return Synonym(_name(element), target, element.place)


def _limit(element: Element, word: str, without: str) -> int | None:
    if element.true(without) or word not in element.properties:
        return None
    return element.number(word, 0)


def _name(element: Element) -> ObjectName:
    if len(element.parts) < 2:
        raise element.damaged("has no schema")
    return ObjectName(element.parts[0], element.parts[1])
