"""sqlglot's T-SQL tokenizer, for whole scripts instead of expressions."""

from __future__ import annotations

from typing import ClassVar

from sqlglot.dialects.tsql import TSQL
from sqlglot.tokenizer_core import TokenType


class ScriptTokenizer(TSQL.Tokenizer):
    """Plain tokens: a word is a VAR whatever it means, ``@x`` and ``#t`` are one word, symbols have one character.

    sqlglot's own keywords join words (``PRIMARY KEY``), lose spellings (``real``) or swallow the text that follows them
    (``PRINT``): too much for a reader of DDL.
    """

    KEYWORDS: ClassVar[dict[str, TokenType]] = {}
    COMMANDS: ClassVar[set[TokenType]] = set()
    QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'"]
    SINGLE_TOKENS: ClassVar[dict[str, TokenType]] = {
        char: kind for char, kind in TSQL.Tokenizer.SINGLE_TOKENS.items() if char not in "@#`"
    }
