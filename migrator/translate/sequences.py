"""Sequences: AUTO_INCREMENT where one default alone takes their numbers, else a table and a function.

The function locks the one row of the table before it reads it: no two sessions take the same number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.mapping import Form
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Identity, ObjectKind, Sequence, Table
from migrator.model.translation import Phase, Statement
from migrator.mysql.connect import quoted
from migrator.rules import Rules
from migrator.translate.draft import ColumnDraft, Moment, RowAction, TableDraft
from migrator.translate.names import Namer
from migrator.translate.notes import Notes

_PART: Final = r"(?:\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"|[\w@#$]+)"
_NAME: Final = rf"{_PART}(?:\s*\.\s*{_PART})*"
_USE: Final = re.compile(rf"NEXT\s+VALUE\s+FOR\s+({_NAME})", re.IGNORECASE)
_ALONE: Final = re.compile(rf"[\s(]*NEXT\s+VALUE\s+FOR\s+({_NAME})[\s)]*", re.IGNORECASE)
_PARTS: Final = re.compile(_PART)
_COUNTING: Final = (SqlType.TINYINT, SqlType.SMALLINT, SqlType.INT, SqlType.BIGINT)
_LARGEST: Final = (1 << 63) - 1


def sequence_of(expression: str) -> ObjectName | None:
    """The sequence that an expression takes its value from, None where the expression is another one."""
    found = _ALONE.fullmatch(expression)
    return _name(found[1]) if found else None


def _name(text: str) -> ObjectName:
    parts = [_bare(part) for part in _PARTS.findall(text)]
    return ObjectName(parts[-2] if len(parts) > 1 else "dbo", parts[-1])


def _bare(part: str) -> str:
    if part[0] in '["':
        return part[1:-1].replace("]]", "]").replace('""', '"')
    return part


def _folded(name: ObjectName) -> str:
    return str(name).casefold()


@dataclass(frozen=True, slots=True)
class Counters:
    """The sequences that AUTO_INCREMENT stands for: by their folded name, the column as ``table.column``."""

    columns: Mapping[str, str]


def with_counters(database: Database) -> tuple[Database, Counters]:
    """The database with an identity in the place of every sequence that one default alone uses.

    That column must be able to count: a whole number, in a table that has no other identity.
    """
    uses: Counter[str] = Counter()
    for table in database.tables:
        for column in table.columns:
            for expression in _expressions(column):
                uses.update(_folded(_name(found)) for found in _USE.findall(expression))
    for module in database.modules:
        uses.update(_folded(_name(found)) for found in _USE.findall(module.text or module.body or ""))
    sole = {
        _folded(item.name): item
        for item in database.sequences
        if uses[_folded(item.name)] == 1 and item.increment == 1 and item.start > 0 and not item.cycle
    }
    counters: dict[str, str] = {}
    tables = tuple(_counting(table, sole, counters) for table in database.tables)
    return replace(database, tables=tables), Counters(counters)


def _expressions(column: Column) -> Iterator[str]:
    if column.default is not None:
        yield column.default.expression
    if column.computed is not None:
        yield column.computed.expression


def _counting(table: Table, sole: Mapping[str, Sequence], counters: dict[str, str]) -> Table:
    if any(column.identity is not None for column in table.columns):
        return table
    for number, column in enumerate(table.columns):
        name = sequence_of(column.default.expression) if column.default is not None else None
        sequence = sole.get(_folded(name)) if name is not None else None
        if sequence is None or column.type is None or column.type.base not in _COUNTING:
            continue
        counters[_folded(sequence.name)] = f"{table.name}.{column.name}"
        counted = replace(column, identity=Identity(sequence.start, 1))
        return replace(table, columns=(*table.columns[:number], counted, *table.columns[number + 1 :]))
    return table


@dataclass(frozen=True, slots=True)
class _Made:
    sequence: Sequence
    table: str
    function: str


class SequencePlanner:
    """Plans the tables and functions of the sequences that are left, and the triggers of the defaults that use them."""

    def __init__(self, database: Database, counters: Counters, rules: Rules, notes: Notes) -> None:
        self._database = database
        self._counters = counters
        self._rules = rules
        self._notes = notes

    def plan(
        self, drafts: Mapping[ObjectName, TableDraft], tables: Namer, routines: Namer, checks: Namer
    ) -> list[Statement]:
        """The statements; triggers go into ``actions`` of ``drafts``. The namers are those of the whole database."""
        made = {}
        for sequence in self._database.sequences:
            label = str(sequence.name)
            counted = self._counters.columns.get(_folded(sequence.name))
            if counted is not None:
                self._notes.count(ObjectKind.SEQUENCE, label, counted)
                self._notes.add("sequence-identity", ObjectKind.SEQUENCE, label, sequence.place, column=counted)
                continue
            table = tables.take_ruled(self._rules.table_name(sequence.name), label, label)
            function = routines.take(f"next_{table}", label)
            self._notes.count(ObjectKind.SEQUENCE, label, table)
            self._notes.add("sequence-table", ObjectKind.SEQUENCE, label, sequence.place, function=function)
            made[_folded(sequence.name)] = _Made(sequence, table, function)
        filled: dict[str, list[tuple[TableDraft, ColumnDraft]]] = {name: [] for name in made}
        for draft in drafts.values():
            for column in list(draft.columns):
                self._default(draft, column, made, filled)
        return [
            statement
            for name, item in made.items()
            for statement in (_table(item, checks), _function(item), _first(item, filled[name]))
        ]

    def _default(
        self,
        draft: TableDraft,
        column: ColumnDraft,
        made: Mapping[str, _Made],
        filled: Mapping[str, list[tuple[TableDraft, ColumnDraft]]],
    ) -> None:
        source = column.source
        if source is None or source.default is None or column.auto_increment or not draft.loaded:
            return
        name = sequence_of(source.default.expression)
        if name is None:
            return
        label = draft.label(source.default.name or source.name)
        item = made.get(_folded(name))
        if item is None:
            self._notes.count(ObjectKind.DEFAULT, label)
            reason = f"the sequence {name} is not there"
            self._notes.add("default-dropped", ObjectKind.DEFAULT, label, source.place, reason=reason)
            return
        value = f"NEW.{quoted(column.name)}"
        fill = RowAction(Moment.BEFORE_INSERT, f"SET {value} = IFNULL({value}, {quoted(item.function)}())")
        draft.actions.insert(0, fill)  # what else a trigger does sees the number
        filled[_folded(name)].append((draft, column))
        self._notes.count(ObjectKind.DEFAULT, label, f"{draft.name}.{column.name}")
        self._notes.add("default-by-trigger", ObjectKind.DEFAULT, label, source.place, sequence=name)


def _table(item: _Made, checks: Namer) -> Statement:
    """One row with the number that is next. Its CHECK is the sequence's limits: the error comes where it is used up."""
    sequence = item.sequence
    lowest, highest = _limits(sequence)
    lines = ["`one` TINYINT NOT NULL DEFAULT 1 PRIMARY KEY", "`next` BIGINT NOT NULL"]
    if not sequence.cycle and lowest > -_LARGEST and highest < _LARGEST:
        low, high = (lowest, highest + sequence.increment) if sequence.increment > 0 else (
            lowest + sequence.increment, highest
        )  # fmt: skip
        if low >= -_LARGEST and high <= _LARGEST:
            name = checks.take(f"ck_{item.table}", str(sequence.name))
            lines.append(f"CONSTRAINT {quoted(name)} CHECK (`next` BETWEEN {low} AND {high})")
    body = ",\n".join(f"  {line}" for line in lines)
    sql = f"CREATE TABLE {quoted(item.table)} (\n{body}\n) ENGINE=InnoDB COMMENT='the next number of a sequence'"
    return Statement(Phase.TABLES, str(sequence.name), item.table, sql)


