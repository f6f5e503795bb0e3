"""System procedures that change a schema, and EXEC of a text that is there to read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from migrator.model.name import ObjectName
from migrator.translate.tsql.bindings import Bound
from migrator.translate.tsql.catalog import Catalog, key
from migrator.translate.tsql.cursor import DEFAULT_SCHEMA, Cursor
from migrator.translate.tsql.draft import same
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.servers import server_object
from migrator.translate.tsql.statements import Statement
from migrator.translate.tsql.stream import Stream
from migrator.translate.tsql.types import TypeName, alias, resolve
from migrator.translate.tsql.variables import Variables

Arguments = dict[str, str]


def dynamic_text(statement: Statement, variables: Variables) -> tuple[str, int] | None:
    """The script in ``EXEC ('...')`` or ``sp_executesql N'...'`` and the line it begins on; None for another EXEC.

    Raises Unreadable where the text is put together at run time.
    """
    cursor = statement.cursor()
    cursor.take_any("EXEC", "EXECUTE")
    closing = cursor.take("(")
    if not closing:
        if cursor.word.startswith("@") and cursor.ahead(1) == "=":
            cursor.at += 2
        if not cursor.at_name() or cursor.word.startswith("@") or cursor.parts()[-1].lower() != "sp_executesql":
            return None
        if cursor.word.startswith("@") and cursor.ahead(1) == "=":
            cursor.at += 2
    found = variables.text(cursor, statement)
    if found is None or not (cursor.done or cursor.word == (")" if closing else ",")):
        raise Unreadable("dynamic SQL whose text is put together at run time")
    return found


def execute(statement: Statement, variables: Variables, catalog: Catalog) -> bool:
    """EXEC of a procedure: those of ``_PROCEDURES`` change the catalog, all others (False) are no part of a schema."""
    cursor = statement.cursor()
    cursor.take_any("EXEC", "EXECUTE")
    if cursor.word.startswith("@") and cursor.ahead(1) == "=":
        cursor.at += 2
    if not cursor.at_name() or cursor.word.startswith("@"):
        return False
    called = cursor.parts()[-1].lower()
    entry = _PROCEDURES.get(called)
    if entry is None:
        return server_object(called, cursor, catalog)
    names, procedure = entry
    return procedure(_arguments(cursor, names, statement, variables), catalog)


def _arguments(cursor: Cursor, names: tuple[str, ...], statement: Statement, variables: Variables) -> Arguments:
    """The arguments by name, in lower case; NULL is left out."""
    arguments: Arguments = {}
    position = 0
    while not cursor.done:
        if cursor.word.startswith("@") and cursor.ahead(1) == "=":
            name = cursor.word[1:].lower()
            cursor.at += 2
        elif position < len(names):
            name = names[position]
        else:
            raise cursor.unexpected("the end of the arguments")
        position += 1
        if not cursor.take("NULL") and not cursor.take("DEFAULT"):
            if cursor.word.startswith("@"):
                found = variables.value(cursor.word, statement)
                if found is None:
                    raise Unreadable("its arguments are variables")
                cursor.at += 1
                arguments[name] = found[0]
            else:
                arguments[name] = _value(cursor)
        if not cursor.done:
            cursor.expect(",")
    return arguments


def _value(cursor: Cursor) -> str:
    if cursor.at_string():
        return cursor.string()
    return str(cursor.integer()) if cursor.at_number() or cursor.word == "-" else cursor.name("an argument")


def _describe(arguments: Arguments, catalog: Catalog) -> bool:
    """MS_Description of a table, a column or an index, the comment that SSMS writes."""
    levels = [arguments.get(f"level{level}type", "").upper() for level in range(3)]
    if arguments.get("name", "").lower() != "ms_description" or levels[1] != "TABLE":
        return False
    if levels[2] not in ("", "COLUMN", "INDEX"):
        return False
    schema = arguments.get("level0name", DEFAULT_SCHEMA)
    table = catalog.table(ObjectName(schema, arguments.get("level1name", ""))).copy()
    text = arguments.get("value")
    if levels[2] == "INDEX":
        described = arguments.get("level2name", "")
        table.indexes = [
            replace(index, description=text) if same(index.name, described) else index for index in table.indexes
        ]
    elif levels[2]:
        table.set_column(arguments.get("level2name", ""), description=text)
    else:
        table.description = text
    catalog.replace_table(table)
    return True


def _name_parts(text: str) -> list[str]:
    """The parts of a name in a text literal: ``'dbo.[my table].a'``."""
    stream = Stream("", text)
    cursor = Cursor(stream, 0, len(stream.tokens))
    parts = cursor.parts()
    cursor.finish()
    return parts


def _rename(arguments: Arguments, catalog: Catalog) -> bool:
    """sp_rename of a table, a column, an index or a constraint. The new name is taken as it is, brackets and all."""
    parts = _name_parts(arguments.get("objname", ""))
    new = arguments.get("newname", "")
    if not new:
        raise Unreadable("sp_rename without a new name")
    kind = arguments.get("objtype", "").upper()
    if kind in ("COLUMN", "INDEX"):
        if len(parts) < 2:
            raise Unreadable(f"sp_rename of a {kind.lower()} without its table")
        owner = ObjectName((parts[-3] if len(parts) > 2 else "") or DEFAULT_SCHEMA, parts[-2])
        if kind == "COLUMN":
            catalog.rename_column(owner, parts[-1], new)
        else:
            catalog.rename_part(owner, parts[-1], new)
        return True
    if kind not in ("", "OBJECT"):
        raise Unreadable(f"sp_rename of a {kind.lower()} is not read")
    old = ObjectName((parts[-2] if len(parts) > 1 else "") or DEFAULT_SCHEMA, parts[-1])
    if catalog.has_object(old):
        catalog.rename(old, ObjectName(old.schema, new))
    else:
        catalog.rename_constraint(old, new)
    return True


def _add_type(arguments: Arguments, catalog: Catalog) -> bool:
    """sp_addtype, the CREATE TYPE of SQL Server 6 and 7."""
    written = arguments.get("phystype", "")
    name, bracket, rest = written.partition("(")
    values = tuple(value.strip() for value in rest.rstrip(") ").split(",")) if bracket else ()
    type_ = TypeName("", name.strip(), values)
    said = arguments.get("nulltype", "").upper()
    nullable = said != "NOT NULL" if said else resolve(type_, {}).nullable
    catalog.add_alias(alias(ObjectName(DEFAULT_SCHEMA, arguments.get("typename", "")), type_, nullable=nullable))
    return True


def _bound_to(text: str, catalog: Catalog) -> tuple[ObjectName, str | None]:
    """What a rule or default is bound to: a table and its column, or an alias type and None.

    Two names are a table's column where there is one, else a type. Source: Transact-SQL reference, sp_bindrule.
    """
    parts = _name_parts(text)
    type_ = ObjectName((parts[-2] if len(parts) > 1 else "") or DEFAULT_SCHEMA, parts[-1])
    table = ObjectName(DEFAULT_SCHEMA, parts[0])
    if len(parts) == 1 or (len(parts) == 2 and not catalog.has_object(table) and key(type_) in catalog.aliases):
        return type_, None
    return ObjectName((parts[-3] if len(parts) > 2 else "") or DEFAULT_SCHEMA, parts[-2]), parts[-1]


def _binder(kind: Bound, argument: str) -> Callable[[Arguments, Catalog], bool]:
    """sp_bindrule or sp_bindefault; without ``argument`` the one that undoes it."""

    def run(arguments: Arguments, catalog: Catalog) -> bool:
        owner, column = _bound_to(arguments.get("objname", ""), catalog)
        bound = None
        if argument:
            parts = _name_parts(arguments.get(argument, ""))
            bound = ObjectName((parts[-2] if len(parts) > 1 else "") or DEFAULT_SCHEMA, parts[-1])
        if column is None:
            catalog.bindings.bind_type(kind, owner, bound)
        else:
            table = catalog.table(owner).copy()
            catalog.bindings.bind_column(kind, table, column, bound)
            catalog.replace_table(table)
        return True

    return run


_PROPERTY: Final = ("name", "value", "level0type", "level0name", "level1type", "level1name", "level2type", "level2name")
_PROCEDURES: Final[dict[str, tuple[tuple[str, ...], Callable[[Arguments, Catalog], bool]]]] = {
    "sp_addextendedproperty": (_PROPERTY, _describe),
    "sp_updateextendedproperty": (_PROPERTY, _describe),
    "sp_rename": (("objname", "newname", "objtype"), _rename),
    "sp_addtype": (("typename", "phystype", "nulltype", "owner"), _add_type),
    "sp_bindrule": (("rulename", "objname", "futureonly"), _binder(Bound.RULE, "rulename")),
    "sp_bindefault": (("defname", "objname", "futureonly"), _binder(Bound.DEFAULT, "defname")),
    "sp_unbindrule": (("objname", "futureonly"), _binder(Bound.RULE, "")),
    "sp_unbindefault": (("objname", "futureonly"), _binder(Bound.DEFAULT, "")),
}
"""Source: Transact-SQL reference, the page of each procedure, "Arguments"."""
