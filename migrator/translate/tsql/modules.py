"""Views, procedures, functions and triggers: their text, and what their header says."""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import Module, ObjectKind, Place
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Unreadable

KINDS: Final = {
    "VIEW": ObjectKind.VIEW,
    "PROC": ObjectKind.PROCEDURE,
    "PROCEDURE": ObjectKind.PROCEDURE,
    "FUNCTION": ObjectKind.FUNCTION,
    "TRIGGER": ObjectKind.TRIGGER,
}


def module(cursor: Cursor, kind: ObjectKind, text: str, place: Place) -> Module:
    """Read a module from its name on. A trigger on the database or the server has neither schema nor parent."""
    parts = cursor.parts("the name of the module")
    name = ObjectName((parts[-2] if len(parts) > 1 else "") or cursor.schema, parts[-1])
    parent = None
    if kind is ObjectKind.TRIGGER:
        cursor.expect("ON")
        if cursor.take("DATABASE") or cursor.take("ALL", "SERVER"):
            name = ObjectName("", name.name)
        else:
            parent = cursor.object_name("a table or view")
            name = ObjectName(parent.schema, name.name)
    return Module(name, kind, text, _body(cursor, kind), parent, place)


def _body(cursor: Cursor, kind: ObjectKind) -> str:
    """What follows the AS that parts header and body, comments and all.

    The AS of ``@p AS int`` and of ``EXECUTE AS`` is not that one.
    """
    depth = 0
    returns = False
    while not cursor.done:
        word = cursor.word
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif not depth:
            before = cursor.stream.words[cursor.at - 1]
            if word == "AS" and before not in ("EXECUTE", "EXEC") and not before.startswith("@"):
                cursor.at += 1
                break
            returns = returns or word == "RETURNS"
            if kind is ObjectKind.FUNCTION and returns and word in ("BEGIN", "RETURN"):
                break  # AS is optional in a function
        cursor.at += 1
    if cursor.done:
        raise Unreadable("it has no body")
    tokens = cursor.stream.tokens
    return cursor.stream.text[tokens[cursor.at - 1].end + 1 : tokens[cursor.end - 1].end + 1].strip()
