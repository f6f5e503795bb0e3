"""Data files of LOAD DATA lines, packed or not."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Final, Protocol, Self

import pyarrow as pa

from migrator.dump.manifest import Compression, Part
from migrator.dump.place import Tally
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.wire.rows import encode

PART_BYTES: Final = 32 << 20
"""So much is loaded in one transaction."""


class RowWriter(Protocol):
    """Writes batches of a table into a file. ``parts`` is whole once the block has ended."""

    parts: list[Part]

    def __enter__(self) -> Self:
        """Begin the file."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the file."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Add the rows of a batch, which are at least one."""


class Lines:
    """A ``RowWriter`` of what ``wire.rows.encode`` makes."""

    def __init__(self, file: Tally, mapping: TableMapping, compression: Compression) -> None:
        self.parts: list[Part] = []
        self._file = file
        self._mapping = mapping
        self._compression = compression
        self._open = Part(0, 0, Fingerprint())
        self._digest = hashlib.sha256()
        self._stream: Any = None

    def __enter__(self) -> Self:
        sink = pa.PythonFile(self._file, "w")
        self._stream = pa.CompressedOutputStream(sink, "zstd") if self._compression is Compression.ZSTD else sink
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._end_part()
            self._stream.close()
            return
        self._file.given_up = True  # the stream writes its end in any case
        with suppress(OSError, pa.ArrowException):
            self._stream.close()

    def write(self, batch: pa.RecordBatch) -> None:
        """See ``RowWriter``."""
        lines, found = encode(batch, self._mapping)
        self._stream.write(lines)
        self._digest.update(lines.data)
        was = self._open
        self._open = Part(was.rows + batch.num_rows, was.bytes + len(lines), was.fingerprint + found)
        if self._open.bytes >= PART_BYTES:
            self._end_part()

    def _end_part(self) -> None:
        if self._open.rows:
            self.parts.append(replace(self._open, sha256=self._digest.hexdigest()))
            self._digest = hashlib.sha256()
            self._open = Part(0, 0, Fingerprint())


def nothing(compression: Compression) -> bytes:
    """A data file without a row."""
    return b"" if compression is Compression.NONE else bytes(pa.compress(b"", "zstd", asbytes=True))
