"""Statements of a batch: where each begins and ends, with or without semicolons.

T-SQL has no mandatory terminator: a statement ends where a word stands that can only begin the next one. Such words
also stand inside of statements (ON DELETE, GRANT SELECT, ALTER TABLE ... DROP ...); the rules below tell these apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlglot.tokenizer_core import TokenType

from migrator.model.schema import Place
from migrator.translate.tsql.cursor import DEFAULT_SCHEMA, Cursor
from migrator.translate.tsql.stream import DAMAGED, LITERALS, Stream

_STARTERS: Final = (
    {"CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "DENY", "REVOKE", "USE", "ENABLE", "DISABLE"}
    | {"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "BULK", "EXEC", "EXECUTE", "DECLARE", "SET", "PRINT"}
    | {"IF", "ELSE", "BEGIN", "END", "WHILE", "BREAK", "CONTINUE", "GOTO", "RETURN", "WAITFOR", "RAISERROR", "THROW"}
    | {"COMMIT", "ROLLBACK", "SAVE", "OPEN", "CLOSE", "FETCH", "DEALLOCATE", "BACKUP", "RESTORE", "DBCC", "KILL"}
    | {"CHECKPOINT", "RECONFIGURE", "REVERT", "SHUTDOWN"}
)
_OBJECTS: Final = {
    "TABLE",
    "VIEW",
    "PROC",
    "PROCEDURE",
    "FUNCTION",
    "TRIGGER",
    "INDEX",
    "UNIQUE",
    "CLUSTERED",
    "NONCLUSTERED",
} | {"SCHEMA", "TYPE", "SEQUENCE", "SYNONYM", "DATABASE", "USER", "LOGIN", "ROLE"}
_SECOND_WORDS: Final = {"ROLE", "INDEX", "SCOPED", "CONFIGURATION", "SCHEME", "FUNCTION", "CATALOG"}
_DEFINITIONS: Final = {"CREATE", "ALTER", "DROP"}
_MODULES: Final = frozenset({"PROC", "PROCEDURE", "FUNCTION", "VIEW", "TRIGGER"})
_NEVER_IN_VIEW: Final = {"CREATE", "ALTER", "DROP", "GRANT", "EXEC", "EXECUTE", "INSERT", "PRINT", "IF"}
_QUERY: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
_PERMISSIONS: Final = frozenset({"GRANT", "DENY", "REVOKE"})
_COLUMN_PROPERTIES: Final = frozenset({"MASKED", "NOT", "ROWGUIDCOL", "PERSISTED", "SPARSE", "HIDDEN", "MEMBER"})
_PERIOD_WORDS: Final = {"ROW", "TRANSACTION_ID", "SEQUENCE_NUMBER"}
"""GENERATED ALWAYS AS ... END"""
_MAX_BLOCKS: Final = 64
_TABLE_PARTS: Final = frozenset({"COLUMN", "CONSTRAINT", "PERIOD"})


@dataclass(frozen=True, slots=True)
class Statement:
    """Tokens ``start`` to ``end`` (exclusive) of a script.

    ``conditional``: inside of IF, ELSE, WHILE or CATCH. ``first``: the first of its batch. ``schema``: where names
    belong that name none; inside of CREATE SCHEMA it is the new one.
    ``blocks`` are the conditional blocks around it, outermost first; the first ``loops`` of them may run again.
    """

    stream: Stream
    start: int
    end: int
    conditional: bool = False
    first: bool = False
    schema: str = DEFAULT_SCHEMA
    blocks: tuple[int, ...] = ()
    loops: int = 0

    @property
    def text(self) -> str:
        """The statement as it was written."""
        return self.stream.slice(self.start, self.end)

    @property
    def shown(self) -> str:
        """What a report may show: all of a definition, anything else up to its first literal, which may be data."""
        kinds = [token.token_type for token in self.stream.tokens[self.start : self.end]]
        hidden = {DAMAGED} if self.word in _DEFINITIONS else {DAMAGED, *LITERALS}
        end = next((at for at, kind in enumerate(kinds) if kind in hidden), len(kinds))
        return self.stream.slice(self.start, self.start + end)

    @property
    def word(self) -> str:
        """Its first word."""
        return self.stream.words[self.start]

    @property
    def place(self) -> Place:
        """Where it begins."""
        return self.stream.place(self.start)

    def cursor(self) -> Cursor:
        """A cursor at its first token."""
        return Cursor(self.stream, self.start, self.end, self.schema)

    @property
    def damaged(self) -> bool:
        """True if a quote or comment opens in it that is never closed."""
        return self.stream.damaged and any(
            token.token_type is DAMAGED for token in self.stream.tokens[self.start : self.end]
        )


@dataclass(frozen=True, slots=True)
class _Block:
    """Where statements stand: the conditional blocks around them by their number, outermost first."""

    path: tuple[int, ...]
    loops: int

    def inner(self, number: int, *, loop: bool = False) -> _Block:
        """A conditional block inside of this one. Deeper than any person nests them they are no longer told apart."""
        path = (*self.path, number) if len(self.path) < _MAX_BLOCKS else self.path
        return _Block(path, len(path) if loop else self.loops)


def statements(stream: Stream, start: int, end: int, default_schema: str = DEFAULT_SCHEMA) -> Iterator[Statement]:
    """The statements of the batch ``start`` to ``end``. IF and its kind are seen through: they make ``conditional``."""
    words = stream.words
    blocks: list[_Block] = [_Block((), 0)]
    guarded: _Block | None = None
    schema = default_schema
    at = start
    while at < end:
        word = words[at]
        following = words[at + 1] if at + 1 < end else ""
        block = guarded or blocks[-1]
        conditional = bool(block.path)
        if word == ";":
            schema = default_schema
            at += 1
        elif word in ("IF", "WHILE"):
            stop = _end(stream, at, end)
            condition = Statement(stream, at, stop, conditional)
            if condition.damaged:
                yield condition
            guarded = block.inner(at, loop=word == "WHILE")
            at = stop
        elif word == "ELSE":
            guarded = block.inner(at)
            at += 1
        elif word == "BEGIN" and following not in ("TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION"):
            blocks.append(block.inner(at) if following == "CATCH" else block)
            guarded = None
            at += 2 if following in ("TRY", "CATCH") else 1
        elif word == "END" and following != "CONVERSATION":
            if len(blocks) > 1:
                blocks.pop()
            guarded = None
            at += 2 if following in ("TRY", "CATCH") else 1
        elif following == ":" and word and word not in _STARTERS:
            at += 2  # a label for GOTO
        else:
            stop = _module_end(words, at, end) or _end(stream, at, end)
            first = at == start
            yield Statement(stream, at, stop, conditional, first, schema, block.path, block.loops)
            if word == "CREATE" and following == "SCHEMA" and stop > at + 2:
                name = at + 3 if words[at + 2] == "AUTHORIZATION" and stop > at + 3 else at + 2
                schema = stream.tokens[name].text
            guarded = None
            at = stop


def _module_end(words: list[str], start: int, end: int) -> int:
    """Behind a view, procedure, function or trigger; 0 if none begins here.

    It owns the rest of its batch. Where somebody forgot GO, the next one begins at a word that no body may hold; a
    view, being one query, ends at any word that begins another statement, too.
    """
    kind = _module_kind(words, start, end)
    if not kind:
        return 0
    for at in range(start + 3, end):
        if _module_kind(words, at, end) and words[at - 1] not in ("GRANT", "DENY", "REVOKE", ",", "OR"):
            return at
        if kind == "VIEW" and (words[at] == ";" or words[at] in _NEVER_IN_VIEW):
            return at
    return end


def _module_kind(words: list[str], at: int, end: int) -> str:
    if words[at] not in ("CREATE", "ALTER"):
        return ""
    at += 3 if words[at + 1 : at + 3] == ["OR", "ALTER"] else 1
    return words[at] if at < end and words[at] in _MODULES else ""


def _end(stream: Stream, start: int, end: int) -> int:
    """The token behind the statement that begins at ``start``."""
    head = _Head(stream, start, end)
    depth = cases = 0
    words = stream.words
    for at in range(start + 1, end):
        word = words[at]
        if word == "(":
            depth += 1
        elif word == ")":
            depth = max(0, depth - 1)
        elif word == ";":
            return at
        elif word == "CASE":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif word == "ELSE" and cases:
            continue
        elif word in _STARTERS and stream.tokens[at].token_type is TokenType.VAR:
            if depth:
                # No bracket holds a CREATE TABLE: one was not closed, and that must not cost the next statement.
                if word in ("CREATE", "ALTER") and at + 1 < end and words[at + 1] in _OBJECTS:
                    return at
            elif not head.absorbs(at):
                return at
    return end


class _Head:
    """The first words of a statement, and what of the next words still belongs to it."""

    __slots__ = ("_body", "_end", "_name_end", "_start", "_words", "word")

    def __init__(self, stream: Stream, start: int, end: int) -> None:
        self._words = stream.words
        self._start = start
        self._end = end
        self.word = stream.words[start]
        self._name_end = _behind_name(stream, start, end) if self.word == "ALTER" else -1
        self._body = False

    def absorbs(self, at: int) -> bool:
        """True if the starter at ``at`` belongs to this statement."""
        word, before = self._words[at], self._words[at - 1]
        following = self._words[at + 1] if at + 1 < self._end else ""
        if before in (".", ",", "=") or following == "." or (before == "FOR" and word != "ELSE"):
            return True
        if self.word in _PERMISSIONS:
            return self._permission(at, before)
        if word == "END":
            return before in _PERIOD_WORDS
        if word == "IF":
            return following == "EXISTS" and self._words[at + 2 : at + 3] != ["("]
        if word in _QUERY:
            return self._query(at, word, before)
        if self.word == "ALTER":
            return self._alter(at, word, before, following)
        return self._other(at, word, before, following)

    def _permission(self, at: int, before: str) -> bool:
        """GRANT SELECT, CREATE TABLE ON ... TO ...: its words are the list up to the names behind TO or FROM."""
        if not self._body:
            passed = self._words[self._start : at]
            self._body = "TO" in passed or "FROM" in passed
            self._start = at
        return not self._body or before == "WITH"

    def _query(self, at: int, word: str, before: str) -> bool:
        if before in ("THEN", "AS", "BULK") or self.word == "MERGE":
            return True
        if before == "ON" and word in ("DELETE", "UPDATE"):
            return self.word in ("CREATE", "ALTER")
        if word == "MERGE" and self.word == "ALTER" and self._words[at + 1 : at + 2] == ["RANGE"]:
            return True  # ALTER PARTITION FUNCTION f() MERGE RANGE (...)
        if word == "SELECT" and before in ("UNION", "ALL", "EXCEPT", "INTERSECT"):
            return True
        if self.word == "WITH" and not self._body:
            # The query that the common table expressions are for.
            self.word = word
            return True
        return self._insert_body(at) if word == "SELECT" else False

    def _alter(self, at: int, word: str, before: str, following: str) -> bool:
        if at == self._name_end or (word == "SET" and before in ("DELETE", "UPDATE")):
            return True
        if word in ("ALTER", "DROP"):
            return following in _TABLE_PARTS or following in _COLUMN_PROPERTIES
        if word in ("ENABLE", "DISABLE"):
            return following != "TRIGGER"
        return word == "SET" and following == "("

    def _other(self, at: int, word: str, before: str, following: str) -> bool:
        if word in ("ENABLE", "DISABLE"):
            return following != "TRIGGER"
        if word == "SET":
            if before in ("DELETE", "UPDATE") or self.word == "MERGE":
                return True
            first, self._body = self.word == "UPDATE" and not self._body, True
            return first
        if word in ("EXEC", "EXECUTE"):
            return before in ("AS", "WITH") or self._insert_body(at)
        return word == "FETCH" and before in ("ROW", "ROWS")

    def _insert_body(self, at: int) -> bool:
        """True once in an INSERT without VALUES: it takes its rows from one query or procedure."""
        if self.word != "INSERT" or self._body:
            return False
        self._body = True
        return "VALUES" not in self._words[self._start : at]


def _behind_name(stream: Stream, start: int, end: int) -> int:
    """The token behind the name in ``ALTER kind name``, where the first action stands."""
    at = start + 2
    while at < end and (
        stream.words[at] in ("ROLE", "INDEX", "SCOPED", "CONFIGURATION", "SCHEME", "FUNCTION", "CATALOG")
    ):
        at += 1
    while at + 1 < end and stream.words[at + 1] == ".":
        at += 2
    at += 1
    if stream.words[start + 1 : start + 2] == ["INDEX"] and stream.words[at : at + 1] == ["ON"]:
        at += 1
        while at + 1 < end and stream.words[at + 1] == ".":
            at += 2
        at += 1
    return at
