"""Variables that hold a text which the script itself puts together, for EXEC (@sql) and its kind.

A value is known as long as every way to where it is used sets it: what an IF sets is known inside of that IF alone,
and a loop knows only what it sets itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.statements import Statement
from migrator.translate.tsql.types import type_name

_MAX_TEXT = 1 << 22
"""A variable that doubles itself again and again is no longer followed."""


@dataclass(frozen=True, slots=True)
class _Value:
    text: str
    line: int
    blocks: tuple[int, ...]


class Variables:
    """The texts of one batch's variables, by their names in lower case."""

    def __init__(self) -> None:
        self._values: dict[str, _Value] = {}

    def forget(self) -> None:
        """A new batch knows no variable of the last one."""
        self._values.clear()

    def value(self, name: str, statement: Statement) -> tuple[str, int] | None:
        """The text of a variable and the line that it begins on, as ``statement`` sees it; None if it is not known."""
        found = self._values.get(name.lower())
        if found is None or found.blocks != statement.blocks[: len(found.blocks)]:
            return None
        return (found.text, found.line) if len(found.blocks) >= statement.loops else None

    def see(self, statement: Statement) -> None:
        """Follow DECLARE, SET and SELECT @a = ...; whatever else may change a variable makes it unknown."""
        cursor = statement.cursor()
        word = statement.word
        if word not in ("DECLARE", "SET", "SELECT") or not cursor.ahead(1).startswith("@"):
            self._forget_targets(statement)
            return
        cursor.at += 1
        try:
            while cursor.word.startswith("@"):
                self._assign(cursor, statement, declared=word == "DECLARE")
                if not cursor.take(","):
                    break
            cursor.finish()
        except Unreadable:
            self._forget_targets(statement)

    def _assign(self, cursor: Cursor, statement: Statement, *, declared: bool) -> None:
        """``@a type = text`` of a DECLARE, ``@a = text`` or ``@a += text`` else. Raises Unreadable."""
        name = cursor.word.lower()
        cursor.at += 1
        if declared:
            cursor.take("AS")
            type_name(cursor)
        adds = cursor.take("+")
        before = self.value(name, statement) if adds else ("", 0)
        if not cursor.take("="):
            self._values.pop(name, None)
            return
        text = self.text(cursor, statement)
        self._values.pop(name, None)
        if text is None:
            raise Unreadable("its text is put together at run time")
        if before is not None and len(before[0]) + len(text[0]) <= _MAX_TEXT:
            self._values[name] = _Value(before[0] + text[0], before[1] or text[1], statement.blocks)

    def text(self, cursor: Cursor, statement: Statement) -> tuple[str, int] | None:
        """Step over texts and known variables joined by ``+``: the whole and its line. None where more is in it."""
        pieces: list[str] = []
        line = 0
        while True:
            if cursor.at_string():
                found: tuple[str, int] | None = (cursor.stream.tokens[cursor.at].text, cursor.place.line)
            elif cursor.word.startswith("@"):
                found = self.value(cursor.word, statement)
            else:
                found = None
            if found is None:
                return None
            cursor.at += 1
            line = line or found[1]
            pieces.append(found[0])
            if not cursor.take("+"):
                return "".join(pieces), line

    def _forget_targets(self, statement: Statement) -> None:
        """Variables that the statement may set: before ``=`` or OUTPUT, and all that a FETCH names."""
        words = statement.stream.words
        for at in range(statement.start, statement.end):
            if not words[at].startswith("@"):
                continue
            following = words[at + 1] if at + 1 < statement.end else ""
            if statement.word == "FETCH" or following in ("=", "OUT", "OUTPUT", "+"):
                self._values.pop(words[at].lower(), None)
