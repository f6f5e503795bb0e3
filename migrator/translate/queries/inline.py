"""Functions that are one SELECT: a query that reads them can have their text in its own."""

from __future__ import annotations

from collections.abc import Iterable

from migrator.model.datatype import DataType
from migrator.model.schema import Module, ObjectKind
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.queries.parse import parse_query
from migrator.translate.queries.sources import InlineFunction
from migrator.translate.tsql.stream import Stream


def inline_functions(modules: Iterable[Module]) -> dict[tuple[str, str], InlineFunction]:
    """Those of ``modules`` that are one SELECT, by schema and name with letter case folded."""
    found: dict[tuple[str, str], InlineFunction] = {}
    for module in modules:
        if module.kind is not ObjectKind.FUNCTION or module.text is None:
            continue
        try:
            function = _read(module, module.text)
        except Untranslatable:
            continue  # whoever reads it is told that it is no single SELECT here
        if function is not None:
            found[module.name.schema.casefold(), module.name.name.casefold()] = function
    return found


def _read(module: Module, text: str) -> InlineFunction | None:
    stream = Stream("", text)
    words = stream.words
    if "RETURNS" not in words or stream.damaged:
        return None
    returns = words.index("RETURNS")
    if words[returns + 1 : returns + 2] != ["TABLE"] or words[returns + 2 : returns + 3] == ["("]:
        return None
    try:
        start = words.index("RETURN", returns + 1)
        opening = words.index("(", words.index("FUNCTION"))
    except ValueError:
        return None
    end = len(words)
    while end > start and words[end - 1] == ";":
        end -= 1
    query = parse_query(stream.slice(start + 1, end))
    return InlineFunction(tuple(_parameters(stream, opening + 1, returns)), query, module.name.schema)


def _parameters(stream: Stream, start: int, returns: int) -> Iterable[tuple[str, DataType, str | None]]:
    depth = 0
    first = start
    for at in range(start, returns):
        word = stream.words[at]
        closing = word == ")" and not depth
        if (word == "," and not depth) or closing:
            if at > first:
                yield _parameter(stream, first, at)
            first = at + 1
        if closing:
            return
        depth += {"(": 1, ")": -1}.get(word, 0)


def _parameter(stream: Stream, start: int, end: int) -> tuple[str, DataType, str | None]:
    name = stream.tokens[start].text.removeprefix("@")
    equals = next((at for at in range(start, end) if stream.words[at] == "="), end)
    first = start + 2 if stream.words[start + 1] == "AS" else start + 1
    words = stream.slice(first, equals).replace("[", "").replace("]", "")
    default = stream.slice(equals + 1, end) if equals < end else None
    return name, read_type(" ".join(words.split())), default
