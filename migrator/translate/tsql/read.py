"""Scripts in, a Database out: statement by statement, as a server would run them."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import Database, Unread
from migrator.model.script import ScriptFile
from migrator.translate.tsql.batches import batches
from migrator.translate.tsql.catalog import Catalog
from migrator.translate.tsql.create import alter, create
from migrator.translate.tsql.drop import drop
from migrator.translate.tsql.pieces import streams
from migrator.translate.tsql.problems import Exists, Missing, Unreadable
from migrator.translate.tsql.procedures import dynamic_text, execute
from migrator.translate.tsql.sqlcmd import substituted
from migrator.translate.tsql.statements import Statement, statements
from migrator.translate.tsql.stream import Stream

PRODUCT: Final = "T-SQL scripts"
_MAX_DYNAMIC: Final = 4
"""How deep EXEC ('EXEC (''...'')') is followed."""

_NO_SCHEMA: Final = (
    {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "BULK", "DECLARE", "SET", "PRINT", "RAISERROR", "THROW"}
    | {"GRANT", "DENY", "REVOKE", "REVERT", "ENABLE", "ADD", "BACKUP", "RESTORE", "DBCC", "CHECKPOINT", "KILL"}
    | {"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "OPEN", "CLOSE", "FETCH", "DEALLOCATE", "GOTO", "RETURN", "WAITFOR"}
    | {"BREAK", "CONTINUE", "END", "RECONFIGURE", "SHUTDOWN", "("}
)
"""First words of statements that leave the schema as it is."""
_KNOWN: Final = _NO_SCHEMA | {"CREATE", "ALTER", "DROP", "USE", "SELECT", "WITH", "DISABLE", "IF", "WHILE"}


def read_script(text: str, file: str = "script.sql") -> Database:
    """The schema that one script makes. Never fails: what cannot be read is in ``Database.unread``."""
    return read_scripts((ScriptFile(file, text),))


def read_scripts(files: tuple[ScriptFile, ...]) -> Database:
    """The schema that several scripts make together, run in their order.

    A statement about a table that comes in a later file is run at the end. The database is called what USE or CREATE
    DATABASE call it; it has no name ("") where neither does.
    """
    reader = _Reader(Catalog())
    for file in files:
        for stream in streams(file.name, substituted(file.text)):
            reader.script(stream)
    reader.retry()
    return reader.catalog.finish(tuple(file.name for file in files), PRODUCT)


class _Reader:
    """Runs statements against a catalog and keeps those that came too early."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._early: list[tuple[Statement, Missing, bool]] = []

    def script(self, stream: Stream, *, conditional: bool = False, depth: int = 0) -> None:
        """Run all statements of a script; ``conditional`` and ``depth`` for one that stands inside of an EXEC."""
        for start, end in batches(stream):
            for statement in statements(stream, start, end):
                self._statement(statement, conditional=conditional or statement.conditional, depth=depth)

    def retry(self) -> None:
        """Run the early ones again, as long as that helps any of them."""
        while self._early:
            early, self._early = self._early, []
            for statement, _, conditional in early:
                self._statement(statement, conditional=conditional, depth=0)
            if len(self._early) == len(early):
                break
        for statement, problem, conditional in self._early:
            self._fail(statement, problem, conditional=conditional)

    def _statement(self, statement: Statement, *, conditional: bool, depth: int) -> None:
        try:
            nested = _nested(statement, depth)
            if nested is not None:
                self.script(nested, conditional=conditional, depth=depth + 1)
            elif not _apply(statement, self.catalog):
                self.catalog.skipped[_label(statement)] += 1
        except Missing as problem:
            if problem.retry:
                self._early.append((statement, problem, conditional))
            else:
                self._fail(statement, problem, conditional=conditional)
        except Unreadable as problem:
            self._fail(statement, problem, conditional=conditional)

    def _fail(self, statement: Statement, problem: Unreadable, *, conditional: bool) -> None:
        if conditional and isinstance(problem, (Missing, Exists)):
            # Its condition asks for just that: IF OBJECT_ID('t') IS NULL CREATE TABLE t.
            self.catalog.skipped[_label(statement)] += 1
        else:
            self.catalog.unread.append(Unread(statement.place, statement.shown, problem.reason))


def _is_execute(statement: Statement) -> bool:
    word = statement.word
    # The first statement of a batch may name a procedure without EXEC.
    return word in ("EXEC", "EXECUTE") or (statement.first and statement.cursor().at_name() and word not in _KNOWN)


def _nested(statement: Statement, depth: int) -> Stream | None:
    """The script inside of an EXEC, if it is one that holds a script. Raises Unreadable."""
    if statement.damaged:
        raise Unreadable("a quote or a comment is opened and never closed")
    text = dynamic_text(statement.cursor()) if _is_execute(statement) else None
    if text is None:
        return None
    if depth == _MAX_DYNAMIC:
        raise Unreadable("dynamic SQL inside of dynamic SQL, too deep to follow")
    return Stream(statement.stream.file, *text)


def _apply(statement: Statement, catalog: Catalog) -> bool:
    """Run one statement; False if it carries no schema. Raises Unreadable."""
    cursor = statement.cursor()
    word = statement.word
    if word == "CREATE":
        return create(cursor, statement, catalog)
    if word == "ALTER":
        return alter(cursor, statement, catalog)
    if word == "DROP":
        return drop(cursor, catalog)
    if _is_execute(statement):
        return execute(cursor, catalog)
    if word == "USE":
        cursor.take("USE")
        catalog.use(cursor.name("a database"))
        return False
    if word in ("SELECT", "WITH"):
        _refuse_select_into(statement)
        return False
    if word == "DISABLE":
        raise Unreadable("a disabled trigger is read as if it were enabled")
    if word in _NO_SCHEMA:
        return False
    raise Unreadable("it begins with no word that begins a statement")


def _refuse_select_into(statement: Statement) -> None:
    words = statement.stream.words[statement.start : statement.end]
    for at, word in enumerate(words[:-1]):
        if word == "INTO" and words[at - 1] not in ("INSERT", "MERGE") and not words[at + 1].startswith(("#", "@")):
            raise Unreadable("SELECT INTO makes a table whose columns are not written down")


def _label(statement: Statement) -> str:
    """The word or two that a list of skipped statements shows."""
    word = statement.word
    if word in ("CREATE", "ALTER", "DROP"):
        following = statement.stream.words[statement.start + 1 : statement.start + 2]
        return " ".join([word, *following]).strip()
    return "EXEC" if _is_execute(statement) else word
