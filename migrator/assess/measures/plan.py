"""Which measures a translation asks for: the table of rules, and what stands by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from migrator.assess.measures import values
from migrator.assess.measures.compound import Shapes, Variants
from migrator.assess.measures.folding import Folding
from migrator.assess.measures.keys import KeyBlanks, KeyCollisions, KeyNulls, KeyPart
from migrator.assess.measures.lengths import Characters, Lobs
from migrator.assess.measures.tables import Padded, Supplementary
from migrator.assess.measures.tally import Tally, Values
from migrator.model.datatype import SqlType
from migrator.model.finding import Finding
from migrator.model.mapping import TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, IndexKind, KeyColumn, ObjectKind, Table
from migrator.model.translation import Translation

DATES: Final = "date-range"
LOBS: Final = "lob-size"
PADDED: Final = "no-pad"
DIGITS: Final = "seventh-digit"

_DIGITS: Final = "{touched:,} of {given:,} values have a seventh digit of a second"
_ACCENTS: Final = "{touched:,} of {given:,} values have characters outside of ASCII"

_TEXT: Final = frozenset({SqlType.CHAR, SqlType.NCHAR, SqlType.VARCHAR, SqlType.NVARCHAR, SqlType.TEXT, SqlType.NTEXT})
_VARYING: Final = frozenset({SqlType.VARCHAR, SqlType.NVARCHAR})
_DATES: Final = frozenset({SqlType.DATE, SqlType.DATETIME2, SqlType.DATETIMEOFFSET})
_WIDE: Final = frozenset({SqlType.NVARCHAR, SqlType.NTEXT, SqlType.XML, SqlType.JSON})


@dataclass(frozen=True, slots=True)
class _Place:
    """A column with what it becomes."""

    object: str
    column: Column
    target: TargetColumn


_Maker = Callable[[str, _Place], Tally]


def _values(count: Callable[..., int], sentence: str) -> _Maker:
    return lambda rule, place: Values(rule, place.object, place.column.name, count, sentence)


def _decimals(rule: str, place: _Place) -> Tally:
    count = partial(values.digits_beyond, scale=place.target.scale)
    sentence = f"{{touched:,}} of {{given:,}} values have digits behind the first {place.target.scale} decimals"
    return Values(rule, place.object, place.column.name, count, sentence)


def _characters(rule: str, place: _Place) -> Tally:
    return Characters(rule, place.object, place.column.name, _is_text(place.column))


_GIVEN: Final = _values(values.present, "{given:,} values")
_ALL: Final = _values(values.everything, "all {touched:,} rows: the values are made anew")

BY_COLUMN: Final[Mapping[str, _Maker]] = {
    DIGITS: _values(values.seventh_digits, _DIGITS),
    "decimal-scale": _decimals,
    "datetimeoffset-split": _values(values.offsets, "{touched:,} of {given:,} values have another offset than zero"),
    "char-blanks": _values(values.blank_ends, "{touched:,} of {given:,} values end with blanks"),
    "collation-cs-ai": _values(values.beyond_ascii, _ACCENTS),
    "collation-language": _values(
        values.beyond_ascii, _ACCENTS + "; pairs of plain letters that a language takes for one are not counted"
    ),
    "xml-as-text": _GIVEN,
    "json-as-text": _GIVEN,
    "vector-as-text": _GIVEN,
    "hierarchyid-as-path": _GIVEN,
    "masked": _GIVEN,
    "rowversion-renewed": _ALL,
    "rowversion-trigger": _ALL,
    "geography": lambda rule, place: Shapes(rule, place.object, place.column.name, place.target.srid),
    "geometry": lambda rule, place: Shapes(rule, place.object, place.column.name, place.target.srid),
    "sql-variant-split": lambda rule, place: Variants(rule, place.object, place.column.name),
    "row-size": _characters,
}
"""What is counted for a finding about a column."""

_READS: Final[Mapping[str, frozenset[SqlType]]] = {
    DIGITS: frozenset({SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET}),
    "decimal-scale": frozenset({SqlType.DECIMAL, SqlType.NUMERIC}),
    "datetimeoffset-split": frozenset({SqlType.DATETIMEOFFSET}),
    "char-blanks": _TEXT,
    "collation-cs-ai": _TEXT,
    "collation-language": _TEXT,
    "geography": frozenset({SqlType.GEOGRAPHY, SqlType.GEOMETRY}),
    "geometry": frozenset({SqlType.GEOGRAPHY, SqlType.GEOMETRY}),
    "sql-variant-split": frozenset({SqlType.SQL_VARIANT}),
    "row-size": _TEXT | {SqlType.BINARY, SqlType.VARBINARY},
}
"""The types that a measure can read, where not all: a user's rules may give a finding to any type."""

BY_KEY: Final[Mapping[str, Callable[[str, str, tuple[_Place, ...]], Tally]]] = {
    "unique-blanks": lambda rule, label, places: KeyBlanks(
        rule, label, tuple(place.column.name for place in places if _is_text(place.column))
    ),
    "unique-nullable": lambda rule, label, places: KeyNulls(rule, label, tuple(place.column.name for place in places)),
}
"""What is counted for a finding about a key or a unique index."""

UTF16: Final = "utf16-units"
"""What is counted for any part of a table whose expression counts characters."""


