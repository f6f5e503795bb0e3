"""What is to be compared, and with what. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.validation import SourceOf

NO_KEY = "no key: rows are compared as a multiset, and a difference is named by its row's hash"
NO_COLUMN = "no column can be compared: rows are only counted"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: its source rows in ``segments``, or their fingerprint as ``recorded`` while they were copied.

    ``limits`` are sentences on what the comparison cannot see.
    """

    mapping: TableMapping
    table: Table
    segments: tuple[Segment, ...]
    recorded: Fingerprint | None
    limits: tuple[str, ...]

    @property
    def how(self) -> SourceOf:
        """Where the source's fingerprint comes from."""
        return SourceOf.READ if self.recorded is None else SourceOf.RECORDED

    @property
    def bytes(self) -> int:
        """Source bytes behind the table."""
        return sum(segment.bytes for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Plan:
    """All tables, in the order of their mappings."""

    tables: tuple[TablePlan, ...]


def plan(
    source: Source, database: Database, mappings: Sequence[TableMapping], recorded: Mapping[str, Fingerprint]
) -> Plan:
    """The comparison of every mapped table. Raises SourceError.

    ``recorded`` holds fingerprints by target table. They are not used where the source vouches for another number of
    rows: those of a copy that was cut short would equal a target that is as incomplete as they are.
    """
    rows = sum(fingerprint.rows for fingerprint in recorded.values())
    trusted = recorded if source.row_total in (None, rows) else {}
    tables = []
    for mapping in mappings:
        table = database.table(mapping.source)
        segments = source.segments(table)
        tables.append(TablePlan(mapping, table, segments, trusted.get(mapping.target), _limits(mapping)))
    return Plan(tuple(tables))


def _limits(mapping: TableMapping) -> tuple[str, ...]:
    sentences = [
        f"column {column.name} is left out: {column.why_not}" for column in mapping.columns if not column.compared
    ]
    if not mapping.compared_columns:
        sentences.append(NO_COLUMN)
    elif not mapping.key:
        sentences.append(NO_KEY)
    return tuple(sentences)
