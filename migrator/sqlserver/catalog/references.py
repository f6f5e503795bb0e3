"""Foreign keys."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Action, ForeignKey
from migrator.sqlserver.catalog.columns import Columns
from migrator.sqlserver.catalog.query import Fields, Reading, listed, name, number

_ACTIONS: Final = (Action.NO_ACTION, Action.CASCADE, Action.SET_NULL, Action.SET_DEFAULT)
"""By the numbers of sys.foreign_keys.delete_referential_action."""


class _PairRow(NamedTuple):
    id: int
    name: str
    system_named: int
    table: int
    column: int
    referenced: int
    referenced_column: int
    on_delete: int
    on_update: int
    disabled: int
    not_trusted: int


_FIELDS: Final[Fields] = {
    "id": number("f.object_id"),
    "name": name("f.name"),
    "system_named": number("f.is_system_named"),
    "table": number("f.parent_object_id"),
    "column": number("c.parent_column_id"),
    "referenced": number("f.referenced_object_id"),
    "referenced_column": number("c.referenced_column_id"),
    "on_delete": number("f.delete_referential_action"),
    "on_update": number("f.update_referential_action"),
    "disabled": number("f.is_disabled"),
    "not_trusted": number("f.is_not_trusted"),
}
_FROM: Final = (
    "FROM sys.foreign_keys AS f JOIN sys.foreign_key_columns AS c ON c.constraint_object_id = f.object_id "
    "WHERE f.is_ms_shipped = 0 ORDER BY f.object_id, c.constraint_column_id"
)


def read_foreign_keys(
    reading: Reading, tables: dict[int, ObjectName], columns: Columns
) -> dict[int, tuple[ForeignKey, ...]]:
    """The foreign keys of every table by its object_id, in the order of names. Raises SourceError."""
    made: defaultdict[int, list[tuple[str, ForeignKey]]] = defaultdict(list)
    hidden = []
    for _, group in groupby(reading.read(_PairRow, _FIELDS, _FROM), key=lambda row: row.id):
        pairs = list(group)
        first = pairs[0]
        if first.table not in tables:
            continue
        if first.referenced not in tables:
            hidden.append(f"{tables[first.table]}.{first.name}")
            continue
        key = ForeignKey(
            name=None if first.system_named else first.name,
            columns=tuple(columns.names[pair.table, pair.column] for pair in pairs),
            references=tables[first.referenced],
            referenced_columns=tuple(columns.names[pair.referenced, pair.referenced_column] for pair in pairs),
            on_delete=_ACTIONS[first.on_delete],
            on_update=_ACTIONS[first.on_update],
            trusted=not first.not_trusted,
            enabled=not first.disabled,
        )
        made[first.table].append((first.name, key))
    if hidden:
        reading.note(
            f"These foreign keys lead to tables that the login may not see, and are left out: {listed(hidden)}"
        )
    return {table: tuple(key for _, key in sorted(keys, key=lambda item: item[0])) for table, keys in made.items()}
