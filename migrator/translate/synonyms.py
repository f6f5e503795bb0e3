"""Synonyms of tables, as views of all their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.model.name import ObjectName
from migrator.model.schema import Database, ObjectKind
from migrator.model.translation import Phase, Statement
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.translate.draft import TableDraft
from migrator.translate.names import Namer
from migrator.translate.notes import Notes


def synonym_statements(
    database: Database, drafts: Mapping[ObjectName, TableDraft], rules: Rules, tables: Namer, notes: Notes
) -> Iterator[Statement]:
    """CREATE VIEW for each synonym of a table; the others are remarked on. ``tables`` names tables and views alike."""
    by_name = {str(name).casefold(): draft for name, draft in drafts.items()}
    modules = {str(module.name).casefold(): module.kind for module in database.modules}
    for synonym in database.synonyms:
        label = str(synonym.name)
        local = synonym.local
        draft = by_name.get(str(local).casefold()) if local is not None else None
        if draft is None:
            notes.count(ObjectKind.SYNONYM, label)
            if local is None:
                why = f"{'.'.join(synonym.target)} lies in another database"
            elif str(local).casefold() in modules:
                why = f"{local} is a {modules[str(local).casefold()]}"
            else:
                why = f"{local} is not there"
            notes.add("synonym", ObjectKind.SYNONYM, label, synonym.place, why=why)
            continue
        name = tables.take_ruled(rules.table_name(synonym.name), label, label)
        notes.count(ObjectKind.SYNONYM, label, name)
        notes.add("synonym-view", ObjectKind.SYNONYM, label, synonym.place, target=draft.name)
        columns = ", ".join(quoted(column.name) for column in draft.columns if column.source is not None)
        sql = f"CREATE VIEW {quoted(name)} AS SELECT {columns} FROM {quoted(draft.name)}"  # noqa: S608 - every name is quoted
        yield Statement(Phase.VIEWS, label, name, sql, makes="VIEW")
