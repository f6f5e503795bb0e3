"""T-SQL expression text to a syntax tree that still says what was written.

sqlglot's T-SQL reader turns functions into its own neutral nodes and loses meaning on the way (units of DATEDIFF, the
kind of CONVERT, float(24)). Here every call stays a call by its T-SQL name, and a type stays its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, Final

from sqlglot import exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.parsers.tsql import TSQLParser
from sqlglot.tokenizer_core import TokenType

from migrator.translate.expressions.value import Untranslatable

_MONEY: Final = re.compile(r"(?<![\w@#$\]'\"])\$(\d+(?:\.\d*)?|\.\d+)")
_STRING_OR_NAME: Final = re.compile(r"'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"")
_SEQUENCE: Final = re.compile(r"^\s*\(*\s*NEXT\s+VALUE\s+FOR\b", re.IGNORECASE)
MONEY_CALL: Final = "$money"
"""The name of the call that stands for a money literal (``$1.50``), which sqlglot cannot read."""


class ExpressionParser(TSQLParser):
    """T-SQL's expressions without any function that sqlglot knows."""

    FUNCTIONS: ClassVar[dict[str, Callable[..., Any]]] = {}
    NO_PAREN_FUNCTIONS: ClassVar[dict[TokenType, Any]] = {}
    NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {"CASE": lambda self: self._parse_case()}
    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        "CAST": lambda self: self.cast("CAST"),
        "TRY_CAST": lambda self: self.cast("TRY_CAST"),
        "CONVERT": lambda self: self.convert("CONVERT"),
        "TRY_CONVERT": lambda self: self.convert("TRY_CONVERT"),
        "PARSE": lambda self: self.cast("PARSE"),
        "TRY_PARSE": lambda self: self.cast("TRY_PARSE"),
        "TRIM": lambda self: self.trim(),
        "JSON_OBJECT": lambda self: self.json("JSON_OBJECT"),
        "JSON_ARRAY": lambda self: self.json("JSON_ARRAY"),
    }

    def cast(self, name: str) -> exp.Anonymous:
        """``value AS type``: a call of the type's text and the value."""
        value = self._parse_disjunction()
        self._match(TokenType.ALIAS)
        return exp.Anonymous(this=name, expressions=[exp.Var(this=self._type_text()), value])

    def convert(self, name: str) -> exp.Anonymous:
        """``type, value[, style]``: the same with the style."""
        arguments: list[Any] = [exp.Var(this=self._type_text())]
        while self._match(TokenType.COMMA):
            arguments.append(self._parse_disjunction())
        return exp.Anonymous(this=name, expressions=arguments)

    def trim(self) -> exp.Anonymous:
        """``[LEADING | TRAILING | BOTH] [characters FROM] text``: a call of the text, the characters and the side."""
        side = "both"
        if self._curr and self._curr.text.lower() in ("leading", "trailing", "both"):
            side = self._curr.text.lower()
            self._advance()
        arguments = [self._parse_bitwise()]
        if self._match(TokenType.FROM):
            arguments = [self._parse_bitwise(), *arguments, exp.Var(this=side)]
        return exp.Anonymous(this="TRIM", expressions=arguments)

    def json(self, name: str) -> exp.Anonymous:
        """``key : value, …`` or ``value, …``, then what becomes of NULL: a call whose first argument says that."""
        arguments: list[Any] = []
        while self._curr and self._curr.token_type is not TokenType.R_PAREN and not self._absent():
            arguments.append(self._parse_bitwise())
            if not (self._match(TokenType.COLON) or self._match(TokenType.COMMA)):
                break
        kept = ""
        while self._curr and self._curr.token_type is not TokenType.R_PAREN:
            kept += self._curr.text.lower()
            self._advance()
        return exp.Anonymous(this=name, expressions=[exp.Var(this=kept), *arguments])

    def _absent(self) -> bool:
        words = (self._curr.text.lower(), self._next.text.lower()) if self._curr and self._next else ("", "")
        return words in (("null", "on"), ("absent", "on"))

    def _warn_unsupported(self) -> None:
        """Where sqlglot would log a warning and make a command: that is no expression."""
        raise ParseError("a command is no expression")

    def _type_text(self) -> str:
        words: list[str] = []
        depth = 0
        while self._curr and (depth or self._curr.token_type not in (TokenType.COMMA, TokenType.R_PAREN)):
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(self._curr.token_type, 0)
            words.append(self._curr.text)
            self._advance()
        return "".join(words)


class Expressions(TSQL):
    """T-SQL as sqlglot tokenizes it, read by the parser above."""

    Parser = ExpressionParser


def parse(text: str) -> exp.Expr:
    """The tree of one expression or condition. Raises Untranslatable where it cannot be read."""
    if _SEQUENCE.search(text):
        raise Untranslatable("it takes numbers from a sequence")
    try:
        trees = Expressions().parse(with_money(text))
    except SqlglotError:
        raise Untranslatable("the expression cannot be read") from None
    except RecursionError:
        raise Untranslatable("the expression is nested too deep") from None
    if len(trees) != 1 or trees[0] is None:
        raise Untranslatable("the expression cannot be read")
    return trees[0]


def with_money(text: str) -> str:
    """``text`` with a call in place of each money literal."""
    pieces: list[str] = []
    position = 0
    for found in _STRING_OR_NAME.finditer(text):
        pieces += [_MONEY.sub(_money, text[position : found.start()]), found[0]]
        position = found.end()
    return "".join(pieces) + _MONEY.sub(_money, text[position:])


def _money(found: re.Match[str]) -> str:
    return f"[{MONEY_CALL}]({found[1]})"
