"""The zip file that a .bacpac or .dacpac is, read without unpacking and without trust."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

from migrator.errors import PackageDamaged, SourceError

MODEL: Final = "model.xml"
ORIGIN: Final = "Origin.xml"
METADATA: Final = "DacMetadata.xml"

_PART: Final = re.compile(r"Data/([^/]+)/TableData-\d+-\d+\.BCP", re.IGNORECASE)
_DATA_FOLDER: Final = "data/"
_BEST_RATIO: Final = 1040
"""Deflate cannot do better than 1032 : 1 (zlib's technical details); an entry that claims more is a bomb or a lie."""

_AGAIN: Final = "Copy or export the package again, and compare the size of the copy with the original."
_ZIP_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of native rows: ``table`` is ``schema.name`` as its folder has it, ``bytes`` the size when inflated."""

    table: str
    entry: str
    bytes: int


class Entry:
    """One entry being inflated from its start. ``left`` is how many bytes are still to come."""

    def __init__(self, stream: IO[bytes], name: str, size: int) -> None:
        self._stream = stream
        self.name = name
        self.left = size

    def read_into(self, target: memoryview) -> int:
        """Fill the start of ``target``; the number of bytes, 0 at the end. Raises PackageDamaged.

        The CRC-32 is compared when the last byte is read.
        """
        try:
            count: int = self._stream.readinto(target)  # type: ignore[attr-defined]  # IO[bytes] of zipfile has it
        except _ZIP_FAULTS as fault:
            raise _damaged_entry(self.name, fault) from fault
        if count == 0 and self.left and len(target):
            raise PackageDamaged(f"{self.name} ends {self.left:,} bytes early.", todo=_AGAIN)
        self.left -= count
        return count

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, b"" at the end. Raises PackageDamaged."""
        buffer = bytearray(min(size, self.left))
        return bytes(buffer[: self.read_into(memoryview(buffer))])


class Archive:
    """An open package. Entries may be read side by side by several threads, not across a fork.

    Opening raises SourceError (no such file, a folder, unreadable) or PackageDamaged (no zip, cut off, absurd sizes).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._zip = _open(path)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            self._admit(info)

    def close(self) -> None:
        """Release the file."""
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    @contextmanager
    def open(self, name: str) -> Iterator[Entry]:
        """An entry by name, case-insensitively as package readers do. Raises PackageDamaged where there is none."""
        info = self._entries.get(name.lower())
        if info is None:
            raise PackageDamaged(
                f"{self.path} has no {name}.",
                why="An export that failed half-way can leave entries out.",
                todo="Export the package again and read the last lines of the export's output.",
            )
        try:
            stream = self._zip.open(info)
        except _ZIP_FAULTS as fault:
            raise _damaged_entry(info.filename, fault) from fault
        with stream:
            yield Entry(stream, info.filename, info.file_size)

    def parts(self) -> tuple[Part, ...]:
        """All row data, ordered by entry name. Raises SourceError where rows are stored in another form than BCP."""
        found = []
        for key, info in sorted(self._entries.items()):
            if not key.startswith(_DATA_FOLDER) or info.is_dir():
                continue
            match = _PART.fullmatch(info.filename)
            if match is None:
                raise SourceError(
                    f"{info.filename} in {self.path} is row data of an unknown form.",
                    why="Packages of 2012 and before stored rows as JSON; this reader knows the native form (.BCP).",
                    todo="Export the database again with a current SqlPackage.",
                )
            found.append(Part(unquote(match[1]), info.filename, info.file_size))
        return tuple(found)

    def outline(self) -> tuple[tuple[str, int, int], ...]:
        """Name, inflated size and CRC-32 of every entry, ordered by name: equal for equal contents."""
        return tuple((key, info.file_size, info.CRC) for key, info in sorted(self._entries.items()))

    def _admit(self, info: zipfile.ZipInfo) -> None:
        key = info.filename.lower()
        if key in self._entries:
            raise PackageDamaged(f"{self.path} holds {info.filename} twice.", todo=_AGAIN)
        if info.file_size > info.compress_size * _BEST_RATIO + _BEST_RATIO:
            raise PackageDamaged(
                f"{info.filename} in {self.path} claims {info.file_size:,} bytes out of {info.compress_size:,}.",
                why="No compression reaches that: the package is damaged or made to fill a disk.",
                todo=_AGAIN,
            )
        self._entries[key] = info


def _open(path: Path) -> zipfile.ZipFile:
    head = b""
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a package.", todo="Name the .bacpac or .dacpac file itself.")
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4)
        if size == 0:
            raise PackageDamaged(f"{path} is empty.", todo=_AGAIN)
        return zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist.", todo="Check the path.") from error
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror or error}.", todo="Check its permissions."
        ) from error
    except _ZIP_FAULTS as fault:
        if head[:2] == b"PK":
            raise PackageDamaged(
                f"{path} is cut off or damaged: its table of contents cannot be read.", why=str(fault), todo=_AGAIN
            ) from fault
        raise PackageDamaged(
            f"{path} is not a package.",
            why="A .bacpac or .dacpac is a zip file; this file is not.",
            todo="A .bak is a backup: restore it and export a .bacpac with SqlPackage.",
        ) from fault


def _damaged_entry(name: str, fault: Exception) -> PackageDamaged:
    return PackageDamaged(f"{name} in the package cannot be inflated.", why=str(fault), todo=_AGAIN)
