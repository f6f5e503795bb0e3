"""What a comparison of source and target found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.model.catalog import SchemaValidation
from migrator.model.difference import Difference
from migrator.model.fingerprint import Fingerprint
from migrator.model.name import ObjectName


class SourceOf(StrEnum):
    """Where the source's fingerprint of a table came from; WIRE where none was made, but the rows compared."""

    RECORDED = "recorded while copying"
    READ = "read again from the source"
    WIRE = "compared value by value"


class Method(StrEnum):
    """How a comparison is made.

    AUTO      what is expected to be fastest, and says why
    WIRE      the rows of both sides are read and compared value by value
    PUSHDOWN  the target hashes its rows itself, the source's are read and hashed here
    RECORDED  the target hashes its rows itself, the source's hashes are those of the copy
    """

    AUTO = "auto"
    WIRE = "wire"
    PUSHDOWN = "pushdown"
    RECORDED = "recorded"


class Side(StrEnum):
    """Where rows were read."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a table's rows on one side: a segment by its id, or a range of keys by its number."""

    side: Side
    name: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class TableValidation:
    """One table's comparison. ``target`` is None where the table is not there.

    ``limits`` are sentences that a reader must know (columns left out, no key). ``more`` counts differing rows beyond
    those listed. ``lacking`` names columns to compare that the target does not have. ``pieces`` are what the
    fingerprints were summed up from, of a side all or none. Where values were compared one by one, the fingerprints
    hold the numbers of rows alone.
    """

    name: ObjectName
    table: str
    source: Fingerprint
    target: Fingerprint | None
    how: SourceOf
    differences: tuple[Difference, ...] = ()
    more: int = 0
    limits: tuple[str, ...] = ()
    seconds: float = 0.0
    lacking: tuple[str, ...] = ()
    pieces: tuple[Piece, ...] = ()

    @property
    def equal(self) -> bool:
        """True if both sides hold the same rows, with all their columns."""
        return self.source == self.target and not (self.lacking or self.differences or self.more)

    def pieces_of(self, side: Side) -> tuple[Piece, ...]:
        """What a side's fingerprint was summed up from; empty where its rows were read anew to find those that
        differ."""
        pieces = tuple(piece for piece in self.pieces if piece.side is side)
        whole = self.source if side is Side.SOURCE else self.target
        return pieces if sum((piece.fingerprint for piece in pieces), Fingerprint()) == whole else ()

    @property
    def difference_count(self) -> int:
        """Differing rows, listed or not; at least 1 where the fingerprints differ."""
        listed = sum(difference.count for difference in self.differences) + self.more
        return listed or (0 if self.source == self.target else 1)


@dataclass(frozen=True, slots=True)
class Validation:
    """The comparison of a whole database, by which method, and why by that one; ``schema`` is None where only rows were
    compared."""

    tables: tuple[TableValidation, ...]
    schema: SchemaValidation | None = None
    method: Method = Method.PUSHDOWN
    why: str = ""

    @property
    def equal(self) -> bool:
        """True if every table is equal, and the schema as it was promised."""
        return all(table.equal for table in self.tables) and (self.schema is None or self.schema.equal)

    @property
    def schema_differences(self) -> int:
        """Things of the schema that are not as they were promised; 0 where nobody looked."""
        return len({difference.thing for difference in self.schema.differences}) if self.schema else 0

    @property
    def rows(self) -> int:
        """Rows of the source."""
        return sum(table.source.rows for table in self.tables)

    @property
    def differences(self) -> int:
        """Differing rows of all tables."""
        return sum(table.difference_count for table in self.tables)
