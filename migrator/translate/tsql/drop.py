"""DROP. What is not there need not go: re-runnable scripts begin with drops of what the first run does not have."""

from __future__ import annotations

from migrator.model.name import ObjectName
from migrator.translate.tsql.alter import drop_index
from migrator.translate.tsql.catalog import Catalog, key
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.kinds import other_object
from migrator.translate.tsql.modules import KINDS
from migrator.translate.tsql.problems import Missing


def drop(cursor: Cursor, catalog: Catalog) -> bool:
    """DROP ...; False where nothing was there to drop."""
    cursor.expect("DROP")
    if cursor.word == "TABLE" or cursor.word in KINDS:
        cursor.at += 1
        cursor.take("IF", "EXISTS")
        gone = catalog.drop(cursor.object_name())
        while cursor.take(","):
            gone = catalog.drop(cursor.object_name()) or gone
        return gone
    if cursor.take("INDEX"):
        return _indexes(cursor, catalog)
    if cursor.take("TYPE"):
        cursor.take("IF", "EXISTS")
        return catalog.drop_type(cursor.object_name())
    if cursor.take("SCHEMA"):
        cursor.take("IF", "EXISTS")
        return catalog.schemas.pop(cursor.name().lower(), None) is not None
    if cursor.take("SEQUENCE"):
        cursor.take("IF", "EXISTS")
        gone = catalog.sequences.pop(key(cursor.object_name()), None) is not None
        while cursor.take(","):
            gone = catalog.sequences.pop(key(cursor.object_name()), None) is not None or gone
        return gone
    if cursor.take("SYNONYM"):
        cursor.take("IF", "EXISTS")
        return catalog.synonyms.pop(key(cursor.object_name()), None) is not None
    if cursor.take("PARTITION", "FUNCTION"):
        return catalog.partition_functions.pop(cursor.name().lower(), None) is not None
    if cursor.take("PARTITION", "SCHEME"):
        return catalog.partition_schemes.pop(cursor.name().lower(), None) is not None
    if found := other_object(cursor):
        word, _, name = found
        return catalog.others.pop((word, key(name)), None) is not None
    return False


def _indexes(cursor: Cursor, catalog: Catalog) -> bool:
    """``DROP INDEX a ON t, b ON t`` or, of old, ``DROP INDEX t.a``."""
    cursor.take("IF", "EXISTS")
    gone = False
    while True:
        parts = cursor.parts("an index name")
        if cursor.take("ON"):
            owner, index = cursor.object_name("a table name"), parts[-1]
        elif len(parts) > 1:
            owner, index = ObjectName((parts[-3] if len(parts) > 2 else "") or "dbo", parts[-2]), parts[-1]
        else:
            raise cursor.unexpected("ON")
        gone = _drop_index(catalog, owner, index) or gone
        if cursor.take("WITH"):
            cursor.group()
        if not cursor.take(","):
            return gone


def _drop_index(catalog: Catalog, owner: ObjectName, index: str) -> bool:
    try:
        table = catalog.table(owner).copy()
        drop_index(table, index)
    except Missing:
        return False
    catalog.replace_table(table)
    return True
