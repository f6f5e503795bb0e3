"""Where the objects of a database were written, for those that a script made."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.model.schema import Check, Database, ForeignKey, Index, Key, ObjectKind, Place, Table

Located = tuple[ObjectKind, str, Place | None]


def places(database: Database) -> dict[tuple[ObjectKind, str], Place]:
    """The place of each object by its kind and full name; packages name none.

    A part without a name of its own is not in it: it stands beside its table or column.
    """
    return {(kind, name): place for kind, name, place in _objects(database) if place is not None}


def _objects(database: Database) -> Iterator[Located]:
    for table in database.tables:
        yield ObjectKind.TABLE, str(table.name), table.place
        yield from _parts(table)
    for module in database.modules:
        yield module.kind, str(module.name), module.place
    for other in database.others:
        yield other.kind, str(other.name), other.place
    for sequence in database.sequences:
        yield ObjectKind.SEQUENCE, str(sequence.name), sequence.place
    for synonym in database.synonyms:
        yield ObjectKind.SYNONYM, str(synonym.name), synonym.place
    for unread in database.unread:
        yield ObjectKind.OTHER, f"{unread.place.file}:{unread.place.line}", unread.place


def _parts(table: Table) -> Iterator[Located]:
    for column in table.columns:
        place = column.place or table.place
        yield ObjectKind.COLUMN, f"{table.name}.{column.name}", place
        if column.default is not None:
            yield ObjectKind.DEFAULT, f"{table.name}.{column.default.name or column.name}", place
    named: list[tuple[ObjectKind, Key | ForeignKey | Check | Index]] = [
        *((ObjectKind.PRIMARY_KEY, key) for key in (table.primary_key,) if key is not None),
        *((ObjectKind.UNIQUE, key) for key in table.uniques),
        *((ObjectKind.FOREIGN_KEY, key) for key in table.foreign_keys),
        *((ObjectKind.CHECK, check) for check in table.checks),
        *((ObjectKind.INDEX, index) for index in table.indexes),
    ]
    for kind, part in named:
        if part.name is not None:
            yield kind, f"{table.name}.{part.name}", part.place or table.place
