"""The target's schema held against what the translation promised of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from migrator.model.catalog import Catalog, SchemaDifference, SchemaValidation, Thing
from migrator.model.mapping import TableMapping
from migrator.model.translation import Translation
from migrator.model.validation import TableValidation
from migrator.mysql.catalog import Counter, folds_names, own_collation, read_catalog, read_counters, read_tables
from migrator.mysql.connect import Connection
from migrator.mysql.control import OWN_TABLES
from migrator.validate.promise import compare, first_numbers, promise

_APART: Final = frozenset({"table", "view", "function", "procedure"})
"""What may stand beside the things that were promised and changes nothing in them."""
_BITS: Final = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}


@dataclass(frozen=True, slots=True)
class Found:
    """What the target has. ``fold``: it takes table names in any letter case. ``counters`` by table as mapped.

    ``collation`` is the database's own.
    """

    catalog: Catalog
    fold: bool = False
    counters: Mapping[str, Counter] = field(default_factory=dict)
    collation: str = ""

    def known(self) -> frozenset[Thing]:
        """Tables and columns, as ``sought`` writes them."""
        return frozenset(self.sought(thing) for thing in self.catalog.things if thing.kind in ("table", "column"))

    def sought(self, thing: Thing) -> Thing:
        """A table or a column as the server looks it up: columns in any letter case, tables where it folds them."""
        name, table = (text.lower() if self.fold else text for text in (thing.name, thing.table))
        return Thing(thing.kind, name.lower() if thing.table else name, table)


def read(connection: Connection, mappings: Sequence[TableMapping], *, whole: bool) -> Found:
    """Look at the target: all of it, or (not ``whole``) no more than tables and columns. Raises TargetError."""
    fold = folds_names(connection)
    if not whole:
        return Found(read_tables(connection), fold)
    everything = read_catalog(connection).things.items()
    found = Found(Catalog({thing: facts for thing, facts in everything if thing.of not in OWN_TABLES}), fold)
    known = found.known()
    counting = {
        mapping.target: mapping.auto_increment
        for mapping in mappings
        if mapping.auto_increment and found.sought(Thing("column", mapping.auto_increment, mapping.target)) in known
    }
    return replace(found, counters=read_counters(connection, counting), collation=own_collation(connection))


def check(translation: Translation, found: Found, *, without: Collection[Thing] = ()) -> SchemaValidation:
    """Where the target is not as it was promised. Pure. ``without`` are things that are known not to be there.

    What nobody promised is a difference in a table of ours, where it changes what an INSERT does, and so is a trigger;
    anything else of others is only named.
    """
    promised = promise(translation, collation=found.collation)
    for thing in without:
        promised.things.pop(thing, None)
    tables = {found.sought(thing).name for thing in promised.things if thing.kind == "table"}
    differences, beside = [], []
    for difference in compare(promised, found.catalog, fold=found.fold):
        thing = difference.thing
        if difference.promised is not None or thing.kind == "trigger" or (thing.table and thing.table in tables):
            differences.append(difference)
        elif thing.kind in _APART:
            beside.append(thing)
    differences += _counters(translation, found)
    return SchemaValidation(len(promised.things), tuple(sorted(differences, key=_order)), tuple(sorted(beside)))


def _order(difference: SchemaDifference) -> tuple[str, bool, Thing]:
    """By table, the table itself before its parts; what belongs to none comes last."""
    thing = difference.thing
    return (thing.of or "\U0010ffff", thing.kind != "table", thing)


def _counters(translation: Translation, found: Found) -> list[SchemaDifference]:
    first = first_numbers(translation)
    unlike = []
    for mapping in translation.mappings:
        counter = found.counters.get(mapping.target)
        if counter is None or mapping.auto_increment is None:
            continue
        thing = Thing("counter", mapping.auto_increment, mapping.target)
        [type_] = [column.type for column in mapping.columns if column.name == mapping.auto_increment]
        if counter.largest is not None and counter.next <= counter.largest < _largest(type_):
            unlike.append(SchemaDifference(thing, "next number", f"above {counter.largest}", str(counter.next)))
        elif counter.next < first.get(mapping.target, 1):
            unlike.append(
                SchemaDifference(thing, "next number", f"at least {first[mapping.target]}", str(counter.next))
            )
    return unlike


def _largest(type_: str) -> int:
    """The largest number of an integer type: a counter that gave it has no next one."""
    word, *rest = type_.lower().replace("(", " ").split()
    bits = _BITS.get(word, 64)
    return int(2 ** (bits if "unsigned" in rest else bits - 1)) - 1


def lacking(mappings: Sequence[TableMapping], found: Found) -> dict[str, tuple[str, ...]]:
    """The compared columns that a table of the target does not have, by target table; only tables that lack some.

    A table that is not there at all is not among them. Pure.
    """
    known = found.known()
    lacks = {
        mapping.target: tuple(
            dict.fromkeys(
                column.name
                for column in (*mapping.compared_columns, *mapping.key_columns)
                if found.sought(Thing("column", column.name, mapping.target)) not in known
            )
        )
        for mapping in mappings
        if found.sought(Thing("table", mapping.target)) in known
    }
    return {table: names for table, names in lacks.items() if names}


def narrowed(mapping: TableMapping, lacks: Collection[str]) -> TableMapping:
    """The mapping without columns that are not there. Without its key, or without any column, rows are only counted."""
    left = tuple(column for column in mapping.columns if column.name not in lacks)
    if not left or set(lacks) & set(mapping.key):
        return replace(mapping, columns=(), key=())
    return replace(mapping, columns=left)


def marked(table: TableValidation, lacks: Sequence[str]) -> TableValidation:
    """The table's comparison, which did without these columns."""
    sentences = tuple(f"column {name} is not there: it could not be compared" for name in lacks)
    return replace(table, lacking=tuple(lacks), limits=(*sentences, *table.limits))
