"""Where an expression ends. Expressions are not parsed here, only cut out: their text stays as it was written."""

from __future__ import annotations

from typing import Final

from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Unreadable

_OPERATORS: Final = frozenset("+-*/%&|^")
_SIGNS: Final = frozenset("+-~")
_COMPUTED_END: Final = frozenset(
    {"PERSISTED", "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "REFERENCES", "CHECK", ",", ")"}
)
_FILTER_END: Final = frozenset({"WITH", "ON", "FILESTREAM_ON", ",", ")"})


def default_expression(cursor: Cursor) -> str:
    """Step over the expression of a DEFAULT: operands joined by arithmetic operators, so without ``NOT NULL``."""
    start = cursor.at
    _operand(cursor)
    while cursor.word in _OPERATORS:
        cursor.at += 1
        _operand(cursor)
    return cursor.back_text(start)


def _operand(cursor: Cursor) -> None:
    while cursor.word in _SIGNS:
        cursor.at += 1
    if cursor.word == "(":
        cursor.group()
        return
    if cursor.take("NEXT", "VALUE", "FOR"):
        cursor.parts()
        return
    if cursor.at_string() or cursor.at_number():
        cursor.at += 1
        return
    if not cursor.at_name():
        # A binary literal is neither name nor text nor number; symbols cannot begin an expression.
        if cursor.done or cursor.word:
            raise cursor.unexpected("an expression")
        cursor.at += 1
        return
    # A currency sign makes a literal of type money: $1.50 is one operand.
    money = bool(cursor.word) and not (cursor.word[0].isalnum() or cursor.word[0] in "_@#")
    cursor.at += 1
    while cursor.take("."):
        if money and cursor.at_number():
            cursor.at += 1
        else:
            cursor.name()
    if cursor.word == "(":
        cursor.group()


def computed_expression(cursor: Cursor) -> str:
    """Step over what follows AS in a computed column."""
    return _until(cursor, _COMPUTED_END)


def filter_expression(cursor: Cursor) -> str:
    """Step over what follows WHERE in an index."""
    return _until(cursor, _FILTER_END)


def _until(cursor: Cursor, end: frozenset[str]) -> str:
    """Step to the first word of ``end`` outside of brackets and CASE."""
    start = cursor.at
    cases = 0
    while not cursor.done:
        word = cursor.word
        if word == "(":
            cursor.group()
            continue
        if word == "CASE":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif not cases and word in end:
            break
        cursor.at += 1
    if cursor.at == start:
        raise cursor.unexpected("an expression")
    if cases:
        raise Unreadable("a CASE has no END")
    return cursor.back_text(start)


def is_temporary(cursor: Cursor) -> bool:
    """True at the name of a temporary object (``#t``, ``##t``, ``tempdb..#t``), which no schema keeps."""
    at = cursor.at
    parts = cursor.parts()
    cursor.at = at
    return parts[-1].startswith("#")
