"""Sequences."""

from __future__ import annotations

from typing import Final, NamedTuple

from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Sequence
from migrator.sqlserver.catalog.query import Fields, Reading, name, number, variant
from migrator.sqlserver.catalog.types import data_type, type_fields, type_joins

_BITS: Final = {SqlType.SMALLINT: 15, SqlType.INT: 31, SqlType.BIGINT: 63}


class _SequenceRow(NamedTuple):
    schema: str
    name: str
    type_schema: str | None
    type_name: str | None
    user_defined: int | None
    assembly: int | None
    base: str | None
    max_length: int
    precision: int
    scale: int
    dimensions: int | None
    start: str
    increment: str
    minimum: str | None
    maximum: str | None
    cycle: int
    cached: int
    cache: int | None
    current: str
    last_used: str | None


_FIELDS: Final[Fields] = {
    "schema": name("s.name"),
    "name": name("q.name"),
    **type_fields("q"),
    "start": variant("q.start_value"),
    "increment": variant("q.increment"),
    "minimum": variant("q.minimum_value"),
    "maximum": variant("q.maximum_value"),
    "cycle": number("q.is_cycling"),
    "cached": number("q.is_cached"),
    "cache": number("q.cache_size"),
    "current": variant("q.current_value"),
    "last_used": variant("q.last_used_value", since=14),
}
_FROM: Final = (
    "FROM sys.sequences AS q JOIN sys.schemas AS s ON s.schema_id = q.schema_id "
    f"{type_joins('q')} WHERE q.is_ms_shipped = 0"
)


def read_sequences(reading: Reading) -> tuple[Sequence, ...]:
    """Every sequence, by schema and name. Raises SourceError."""
    rows = reading.read_if_allowed("Sequences", _SequenceRow, _FIELDS, _FROM)
    return tuple(sorted(map(_sequence, rows), key=lambda sequence: sequence.name))


def _sequence(row: _SequenceRow) -> Sequence:
    type_ = data_type(row).without_alias()
    lowest, highest = _limits(type_)
    minimum = lowest if row.minimum is None else int(row.minimum)
    maximum = highest if row.maximum is None else int(row.maximum)
    return Sequence(
        name=ObjectName(row.schema, row.name),
        type=type_,
        start=_next(row, minimum, maximum),
        increment=int(row.increment),
        minimum=None if minimum == lowest else minimum,
        maximum=None if maximum == highest else maximum,
        cycle=bool(row.cycle),
        cache=row.cache if row.cached else 0,
    )


def _next(row: _SequenceRow, minimum: int, maximum: int) -> int:
    """The number that the sequence gives next.

    current_value is the last number given, and start_value before the first: where both are equal, only
    last_used_value (2017 and later, NULL before the first) tells one from the other, and without it the sequence is
    taken as unused. Source: Transact-SQL reference, sys.sequences.
    """
    start, current, increment = int(row.start), int(row.current), int(row.increment)
    used = current != start or (row.last_used is not None and int(row.last_used) == current)
    if not used:
        return start
    following = current + increment
    if row.cycle and not minimum <= following <= maximum:
        return minimum if increment > 0 else maximum
    return following


def _limits(type_: DataType) -> tuple[int, int]:
    """The least and the greatest number of a sequence's type: they stand in the catalog where none was given."""
    if type_.base is SqlType.TINYINT:
        return 0, 255
    if type_.base in _BITS:
        return -(1 << _BITS[type_.base]), (1 << _BITS[type_.base]) - 1
    largest = 10 ** (type_.precision or 18) - 1
    return -largest, largest
