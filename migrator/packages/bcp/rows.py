"""The rows of one part, streamed: it is inflated into one buffer, as large as a batch or as the largest row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from migrator.errors import RowsDamaged
from migrator.model.schema import Table
from migrator.packages.archive import Entry
from migrator.packages.bcp.decoder import Decoder, layout_choices
from migrator.packages.bcp.kernels import Bytes
from migrator.packages.bcp.layout import FieldLayout
from migrator.packages.bcp.stats import ReadStats


class _Window:
    """The bytes of an entry between what is decoded and what is still deflated."""

    def __init__(self, entry: Entry, size: int) -> None:
        self._entry = entry
        self._size = max(1, size)
        self.data: Bytes = np.empty(0, np.uint8)
        self.begin = 0
        self.end = 0

    @property
    def left(self) -> int:
        """Bytes that are not decoded, inflated or not."""
        return self.end - self.begin + self._entry.left

    def fill(self, wanted: int) -> None:
        """Move what is left to the front and read on: ``wanted`` bytes are there then, which ``left`` must have."""
        kept = self.data[self.begin : self.end]
        room = min(max(wanted, self._size), self.left)
        if not room <= len(self.data) <= max(room, self._size):
            self.data = np.empty(room, np.uint8)  # larger for a large row, and as before when that has passed
        self.data[: len(kept)] = kept
        self.begin, self.end = 0, len(kept)
        while self.end < len(self.data) and (count := self._entry.read_into(self.data.data[self.end :])):
            self.end += count


def read_rows(entry: Entry, table: Table, *, batch_bytes: int, stats: ReadStats) -> Iterator[pa.RecordBatch]:
    """All rows of a part in order, as batches of ``wire.schema.arrow_schema(table)``.

    A batch comes out of about ``batch_bytes`` bytes, at least one row. Raises RowsDamaged, PackageDamaged, SourceError.
    """
    window = _Window(entry, batch_bytes)
    if window.left:
        window.fill(1)
    decoder = Decoder(table, entry.name, _fitting_layouts(table, entry, window), stats)
    row = 0
    while window.left:
        step = decoder.decode(window.data, window.begin, window.end, row)
        window.begin = step.next
        if step.batch is not None:
            row += step.batch.num_rows
            yield step.batch
        if step.is_cut_off(window.left):
            raise _cut_off(entry, table, row, step.column)
        if step.wanted and window.left:
            window.fill(step.wanted)


def _fitting_layouts(table: Table, entry: Entry, window: _Window) -> tuple[FieldLayout, ...]:
    """The first layouts that can read the start of the part; the likeliest where none can, for its error."""
    choices = layout_choices(table)
    if not choices:
        raise RowsDamaged(f"{entry.name} holds rows of {table.name}, which has no column to hold them.")
    for layouts in choices if len(choices) > 1 else ():
        try:
            step = Decoder(table, entry.name, layouts, ReadStats()).decode(window.data, window.begin, window.end, 0)
        except RowsDamaged:
            continue
        if not step.is_cut_off(window.left - (step.next - window.begin)):
            return layouts
    return choices[0]


def _cut_off(entry: Entry, table: Table, row: int, column: str) -> RowsDamaged:
    return RowsDamaged(
        f"{entry.name} ends in the middle of row {row + 1:,}, in column {table.name}.{column}.",
        why="Either the package is damaged, or model.xml does not describe these rows.",
        todo="Export the package again. If the new one has the same fault, report it with the table's definition.",
    )
