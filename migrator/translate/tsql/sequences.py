"""CREATE and ALTER SEQUENCE. Source: Transact-SQL reference, CREATE SEQUENCE and ALTER SEQUENCE."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Sequence
from migrator.translate.tsql.catalog import Catalog
from migrator.translate.tsql.cursor import Cursor
from migrator.translate.tsql.problems import Unreadable
from migrator.translate.tsql.statements import Statement
from migrator.translate.tsql.types import resolve, type_name

_BIGINT: Final = DataType(SqlType.BIGINT)
_BITS: Final = {SqlType.SMALLINT: 15, SqlType.INT: 31, SqlType.BIGINT: 63}


def limits(type_: DataType) -> tuple[int, int]:
    """The least and the greatest number of a sequence's type. Raises Unreadable for a type that no sequence has."""
    if type_.base is SqlType.TINYINT:
        return 0, 255
    if type_.base in _BITS:
        return -(1 << _BITS[type_.base]), (1 << _BITS[type_.base]) - 1
    if type_.base in (SqlType.DECIMAL, SqlType.NUMERIC) and not type_.scale:
        largest = 10 ** (type_.precision or 18) - 1
        return -largest, largest
    raise Unreadable(f"a sequence cannot be of type {type_}")


def create_sequence(cursor: Cursor, statement: Statement, catalog: Catalog) -> bool:
    """Everything behind ``CREATE SEQUENCE``."""
    name = cursor.object_name("a sequence name")
    type_ = _BIGINT
    if cursor.take("AS"):
        type_ = resolve(type_name(cursor), catalog.aliases).type.without_alias()
    lowest, highest = limits(type_)
    blank = Sequence(name, type_, 0, place=statement.place)
    sequence, started = _options(cursor, blank, "START")
    if started is None:
        started = sequence.minimum if sequence.increment > 0 else sequence.maximum
    if started is None:
        started = lowest if sequence.increment > 0 else highest
    catalog.add_sequence(replace(sequence, start=started))
    return True


def alter_sequence(cursor: Cursor, catalog: Catalog) -> bool:
    """Everything behind ``ALTER SEQUENCE``. RESTART alone goes back to the start."""
    old = catalog.sequence(cursor.object_name("a sequence name"))
    sequence, started = _options(cursor, old, "RESTART")
    catalog.replace_sequence(sequence if started is None else replace(sequence, start=started))
    return True


def _options(cursor: Cursor, sequence: Sequence, start_word: str) -> tuple[Sequence, int | None]:
    """Step over the options; the number that the sequence (re)starts with is None where none is given."""
    start: int | None = None
    while not cursor.done:
        if cursor.take(start_word):
            if cursor.take("WITH"):
                start = cursor.integer()
        elif cursor.take("INCREMENT"):
            cursor.take("BY")
            sequence = replace(sequence, increment=cursor.integer())
            if not sequence.increment:
                raise Unreadable("a sequence cannot step by 0")
        elif cursor.take("NO"):
            sequence = _without(cursor, sequence)
        elif cursor.take("MINVALUE"):
            sequence = replace(sequence, minimum=cursor.integer())
        elif cursor.take("MAXVALUE"):
            sequence = replace(sequence, maximum=cursor.integer())
        elif cursor.take("CYCLE"):
            sequence = replace(sequence, cycle=True)
        elif cursor.take("CACHE"):
            sequence = replace(sequence, cache=cursor.integer() if cursor.at_number() else None)
        else:
            raise cursor.unexpected("an option of a sequence")
    return sequence, start


def _without(cursor: Cursor, sequence: Sequence) -> Sequence:
    """What follows NO."""
    word = cursor.take_any("MINVALUE", "MAXVALUE", "CYCLE", "CACHE")
    if word == "MINVALUE":
        return replace(sequence, minimum=None)
    if word == "MAXVALUE":
        return replace(sequence, maximum=None)
    if word == "CYCLE":
        return replace(sequence, cycle=False)
    if word == "CACHE":
        return replace(sequence, cache=0)
    raise cursor.unexpected("MINVALUE, MAXVALUE, CYCLE or CACHE")
