"""A table of the model as T-SQL, so that a table of a package can be read beside its translation as well.

What was written in another way comes out in this one: constraints are named where the source names them, and stand
below the columns. Descriptions and storage are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, ForeignKey, Index, IndexKind, Key, KeyColumn, Table


def create_table(table: Table) -> str:
    """CREATE TABLE and what belongs to it, each statement with its semicolon, blank lines between. No GO."""
    name = _name(table.name)
    lines = [_column(column) for column in table.columns]
    if table.temporal is not None:
        period = f"{_quoted(table.temporal.period_start)}, {_quoted(table.temporal.period_end)}"
        lines.append(f"PERIOD FOR SYSTEM_TIME ({period})")
    if table.primary_key is not None:
        lines.append(_key(table.primary_key, "PRIMARY KEY"))
    lines += [_key(key, "UNIQUE") for key in table.uniques]
    lines += [_named(foreign.name) + _foreign_key(foreign) for foreign in table.foreign_keys if foreign.trusted]
    lines += [_named(check.name) + _check(check) for check in table.checks if check.trusted]
    head = f"-- {', '.join(table.features)}\n" if table.features else ""
    body = ",\n    ".join(lines)
    statements = [f"{head}CREATE TABLE {name} (\n    {body}\n){_storage(table)}", *_later(table, name)]
    return "\n\n".join(f"{statement};" for statement in statements)


def _storage(table: Table) -> str:
    text = ""
    if table.partitioning is not None:
        text += f" ON {_quoted(table.partitioning.scheme)} ({_quoted(table.partitioning.column)})"
    if table.temporal is not None:
        history = table.temporal.history
        where = "" if history is None else f" (HISTORY_TABLE = {_name(history)})"
        text += f" WITH (SYSTEM_VERSIONING = ON{where})"
    return text


def _later(table: Table, name: str) -> Iterator[str]:
    """What cannot stand in CREATE TABLE: constraints that never saw the rows, what is switched off, indexes."""
    for foreign in table.foreign_keys:
        if not foreign.trusted:
            yield f"ALTER TABLE {name} WITH NOCHECK ADD {_named(foreign.name)}{_foreign_key(foreign)}"
    for check in table.checks:
        if not check.trusted:
            yield f"ALTER TABLE {name} WITH NOCHECK ADD {_named(check.name)}{_check(check)}"
    constraints: tuple[ForeignKey | Check, ...] = (*table.foreign_keys, *table.checks)
    for constraint in constraints:
        if not constraint.enabled and constraint.name is not None:
            yield f"ALTER TABLE {name} NOCHECK CONSTRAINT {_quoted(constraint.name)}"
    for index in table.indexes:
        yield _index(index, name)
        if index.disabled:
            yield f"ALTER INDEX {_quoted(index.name)} ON {name} DISABLE"


def _column(column: Column) -> str:
    if column.computed is not None:
        text = f"{_quoted(column.name)} AS {column.computed.expression}"
        if column.computed.persisted:
            text += " PERSISTED" if column.nullable else " PERSISTED NOT NULL"
        return text
    parts = [_quoted(column.name), _type(column)]
    if column.collation:
        parts.append(f"COLLATE {column.collation}")
    if column.identity is not None:
        parts.append(f"IDENTITY({column.identity.seed},{column.identity.increment})")
    if column.generated_always is not None:
        parts.append(f"GENERATED ALWAYS AS {column.generated_always}")
    parts += ["SPARSE"] * column.sparse + ["ROWGUIDCOL"] * column.rowguid
    if column.masked is not None:
        parts.append("MASKED WITH (FUNCTION = '{}')".format(column.masked.replace("'", "''")))
    parts += ["/* ENCRYPTED */"] * column.encrypted
    parts.append("NULL" if column.nullable else "NOT NULL")
    if column.default is not None:
        parts.append(f"{_named(column.default.name)}DEFAULT {column.default.expression}")
    return " ".join(parts)


def _type(column: Column) -> str:
    if column.type is None:
        return ""
    return _name(column.type.alias) if column.type.alias is not None else str(column.type)


def _key(key: Key, words: str) -> str:
    clustered = "CLUSTERED" if key.clustered else "NONCLUSTERED"
    return f"{_named(key.name)}{words} {clustered} ({_columns(key.columns)})"


def _foreign_key(foreign: ForeignKey) -> str:
    text = f"FOREIGN KEY ({_names(foreign.columns)}) REFERENCES {_name(foreign.references)}"
    if foreign.referenced_columns:
        text += f" ({_names(foreign.referenced_columns)})"
    if foreign.on_delete is not Action.NO_ACTION:
        text += f" ON DELETE {foreign.on_delete}"
    if foreign.on_update is not Action.NO_ACTION:
        text += f" ON UPDATE {foreign.on_update}"
    return text


def _check(check: Check) -> str:
    return f"CHECK ({check.expression})"


def _index(index: Index, table: str) -> str:
    kind = "" if index.kind is IndexKind.ROWSTORE else f"{index.kind.upper()} "
    words = "UNIQUE " * index.unique + "CLUSTERED " * index.clustered + kind
    named = "" if index.kind is IndexKind.FULLTEXT else f"{_quoted(index.name)} "
    text = f"CREATE {words}INDEX {named}ON {table}"
    if index.columns:
        text += f" ({_columns(index.columns)})"
    if index.included:
        text += f" INCLUDE ({_names(index.included)})"
    return f"{text} WHERE {index.filter}" if index.filter else text


def _columns(columns: tuple[KeyColumn, ...]) -> str:
    return ", ".join(_quoted(column.name) + " DESC" * column.descending for column in columns)


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(map(_quoted, names))


def _named(name: str | None) -> str:
    return "" if name is None else f"CONSTRAINT {_quoted(name)} "


def _name(name: ObjectName) -> str:
    return f"{_quoted(name.schema)}.{_quoted(name.name)}" if name.schema else _quoted(name.name)


def _quoted(name: str) -> str:
    return "[" + name.replace("]", "]]") + "]"