def tallies(database: Database, translation: Translation) -> dict[ObjectName, tuple[Tally, ...]]:
    """The measures of every table that has any, in the order of the findings."""
    findings: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in translation.findings:
        findings[finding.object].append(finding)
    whole = findings.get(database.name or "the database", ())
    common = _Common(
        findings,
        translation.collation,
        tuple(label for label, found in findings.items() if any(finding.rule == UTF16 for finding in found)),
        padded=any(finding.rule == PADDED for finding in whole),
    )
    by_name = {table.name: table for table in database.tables}
    planned = {}
    for mapping in translation.mappings:
        table = by_name.get(mapping.source)
        found = () if table is None else tuple(_of_table(table, mapping, common))
        if found:
            planned[mapping.source] = found
    return planned


@dataclass(frozen=True, slots=True)
class _Common:
    """What all tables share: findings by object, the default collation, what counts UTF-16 units, whether blanks at the
    end of text are remarked upon."""

    findings: Mapping[str, Sequence[Finding]]
    collation: str
    counting: tuple[str, ...]
    padded: bool


def _of_table(table: Table, mapping: TableMapping, common: _Common) -> Iterator[Tally]:
    places = _places(table, mapping)
    for place in places.values():
        for finding in common.findings.get(place.object, ()):
            if finding.kind is ObjectKind.COLUMN and _can_read(finding.rule, place.column):
                yield BY_COLUMN[finding.rule](finding.rule, place)
        yield from _by_itself(place)
    for label, columns in _unique_keys(table):
        key = tuple(places[name.casefold()] for name in columns if name.casefold() in places)
        if len(key) == len(columns):
            yield from _of_key(label, key, common.findings.get(label, ()), common.collation)
    texts = tuple(place.column.name for place in places.values() if _is_text(place.column))
    if texts:
        for label in common.counting:
            if label.startswith(f"{table.name}."):
                yield Supplementary(UTF16, label, texts)
    varying = tuple(place.column.name for place in places.values() if _is_of(place.column, _VARYING))
    if varying and common.padded:
        yield Padded(PADDED, str(table.name), varying)


def _can_read(rule: str, column: Column) -> bool:
    return rule in BY_COLUMN and (rule not in _READS or _is_of(column, _READS[rule]))


def _of_key(label: str, key: tuple[_Place, ...], findings: Sequence[Finding], collation: str) -> Iterator[Tally]:
    for finding in findings:
        if finding.kind is not ObjectKind.COLUMN and finding.rule in BY_KEY:
            yield BY_KEY[finding.rule](finding.rule, label, key)
    if any(_is_text(place.column) for place in key):
        yield _collisions(label, key, collation)


def _places(table: Table, mapping: TableMapping) -> dict[str, _Place]:
    """The stored columns that come over readable, by their folded names."""
    targets = {column.source: column for column in reversed(mapping.columns)}
    return {
        column.name.casefold(): _Place(f"{table.name}.{column.name}", column, targets[column.name])
        for column in table.stored_columns
        if column.name in targets and not column.encrypted
    }


def _by_itself(place: _Place) -> Iterator[Tally]:
    """What is worth a look without any finding."""
    type_ = place.column.type
    if type_ is None:
        return
    if type_.base in _DATES:
        sentence = "{touched:,} of {given:,} values are outside of the years 1000 to 9999 that MySQL promises to hold"
        yield Values(DATES, place.object, place.column.name, values.outside_range, sentence, quiet=True)
    if type_.base is SqlType.DATETIMEOFFSET and place.target.scale < (7 if type_.scale is None else type_.scale):
        # The finding about these columns is another one, but the digit is cut off all the same.
        yield Values(DIGITS, place.object, place.column.name, values.seventh_digits, _DIGITS, quiet=True)
    if type_.is_lob:
        yield Lobs(LOBS, place.object, place.column.name, type_.base in _WIDE)


def _unique_keys(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Labels, as the findings have them, and columns of what is unique over all rows."""

    def names(columns: tuple[KeyColumn, ...]) -> tuple[str, ...]:
        return tuple(column.name for column in columns)

    if table.primary_key is not None:
        yield f"{table.name}.{table.primary_key.name or 'PRIMARY KEY'}", names(table.primary_key.columns)
    for number, key in enumerate(table.uniques, 1):
        yield f"{table.name}.{key.name or f'unique {number}'}", names(key.columns)
    for index in table.indexes:
        if index.unique and index.filter is None and not index.disabled and index.kind is IndexKind.ROWSTORE:
            yield f"{table.name}.{index.name}", names(index.columns)


def _collisions(label: str, key: tuple[_Place, ...], default: str) -> Tally:
    collations = [_collation(place.target, default) if _is_text(place.column) else None for place in key]
    parts = tuple(
        KeyPart(place.target, None if collation is None else Folding.of(collation))
        for place, collation in zip(key, collations, strict=True)
    )
    return KeyCollisions(label, parts, " and ".join(dict.fromkeys(filter(None, collations))))


def _collation(target: TargetColumn, default: str) -> str:
    found = re.search(r"COLLATE (\w+)", target.type)
    return found[1] if found else default


def _is_text(column: Column) -> bool:
    return _is_of(column, _TEXT)


def _is_of(column: Column, types: frozenset[SqlType]) -> bool:
    return column.type is not None and column.type.base in types
