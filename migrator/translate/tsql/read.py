"""Scripts in, a Database out: statement by statement, as a server would run them."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import Database, Place, Unread
from migrator.model.script import ScriptFile
from migrator.translate.limits import LATE, limited
from migrator.translate.tsql.batches import batches
from migrator.translate.tsql.catalog import Catalog
from migrator.translate.tsql.create import alter, create, switch_trigger
from migrator.translate.tsql.drop import drop
from migrator.translate.tsql.pieces import streams
from migrator.translate.tsql.problems import Exists, Missing, Unreadable
from migrator.translate.tsql.procedures import dynamic_text, execute
from migrator.translate.tsql.sqlcmd import VARIABLE, substituted
from migrator.translate.tsql.statements import Statement, statements
from migrator.translate.tsql.stream import LITERALS, NAMES, Stream
from migrator.translate.tsql.variables import Variables

PRODUCT: Final = "T-SQL scripts"
_MAX_DYNAMIC: Final = 4
"""How deep EXEC ('EXEC (''...'')') is followed."""

_NO_SCHEMA: Final = (
    {"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "BULK", "DECLARE", "SET", "PRINT", "RAISERROR", "THROW"}
    | {
        "GRANT",
        "DENY",
        "REVOKE",
        "REVERT",
        "ENABLE",
        "DISABLE",
        "ADD",
        "BACKUP",
        "RESTORE",
        "DBCC",
        "CHECKPOINT",
        "KILL",
    }
    | {"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "OPEN", "CLOSE", "FETCH", "DEALLOCATE", "GOTO", "RETURN", "WAITFOR"}
    | {"BREAK", "CONTINUE", "END", "RECONFIGURE", "SHUTDOWN", "("}
)
"""First words of statements that leave the schema as it is."""
_KNOWN: Final = _NO_SCHEMA | {"CREATE", "ALTER", "DROP", "USE", "SELECT", "WITH", "IF", "WHILE"}


def read_script(text: str, file: str = "script.sql") -> Database:
    """The schema that one script makes. Never fails: what cannot be read is in ``Database.unread``."""
    return read_scripts((ScriptFile(file, text),))


def read_scripts(files: tuple[ScriptFile, ...]) -> Database:
    """The schema that several scripts make together, run in their order.

    A statement about a table that comes in a later file is run at the end. The database is called what USE or CREATE
    DATABASE call it; it has no name ("") where neither does.
    """
    reader = _Reader(Catalog())
    values: dict[str, str] = {}
    for file in files:
        reader.file(file, substituted(file.text, values))
    reader.retry()
    return reader.catalog.finish(tuple(dict.fromkeys(file.name for file in files)), PRODUCT)


class _Reader:
    """Runs statements against a catalog and keeps those that came too early."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.variables = Variables()
        self._early: list[tuple[Statement, Missing, bool]] = []
        self._made: set[tuple[str, ...]] = set()
        self._placeholders: set[str] = set()

    def file(self, file: ScriptFile, text: str) -> None:
        """Run one file, or say why it is not there."""
        if file.problem:
            self.catalog.unread.append(Unread(Place(file.name, file.first_line), text, file.problem))
            return
        for stream in streams(file.name, text, first_line=file.first_line):
            self._see_placeholders(stream)
            for start, end in batches(stream):
                self.variables.forget()
                self._batch(stream, start, end, schema=file.schema)

    def _batch(
        self, stream: Stream, start: int, end: int, *, schema: str, conditional: bool = False, depth: int = 0
    ) -> None:
        """Run a batch; ``conditional`` and ``depth`` for one that stands inside of an EXEC."""
        for statement in statements(stream, start, end, schema):
            if not depth:
                self.variables.see(statement)
            self._statement(statement, conditional=conditional or statement.conditional, depth=depth)

    def _see_placeholders(self, stream: Stream) -> None:
        """Names that hold a variable of sqlcmd which nothing sets: each variable is reported once."""
        if "$(" not in stream.text:
            return
        for at, token in enumerate(stream.tokens):
            if token.token_type not in NAMES:
                continue
            for variable in VARIABLE.findall(token.text):
                if variable.lower() not in self._placeholders:
                    self._placeholders.add(variable.lower())
                    reason = f"no :setvar sets {variable}: names that hold it stay as they are written"
                    self.catalog.unread.append(Unread(stream.place(at), f"$({variable})", reason))

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
            nested = self._nested(statement, depth)
            if nested is not None:
                for start, end in batches(nested):
                    self._batch(nested, start, end, schema=statement.schema, conditional=conditional, depth=depth + 1)
                return
            with limited(Unreadable(LATE)):
                applied = _apply(statement, self.catalog, self.variables)
            if not applied:
                self.catalog.skipped[_label(statement)] += 1
            elif statement.word in ("CREATE", "ALTER"):
                self._made.add(_spelling(statement))
        except Missing as problem:
            if problem.retry:
                self._early.append((statement, problem, conditional))
            else:
                self._fail(statement, problem, conditional=conditional)
        except Unreadable as problem:
            self._fail(statement, problem, conditional=conditional)

    def _nested(self, statement: Statement, depth: int) -> Stream | None:
        """The script inside of an EXEC, if it is one that holds a script. Raises Unreadable."""
        if statement.damaged:
            raise Unreadable("a quote or a comment is opened and never closed")
        text = dynamic_text(statement, self.variables) if _is_execute(statement) else None
        if text is None:
            return None
        if depth == _MAX_DYNAMIC:
            raise Unreadable("dynamic SQL inside of dynamic SQL, too deep to follow")
        return Stream(statement.stream.file, *text)

    def _fail(self, statement: Statement, problem: Unreadable, *, conditional: bool) -> None:
        if conditional and isinstance(problem, (Missing, Exists)):
            # Its condition asks for just that: IF OBJECT_ID('t') IS NULL CREATE TABLE t.
            self.catalog.skipped[_label(statement)] += 1
        elif isinstance(problem, Exists) and (problem.same or _spelling(statement) in self._made):
            # Two scripts hold the same definition, as one file an object and all of them in one do.
            self.catalog.skipped[f"{_label(statement)} (made already, the same)"] += 1
        else:
            self.catalog.unread.append(Unread(statement.place, statement.shown, problem.reason))


def _spelling(statement: Statement) -> tuple[str, ...]:
    """The statement's tokens as they are compared: without case and brackets, but for what stands in quotes."""
    tokens = statement.stream.tokens[statement.start : statement.end]
    return tuple(token.text if token.token_type in LITERALS else token.text.lower() for token in tokens)


def _is_execute(statement: Statement) -> bool:
    word = statement.word
    # The first statement of a batch may name a procedure without EXEC.
    return word in ("EXEC", "EXECUTE") or (statement.first and statement.cursor().at_name() and word not in _KNOWN)


def _apply(statement: Statement, catalog: Catalog, variables: Variables) -> bool:
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
        return execute(statement, variables, catalog)
    if word == "USE":
        cursor.take("USE")
        catalog.use(cursor.name("a database"), statement.place)
        return False
    if word in ("SELECT", "WITH"):
        _refuse_select_into(statement)
        return False
    if word in ("ENABLE", "DISABLE") and cursor.ahead(1) == "TRIGGER":
        return switch_trigger(cursor, catalog)
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
