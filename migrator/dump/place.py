"""Where a dump lies: files that are there as a whole or not at all."""

from __future__ import annotations

import hashlib
import io
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import BinaryIO, ClassVar, Protocol


class Place(Protocol):
    """A folder, or a prefix in a bucket. Picklable. Names are relative and may have slashes; every method may raise
    OutputError."""

    def __str__(self) -> str:
        """As people name it; no secret."""

    def names(self) -> frozenset[str]:
        """The files that are there as a whole."""

    def size(self, name: str) -> int | None:
        """A file's bytes, None where there is none."""

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to write from its start to its end. It takes its name when the block ends well, and never before."""

    def reading(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to read from its start. Raises SourceError where it cannot be read."""

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""

    def tidy(self) -> None:
        """Remove what writers that were killed left half-written."""


def put(place: Place, name: str, data: bytes) -> str:
    """Write a small file; its SHA-256 in hex. Raises OutputError."""
    with place.writing(name) as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def get(place: Place, name: str) -> bytes:
    """Read a small file. Raises SourceError."""
    with place.reading(name) as file:
        return file.read()


@dataclass(slots=True)
class Tally:
    """Counts and hashes what goes through it into a file."""

    file: BinaryIO
    size: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    given_up: bool = False

    closed: ClassVar[bool] = False

    def write(self, data: bytes | memoryview) -> int:
        """Pass all of it on; nothing once the file is given up."""
        view = memoryview(data).cast("B")
        if self.given_up:
            return len(view)
        self.digest.update(view)
        self.file.write(view)
        self.size += len(view)
        return len(view)

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """Whoever opened the file closes it."""

    @property
    def sha256(self) -> str:
        """In hex, over all bytes so far."""
        return self.digest.hexdigest()


class Checked(io.RawIOBase):
    """A file that is read to its end, hashed on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]  # what RawIOBase calls it with
        """Fill the buffer as far as the file goes."""
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._digest.update(data)
        return len(data)

    def sha256(self) -> str:
        """In hex, of the whole file: what nobody has read yet is read now."""
        while self.read(1 << 20):
            pass
        return self._digest.hexdigest()
