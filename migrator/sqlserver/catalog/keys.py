"""PRIMARY KEY and UNIQUE constraints: each is the index that serves it."""

from __future__ import annotations

from collections import defaultdict

from migrator.model.schema import Key
from migrator.sqlserver.catalog.columns import Columns
from migrator.sqlserver.catalog.indexes import Indexes, IndexRow, key_columns, over_graph


def primary_keys(indexes: Indexes, columns: Columns) -> dict[int, Key]:
    """The primary key of every table that has one, by the table's object_id."""
    return {
        row.owner: _key(row, indexes, columns)
        for row in indexes.rows
        if row.primary_key and not over_graph(row, indexes, columns)
    }


def uniques(indexes: Indexes, columns: Columns) -> dict[int, list[Key]]:
    """The UNIQUE constraints of every table, by the table's object_id."""
    made: defaultdict[int, list[Key]] = defaultdict(list)
    for row in indexes.rows:
        if row.unique_constraint and not row.primary_key and not over_graph(row, indexes, columns):
            made[row.owner].append(_key(row, indexes, columns))
    return made


def _key(row: IndexRow, indexes: Indexes, columns: Columns) -> Key:
    return Key(
        name=None if row.system_named else row.constraint or row.name,
        columns=key_columns(indexes.of(row), columns),
        clustered=row.clustered,
    )
