"""Methods of xml over LONGTEXT: simple XPath through ExtractValue(), rows through the fragments of an element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.value import Family, Untranslatable, Value, family_of, quoted_text

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

_DECLARATION: Final = re.compile(
    r"""\s*declare\s+(?:default\s+element\s+namespace|namespace\s+[\w.-]+\s*=)\s*(?:"[^"]*"|'[^']*')\s*;""",
    re.IGNORECASE,
)
_NAME: Final = r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*"
_STEP: Final = re.compile(rf"({_NAME}|\*)((?:\[(?:\d+|@{_NAME}\s*=\s*(?:\"[^\"]*\"|'[^']*'))\])*)$")
_ATTRIBUTE: Final = re.compile(rf"@{_NAME}$")
_BIT: Final = DataType(SqlType.BIT)
_XML: Final = DataType(SqlType.XML)


@dataclass(frozen=True, slots=True)
class XPath:
    """A path that both engines walk: its ``steps``, from the document's root (``absolute``) or a node, and its end.

    ``last`` is an attribute (``@name``), ``text()`` or empty.
    """

    absolute: bool
    steps: tuple[str, ...]
    last: str

    def text(self, *, first: bool = False) -> str:
        """As ExtractValue() wants it; ``first`` takes the first element of each step that chooses none itself."""
        steps = [step if not first or "[" in step or step == "*" else f"{step}[1]" for step in self.steps]
        inside = steps if self.absolute else ["*", *steps]
        return "/" + "/".join([*inside, *([self.last] if self.last else [])])


def read_path(written: str) -> XPath:
    """The path of value(), exist() or nodes(), without the declarations before it. Raises Untranslatable.

    Prefixes stay as they are written: ExtractValue() compares names with their prefix, as the document has it.
    """
    plain = written
    while declared := _DECLARATION.match(plain):
        plain = plain[declared.end() :]
    plain = re.sub(r"\s+", " ", plain).strip()
    unknown = Untranslatable(f"the XPath {plain!r} is not simple enough for ExtractValue()")
    if grouped := re.fullmatch(r"\((.*)\) ?\[1\]", plain):
        plain = grouped[1].strip()
    plain = re.sub(rf"^\(((?:\./|/)?{_NAME})\) ?(\[\d+\])", r"\1\2", plain)  # one step in parentheses is a step
    plain = re.sub(r"^(?:string|data)\((.*)\)(?:\[1\])?$", r"\1", plain).strip()
    absolute = plain.startswith("/")
    plain = plain.removeprefix("./").removeprefix("/")
    if plain in (".", ""):
        return XPath(absolute=False, steps=(), last="")
    steps: list[str] = []
    pieces = re.split(r"/(?![^\[]*\])", plain)
    for number, piece in enumerate(pieces, 1):
        bare = re.sub(r"\[1\]$", "", piece.strip())
        if number == len(pieces) and (bare == "text()" or _ATTRIBUTE.match(bare)):
            return XPath(absolute, tuple(steps), bare)
        if not _STEP.match(piece.strip()):
            raise unknown
        steps.append(piece.strip())
    return XPath(absolute, tuple(steps), "")


def method(translator: Translator, owner: Value, name: str, arguments: list[exp.Expr]) -> Value:
    """value(), exist() and query() of an xml value. Raises Untranslatable."""
    words = [translator.scalar(argument).literal for argument in arguments]
    if not words or not all(isinstance(word, str) for word in words):
        raise Untranslatable(f"the XPath of {name}() is no constant")
    path = read_path(str(words[0]))
    translator.leeway.differs("xml-methods", f"it calls the method {name} of a xml")
    if name == "value" and len(words) == 2:
        return _value(translator, owner, path, read_type(str(words[1])))
    if name == "exist" and len(words) == 1:
        return Value(f"({_count(owner.sql, path)} > 0)", _BIT, nullable=owner.nullable)
    if name == "query" and len(words) == 1 and not path.steps and not path.last:
        return owner
    raise Untranslatable(f"it calls the method {name} of a xml")


def _value(translator: Translator, owner: Value, path: XPath, type_: DataType) -> Value:
    if not path.steps and not path.last:
        found = text_of(owner.sql)
    else:
        extracted = f"ExtractValue({owner.sql}, {quoted_text(path.text(first=True))})"
        found = f"IF({_count(owner.sql, path)} > 0, {_unescaped(extracted)}, NULL)"
    text = Value(found, DataType(SqlType.NVARCHAR, length=MAX), foreign=True)
    if family_of(type_) in (Family.DATE, Family.DATETIME, Family.TIME):
        text = Value(f"REPLACE({found}, 'Z', '')", text.type, foreign=True)  # how xs:dateTime says UTC
    return translator.cast(text, type_)


def text_of(xml: str) -> str:
    """All the text inside an element, without its tags."""
    return _unescaped(f"REGEXP_REPLACE({xml}, '<[^>]*>', '')")


def _unescaped(plain: str) -> str:
    """ExtractValue() gives entities as they are written."""
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        plain = f"REPLACE({plain}, {quoted_text(entity)}, {quoted_text(letter)})"
    return plain


def _count(xml: str, path: XPath) -> str:
    return f"ExtractValue({xml}, {quoted_text(f'count({path.text()})')})"


def nodes(owner_sql: str, xpath: str) -> str:
    """A LATERAL derived table, in parentheses, with one row and column ``node`` (LONGTEXT) per element of ``xpath``.

    ``owner_sql`` is a document or the ``node`` of another such table. Raises Untranslatable.
    """
    path = read_path(xpath)
    if path.last:
        raise Untranslatable(f"nodes() of {path.last}, which is no element")
    if not path.steps:
        return f"(SELECT {owner_sql} AS `node`)"
    counted = _count(owner_sql, path)
    if path.absolute and len(path.steps) == 1:
        once = f"{owner_sql} AS `node` FROM (SELECT 1) AS `one` WHERE {counted} > 0"
        return f"(SELECT {once})"
    tag = re.escape(re.sub(r"\[.*", "", path.steps[-1]))
    if tag == re.escape("*") or "[" in path.steps[-1]:
        raise Untranslatable("nodes() of elements that are chosen by more than their name")
    element = rf"<{tag}(?:\s[^>]*)?(?:/>|(?<!/)>.*?</{tag}\s*>)"
    fragment = f"REGEXP_SUBSTR({owner_sql}, {quoted_text(element)}, 1, `places`.`n`, 'cn')"
    listed = f"CONCAT('[0', REPEAT(',0', {counted} - 1), ']')"
    numbers = f"JSON_TABLE(IF({counted} > 0, {listed}, '[]'), '$[*]' COLUMNS (`n` FOR ORDINALITY)) AS `places`"
    return f"(SELECT {fragment} AS `node` FROM {numbers})"  # noqa: S608 - every part is quoted above


def node_type() -> DataType:
    """The type of the column ``node``: what it holds is xml again."""
    return _XML
