"""CREATE and ALTER, kind by kind. Each handler returns False where the statement carries no schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import Index, IndexKind, KeyColumn, ObjectKind, Synonym
from migrator.translate.tsql import modules
from migrator.translate.tsql.alter import alter_table, drop_index
from migrator.translate.tsql.bindings import Bound
from migrator.translate.tsql.catalog import TABLE_TYPE, Catalog, key
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.draft import TableDraft, same
from migrator.translate.tsql.expressions import is_temporary
from migrator.translate.tsql.indexes import index_body
from migrator.translate.tsql.kinds import other_object
from migrator.translate.tsql.partitions import alter_function, create_function, create_scheme
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.sequences import alter_sequence, create_sequence
from migrator.translate.tsql.statements import Statement
from migrator.translate.tsql.tables import create_table, elements
from migrator.translate.tsql.types import alias, resolve, type_name

FULLTEXT_NAME: Final = "fulltext"
"""A full-text index has no name of its own; a table has one at most."""

_INDEX_WORDS: Final = (
    (("FULLTEXT", "INDEX"), IndexKind.FULLTEXT),
    (("PRIMARY", "XML", "INDEX"), IndexKind.XML),
    (("SELECTIVE", "XML", "INDEX"), IndexKind.XML),
    (("XML", "INDEX"), IndexKind.XML),
    (("SPATIAL", "INDEX"), IndexKind.SPATIAL),
    (("JSON", "INDEX"), IndexKind.OTHER),
    (("VECTOR", "INDEX"), IndexKind.OTHER),
)


def create(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    """CREATE ..., CREATE OR ALTER ..."""
    cursor.expect("CREATE")
    may_exist = cursor.take("OR", "ALTER")
    if cursor.take("TABLE"):
        return _table(cursor, statement, catalog)
    if kind := modules.KINDS.get(cursor.word):
        cursor.at += 1
        return _module(cursor, kind, statement, catalog, may_exist=may_exist)
    if cursor.take("TYPE"):
        return _type(cursor, statement, catalog)
    if cursor.take("SCHEMA"):
        return _schema(cursor, catalog)
    if cursor.take("SEQUENCE"):
        return create_sequence(cursor, statement, catalog)
    if cursor.take("SYNONYM"):
        return _synonym(cursor, statement, catalog)
    if cursor.take("PARTITION", "FUNCTION"):
        return create_function(cursor, catalog)
    if cursor.take("PARTITION", "SCHEME"):
        return create_scheme(cursor, catalog)
    if kind_ := _BOUND.get(cursor.word):
        _define_bound(cursor, kind_, catalog)
    if found := other_object(cursor):
        word, kind, name = found
        catalog.add_other(name, kind, word, statement.place)
        return True
    if cursor.take("DATABASE"):
        return _database(cursor, statement, catalog)
    if cursor.word == "STATISTICS" or cursor.sees("MASTER", "KEY"):
        return False
    return _index(cursor, statement, catalog)


def alter(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    """ALTER ..."""
    cursor.expect("ALTER")
    if kind := modules.KINDS.get(cursor.word):
        cursor.at += 1
        return _module(cursor, kind, statement, catalog, may_exist=True)
    handler = _ALTERS.get(cursor.word)
    if handler is None:
        return False
    cursor.at += 1
    return handler(cursor, catalog)


def _table(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    if is_temporary(cursor):
        return False
    table = create_table(cursor, statement.text)
    if table.columns:
        catalog.add_table(table)
    elif table.features:
        # A file table or a graph's edges may do with the columns that they have by themselves.
        catalog.add_other(table.name, ObjectKind.TABLE, table.features[0].upper(), table.place)
    else:
        raise Unreadable(f"{table.name} has no columns")
    return True


def _module(cursor: Cursor, kind: ObjectKind, statement: Statement, catalog: Catalog, *, may_exist: bool) -> bool:
    if is_temporary(cursor):
        return False
    catalog.add_module(modules.module(cursor, kind, statement.text, statement.place), may_exist=may_exist)
    return True


def _type(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    name = cursor.object_name("a type name")
    if cursor.take("FROM"):
        written = type_name(cursor)
        nullable = resolve(written, {}).nullable
        if cursor.take("NOT", "NULL"):
            nullable = False
        elif cursor.take("NULL"):
            nullable = True
        cursor.finish()
        catalog.add_alias(alias(name, written, nullable=nullable))
        return True
    if cursor.take("AS", "TABLE"):
        # Read in full so that what cannot be read is noticed; the model keeps its name.
        elements(cursor, TableDraft(name, statement.text, statement.place))
        catalog.add_other(name, ObjectKind.TABLE_TYPE, TABLE_TYPE, statement.place)
        return True
    cursor.expect("EXTERNAL", "NAME")
    catalog.add_clr_type(name, statement.place)
    return True


def _synonym(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    name = cursor.object_name("a synonym")
    cursor.expect("FOR")
    target = tuple(cursor.parts("an object"))
    cursor.finish()
    catalog.add_synonym(Synonym(name, target, statement.place))
    return True


def _schema(cursor: Cursor, catalog: Catalog) -> bool:
    name = "" if cursor.word == "AUTHORIZATION" else cursor.name("a schema name")
    if cursor.take("AUTHORIZATION"):
        owner = cursor.name("an owner")
        name = name or owner
    cursor.finish()
    catalog.add_schema(name)
    return True


def _database(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    if cursor.word in ("ENCRYPTION", "AUDIT"):
        return False
    name = cursor.name("a database name")
    catalog.use(name, statement.place)
    _database_collation(cursor, catalog)
    return True


def _database_collation(cursor: Cursor, catalog: Catalog) -> bool:
    while not cursor.done:
        if cursor.word == "(":
            cursor.group()
        elif cursor.take("COLLATE"):
            catalog.collation = cursor.name("a collation")
            return True
        else:
            cursor.at += 1
    return False


def _index(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    for words, kind in _INDEX_WORDS:
        if cursor.take(*words):
            return _special_index(cursor, kind, statement, catalog)
    unique = cursor.take("UNIQUE")
    clustered = cursor.take_any("CLUSTERED", "NONCLUSTERED") == "CLUSTERED"
    kind = IndexKind.COLUMNSTORE if cursor.take("COLUMNSTORE") else IndexKind.ROWSTORE
    cursor.expect("INDEX")
    name = cursor.name("an index name")
    cursor.expect("ON")
    base = Index(name, (), unique=unique, clustered=clustered, kind=kind, place=statement.place)
    if is_temporary(cursor):
        return False
    owner = cursor.object_name("a table name")
    if _on_view(owner, name, statement, catalog):
        return True
    table = catalog.table(owner).copy()
    index, where = index_body(cursor, table, base)
    cursor.finish()
    _add_index(table, index, catalog, replaces=where.drop_existing)
    return True


def index_of(cursor: Cursor) -> tuple[ObjectName, Index] | None:
    """A rowstore or columnstore index behind CREATE, with no look at its table; None for another statement."""
    unique = cursor.take("UNIQUE")
    clustered = cursor.take_any("CLUSTERED", "NONCLUSTERED") == "CLUSTERED"
    kind = IndexKind.COLUMNSTORE if cursor.take("COLUMNSTORE") else IndexKind.ROWSTORE
    if not cursor.take("INDEX"):
        return None
    base = Index(cursor.name("an index name"), (), unique=unique, clustered=clustered, kind=kind, place=cursor.place)
    cursor.expect("ON")
    owner = cursor.object_name("a table name")
    index, _ = index_body(cursor, TableDraft(owner, "", cursor.place), base)
    cursor.finish()
    return owner, index


def _special_index(cursor: Cursor, kind: IndexKind, statement: Statement, catalog: Catalog) -> bool:
    """XML, spatial and full-text indexes: their columns are read, their options are not."""
    name = FULLTEXT_NAME if kind is IndexKind.FULLTEXT else cursor.name("an index name")
    cursor.expect("ON")
    owner = cursor.object_name("a table name")
    if _on_view(owner, name, statement, catalog):
        return True
    table = catalog.table(owner).copy()
    columns = _columns_alone(cursor) if cursor.word == "(" else ()
    _add_index(table, Index(name, columns, kind=kind, place=statement.place), catalog, replaces=False)
    return True


def _columns_alone(cursor: Cursor) -> tuple[KeyColumn, ...]:
    """Step over ``(a LANGUAGE 1033, b TYPE COLUMN c)`` and keep the first word of each."""
    cursor.expect("(")
    columns = [KeyColumn(cursor.name("a column name"))]
    while not cursor.take(")"):
        if cursor.done:
            raise cursor.unexpected(")")
        if cursor.word == "(":
            cursor.group()
        elif cursor.take(","):
            columns.append(KeyColumn(cursor.name("a column name")))
        else:
            cursor.at += 1
    return tuple(columns)


def _on_view(owner: ObjectName, index: str, statement: Statement, catalog: Catalog) -> bool:
    view = catalog.modules.get(key(owner))
    if view is None:
        return False
    name = ObjectName(view.name.schema, f"{view.name.name}.{index}")
    catalog.add_other(name, ObjectKind.INDEX, "INDEX ON VIEW", statement.place)
    return True


def _add_index(table: TableDraft, index: Index, catalog: Catalog, *, replaces: bool) -> None:
    if replaces and any(same(other.name, index.name) for other in table.indexes):
        drop_index(table, index.name)
    table.add_index(index)
    table.settle()
    catalog.replace_table(table)


def _alter_table(cursor: Cursor, catalog: Catalog) -> bool:
    if is_temporary(cursor):
        return False
    name = cursor.object_name("a table name")
    if cursor.word in ("ENABLE", "DISABLE") and cursor.ahead(1) == "TRIGGER":
        return switch_trigger(cursor, catalog, name)
    # What takes something away belongs where it stands: at the end it would undo what came later.
    later = cursor.word in ("ADD", "WITH", "ALTER", "SET", "CHECK")
    table = catalog.table(name, retry=later).copy()
    if not alter_table(cursor, table):
        return False
    catalog.replace_table(table)
    return True


def _alter_index(cursor: Cursor, catalog: Catalog) -> bool:
    name = None if cursor.take("ALL") else cursor.name("an index name")
    cursor.expect("ON")
    owner = cursor.object_name("a table name")
    disabled = cursor.word == "DISABLE"
    if (not disabled and cursor.word != "REBUILD") or key(owner) in catalog.modules:
        return False
    table = catalog.table(owner, retry=False).copy()
    table.indexes = [
        replace(index, disabled=disabled) if name is None or same(index.name, name) else index
        for index in table.indexes
    ]
    catalog.replace_table(table)
    return True


def _alter_schema(cursor: Cursor, catalog: Catalog) -> bool:
    schema = cursor.name("a schema name")
    cursor.expect("TRANSFER")
    if cursor.take("OBJECT"):
        cursor.expect(":", ":")
    elif cursor.take("TYPE", ":", ":"):
        name = cursor.object_name()
        cursor.finish()
        catalog.move_type(name, ObjectName(schema, name.name))
        return True
    elif cursor.ahead(1) == ":" or cursor.word == "XML":
        raise Unreadable("only objects are moved to another schema here")
    name = cursor.object_name()
    cursor.finish()
    catalog.rename(name, ObjectName(schema, name.name))
    return True


def _alter_partition(cursor: Cursor, catalog: Catalog) -> bool:
    return cursor.take("FUNCTION") and alter_function(cursor, catalog)


def switch_trigger(cursor: Cursor, catalog: Catalog, table: ObjectName | None = None) -> bool:
    """``DISABLE TRIGGER a, b ON t`` or, behind ``ALTER TABLE t``, without the table. ALL stands for every one."""
    disabled = cursor.take_any("ENABLE", "DISABLE") == "DISABLE"
    cursor.expect("TRIGGER")
    names = []
    if not cursor.take("ALL"):
        names = [cursor.parts("a trigger")[-1]]
        while cursor.take(","):
            names.append(cursor.parts("a trigger")[-1])
    if table is None:
        cursor.expect("ON")
        if not (cursor.take("DATABASE") or cursor.take("ALL", "SERVER")):
            table = cursor.object_name("a table name")
    cursor.finish()
    catalog.switch_triggers(table, names, disabled=disabled)
    return True


def _define_bound(cursor: Cursor, kind: Bound, catalog: Catalog) -> None:
    """The text of CREATE RULE or CREATE DEFAULT, for when it is bound. The cursor stays: the object is listed too."""
    start = cursor.at
    cursor.at += 1
    name = cursor.object_name()
    cursor.expect("AS")
    if cursor.done:
        raise cursor.unexpected("an expression")
    catalog.bindings.define(kind, name, cursor.stream.slice(cursor.at, cursor.end))
    cursor.at = start


_BOUND: Final = {"RULE": Bound.RULE, "DEFAULT": Bound.DEFAULT}


def _alter_database(cursor: Cursor, catalog: Catalog) -> bool:
    return _database_collation(cursor, catalog)


_ALTERS: Final[dict[str, Callable[[Cursor, Catalog], bool]]] = {
    "TABLE": _alter_table,
    "INDEX": _alter_index,
    "SCHEMA": _alter_schema,
    "DATABASE": _alter_database,
    "SEQUENCE": alter_sequence,
    "PARTITION": _alter_partition,
}