def _function(item: _Made) -> Statement:
    """READS SQL DATA is what a server with a binary log wants to hear (error 1418), although a row is changed; a
    function that claims to be DETERMINISTIC may be called once instead of for each row."""
    sequence = item.sequence
    step = sequence.increment
    lowest, highest = _limits(sequence)
    following = f"`taken` {'+' if step > 0 else '-'} {abs(step)}"
    if sequence.cycle:
        at_end = f"`taken` > {highest - step}" if step > 0 else f"`taken` < {lowest - step}"
        following = f"IF({at_end}, {lowest if step > 0 else highest}, {following})"
    sql = (
        f"CREATE FUNCTION {quoted(item.function)}() RETURNS BIGINT NOT DETERMINISTIC READS SQL DATA\nBEGIN\n"  # noqa: S608 - every name is quoted
        "  DECLARE `taken` BIGINT;\n"
        f"  SELECT `next` INTO `taken` FROM {quoted(item.table)} FOR UPDATE;\n"
        f"  UPDATE {quoted(item.table)} SET `next` = {following};\n"
        "  RETURN `taken`;\nEND"
    )
    return Statement(Phase.ROUTINES, str(sequence.name), item.function, sql, compound=True, makes="FUNCTION")


def _first(item: _Made, filled: list[tuple[TableDraft, ColumnDraft]]) -> Statement:
    """The number to begin with: behind what the loaded rows have, whatever the source remembers."""
    sequence = item.sequence
    up = sequence.increment > 0
    numbers = [str(sequence.start)]
    counting = [item for item in filled if item[1].target.form in (Form.INTEGER, Form.DECIMAL)]
    for draft, column in counting if not sequence.cycle else ():
        furthest = f"{'MAX' if up else 'MIN'}({quoted(column.name)})"
        step = f"{'+' if up else '-'} {abs(sequence.increment)}"
        numbers.append(f"(SELECT COALESCE({furthest} {step}, {sequence.start}) FROM {quoted(draft.name)})")  # noqa: S608 - every name is quoted
    value = numbers[0] if len(numbers) == 1 else f"{'GREATEST' if up else 'LEAST'}({', '.join(numbers)})"
    sql = f"REPLACE INTO {quoted(item.table)} (`one`, `next`) SELECT 1, {value}"
    return Statement(Phase.ROUTINES, str(sequence.name), item.table, sql)


def _limits(sequence: Sequence) -> tuple[int, int]:
    low, high = _type_limits(sequence.type)
    return (
        low if sequence.minimum is None else sequence.minimum,
        high if sequence.maximum is None else sequence.maximum,
    )


def _type_limits(type_: DataType) -> tuple[int, int]:
    match type_.base:
        case SqlType.TINYINT:
            return 0, 255
        case SqlType.SMALLINT:
            return -(1 << 15), (1 << 15) - 1
        case SqlType.INT:
            return -(1 << 31), (1 << 31) - 1
        case SqlType.DECIMAL | SqlType.NUMERIC:
            largest = min(10 ** (type_.precision or 18) - 1, _LARGEST)
            return -largest, largest
        case _:
            return -_LARGEST - 1, _LARGEST
