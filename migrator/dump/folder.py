"""A dump on a disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, Final

from migrator.errors import OutputError, SourceError

_PARTIAL: Final = ".partial"
_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Folder:
    """A ``Place``. A file is written beside its place under a name that ends in ``.partial``, brought to the disk, then
    renamed."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def names(self) -> frozenset[str]:
        """The whole files, with slashes where they lie deeper."""
        with _words(f"reading {self.path}"):
            return frozenset(
                str(path.relative_to(self.path))
                for path in self.path.rglob("*")
                if path.is_file() and path.suffix != _PARTIAL
            )

    def size(self, name: str) -> int | None:
        """Its bytes."""
        with _words(f"looking at {self.path / name}"):
            try:
                return (self.path / name).stat().st_size
            except FileNotFoundError:
                return None

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """See ``Place``."""
        path = self.path / name
        partial = path.with_name(f"{path.name}.{token_hex(4)}{_PARTIAL}")
        with _words(f"writing {path}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with partial.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                partial.replace(path)
            except BaseException:
                with suppress(OSError):
                    partial.unlink()
                raise

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """See ``Place``."""
        try:
            file = (self.path / name).open("rb")
        except OSError as error:
            raise SourceError(
                f"{self.path / name} cannot be read",
                why=error.strerror or str(error),
                todo="the dump is not whole: make it anew",
            ) from error
        with file:
            yield file

    def remove(self, name: str) -> None:
        """See ``Place``."""
        with _words(f"removing {self.path / name}"):
            (self.path / name).unlink(missing_ok=True)
            with suppress(OSError):  # other files are in there, or it is the folder itself
                if (folder := (self.path / name).parent) != self.path:
                    folder.rmdir()

    def tidy(self) -> None:
        """See ``Place``."""
        with _words(f"tidying {self.path}"):
            for path in self.path.rglob(f"*{_PARTIAL}"):
                path.unlink()


@contextmanager
def _words(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{doing} failed",
            why=error.strerror or str(error),
            todo="make room and go on with --resume"
            if error.errno in _NO_SPACE
            else "choose a place that you may write to (--out)",
        ) from error
