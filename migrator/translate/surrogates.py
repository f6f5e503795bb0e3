"""Which columns hold values that a database made up: their keys may be shown, others may be a person's."""

from __future__ import annotations

from migrator.model.datatype import SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Database

Place = tuple[str, str]


def place(table: ObjectName, column: str) -> Place:
    """A column of the whole database, letter case folded."""
    return str(table).casefold(), column.casefold()


def surrogates(database: Database) -> set[Place]:
    """Identity and uniqueidentifier columns, and foreign keys to them."""
    found: set[Place] = {
        place(table.name, column.name)
        for table in database.tables
        for column in table.columns
        if column.identity is not None or (column.type is not None and column.type.base is SqlType.UNIQUEIDENTIFIER)
    }
    pointers: list[tuple[Place, Place]] = [
        (place(table.name, name), place(key.references, referenced))
        for table in database.tables
        for key in table.foreign_keys
        for name, referenced in zip(key.columns, key.referenced_columns, strict=True)
    ]
    grown = True
    while grown:
        more = {child for child, parent in pointers if parent in found} - found
        found |= more
        grown = bool(more)
    return found
