"""Pieces of a part into Arrow batches, each value checked against its type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from migrator.errors import RowsDamaged, SourceError
from migrator.model.schema import Table
from migrator.packages.bcp import kernels, numbers, texts, times
from migrator.packages.bcp.fields import BadValue, Fields, Unsupported
from migrator.packages.bcp.hierarchyid import paths
from migrator.packages.bcp.kernels import Bytes
from migrator.packages.bcp.layout import FieldKind, FieldLayout, layouts_of
from migrator.packages.bcp.shape import shapes
from migrator.packages.bcp.stats import ReadStats
from migrator.packages.bcp.variant import variants
from migrator.wire.schema import arrow_schema

_MAKERS: Final[dict[FieldKind, Callable[[Fields], pa.Array]]] = {
    FieldKind.BIT: numbers.bits,
    FieldKind.UNSIGNED: numbers.integers,
    FieldKind.SIGNED: numbers.integers,
    FieldKind.FLOAT: numbers.floats,
    FieldKind.DECIMAL: numbers.decimals,
    FieldKind.MONEY: numbers.money,
    FieldKind.SMALLMONEY: numbers.smallmoney,
    FieldKind.DATE: times.dates,
    FieldKind.TIME: times.times,
    FieldKind.SMALLDATETIME: times.smalldatetimes,
    FieldKind.DATETIME: times.datetimes,
    FieldKind.DATETIME2: times.datetime2s,
    FieldKind.DATETIMEOFFSET: times.datetimeoffsets,
    FieldKind.GUID: texts.guids,
    FieldKind.BYTES: texts.binaries,
    FieldKind.VARIANT: variants,
    FieldKind.HIERARCHYID: paths,
    FieldKind.SHAPE: shapes,
}
"""Every kind but TEXT, whose maker also counts."""

_FIELDS_AT_ONCE: Final = 1 << 20
"""Fields of one batch: their positions take 16 bytes each."""

_LIE: Final = "Either the package is damaged, or model.xml does not describe these rows."
_AGAIN: Final = "Export the package again. If the new one has the same fault, report it with the table's definition."
_SHAPES: Final = (
    "MySQL keeps shapes of straight lines in two dimensions: convert the column in the source "
    "(STCurveToLine(), or a WKT without Z and M), then export again."
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one look at a piece found.

    ``batch`` is None where not even one row is whole. ``next`` is where the next row begins. ``wanted`` is how many
    bytes it has at least, 0 where the batch is merely full. ``column`` is the one that the bytes ended in.
    """

    batch: pa.RecordBatch | None
    next: int
    wanted: int
    column: str

    def is_cut_off(self, left: int) -> bool:
        """True if only ``left`` bytes follow, and they cannot be a row."""
        return 0 < left < self.wanted


class Decoder:
    """Reads the rows of one table under one choice of layouts."""

    def __init__(self, table: Table, part: str, layouts: Sequence[FieldLayout], stats: ReadStats) -> None:
        self._table = table
        self._part = part
        self._names = [column.name for column in table.stored_columns]
        self._types = [column.type for column in table.stored_columns if column.type is not None]
        self._kinds = [layout.kind for layout in layouts]
        self._schema = arrow_schema(table)
        self._stats = stats
        self._layout = np.array([_as_numbers(layout) for layout in layouts], np.int64)
        room = max(1, _FIELDS_AT_ONCE // len(layouts))
        self._starts = np.empty((len(layouts), room), np.int64)
        self._lengths = np.empty((len(layouts), room), np.int64)

    def decode(self, data: Bytes, begin: int, end: int, first_row: int) -> Step:
        """The rows between ``begin`` and ``end``, of which the first is row ``first_row`` of the part, counted from 0.

        Raises RowsDamaged, SourceError.
        """
        rows, after, status, column, number = kernels.scan_rows(
            data, begin, end, self._layout, self._starts, self._lengths
        )
        # Rows before a fault are made first: a wrong model often shows in their values, where the cause is.
        batch = self._batch(data, rows, first_row) if rows else None
        if status == kernels.NULL_HERE:
            raise self.damaged(first_row + rows, column, "a NULL, which the column does not take")
        if status == kernels.BAD_LENGTH:
            raise self.damaged(first_row + rows, column, f"a length of {number:,} bytes, which its type cannot have")
        return Step(batch, after, number if status == kernels.MORE else 0, self._names[column])

    def damaged(self, row: int, column: int, reason: str) -> RowsDamaged:
        """An error about a row of the part, counted from 0; ``reason`` names no value."""
        return RowsDamaged(self._where(row, column) + f": {reason}.", why=_LIE, todo=_AGAIN)

    def _where(self, row: int, column: int) -> str:
        return f"Row {row + 1:,} of {self._part}, column {self._table.name}.{self._names[column]}"

    def _batch(self, data: Bytes, rows: int, first_row: int) -> pa.RecordBatch:
        arrays, faults = [], []
        for column in range(len(self._names)):
            try:
                arrays.append(self._array(column, data, rows))
            except BadValue as fault:
                faults.append((fault.row, column, fault))
        if faults:
            raise self._error(first_row, *min(faults))
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _error(self, first_row: int, row: int, column: int, fault: BadValue) -> SourceError:
        if isinstance(fault, Unsupported):
            where = self._where(first_row + row, column)
            return SourceError(f"{where}: {fault.reason}, which cannot be handed over.", todo=_SHAPES)
        return self.damaged(first_row + row, column, fault.reason)

    def _array(self, column: int, data: Bytes, rows: int) -> pa.Array:
        fields = Fields(
            data=data,
            starts=self._starts[column, :rows],
            lengths=self._lengths[column, :rows],
            type=self._types[column],
            arrow=self._schema.field(column).type,
        )
        if self._kinds[column] is not FieldKind.TEXT:
            return _MAKERS[self._kinds[column]](fields)
        array, lone = texts.texts(fields)
        if lone:
            name = f"{self._table.name}.{self._names[column]}"
            self._stats.lone_surrogates[name] = self._stats.lone_surrogates.get(name, 0) + lone
        return array


def layout_choices(table: Table) -> list[tuple[FieldLayout, ...]]:
    """The layouts of a whole row, the likeliest first: the first of every column, then the second if it has one."""
    columns = [layouts_of(column) for column in table.stored_columns]
    most = max((len(layouts) for layouts in columns), default=0)
    return [tuple(layouts[min(choice, len(layouts) - 1)] for layouts in columns) for choice in range(most)]


def _as_numbers(layout: FieldLayout) -> tuple[int, int, int, int, int]:
    return layout.prefix, layout.least, layout.most, int(layout.nullable), int(layout.kind is FieldKind.VARIANT)
