"""The plan of a whole database: pure, and the same for the same database and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migrator.errors import RulesError
from migrator.model.mapping import TableMapping
from migrator.model.name import ObjectName
from migrator.model.schema import Database, ObjectKind, Table
from migrator.model.translation import Phase, TranslatedColumn, Translation
from migrator.mysql.control import OWN_TABLES
from migrator.rules import Rules
from migrator.translate.checks import draft_checks
from migrator.translate.columns import Collations, draft_columns
from migrator.translate.computed import draft_computed
from migrator.translate.ddl import TABLE_COMMENT, statements
from migrator.translate.defaults import draft_defaults
from migrator.translate.draft import TableDraft
from migrator.translate.foreign_keys import draft_foreign_keys
from migrator.translate.identity import draft_identity
from migrator.translate.indexes import IndexPlanner
from migrator.translate.inventory import list_left_out, list_others
from migrator.translate.names import Namer
from migrator.translate.notes import Notes
from migrator.translate.partitions import draft_partitions
from migrator.translate.rowsize import fit_row
from migrator.translate.sequences import SequencePlanner, with_counters
from migrator.translate.surrogates import Place, place, surrogates
from migrator.translate.synonyms import synonym_statements
from migrator.translate.temporal import draft_histories
from migrator.translate.trace import translated_columns, unused_rules
from migrator.translate.triggers import trigger_statements
from migrator.translate.versions import draft_versions
from migrator.translate.views import ViewPlanner


def plan(database: Database, rules: Rules) -> Translation:
    """What ``database`` becomes under ``rules``. Raises RulesError where rules contradict each other or miss a type."""
    rules = rules.watched()
    notes = Notes(rules)
    database, counters = with_counters(database)
    collations = Collations(rules, database.collation)
    collation, _ = collations.of(None)
    drafts: dict[ObjectName, TableDraft] = {}
    left_out: dict[ObjectName, TableDraft] = {}
    tables, checks = Namer(OWN_TABLES), Namer()
    for table in database.tables:
        draft = TableDraft(table, _table_name(table, rules, tables, notes), collation)
        draft_columns(draft, rules, collations, notes)
        draft_identity(draft, notes)
        draft_computed(draft, rules, collations, notes)
        if not fit_row(draft, notes):
            list_left_out(table, notes)
            left_out[table.name] = draft
            continue
        draft_defaults(draft, rules, notes)
        IndexPlanner(draft, rules, database.collation, notes).plan()
        _keys_are_loaded(draft)
        draft_versions(draft)
        draft_checks(draft, rules, database.collation, checks, notes)
        drafts[table.name] = draft
    draft_histories(drafts, lambda table: _table_name(table, rules, tables, notes), notes)
    draft_foreign_keys(drafts, notes)
    draft_partitions(database, drafts, rules, notes)
    sequences = SequencePlanner(database, counters, rules, notes).plan(drafts, tables, Namer(), checks)
    synonyms = list(synonym_statements(database, drafts, rules, tables, notes))
    views = ViewPlanner(database, drafts.values(), rules, tables, notes).plan()
    list_others(database, rules, notes)
    if any(column.collation is not None for draft in drafts.values() for column in draft.columns):
        notes.add("no-pad", ObjectKind.OTHER, database.name or "the database", collation=collation)
    unused_rules(rules, notes)
    made_up = surrogates(database)
    order = list(Phase)
    made = [
        *(item for draft in drafts.values() for item in statements(draft)),
        *sequences,
        *synonyms,
        *views,
        *trigger_statements(drafts.values()),
    ]
    programs = sum(item.phase in (Phase.ROUTINES, Phase.TRIGGERS) and item.sql.startswith("CREATE") for item in made)
    if programs:
        notes.add("program-privileges", ObjectKind.OTHER, database.name or "the database", count=programs)
    made.sort(key=lambda item: order.index(item.phase))
    return Translation(
        mappings=tuple(_mapping(draft, made_up) for draft in drafts.values() if draft.loaded),
        statements=tuple(made),
        objects=notes.objects(),
        findings=notes.findings,
        columns=tuple(_columns(database, drafts, left_out)),
        collation=collation,
    )


def _columns(
    database: Database, drafts: dict[ObjectName, TableDraft], left_out: dict[ObjectName, TableDraft]
) -> Iterator[TranslatedColumn]:
    for table in database.tables:
        if table.name in drafts:
            yield from translated_columns(drafts[table.name])
        else:
            yield from translated_columns(left_out[table.name], left_out=True)


def _table_name(table: Table, rules: Rules, names: Namer, notes: Notes) -> str:
    label = str(table.name)
    naming = rules.table_name(table.name)
    name = names.take_ruled(naming, label, label)
    notes.count(ObjectKind.TABLE, label, name)
    if name != naming.wanted:
        notes.add("name-changed", ObjectKind.TABLE, label, table.place, name=name)
    if len(table.description or "") > TABLE_COMMENT:
        notes.add("comment-cut", ObjectKind.TABLE, label, table.place, limit=TABLE_COMMENT)
    for feature in table.features:
        notes.add("table-feature", ObjectKind.TABLE, label, table.place, feature=feature)
    return name


def _keys_are_loaded(draft: TableDraft) -> None:
    """Raises RulesError where what MySQL fills by itself would have to be unique, or is all that there is."""
    left = {column.name: column for column in draft.columns if not column.loaded}
    keys = [draft.primary_key, *(index.parts for index in draft.indexes if index.unique)]
    unique = next((part.column for parts in keys for part in parts if part.column in left), None)
    if left and (unique is not None or all(not column.loaded for column in draft.columns)):
        column = left[unique] if unique is not None else next(iter(left.values()))
        raise RulesError(
            f"{draft.label(column.target.source)} is not loaded, by {column.rules[0]}",
            why="it is in a key, or the only column: its values cannot be left behind",
            todo="write a rule for this column that keeps them: BINARY(8)",
        )


def _mapping(draft: TableDraft, made_up: set[Place]) -> TableMapping:
    columns = tuple(
        replace(column.target, surrogate=place(draft.object, column.target.source) in made_up)
        for column in draft.columns
        if column.generated is None and column.loaded and not column.unfilled
    )
    loaded = {column.name: column for column in columns}
    counter = next((column.name for column in draft.columns if column.auto_increment), None)
    return TableMapping(draft.object, draft.name, columns, _key(draft, set(loaded)), counter)


def _key(draft: TableDraft, loaded: set[str]) -> tuple[str, ...]:
    uniques = (tuple(part.column for part in index.parts) for index in draft.indexes if index.unique)
    for names in (draft.row_key, *uniques):
        if names and set(names) <= loaded and not any(draft.named(name).target.nullable for name in names):
            return names
    return ()
