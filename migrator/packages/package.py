"""What .bacpac and .dacpac have in common: a checked archive with a schema."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

from migrator.model.consistency import Hold
from migrator.model.schema import Database, Table
from migrator.packages.archive import MODEL, Archive
from migrator.packages.held import as_file
from migrator.packages.model_xml.reader import read_model
from migrator.packages.origin import Origin, model_digest, read_name, read_origin, verify_model


class Package:
    """A package by its path. It is opened when it is first needed, anew in every process; only the path is pickled.

    Everything may raise SourceError and PackageDamaged.
    """

    volatile = False
    slipped = 0

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._opened: tuple[int, Archive] | None = None

    def __getstate__(self) -> dict[str, object]:
        return {"path": self.path, "_opened": None}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    @property
    def archive(self) -> Archive:
        """The open package of this process: a file position shared with a forked child would serve neither."""
        process = os.getpid()
        if self._opened is None or self._opened[0] != process:
            self._opened = process, Archive(self.path)
        return self._opened[1]

    @cached_property
    def origin(self) -> Origin:
        """What Origin.xml says."""
        return read_origin(self.archive)

    @cached_property
    def identity(self) -> str:
        """Equal for packages with the same schema and the same rows; safe to print."""
        outline = repr((self.origin.row_total, self.archive.outline())).encode()
        return f"{type(self).__name__.lower()}:{self._digest[:16]}:{hashlib.sha256(outline).hexdigest()[:16]}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be verified, as sentences for people."""
        if MODEL in self.origin.checksums:
            return ()
        return (f"Origin.xml holds no checksum of {MODEL}: that the schema is the exported one could not be verified.",)

    def catalog(self) -> Database:
        """The whole schema, once it is proven to be the exported one. Raises ChecksumMismatch where it is not."""
        return self._catalog

    def hold(self, workers: int, tables: Sequence[Table]) -> AbstractContextManager[Hold]:  # noqa: ARG002 - a file needs nothing for each
        """A file is one picture by itself."""
        return as_file()

    def close(self) -> None:
        """Release the file; it is opened again when it is needed."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None

    @cached_property
    def _catalog(self) -> Database:
        verify_model(self.archive, self.origin, self._digest)
        return read_model(lambda: self.archive.open(MODEL), name=read_name(self.archive), server=self.origin.server)

    @cached_property
    def _digest(self) -> str:
        return model_digest(self.archive)
