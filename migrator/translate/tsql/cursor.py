"""Reading tokens one after another: the hands of every parser in this room."""

from __future__ import annotations

from typing import Final

from sqlglot.tokenizer_core import TokenType

from migrator.model.name import ObjectName
from migrator.model.schema import Place
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.stream import Stream

DEFAULT_SCHEMA: Final = "dbo"

_STRINGS: Final = {TokenType.STRING, TokenType.NATIONAL_STRING}


class Cursor:
    """A position in the tokens ``start`` to ``end`` (exclusive) of a stream. Words are compared in upper case.

    ``schema`` is where names belong that name no schema.
    """

    __slots__ = ("at", "end", "schema", "stream")

    def __init__(self, stream: Stream, start: int, end: int, schema: str = DEFAULT_SCHEMA) -> None:
        self.stream = stream
        self.at = start
        self.end = end
        self.schema = schema

    @property
    def done(self) -> bool:
        """True behind the last token."""
        return self.at >= self.end

    @property
    def word(self) -> str:
        """The word or symbol here; empty at a quoted name, a literal or the end."""
        return self.stream.words[self.at] if self.at < self.end else ""

    def ahead(self, distance: int) -> str:
        """The word or symbol ``distance`` tokens further."""
        index = self.at + distance
        return self.stream.words[index] if index < self.end else ""

    @property
    def place(self) -> Place:
        """Where the token here begins."""
        return self.stream.place(self.at)

    def sees(self, *words: str) -> bool:
        """True if these words stand here, one after another."""
        return all(self.ahead(distance) == word for distance, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Step over these words if they stand here."""
        if self.sees(*words):
            self.at += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str:
        """Step over one of these words; empty if none of them stands here."""
        word = self.word
        if word and word in words:
            self.at += 1
            return word
        return ""

    def expect(self, *words: str) -> None:
        """Step over these words. Raises Unreadable where others stand."""
        if not self.take(*words):
            raise self.unexpected(" ".join(words))

    def finish(self) -> None:
        """Raises Unreadable if anything is left."""
        if not self.done:
            raise self.unexpected("the end of the statement")

    def unexpected(self, wanted: str) -> Unreadable:
        """What to say where ``wanted`` should stand."""
        if self.done:
            return Unreadable(f"it ends where {wanted} should follow")
        token = self.stream.tokens[self.at]
        # A literal may be somebody's data: it is named by its kind, not shown.
        seen = f'"{token.text}"' if self.word or self.at_name() else "a literal"
        return Unreadable(f"line {self.place.line} has {seen} where {wanted} should stand")

    def back_text(self, start: int) -> str:
        """The text from token ``start`` up to here."""
        return self.stream.slice(start, self.at)

    def at_name(self) -> bool:
        """True at a word or a quoted name."""
        if self.done:
            return False
        token = self.stream.tokens[self.at]
        if token.token_type is TokenType.IDENTIFIER:
            return self.stream.text[token.start] in '["'
        return token.token_type is TokenType.VAR

    def at_string(self) -> bool:
        """True at a text literal."""
        return not self.done and self.stream.tokens[self.at].token_type in _STRINGS

    def at_number(self) -> bool:
        """True at an unsigned number."""
        return not self.done and self.stream.tokens[self.at].token_type is TokenType.NUMBER

    def name(self, what: str = "a name") -> str:
        """Step over one name and return it without quotes."""
        if not self.at_name() or not self.stream.tokens[self.at].text:
            raise self.unexpected(what)
        self.at += 1
        return self.stream.tokens[self.at - 1].text

    def string(self) -> str:
        """Step over one text literal and return its value."""
        if not self.at_string():
            raise self.unexpected("a text literal")
        self.at += 1
        return self.stream.tokens[self.at - 1].text

    def integer(self) -> int:
        """Step over a whole number with an optional sign."""
        negative = self.take("-")
        if not negative:
            self.take("+")
        if not self.at_number():
            raise self.unexpected("a number")
        text = self.stream.tokens[self.at].text
        # 38 digits are the most that any SQL Server number has.
        if not text.isdecimal() or len(text) > 38:
            raise self.unexpected("a whole number")
        self.at += 1
        return -int(text) if negative else int(text)

    def parts(self, what: str = "a name") -> list[str]:
        """Step over a name of one to four parts; a part that was left out (``db..t``) is empty."""
        # A word with @ in front is no schema: a tool puts one there before the script runs (@cdmSchema.person).
        placeholder = self.word.startswith("@") and self.ahead(1) == "."
        parts = [self.name(what)]
        if placeholder:
            parts[0] = ""
        while self.take("."):
            parts.append("" if self.word == "." else self.name(what))
        return parts

    def object_name(self, what: str = "a name") -> ObjectName:
        """Step over an object's name; server and database are left out, a missing schema is filled in."""
        parts = self.parts(what)
        return ObjectName((parts[-2] if len(parts) > 1 else "") or self.schema, parts[-1])

    def group(self) -> str:
        """Step over a bracketed group and return the text inside."""
        self.expect("(")
        first = self.at
        depth = 1
        while not self.done:
            word = self.word
            if word == "(":
                depth += 1
            elif word == ")":
                depth -= 1
                if not depth:
                    inside = self.stream.slice(first, self.at)
                    self.at += 1
                    return inside
            self.at += 1
        raise Unreadable("a bracket is never closed")
