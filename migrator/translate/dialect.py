"""Whole T-SQL scripts for sqlglot: ``sqlglot.parse(script, read="migrator_tsql")``.

Scripts are cut by this project's reader: at GO, and into statements without semicolons. Tables and indexes become
``exp.Create``, queries are parsed by sqlglot's own T-SQL, and all that neither can read stays whole in ``exp.Command``.
Published as an entry point of the group ``sqlglot.dialects``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from sqlglot import exp
from sqlglot.dialects.tsql import TSQL
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.parsers.tsql import TSQLParser

from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, ForeignKey, Index, IndexKind, Key, KeyColumn
from migrator.translate.tsql.batches import batches
from migrator.translate.tsql.create import index_of
from migrator.translate.tsql.draft import ColumnDraft, TableDraft
from migrator.translate.tsql.pieces import streams
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.statements import Statement, statements
from migrator.translate.tsql.stream import Stream
from migrator.translate.tsql.tables import create_table

_QUERIES: Final = frozenset(
    {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "DECLARE", "DROP", "TRUNCATE", "USE"}
)
"""First words of statements that sqlglot's own T-SQL is tried on."""
_FIRST_WORD: Final = re.compile(r"\s*(\w*)\s*")


class _Parser(TSQLParser):
    def _warn_unsupported(self) -> None:
        raise ParseError("left to exp.Command, without a warning")


class MigratorTSQL(TSQL):
    """sqlglot's T-SQL that reads whole scripts. It writes like T-SQL does."""

    Parser = _Parser

    def parse(self, sql: str, **_: Any) -> list[exp.Expr | None]:
        """One tree for each statement, in order. Never raises: what is not understood is an ``exp.Command``.

        What sqlglot's trees have no place for (CLUSTERED, filegroups, options behind WITH) is left out of them.
        """
        return list(self._trees(sql))

    def _trees(self, sql: str) -> Iterator[exp.Expr]:
        for stream in streams("", sql):
            for start, end in batches(stream):
                at = start
                for statement in statements(stream, start, end):
                    yield from _between(stream, at, statement.start)
                    yield self._tree(statement)
                    at = statement.end
                yield from _between(stream, at, end)

    def _tree(self, statement: Statement) -> exp.Expr:
        try:
            made = None if statement.damaged else self._made(statement)
            if made is None and statement.word in _QUERIES:
                made = self._query(statement.text)
        except (Unreadable, SqlglotError, RecursionError):
            made = None
        return _command(statement.text) if made is None else made

    def _query(self, text: str) -> exp.Expr | None:
        """A query as sqlglot reads it; None where it is not one whole tree."""
        trees = super().parse(text, error_level=ErrorLevel.IMMEDIATE)
        if len(trees) != 1 or trees[0] is None or trees[0].find(exp.Command):
            return None
        return trees[0]

    def _made(self, statement: Statement) -> exp.Expr | None:
        """CREATE TABLE and CREATE INDEX; None for another statement. Raises Unreadable."""
        cursor = statement.cursor()
        if cursor.take("CREATE", "TABLE"):
            table = create_table(cursor, "")
            elements = [*map(self._column, table.columns), *self._constraints(table)]
            return exp.Create(this=exp.Schema(this=_table(table.name), expressions=elements), kind="TABLE")
        if cursor.take("CREATE") and (found := index_of(cursor)) is not None:
            owner, index = found
            return self._index(owner, index, exists=True)
        return None

    def _column(self, draft: ColumnDraft) -> exp.ColumnDef:
        column = draft.column
        kinds: list[exp.Expr] = []
        if column.computed:
            computed = self._expression(column.computed.expression)
            kinds.append(
                exp.ComputedColumnConstraint(this=exp.Paren(this=computed), persisted=column.computed.persisted)
            )
        if column.collation:
            kinds.append(exp.CollateColumnConstraint(this=exp.Var(this=column.collation)))
        if column.identity:
            start, step = (exp.Literal.number(value) for value in (column.identity.seed, column.identity.increment))
            kinds.append(exp.GeneratedAsIdentityColumnConstraint(start=start, increment=step))
        if draft.nullable is not None:
            kinds.append(exp.NotNullColumnConstraint(allow_null=draft.nullable))
        if column.default:
            kinds.append(exp.DefaultColumnConstraint(this=self._expression(column.default.expression)))
        return exp.ColumnDef(
            this=_name(column.name),
            kind=_type(draft),
            constraints=[exp.ColumnConstraint(kind=kind) for kind in kinds],
        )

    def _constraints(self, table: TableDraft) -> Iterator[exp.Expr]:
        if table.primary_key:
            parts = [_ordered(part) for part in table.primary_key.columns]
            yield _named(table.primary_key, exp.PrimaryKey(expressions=parts))
        for unique in table.uniques:
            parts = [_ordered(part) for part in unique.columns]
            yield _named(unique, exp.UniqueColumnConstraint(this=exp.Schema(expressions=parts)))
        for foreign in table.foreign_keys:
            yield _named(foreign, _foreign_key(foreign))
        for check in table.checks:
            yield _named(check, exp.CheckColumnConstraint(this=self._expression(check.expression)))
        for index in table.indexes:
            yield self._index(None, index, exists=False).this

    def _index(self, owner: ObjectName | None, index: Index, *, exists: bool) -> exp.Create:
        parameters = exp.IndexParameters(
            columns=[_ordered(part) for part in index.columns],
            include=[_name(name) for name in index.included] or None,
            where=exp.Where(this=self._expression(index.filter)) if index.filter else None,
        )
        made = exp.Index(
            this=_name(index.name),
            table=_table(owner) if exists and owner else None,
            unique=index.unique,
            params=parameters,
        )
        # sqlglot takes this word for columnstore indexes alone.
        clustered = index.clustered if index.kind is IndexKind.COLUMNSTORE else None
        return exp.Create(this=made, kind="INDEX", unique=index.unique, clustered=clustered)

    def _expression(self, text: str) -> exp.Expr:
        """An expression's tree; as it was written, in one ``exp.Var``, where sqlglot cannot read it."""
        try:
            trees = super().parse(f"SELECT {text}", error_level=ErrorLevel.IMMEDIATE)
        except (SqlglotError, RecursionError):
            trees = []
        query = trees[0] if len(trees) == 1 else None
        if isinstance(query, exp.Select) and len(query.expressions) == 1 and set(query.args) >= {"expressions"}:
            tree: exp.Expr = query.expressions[0]
            return tree
        return exp.Var(this=text)


