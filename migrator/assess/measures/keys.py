"""Rows whose unique key means another thing in MySQL: blanks at the end, NULLs, letters that its collation equates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from migrator.assess.measures.folding import Folding
from migrator.assess.measures.values import ends_blank
from migrator.model.mapping import TargetColumn
from migrator.model.measurement import Measurement
from migrator.wire.arrays import flags_of
from migrator.wire.rows import row_hashes
from migrator.wire.text import Texts, canonical_column

MOST_ROWS: Final = 20_000_000
"""Rows of a key that are told apart: 8 bytes each."""

COLLIDES: Final = "unique-collides"


@dataclass(slots=True)
class KeyBlanks:
    """Rows with a blank at the end of one of a key's texts. ``columns`` are these texts' source columns."""

    rule: str
    object: str
    columns: tuple[str, ...]
    touched: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        self.touched += int(np.count_nonzero(_any([ends_blank(batch.column(name)) for name in self.columns])))

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.touched += other.touched

    def measured(self, rows: int) -> Measurement:
        """The rows whose key is another one to MySQL when its blanks are left out."""
        detail = f"{self.touched:,} rows have blanks at the end of a text of the key: MySQL would also take the same "
        detail += "text without them"
        return Measurement(self.rule, self.object, self.touched, rows, detail)


@dataclass(slots=True)
class KeyNulls:
    """Rows with a NULL in a unique key over ``columns``."""

    rule: str
    object: str
    columns: tuple[str, ...]
    touched: int = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the table's rows."""
        self.touched += int(np.count_nonzero(_any([~flags_of(batch.column(name)) for name in self.columns])))

    def merge(self, other: Self) -> None:
        """Add what was counted in another part of the table."""
        self.touched += other.touched

    def measured(self, rows: int) -> Measurement:
        """The rows that MySQL does not hold to the key at all."""
        detail = f"{self.touched:,} rows have a NULL in the key"
        if len(self.columns) == 1:
            detail += ": SQL Server admits one at most, so no more can be there yet"
        return Measurement(self.rule, self.object, self.touched, rows, detail)


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A column of a key in the target, and how its text is compared there; ``folding`` is None for what is no text."""

    target: TargetColumn
    folding: Folding | None

    def texts(self, batch: pa.RecordBatch) -> Texts:
        """The values such that equal ones are equal to MySQL."""
        array = batch.column(self.target.source)
        return canonical_column(array if self.folding is None else self.folding.fold(array), self.target)


@dataclass(slots=True)
class KeyCollisions:
    """Rows whose key MySQL would take for one that is there already, by 64-bit hashes of the folded keys.

    SQL Server has proved that all keys differ to it. A row with NULL in its key collides with nothing in MySQL.
    """

    object: str
    parts: tuple[KeyPart, ...]
    collations: str
    hashes: list[NDArray[np.uint64]] = field(default_factory=list)
    rows: int = 0
    most: int = MOST_ROWS

    def add(self, batch: pa.RecordBatch) -> None:
        """Keep the hashes of a batch's keys."""
        if self.rows + batch.num_rows > self.most:
            self._keep([], batch.num_rows)
            return
        texts = [part.texts(batch) for part in self.parts]
        whole = np.logical_and.reduce([column.valid for column in texts])
        first = np.ascontiguousarray(row_hashes(texts)[:, :8]).view(np.uint64).reshape(-1)
        self._keep([first[whole]], batch.num_rows)

    def merge(self, other: Self) -> None:
        """Add the keys of another part of the table."""
        self._keep(other.hashes, other.rows)

    def _keep(self, hashes: Sequence[NDArray[np.uint64]], rows: int) -> None:
        self.rows += rows
        if self.rows > self.most:
            self.hashes = []
        else:
            self.hashes.extend(hashes)

    def measured(self, rows: int) -> Measurement:
        """How many rows MySQL would refuse."""
        if self.rows > self.most:
            return Measurement(COLLIDES, self.object, 0, 0, f"not measured: more than {self.most:,} rows")
        keys = np.concatenate(self.hashes) if self.hashes else np.empty(0, np.uint64)
        keys.sort()
        touched = int(np.count_nonzero(keys[1:] == keys[:-1]))
        detail = f"{touched:,} of {len(keys):,} keys are equal to another one under {self.collations}"
        if any(part.folding is not None and not part.folding.exact for part in self.parts):
            detail += ", as near as Unicode's case folding and decomposition come to it, without rules of one language"
        return Measurement(COLLIDES, self.object, touched, rows, detail)


def _any(flags: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.logical_or.reduce(flags)
    return found
