"""Data files in Parquet: the source's own values under the source's own names, as Arrow has them in wire/schema.py.

Every field says in its metadata, under ``sql_type``, what SQL Server calls its type: datetime2 is there as ticks of 100
nanoseconds since year 1, since a timestamp cannot hold years 1 to 9999 with seven digits.
"""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from migrator.dump.manifest import Compression, Part
from migrator.dump.place import Tally
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.model.schema import Table
from migrator.wire.rows import fingerprint
from migrator.wire.schema import arrow_schema

_GROUP_BYTES: Final = 16 << 20
"""A row group is held in memory until it is written, and again when it is read."""


class Groups:
    """A ``RowWriter`` of row groups, each a part."""

    def __init__(self, file: Tally, table: Table, mapping: TableMapping, compression: Compression) -> None:
        self.parts: list[Part] = []
        self._file = file
        self._mapping = mapping
        self._schema = _with_types(table)
        self._compression = compression
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0
        self._found = Fingerprint()
        self._writer: Any = None

    def __enter__(self) -> Self:
        self._writer = pq.ParquetWriter(
            pa.PythonFile(self._file, "w"),
            self._schema,
            compression=str(self._compression).upper(),
            write_page_checksum=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._end_part()
            self._writer.close()
            return
        self._file.given_up = True  # the writer writes its end in any case
        with suppress(OSError, pa.ArrowException):
            self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """See ``RowWriter``."""
        self._held.append(batch)
        self._bytes += batch.nbytes
        self._found += fingerprint(batch, self._mapping) if self._mapping.compared_columns else Fingerprint()
        if self._bytes >= _GROUP_BYTES:
            self._end_part()

    def _end_part(self) -> None:
        if not self._held:
            return
        rows = pa.Table.from_batches(self._held).cast(self._schema)
        self._writer.write_table(rows, row_group_size=rows.num_rows)
        found = Fingerprint(rows.num_rows, self._found.low, self._found.high)
        self.parts.append(Part(rows.num_rows, self._bytes, found))
        self._held, self._bytes, self._found = [], 0, Fingerprint()


def _with_types(table: Table) -> pa.Schema:
    fields = []
    for field, column in zip(arrow_schema(table), table.stored_columns, strict=True):
        fields.append(field.with_metadata({"sql_type": str(column.type)}))
    return pa.schema(fields, {"table": str(table.name)})
