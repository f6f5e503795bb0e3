"""What is to be compared, and with what. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.schema import Database, Table
from migrator.model.segment import Segment
from migrator.model.source import Source
from migrator.model.validation import SourceOf
from migrator.mysql.ranges import conditions

NO_KEY = "no key: rows are compared as a multiset, and a difference is named by its row's hash"
NO_COLUMN = "no column can be compared: rows are only counted"
HASHED = "compared by fingerprints, not value by value: {why}"

WHOLE_BYTES = 32 << 20
"""Up to here the rows of a table may come in any order: they are held in memory, if they must be."""
_NO_RANGES = "the source cannot give this table in ranges of its keys"
_NO_ORDER = "the target does not sort these keys as the source does"


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of the source, and the condition that the same rows meet on the target ("" for all)."""

    segments: tuple[Segment, ...]
    where: str


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: its source rows in ``segments``, or their fingerprint as ``recorded`` while they were copied.

    ``pieces`` are compared value by value; where there are none, the table is compared by fingerprints. ``limits`` are
    sentences on what the comparison cannot see.
    """

    mapping: TableMapping
    table: Table
    segments: tuple[Segment, ...]
    recorded: Fingerprint | None
    limits: tuple[str, ...]
    pieces: tuple[Piece, ...] = ()

    @property
    def how(self) -> SourceOf:
        """Where the source's fingerprint comes from."""
        return SourceOf.READ if self.recorded is None else SourceOf.RECORDED

    def hashed(self, why: str) -> TablePlan:
        """The same by fingerprints."""
        return replace(self, pieces=(), limits=(*self.limits, HASHED.format(why=why)))

    @property
    def bytes(self) -> int:
        """Source bytes behind the table."""
        return sum(segment.bytes for segment in self.segments)


@dataclass(frozen=True, slots=True)
class Plan:
    """All tables, in the order of their mappings."""

    tables: tuple[TablePlan, ...]


def plan(
    source: Source,
    database: Database,
    mappings: Sequence[TableMapping],
    recorded: Mapping[str, Fingerprint],
    *,
    wire: bool = False,
) -> Plan:
    """The comparison of every mapped table. Raises SourceError.

    ``wire`` compares value by value what nobody has recorded, as far as both sides can be read piece by piece.

    ``recorded`` holds fingerprints by target table. They are not used where the source vouches for another number of
    rows: those of a copy that was cut short would equal a target that is as incomplete as they are.
    """
    rows = sum(fingerprint.rows for fingerprint in recorded.values())
    trusted = recorded if source.row_total in (None, rows) else {}
    tables = []
    for mapping in mappings:
        table = database.table(mapping.source)
        segments = source.segments(table)
        one = TablePlan(mapping, table, segments, trusted.get(mapping.target), _limits(mapping))
        tables.append(_on_the_wire(one) if wire and one.recorded is None else one)
    return Plan(tuple(tables))


def _on_the_wire(plan: TablePlan) -> TablePlan:
    """The plan with its pieces, or with a word on why it has none."""
    if not plan.segments or not plan.mapping.compared_columns:
        return plan
    bounds = [segment.bounds for segment in plan.segments if segment.bounds is not None]
    found = conditions(bounds, plan.mapping, plan.table) if len(bounds) == len(plan.segments) else None
    if found is not None:
        pieces = (Piece((segment,), where) for segment, where in zip(plan.segments, found, strict=True))
        return replace(plan, pieces=tuple(pieces))
    if plan.bytes <= WHOLE_BYTES:
        return replace(plan, pieces=(Piece(plan.segments, ""),))
    return plan.hashed(_NO_ORDER if bounds else _NO_RANGES)


def _limits(mapping: TableMapping) -> tuple[str, ...]:
    sentences = [
        f"column {column.name} is left out: {column.why_not}" for column in mapping.columns if not column.compared
    ]
    if not mapping.compared_columns:
        sentences.append(NO_COLUMN)
    elif not mapping.key:
        sentences.append(NO_KEY)
    return tuple(sentences)
