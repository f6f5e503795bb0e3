"""CHECK constraints, and the rules that sp_bindrule made checks of columns."""

from __future__ import annotations

from collections import defaultdict
from typing import Final, NamedTuple

from migrator.model.name import ObjectName
from migrator.model.schema import Check
from migrator.sqlserver.catalog.query import Fields, Reading, listed, name, number, text


class _CheckRow(NamedTuple):
    table: int
    name: str
    system_named: int
    expression: str | None
    disabled: int
    not_trusted: int


_FIELDS: Final[Fields] = {
    "table": number("c.parent_object_id"),
    "name": name("c.name"),
    "system_named": number("c.is_system_named"),
    "expression": text("c.definition"),
    "disabled": number("c.is_disabled"),
    "not_trusted": number("c.is_not_trusted"),
}
_FROM: Final = (
    "FROM sys.check_constraints AS c WHERE c.is_ms_shipped = 0 ORDER BY c.parent_object_id, c.parent_column_id, c.name"
)


def read_checks(reading: Reading, tables: dict[int, ObjectName]) -> dict[int, list[Check]]:
    """The checks of every table by its object_id. Raises SourceError."""
    made: defaultdict[int, list[Check]] = defaultdict(list)
    hidden = []
    for row in reading.read(_CheckRow, _FIELDS, _FROM):
        if row.table not in tables:
            continue
        if row.expression is None:
            hidden.append(f"{tables[row.table]}.{row.name}")
        made[row.table].append(
            Check(
                name=None if row.system_named else row.name,
                expression=row.expression or "",
                trusted=not row.not_trusted,
                enabled=not row.disabled,
            )
        )
    if hidden:
        reading.note(f"The conditions of these checks are hidden (no VIEW DEFINITION permission): {listed(hidden)}")
    return made
