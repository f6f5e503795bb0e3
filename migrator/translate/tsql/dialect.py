"""T-SQL for sqlglot: the dialect that reads expressions, and the tokenizer that reads whole scripts."""

from __future__ import annotations

from typing import ClassVar

from sqlglot.dialects.tsql import TSQL
from sqlglot.tokenizer_core import TokenType


class TSqlServer(TSQL):
    """sqlglot's T-SQL, made to keep what it is given: no word (PRINT, GO, END) swallows the text that follows it."""

    class Tokenizer(TSQL.Tokenizer):
        """As TSQL's, without commands."""

        COMMANDS: ClassVar[set[TokenType]] = set()


class ScriptTokenizer(TSQL.Tokenizer):
    """Plain tokens: a word is a VAR whatever it means, ``@x`` and ``#t`` are one word, symbols have one character.

    sqlglot's own keywords join words (``PRIMARY KEY``) and lose spellings (``real``): too much for a reader of DDL.
    """

    KEYWORDS: ClassVar[dict[str, TokenType]] = {}
    COMMANDS: ClassVar[set[TokenType]] = set()
    QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'"]
    SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
        char: kind for char, kind in TSQL.Tokenizer.SINGLE_TOKENS.items() if char not in "@#`"
    }
