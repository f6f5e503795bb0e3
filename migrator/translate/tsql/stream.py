"""A script as tokens that know their place in the text."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Final

from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from migrator.model.schema import Place
from migrator.translate.tsql.tokenizer import ScriptTokenizer

DAMAGED: Final = TokenType.UNKNOWN
"""The kind of a token that stands for text nobody can cut into tokens: from a quote or comment that is never closed."""

NAMES: Final = frozenset({TokenType.VAR, TokenType.IDENTIFIER})
LITERALS: Final = frozenset({TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.NUMBER, TokenType.HEX_STRING})
_MAX_RECOVERIES: Final = 50
"""Each one reads the rest of the script again: a file that has more of them is no script."""

_LINE_BREAK: Final = re.compile(r"\r\n?|\n")
GO_LINE: Final = re.compile(
    r"^[ \t]*GO[ \t]*(?:\d+[ \t]*)?(?:;[ \t]*)?(?:--[^\r\n]*)?\r?$", re.IGNORECASE | re.MULTILINE
)
_LINE_COMMENT_OR_OPEN: Final = re.compile(r"--[^\r\n]*|/\*")
_OPEN_OR_CLOSE: Final = re.compile(r"/\*|\*/")


class Stream:
    """The tokens of one script.

    ``words[i]`` is token i in upper case if it is an unquoted word, its character if it is a symbol, else empty (a
    quoted name, a literal): so a keyword never equals a name that was written in brackets.
    """

    __slots__ = ("_starts", "damaged", "file", "first_line", "text", "tokens", "words")

    def __init__(self, file: str, text: str, first_line: int = 1) -> None:
        self.file = file
        self.text = text
        self.first_line = first_line
        self.tokens = _joined(text, _tokens(text))
        self.words = [_word(token) for token in self.tokens]
        self.damaged = any(token.token_type is DAMAGED for token in self.tokens)
        self._starts = [0, *(match.end() for match in _LINE_BREAK.finditer(text))]

    def line(self, offset: int) -> int:
        """The line of a character, counted from ``first_line``."""
        return bisect_right(self._starts, offset) - 1 + self.first_line

    def place(self, index: int) -> Place:
        """Where token ``index`` begins; the last line for an index behind the last token."""
        offset = self.tokens[index].start if index < len(self.tokens) else len(self.text)
        return Place(self.file, self.line(offset))

    def slice(self, start: int, end: int) -> str:
        """The text of tokens ``start`` to ``end`` (exclusive), as it was written."""
        return self.text[self.tokens[start].start : self.tokens[end - 1].end + 1] if start < end else ""


def _word(token: Token) -> str:
    if token.token_type is TokenType.VAR:
        return token.text.upper()
    # A symbol is the only other kind of token that is one character long and no literal or quoted name.
    if token.start == token.end and token.token_type is not TokenType.NUMBER:
        return token.text
    return ""


def _joined(text: str, tokens: list[Token]) -> list[Token]:
    """``D_${id}`` and ``$(schema)``, which some tool was to replace, as the one word that they are a part of."""
    if "${" not in text and "$(" not in text:
        return tokens
    joined: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _placeholder_end(tokens, position)
        if end:
            token = Token(
                TokenType.VAR,
                start=token.start,
                end=tokens[end - 1].end,
                text=text[token.start : tokens[end - 1].end + 1],
            )
        joined.append(token)
        position = end or position + 1
    return joined


def _placeholder_end(tokens: list[Token], position: int) -> int:
    """Behind a word that holds placeholders; 0 where none begins."""
    if tokens[position].token_type is not TokenType.VAR or not tokens[position].text.endswith("$"):
        return 0
    end = position
    while tokens[end].text.endswith("$") and tokens[end].token_type is TokenType.VAR and end + 3 < len(tokens):
        opening, inner, closing = tokens[end + 1 : end + 4]
        ends = all(one.end + 1 == next_.start for one, next_ in pairwise(tokens[end : end + 4]))
        if (
            not ends
            or (opening.text, closing.text) not in (("{", "}"), ("(", ")"))
            or inner.token_type is not TokenType.VAR
        ):
            break
        end += 4
        if end >= len(tokens) or tokens[end - 1].end + 1 != tokens[end].start:
            return end
        if tokens[end].token_type is not TokenType.VAR:
            return end
        if not tokens[end].text.endswith("$"):
            return end + 1
    return end if end > position else 0


def _tokens(text: str) -> list[Token]:
    """All tokens. What cannot be cut becomes one DAMAGED token that ends before the next line that says GO."""
    tokens: list[Token] = []
    position = 0
    tokenizer = ScriptTokenizer()
    for attempt in range(_MAX_RECOVERIES + 1):
        rest = text[position:] if position else text
        try:
            piece = tokenizer.tokenize(rest)
            failed = _open_comment(rest, piece[-1].end + 1 if piece else 0)
        except TokenError:
            piece = tokenizer.tokens
            failed = piece[-1].end + 1 if piece else 0
        for token in piece if position else ():
            token.start += position
            token.end += position
        tokens += piece
        if failed is None:
            break
        start = position + failed
        resume = GO_LINE.search(text, start + 1) if attempt < _MAX_RECOVERIES else None
        position = resume.start() if resume else len(text)
        tokens.append(Token(DAMAGED, start=start, end=position - 1, text=""))
        if resume is None:
            break
    return tokens


def _open_comment(text: str, start: int) -> int | None:
    """Where a comment begins that is never closed. ``start`` is the end of the last token: only comments follow."""
    while match := _LINE_COMMENT_OR_OPEN.search(text, start):
        start = match.end()
        if match.group() != "/*":
            continue
        depth = 1
        while depth:
            edge = _OPEN_OR_CLOSE.search(text, start)
            if edge is None:
                return match.start()
            start = edge.end()
            depth += 1 if edge.group() == "/*" else -1
    return None
