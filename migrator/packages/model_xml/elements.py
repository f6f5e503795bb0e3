"""model.xml as a stream of elements.

Every object is an Element with a type, properties (name to text) and relationships (name to nested elements or to
references by name). That is the whole grammar; what the words mean is for the modules beside this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import create_parser

from migrator.errors import PackageDamaged
from migrator.model.name import ObjectName
from migrator.model.schema import Place
from migrator.packages.archive import MODEL, Entry

_CHUNK: Final = 1 << 18
_NAME_PART: Final = re.compile(r"\[((?:[^\]]|\]\])*)\]")

_SKIPPED: Final = frozenset(
    {
        "BodyDependencies",
        "CheckExpressionDependencies",
        "DynamicObjects",
        "ExpressionDependencies",
        "QueryDependencies",
    }
)
"""Relationships that repeat what the expressions say; they are most of the file."""


def name_parts(name: str) -> tuple[str, ...]:
    """``[dbo].[a]]b]`` as ("dbo", "a]b"); a name without brackets is one part. A database before ``|`` is left out."""
    local = name.rpartition("]|[")[2] if "]|[" in name else name
    parts = _NAME_PART.findall(local if local is name else "[" + local)
    return tuple(part.replace("]]", "]") for part in parts) or (name,)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to an object by name; ``builtin`` for what every server has (types, dbo, public)."""

    parts: tuple[str, ...]
    builtin: bool


@dataclass(slots=True)
class Element:
    """One object or a part of one. ``annotations`` maps an annotation's type to its properties."""

    type: str
    parts: tuple[str, ...]
    line: int
    properties: dict[str, str] = field(default_factory=dict)
    relationships: dict[str, list[Element | Reference]] = field(default_factory=dict)
    annotations: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """Where the element stands in model.xml."""
        return Place(MODEL, self.line)

    @property
    def own_name(self) -> str | None:
        """The last part of the name; None where the system named the object."""
        return self.parts[-1] if self.parts else None

    def true(self, name: str, *, default: bool = False) -> bool:
        """A property that is True or False."""
        return self.properties.get(name, str(default)).lower() == "true"

    def number(self, name: str, default: int) -> int:
        """A property that is a whole number. Raises PackageDamaged."""
        text = self.properties.get(name)
        try:
            return default if text is None else int(text)
        except ValueError as error:
            raise self.damaged(f"has a {name} that is no number") from error

    def elements(self, relationship: str) -> list[Element]:
        """The nested elements of a relationship."""
        return [item for item in self.relationships.get(relationship, ()) if isinstance(item, Element)]

    def references(self, relationship: str) -> list[Reference]:
        """The references of a relationship."""
        return [item for item in self.relationships.get(relationship, ()) if isinstance(item, Reference)]

    def reference(self, relationship: str) -> Reference:
        """The first reference of a relationship that must have one. Raises PackageDamaged."""
        found = self.references(relationship)
        if not found:
            raise self.damaged(f"has no {relationship}")
        return found[0]

    def table(self, relationship: str) -> ObjectName:
        """The schema and name that a relationship points to. Raises PackageDamaged."""
        parts = self.reference(relationship).parts
        if len(parts) < 2:
            raise self.damaged(f"has a {relationship} without a schema")
        return ObjectName(parts[0], parts[1])

    def damaged(self, what: str) -> PackageDamaged:
        """An error about this element."""
        name = ".".join(self.parts) or "without a name"
        return PackageDamaged(
            f"{self.type} {name} in line {self.line} of {MODEL} {what}.",
            todo="Export the package again; if that does not help, report the fault with this element of model.xml.",
        )


class _Builder(ContentHandler):
    """Collects finished top-level elements in ``done``."""

    def __init__(self, wanted: frozenset[str] | None, parser: Any) -> None:
        super().__init__()
        self.done: list[Element] = []
        self.root: dict[str, str] = {}
        self._wanted = wanted
        self._parser = parser
        self._open: list[Element] = []
        self._relationships: list[str] = []
        self._properties: list[dict[str, str]] = []
        self._property = ""
        self._text: list[str] | None = None
        self._skip = 0

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  # the SAX interface's own name
        if self._skip:
            self._skip += 1
        elif name == "Element":
            self._start(attrs)
        elif name == "Relationship" and self._open:
            self._relationship(attrs.get("Name") or "")
        elif name == "References" and self._open:
            self._reference(attrs)
        elif name == "Property" and self._properties:
            self._property = attrs.get("Name") or ""
            self._properties[-1][self._property] = attrs.get("Value") or ""
        elif name == "Value" and self._properties:
            self._text = []
        elif name == "Annotation" and self._open:
            self._properties.append(self._open[-1].annotations.setdefault(attrs.get("Type") or "", {}))
        elif name == "DataSchemaModel":
            self.root = dict(attrs.items())

    def endElement(self, name: str) -> None:  # noqa: N802
        if self._skip:
            self._skip -= 1
        elif name == "Element":
            self._properties.pop()
            element = self._open.pop()
            if not self._open:
                self.done.append(element)
        elif name == "Relationship" and self._open:
            self._relationships.pop()
        elif name == "Value" and self._text is not None:
            self._properties[-1][self._property] = "".join(self._text)
            self._text = None
        elif name == "Annotation" and self._open:
            self._properties.pop()

    def characters(self, content: str) -> None:
        if self._text is not None and not self._skip:
            self._text.append(content)

    def _start(self, attrs: AttributesImpl) -> None:
        type_ = attrs.get("Type") or ""
        if not self._open and self._wanted is not None and type_ not in self._wanted:
            self._skip = 1
            return
        name = attrs.get("Name")
        element = Element(type_, name_parts(name) if name else (), self._parser.getLineNumber())
        if self._open:
            self._holder().append(element)
        self._open.append(element)
        self._properties.append(element.properties)

    def _relationship(self, name: str) -> None:
        if name in _SKIPPED:
            self._skip = 1
            return
        self._relationships.append(name)

    def _reference(self, attrs: AttributesImpl) -> None:
        self._holder().append(Reference(name_parts(attrs.get("Name") or ""), attrs.get("ExternalSource") == "BuiltIns"))

    def _holder(self) -> list[Element | Reference]:
        name = self._relationships[-1] if self._relationships else ""
        return self._open[-1].relationships.setdefault(name, [])


class Elements:
    """The top-level elements in file order, once; only those of a type in ``wanted``, if it is given.

    ``root`` holds the attributes of the whole model from the first element on. Iterating raises PackageDamaged.
    """

    def __init__(self, entry: Entry, wanted: frozenset[str] | None = None) -> None:
        self._entry = entry
        self._parser = create_parser(forbid_dtd=True)
        self._builder = _Builder(wanted, self._parser)
        self._parser.setContentHandler(self._builder)

    @property
    def root(self) -> dict[str, str]:
        """Attributes of DataSchemaModel."""
        return self._builder.root

    def __iter__(self) -> Iterator[Element]:
        try:
            while chunk := self._entry.read(_CHUNK):
                self._parser.feed(chunk)
                yield from self._builder.done
                self._builder.done.clear()
            self._parser.close()
        except (SAXParseException, DefusedXmlException, ValueError) as error:
            raise PackageDamaged(
                f"{MODEL} is not readable XML.", why=str(error), todo="Export the package again."
            ) from error
        if not self.root:
            raise PackageDamaged(f"{MODEL} is not a schema model.", why="Its root is not DataSchemaModel.")
