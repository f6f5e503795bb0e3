"""What the process that workers are forked from does once, at its import: run every hot kernel on one row.

A kernel's machine code takes time and memory to load (about 75 MB for all of them); forked workers then share it.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
import pyarrow as pa

from migrator.copy import pump
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.mapping import Form, TableMapping, TargetColumn
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Table
from migrator.mysql import rows as wire_rows
from migrator.packages import bacpac
from migrator.packages.bcp.decoder import Decoder
from migrator.packages.bcp.layout import layouts_of
from migrator.packages.bcp.rows import read_rows
from migrator.packages.bcp.stats import ReadStats
from migrator.validate import reading, wire
from migrator.wire import compare
from migrator.wire.rows import encode

WORK: Final = (pump.copy_segment, reading.read_fingerprint, wire.compare_piece, bacpac.Bacpac, read_rows)
"""What workers run: named so that this module holds all that it needs."""

_COLUMNS: Final[tuple[tuple[Form, DataType, bytes], ...]] = (
    (Form.INTEGER, DataType(SqlType.INT), struct.pack("<i", 1)),
    (Form.DECIMAL, DataType(SqlType.DECIMAL, precision=9, scale=2), b"\x13\x09\x02\x01" + struct.pack("<QQ", 100, 0)),
    (Form.FLOAT, DataType(SqlType.FLOAT, precision=53), struct.pack("<d", 1.5)),
    (Form.DATE, DataType(SqlType.DATE), bytes(3)),
    (Form.TIME, DataType(SqlType.TIME, scale=7), bytes(5)),
    (Form.DATETIME, DataType(SqlType.DATETIME2, scale=7), bytes(8)),
    (Form.UUID, DataType(SqlType.UNIQUEIDENTIFIER), b"\x10" + bytes(16)),
    (Form.TEXT, DataType(SqlType.NVARCHAR, length=10), b"\x04\x00a\x00\t\x00"),
    (Form.CHAR, DataType(SqlType.NCHAR, length=2), b"\x04\x00a\x00 \x00"),
    (Form.BINARY, DataType(SqlType.VARBINARY, length=10), b"\x01\x00\x00"),
    (Form.CLOB, DataType(SqlType.NVARCHAR, length=MAX), b"\x02" + bytes(7) + b"a\x00"),
)


def run_kernels() -> pa.RecordBatch:
    """Decode one row of every common type and encode it; the row."""
    table = Table(
        ObjectName("dbo", "one"),
        tuple(Column(form, type_, nullable=False) for form, type_, _ in _COLUMNS),
    )
    row = np.frombuffer(b"".join(data for _, _, data in _COLUMNS), np.uint8).copy()
    layouts = [layouts_of(column)[0] for column in table.columns]
    batch = Decoder(table, "one row", layouts, ReadStats()).decode(row, 0, len(row), 0).batch
    mapping = TableMapping(
        table.name,
        "one",
        tuple(TargetColumn(form, form, "", form, False, scale=type_.scale or 0) for form, type_, _ in _COLUMNS),
    )
    encode(batch, mapping)
    _compare(batch, mapping)
    return batch


def _compare(batch: pa.RecordBatch, mapping: TableMapping) -> None:
    """Read one row as MySQL gives it, and compare rows that are not the same."""
    ours = [compare.comparable_column(batch.column(column.source), column) for column in mapping.columns]
    stream = b"\x01\0\0\x01\xfb\x05\0\0\x02\xfe\0\0\0\0"
    fill = iter([stream])

    def next_bytes(view: memoryview) -> int:
        view[: len(stream)] = next(fill)
        return len(stream)

    [[nothing]] = wire_rows.batches(next_bytes, 1, batch_bytes=1 << 10)
    theirs = [wire_rows.comparable(texts, column) for texts, column in zip(ours, mapping.columns, strict=True)]
    compare.compare(iter([ours]), iter([[*theirs[:-1], nothing]]), mapping)


run_kernels()
