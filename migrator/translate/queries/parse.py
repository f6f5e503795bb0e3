"""Query text to a syntax tree: expressions as in ``expressions.parse``, and OPENJSON with its list of columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import TokenType

from migrator.translate.expressions.parse import ExpressionParser, Expressions, with_money
from migrator.translate.expressions.value import Untranslatable


class _Parser(ExpressionParser):
    """T-SQL's queries."""

    FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
        **ExpressionParser.FUNCTION_PARSERS,
        "OPENJSON": lambda self: self.open_json(),
    }

    def _warn_unsupported(self) -> None:
        """What begins as no query is refused by ``parse_query``: there is nothing to log."""

    def open_json(self) -> exp.Anonymous:
        """``document[, path]) WITH (name type [path] [AS JSON], …``: a call whose last argument is that list.

        Each member of it is a tuple of name, type, path and whether it is JSON; the caller steps over the last bracket.
        """
        arguments: list[Any] = [self._parse_disjunction()]
        while self._match(TokenType.COMMA):
            arguments.append(self._parse_disjunction())
        if self._match_pair(TokenType.R_PAREN, TokenType.WITH):
            self._match_l_paren()
            arguments.append(exp.Schema(expressions=self._parse_csv(self._open_json_column)))
        return exp.Anonymous(this="OPENJSON", expressions=arguments)

    def _open_json_column(self) -> exp.Tuple:
        name = self._parse_id_var()
        words: list[str] = []
        depth = 0
        ends = (TokenType.COMMA, TokenType.R_PAREN, TokenType.STRING, TokenType.NATIONAL_STRING, TokenType.ALIAS)
        while self._curr and (depth or self._curr.token_type not in ends):
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(self._curr.token_type, 0)
            words.append(self._curr.text)
            self._advance()
        path = self._parse_string() or exp.Null()
        json = bool(self._match(TokenType.ALIAS))
        if json and not self._curr:
            raise ParseError("a list of columns ends early")
        if json:
            self._advance()
        return exp.Tuple(expressions=[name, exp.Var(this="".join(words)), path, exp.Boolean(this=json)])


class _Queries(Expressions):
    """T-SQL as sqlglot tokenizes it, read by the parser above."""

    Parser = _Parser


def parse_query(text: str) -> exp.Expr:
    """The tree of one query. Raises Untranslatable where it cannot be read."""
    try:
        trees = [tree for tree in _Queries().parse(with_money(text)) if tree is not None]
    except SqlglotError as error:
        raise Untranslatable(f"its query cannot be read{_where(error)}") from None
    except RecursionError:
        raise Untranslatable("its query is nested too deep") from None
    if len(trees) != 1 or not isinstance(trees[0], (exp.Query, exp.Paren)):
        raise Untranslatable("its text is not one query")
    return trees[0]


def _where(error: SqlglotError) -> str:
    """The line of an error of the parser, counted from the query's first; what stands there may be somebody's data."""
    lines = [each["line"] for each in getattr(error, "errors", []) if each.get("line")]
    return f" (line {lines[0]} of it)" if lines else ""
