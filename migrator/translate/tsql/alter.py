"""ALTER TABLE. Each action works on the copy of a table that the caller keeps only if all of them succeed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from migrator.model.schema import Check, ForeignKey
from migrator.translate.tsql import columns
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import TableDraft, same
from migrator.translate.tsql.problems import Missing, Unreadable
from migrator.translate.tsql.tables import element, table_options
from migrator.translate.tsql.types import type_name


def alter_table(cursor: Cursor, table: TableDraft) -> bool:
    """Apply everything behind ``ALTER TABLE name``. False if it changes nothing of the schema (SWITCH, REBUILD …).

    Raises Unreadable.
    """
    trusted = None
    if cursor.word == "WITH" and cursor.ahead(1) in ("CHECK", "NOCHECK"):
        trusted = cursor.ahead(1) == "CHECK"
        cursor.at += 2
    if cursor.take("ADD"):
        _add(cursor, table, trusted=trusted is not False)
    elif cursor.take("ALTER", "COLUMN"):
        _alter_column(cursor, table)
    elif cursor.take("DROP"):
        _drop(cursor, table)
    elif cursor.take("CHECK", "CONSTRAINT"):
        _enable(cursor, table, enabled=True, trusted=trusted)
    elif cursor.take("NOCHECK", "CONSTRAINT"):
        _enable(cursor, table, enabled=False, trusted=False)
    elif cursor.take("SET", "("):
        table_options(cursor, table)
    else:
        return False
    cursor.finish()
    table.settle()
    return True


def _add(cursor: Cursor, table: TableDraft, *, trusted: bool) -> None:
    bracketed = cursor.take("(")
    while True:
        element(cursor, table, trusted=trusted)
        if not cursor.take(","):
            break
        cursor.take("ADD")
    if bracketed:
        cursor.expect(")")


def _alter_column(cursor: Cursor, table: TableDraft) -> None:
    name = table.column(cursor.name("a column name")).name
    action = cursor.take_any("ADD", "DROP")
    if action:
        _alter_property(cursor, table, name, on=action == "ADD")
        return
    written = type_name(cursor)
    collation, nullable, sparse = None, True, False
    while not cursor.done:
        if cursor.take("COLLATE"):
            collation = columns.collation(cursor)
        elif cursor.take("NOT", "NULL"):
            nullable = False
        elif cursor.take("NULL"):
            nullable = True
        elif cursor.take("SPARSE"):
            sparse = True
        elif cursor.take("MASKED"):
            table.set_column(name, masked=columns.masking(cursor))
        elif cursor.take("WITH"):
            cursor.group()
        else:
            raise cursor.unexpected("a column option")
    index = table.position(name)
    column = replace(table.columns[index].column, collation=collation, sparse=sparse)
    table.columns[index] = replace(table.columns[index], column=column, written=written, nullable=nullable)


def _alter_property(cursor: Cursor, table: TableDraft, name: str, *, on: bool) -> None:
    """ALTER COLUMN name ADD or DROP property."""
    word = cursor.take_any("ROWGUIDCOL", "SPARSE", "MASKED", "PERSISTED", "HIDDEN", "NOT")
    if word == "ROWGUIDCOL":
        table.set_column(name, rowguid=on)
    elif word == "SPARSE":
        table.set_column(name, sparse=on)
    elif word == "MASKED":
        table.set_column(name, masked=columns.masking(cursor) if on else None)
    elif word == "PERSISTED":
        computed = table.column(name).column.computed
        if computed is None:
            raise Unreadable(f"{table.name}.{name} is not computed")
        table.set_column(name, computed=replace(computed, persisted=on))
    elif word == "NOT":
        cursor.expect("FOR", "REPLICATION")
    elif not word:
        raise cursor.unexpected("a column property")


def _drop(cursor: Cursor, table: TableDraft) -> None:
    kind = "CONSTRAINT"
    while True:
        if cursor.take("PERIOD", "FOR", "SYSTEM_TIME"):
            table.period = None
        else:
            kind = cursor.take_any("CONSTRAINT", "COLUMN", "INDEX") or kind
            lenient = cursor.take("IF", "EXISTS")
            name = cursor.name()
            try:
                _DROPS[kind](table, name)
            except Missing:
                if not lenient:
                    raise
            if cursor.take("WITH"):
                cursor.group()
        if not cursor.take(","):
            return


def drop_constraint(table: TableDraft, name: str) -> None:
    """Take out a constraint by its name. Raises Missing where there is none."""
    if table.primary_key is not None and table.primary_key.name and same(table.primary_key.name, name):
        table.primary_key = None
        return
    for index, draft in enumerate(table.columns):
        default = draft.column.default
        if default is not None and default.name and same(default.name, name):
            table.columns[index] = replace(draft, column=replace(draft.column, default=None))
            return
    before = len(table.uniques) + len(table.foreign_keys) + len(table.checks)
    table.uniques = _without(table.uniques, name)
    table.foreign_keys = _without(table.foreign_keys, name)
    table.checks = _without(table.checks, name)
    if before == len(table.uniques) + len(table.foreign_keys) + len(table.checks):
        raise Missing(f"{table.name} has no constraint {name}", retry=False)


def drop_column(table: TableDraft, name: str) -> None:
    """Take out a column. Raises Missing; Unreadable where a key or an index needs it, as SQL Server does."""
    found = [index for index, draft in enumerate(table.columns) if same(draft.name, name)]
    if not found:
        raise Missing(f"{table.name} has no column {name}", retry=False)
    keys = [*table.uniques, *([table.primary_key] if table.primary_key else [])]
    used = [column.name for key in keys for column in key.columns]
    used += [column for foreign in table.foreign_keys for column in foreign.columns]
    used += [column.name for index_ in table.indexes for column in index_.columns]
    used += [column for index_ in table.indexes for column in index_.included]
    if any(same(column, name) for column in used):
        raise Unreadable(f"{table.name}.{name} belongs to a key or an index")
    del table.columns[found[0]]


def drop_index(table: TableDraft, name: str) -> None:
    """Take out an index. Raises Missing where there is none."""
    left = _without(table.indexes, name)
    if len(left) == len(table.indexes):
        raise Missing(f"{table.name} has no index {name}", retry=False)
    table.indexes = left


_DROPS: dict[str, Callable[[TableDraft, str], None]] = {
    "CONSTRAINT": drop_constraint,
    "COLUMN": drop_column,
    "INDEX": drop_index,
}


class _Named(Protocol):
    @property
    def name(self) -> str | None: ...


_N = TypeVar("_N", bound=_Named)


def _without(items: Iterable[_N], name: str) -> list[_N]:
    return [item for item in items if item.name is None or not same(item.name, name)]


def _enable(cursor: Cursor, table: TableDraft, *, enabled: bool, trusted: bool | None) -> None:
    """CHECK or NOCHECK CONSTRAINT. An enabled constraint is trusted again only after WITH CHECK."""
    wanted: list[str] | None = None
    if not cursor.take("ALL"):
        wanted = [cursor.name("a constraint name")]
        while cursor.take(","):
            wanted.append(cursor.name("a constraint name"))

    def meant(item: ForeignKey | Check) -> bool:
        return wanted is None or any(same(item.name or "", name) for name in wanted)

    known = sum(meant(item) for item in table.foreign_keys) + sum(meant(item) for item in table.checks)
    if wanted is not None and known < len(wanted):
        raise Missing(f"{table.name} has no such constraint")
    table.foreign_keys = [_enabled(item, enabled, trusted) if meant(item) else item for item in table.foreign_keys]
    table.checks = [_enabled(item, enabled, trusted) if meant(item) else item for item in table.checks]


_C = TypeVar("_C", ForeignKey, Check)


def _enabled(item: _C, enabled: bool, trusted: bool | None) -> _C:
    return replace(item, enabled=enabled, trusted=item.trusted if trusted is None else trusted)
