"""The grammar of model.xml: elements with properties and relationships, written as DacFx writes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from xml.sax.saxutils import quoteattr

from migrator.model.name import ObjectName

NAMESPACE: Final = "http://schemas.microsoft.com/sqlserver/dac/Serialization/2012/02"
_CONTROLS: Final = {"\n": "&#xA;", "\r": "&#xD;", "\t": "&#x9;"}
_PARTS: Final = ("Specifier", "Specification")
"""Ends of the types that are parts of objects, and not counted as objects."""


@dataclass(frozen=True, slots=True)
class Property:
    """A named value; ``script`` for T-SQL, which stands in a CDATA section; ``body`` for T-SQL with its SET options."""

    name: str
    value: str
    script: bool = False
    body: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to an object by name."""

    name: str
    builtin: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark of DacFx about an element. ``attached`` is the other end of an inline constraint."""

    type: str
    name: str | None = None
    disambiguator: int | None = None
    properties: tuple[Property, ...] = ()
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Relationship:
    """What an element has or points to."""

    name: str
    entries: tuple[Element | Reference, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """An object, or a part of one; nameless where the system named it."""

    type: str
    name: str | None
    properties: tuple[Property, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    disambiguator: int | None = None


Node: TypeAlias = Element | Reference


def bracketed(*parts: str | ObjectName) -> str:
    """``[dbo].[a]]b]``."""
    names = (name for part in parts for name in ((part.schema, part.name) if isinstance(part, ObjectName) else (part,)))
    return ".".join(f"[{name.replace(']', ']]')}]" for name in names)


def relationship(name: str, *entries: Node) -> tuple[Relationship, ...]:
    """One relationship, or none where it would be empty."""
    return (Relationship(name, entries),) if entries else ()


def count(elements: tuple[Element, ...]) -> Counter[str]:
    """How many objects of each kind there are, nested ones too, as Origin.xml counts them."""
    counted: Counter[str] = Counter()
    for element in elements:
        if not element.type.endswith(_PARTS):
            counted[element.type.removeprefix("Sql")] += 1
        for related in element.relationships:
            counted += count(tuple(entry for entry in related.entries if isinstance(entry, Element)))
    return counted


def render(elements: tuple[Element, ...], attributes: Mapping[str, str]) -> bytes:
    """A whole model.xml."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(f"<DataSchemaModel{_attributes({**attributes, 'xmlns': NAMESPACE})}>")
    lines.append("\t<Model>")
    for element in elements:
        lines.extend(_element(element, "\t\t"))
    lines += ["\t</Model>", "</DataSchemaModel>"]
    return "\n".join(lines).replace("\n", "\r\n").encode()


def _element(element: Element, indent: str) -> Iterator[str]:
    head = {"Type": element.type, "Name": element.name, "Disambiguator": element.disambiguator}
    yield f"{indent}<Element{_attributes(head)}>"
    for item in element.properties:
        yield from _property(item, indent + "\t")
    for related in element.relationships:
        yield from _relationship(related, indent + "\t")
    for annotation in element.annotations:
        yield from _annotation(annotation, indent + "\t")
    yield f"{indent}</Element>"


def _property(item: Property, indent: str) -> Iterator[str]:
    if not (item.script or item.body):
        yield f"{indent}<Property{_attributes({'Name': item.name, 'Value': item.value})} />"
        return
    options = ' QuotedIdentifiers="True" AnsiNulls="True"' if item.body else ""
    text = item.value.replace("]]>", "]]]]><![CDATA[>")
    yield f"{indent}<Property{_attributes({'Name': item.name})}>"
    yield f"{indent}\t<Value{options}><![CDATA[{text}]]></Value>"
    yield f"{indent}</Property>"


def _relationship(related: Relationship, indent: str) -> Iterator[str]:
    yield f"{indent}<Relationship{_attributes({'Name': related.name})}>"
    for entry in related.entries:
        yield f"{indent}\t<Entry>"
        if isinstance(entry, Element):
            yield from _element(entry, indent + "\t\t")
        else:
            source = "BuiltIns" if entry.builtin else None
            yield f"{indent}\t\t<References{_attributes({'ExternalSource': source, 'Name': entry.name})} />"
        yield f"{indent}\t</Entry>"
    yield f"{indent}</Relationship>"


def _annotation(annotation: Annotation, indent: str) -> Iterator[str]:
    if annotation.attached:
        yield f"{indent}<AttachedAnnotation{_attributes({'Disambiguator': annotation.disambiguator})} />"
        return
    head = _attributes({"Type": annotation.type, "Name": annotation.name, "Disambiguator": annotation.disambiguator})
    if not annotation.properties:
        yield f"{indent}<Annotation{head} />"
        return
    yield f"{indent}<Annotation{head}>"
    for item in annotation.properties:
        yield from _property(item, indent + "\t")
    yield f"{indent}</Annotation>"


def _attributes(values: Mapping[str, str | int | None]) -> str:
    return "".join(f" {name}={_quoted(str(value))}" for name, value in values.items() if value is not None)


def _quoted(value: str) -> str:
    return '"' + quoteattr(value, {**_CONTROLS, '"': "&quot;"})[1:-1] + '"'