def _between(stream: Stream, start: int, end: int) -> Iterator[exp.Command]:
    """What the cutter saw through (IF, BEGIN, END, labels): no word of a script is lost."""
    while start < end and stream.words[start] == ";":
        start += 1
    while start < end and stream.words[end - 1] == ";":
        end -= 1
    if start < end:
        yield _command(stream.slice(start, end))


def _command(text: str) -> exp.Command:
    found = _FIRST_WORD.match(text)
    word = found[1] if found else ""
    return exp.Command(this=word, expression=text[found.end() if found else 0 :])


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _table(name: ObjectName) -> exp.Table:
    return exp.Table(this=_name(name.name), db=_name(name.schema))


def _type(draft: ColumnDraft) -> exp.Expr | None:
    written = draft.written
    if written is None:
        return None
    try:
        return exp.DataType.build(str(written), dialect="tsql")
    except (SqlglotError, ValueError):
        return exp.DataType.build(str(written), udt=True)


def _ordered(part: KeyColumn) -> exp.Ordered:
    return exp.Ordered(this=exp.Column(this=_name(part.name)), desc=part.descending, nulls_first=not part.descending)


def _named(constraint: Key | ForeignKey | Check, tree: exp.Expr) -> exp.Expr:
    return exp.Constraint(this=_name(constraint.name), expressions=[tree]) if constraint.name else tree


def _foreign_key(key: ForeignKey) -> exp.ForeignKey:
    there = exp.Schema(this=_table(key.references), expressions=[_name(name) for name in key.referenced_columns])
    actions = {
        event: str(action)
        for event, action in (("delete", key.on_delete), ("update", key.on_update))
        if action is not Action.NO_ACTION
    }
    columns = [_name(name) for name in key.columns]
    return exp.ForeignKey(expressions=columns, reference=exp.Reference(this=there), **actions)
