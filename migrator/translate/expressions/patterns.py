"""LIKE and PATINDEX: patterns with classes as regular expressions."""

from __future__ import annotations

import re
from typing import Final

from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.compare import collated
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import UNICODE_TYPES, Leeway, Value, quoted_text

_ESCAPE: Final = "|"
_REGEX_SIGNS: Final = frozenset(r"\.[]{}()*+?^$|-&")


def like(scope: Scope, value: Value, pattern: Value, escape: str | None, leeway: Leeway) -> str:
    """``value LIKE pattern`` (a constant) as LIKE, or as REGEXP_LIKE where LIKE cannot say it. Raises Untranslatable.

    Trailing blanks of the value may be left out of the match, unless one of both is Unicode (MS Learn: "LIKE").
    """
    pieces = read_pattern(str(pattern.literal), escape)
    unicode = any(side.type is not None and side.type.base in UNICODE_TYPES for side in (value, pattern))
    last = pieces[-1] if pieces else ("text", "")
    loose = not unicode and (last[0] == "one" or last == ("text", " "))
    if loose or any(kind == "class" for kind, _ in pieces):
        text = as_text(value).sql + collated(scope, value)
        ending = " *\\z" if not unicode else "\\z"
        expression, flags = regular(pieces, value.collation or scope.collation, leeway)
        return f"REGEXP_LIKE({text}, {quoted_text(f'^{expression}{ending}')}, '{flags}')"
    blanks = any(piece in (("one", ""), ("text", " ")) for piece in pieces)
    if unicode or (last[0] == "any" and blanks):
        text = as_text(value).sql
    else:
        text = value.sql if last[0] == "any" or value.raw_char else f"RTRIM({value.sql})"
    escaped = any(kind == "text" and content in ("%", "_", "\\") for kind, content in pieces)
    plain = "".join(_plain(kind, content, escaped=escaped) for kind, content in pieces)
    ending = f" ESCAPE '{_ESCAPE}'" if escaped else ""
    return f"{text}{collated(scope, value)} LIKE {quoted_text(plain)}{ending}"


def _plain(kind: str, content: str, *, escaped: bool) -> str:
    if kind == "any":
        return "%"
    if kind == "one":
        return "_"
    return _ESCAPE + content if escaped and content in ("%", "_", _ESCAPE) else content


def read_pattern(pattern: str, escape: str | None) -> list[tuple[str, str]]:
    """A LIKE pattern's pieces: kind (any, one, text, class) and content."""
    pieces: list[tuple[str, str]] = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        if escape and character == escape and position + 1 < len(pattern):
            pieces.append(("text", pattern[position + 1]))
            position += 2
            continue
        end = pattern.find("]", position + 2) if character == "[" else -1
        if end > 0:
            content = pattern[position + 1 : end]
            single = len(content) == 1 and content != "^"
            pieces.append(("text" if single else "class", content))
            position = end + 1
            continue
        pieces.append({"%": ("any", ""), "_": ("one", "")}.get(character, ("text", character)))
        position += 1
    return pieces


def regular(pieces: list[tuple[str, str]], collation: str, leeway: Leeway) -> tuple[str, str]:
    """A pattern as a regular expression, with the flags that its collation asks for. Raises Untranslatable."""
    classes = [content for kind, content in pieces if kind == "class"]
    flags = _flags(collation)
    binary = "_BIN" in collation.upper()
    if not binary and "_AI" in collation.upper():
        leeway.differs("like-accents", "a LIKE class under a collation that ignores accents")
    if not binary and any(re.search(r".-.", content) for content in classes):
        leeway.remarks.append("like-range")
    return "".join(_regular_piece(kind, content) for kind, content in pieces), flags


def _flags(collation: str) -> str:
    return "cn" if "_BIN" in collation.upper() or "_CS" in collation.upper() else "in"


def _regular_piece(kind: str, content: str) -> str:
    if kind == "any":
        return ".*"
    if kind == "one":
        return "."
    if kind == "text":
        return literally(content)
    negated = content.startswith("^")
    body = content.removeprefix("^")
    inside = re.sub(r"[\\\[\]^&]", lambda found: "\\" + found[0], body)
    return f"[{'^' if negated else ''}{inside}]"


def literally(content: str) -> str:
    """Text as a regular expression that finds it."""
    return "".join("\\" + character if character in _REGEX_SIGNS else character for character in content)


def unknown_like(scope: Scope, value: Value, pattern: Value, escape: str | None, leeway: Leeway) -> str:
    """LIKE with a pattern that is no constant: classes are not understood. Raises Untranslatable in a constraint."""
    leeway.differs("like-pattern", "the pattern of a LIKE is no constant")
    mark = "" if escape is None else escape  # without one, MySQL would take a backslash
    return f"{as_text(value).sql}{collated(scope, value)} LIKE {as_text(pattern).sql} ESCAPE {quoted_text(mark)}"


def place(scope: Scope, pattern: str, value: Value, leeway: Leeway) -> str:
    """PATINDEX: where the pattern begins, 0 where it is not. Raises Untranslatable."""
    pieces = read_pattern(pattern, None)
    open_start = bool(pieces) and pieces[0][0] == "any"
    open_end = bool(pieces) and pieces[-1][0] == "any"
    middle = pieces[open_start : len(pieces) - open_end or None] if pieces else pieces
    if len(pieces) == 1 and open_start:
        middle = []
    expression, flags = regular(middle, value.collation or scope.collation, leeway)
    whole = f"{'' if open_start else '^'}{expression}{'' if open_end else chr(92) + 'z'}"
    text = as_text(value).sql + collated(scope, value)
    return f"REGEXP_INSTR({text}, {quoted_text(whole or '^')}, 1, 1, 0, '{flags}')"
