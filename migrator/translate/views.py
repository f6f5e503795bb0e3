"""Views, each after those that it reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from migrator.model.datatype import SqlType
from migrator.model.schema import Database, Module, ObjectKind
from migrator.model.translation import Phase, Statement
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.translate.draft import TableDraft
from migrator.translate.expressions.scope import Scope
from migrator.translate.expressions.value import Untranslatable
from migrator.translate.limits import SECONDS, limited
from migrator.translate.names import Namer
from migrator.translate.notes import Notes
from migrator.translate.queries.catalog import DEFAULT_SCHEMA, Catalog, folded
from migrator.translate.queries.inline import inline_functions
from migrator.translate.queries.parse import parse_query
from migrator.translate.queries.sets import renamed
from migrator.translate.queries.writer import Writer
from migrator.translate.tsql.stream import Stream

_CHECK_OPTION: Final = re.compile(r"\bWITH\s+CHECK\s+OPTION\s*;?\s*$", re.IGNORECASE)
_OLD_JOIN: Final = re.compile(r"\*=|=\*")
_LATE: Final = f"it takes longer than {SECONDS:.0f} seconds"
_UNREADABLE: Final = "is a view whose text cannot be read"
_UNTRANSLATED: Final = "is a view that could not be translated"
_CYCLE: Final = "it reads itself, through other views"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _View:
    """A view as read: its query, its column list, and whether rows that it does not show are refused."""

    module: Module
    query: exp.Expr
    columns: list[str]
    checked: bool


class ViewPlanner:
    """Translates the views of a database; ``names`` are those of its tables, with which views share their room."""

    def __init__(
        self, database: Database, drafts: Iterable[TableDraft], rules: Rules, names: Namer, notes: Notes
    ) -> None:
        self._rules = rules
        self._names = names
        self._notes = notes
        self._views = [module for module in database.modules if module.kind is ObjectKind.VIEW]
        self._functions = inline_functions(database.modules)
        self._collation = database.collation
        self._catalog = Catalog(database.name, drafts, database.collation)
        for table in database.tables:
            self._catalog.refuse(table.name, "MySQL cannot have")
        for synonym in database.synonyms:
            if synonym.local is None:
                self._catalog.refuse(
                    synonym.name, f"stands for {'.'.join(synonym.target)}, which is not in the database"
                )
            else:
                self._catalog.stands_for(synonym.name, synonym.local)

    def plan(self) -> list[Statement]:
        """CREATE VIEW for each view that MySQL can have, in an order that the server takes."""
        read: dict[Key, _View] = {}
        for module in self._views:
            self._catalog.refuse(module.name, _UNREADABLE)
            if module.text is None:
                self._notes.count(ObjectKind.VIEW, str(module.name))
                self._notes.add("module-hidden", ObjectKind.VIEW, str(module.name), module.place)
                continue
            try:
                with limited(Untranslatable(_LATE)):
                    read[folded(module.name)] = _read(module)
            except Untranslatable as error:
                self._refused(module, error.reason)
        order, circular = _in_order(read)
        statements = []
        for key in order:
            view = read.pop(key)
            if key in circular:
                self._refused(view.module, _CYCLE)
                continue
            try:
                with limited(Untranslatable(_LATE)):
                    statements.append(self._translated(view))
            except Untranslatable as error:
                self._refused(view.module, error.reason)
            except RecursionError:
                self._refused(view.module, "its query is nested too deep")
            except (
                AttributeError,
                IndexError,
                TypeError,
                ValueError,
            ):  # sqlglot reads on where a part is missing, and leaves None there
                self._refused(view.module, "its query is incomplete")
        return statements

    def _refused(self, module: Module, reason: str) -> None:
        name = str(module.name)
        self._catalog.refuse(module.name, _UNTRANSLATED)
        self._notes.count(ObjectKind.VIEW, name)
        self._notes.add("view", ObjectKind.VIEW, name, module.place, reason=reason)

    def _translated(self, view: _View) -> Statement:
        module = view.module
        scope = Scope(self._rules, stable=False, lenient=True, collation=self._collation)
        writer = Writer(scope, self._catalog, module.name.schema or DEFAULT_SCHEMA, self._functions)
        query = writer.view(view.query)
        if not view.columns and any(not output.name for output in query.columns):
            raise Untranslatable("it has a column without a name")
        columns = renamed(query.columns, view.columns)
        label = str(module.name)
        naming = self._rules.table_name(module.name)
        name = self._names.take_ruled(naming, label, label)
        self._notes.count(ObjectKind.VIEW, label, name)
        if name != naming.wanted:
            self._notes.add("name-changed", ObjectKind.VIEW, label, module.place, name=name)
        if any(column.type is not None and column.type.base is SqlType.DATETIMEOFFSET for column in columns):
            writer.remarks.append("view-offset")
        for remark in dict.fromkeys(writer.remarks):
            self._notes.add(remark, ObjectKind.VIEW, label, module.place)
        self._catalog.add(module.name, name, columns)
        listed = ", ".join(quoted(output.target) for output in columns)
        ending = " WITH CHECK OPTION" if view.checked else ""
        sql = f"CREATE VIEW {quoted(name)} ({listed}) AS\n{query.sql}{ending}"
        return Statement(Phase.VIEWS, label, name, sql, makes="VIEW")


def _read(module: Module) -> _View:
    text = (module.text or "").rstrip().rstrip(";")
    columns, start = _header(text)
    body = text[start:]
    found = _CHECK_OPTION.search(body)
    if found is not None:
        body = body[: found.start()]
    try:
        query = parse_query(body)
    except Untranslatable:
        if _OLD_JOIN.search(body):
            raise Untranslatable("it joins by *= or =*, which SQL Server itself no longer takes") from None
        raise
    return _View(module, query, columns, found is not None)


def _header(text: str) -> tuple[list[str], int]:
    """The column list of CREATE VIEW, and where its query begins. Raises Untranslatable."""
    stream = Stream("", text)
    words = stream.words
    if "VIEW" not in words:
        raise Untranslatable("its text does not begin with CREATE VIEW")
    at = words.index("VIEW") + 1
    columns: list[str] = []
    depth = 0
    while at < len(words):
        word = words[at]
        if word == "AS" and not depth:
            return columns, stream.tokens[at].end + 1
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth and word not in ("(", ","):
            columns.append(stream.tokens[at].text)
        at += 1
    raise Untranslatable("its text has no AS")


def _in_order(views: dict[Key, _View]) -> tuple[list[Key], set[Key]]:
    """Every view after those that it reads, and which are in a circle (or read one that is)."""
    reads = {key: [each for each in _names_in(view) if each in views] for key, view in views.items()}
    order: list[Key] = []
    circular: set[Key] = set()
    state: dict[Key, int] = {}
    for first in views:
        pending = [(first, iter(reads[first]))] if first not in state else []
        state.setdefault(first, 1)
        while pending:
            key, below = pending[-1]
            following = next((each for each in below if state.get(each) != 2), None)
            if following is None:
                pending.pop()
                state[key] = 2
                order.append(key)
            elif state.get(following) == 1:
                circular.update(each for each, _ in pending[[each for each, _ in pending].index(following) :])
            else:
                state[following] = 1
                pending.append((following, iter(reads[following])))
    return order, circular


def _names_in(view: _View) -> list[Key]:
    schema = (view.module.name.schema or DEFAULT_SCHEMA).casefold()
    keys: list[Key] = []
    for table in view.query.find_all(exp.Table):
        name = table.name.casefold()
        keys += [(table.db.casefold(), name)] if table.db else [(schema, name), (DEFAULT_SCHEMA, name)]
    return list(dict.fromkeys(keys))
