"""What a dump holds, so that it can be proved whole: written last, or not at all.

While a dump is being made, ``journal/`` holds what is known before its end: the outline, and an entry for every data
file that is whole. A dump that was interrupted goes on from there; a whole one has a manifest and no journal.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeVar

from migrator.dump.codec import decoded, encoded
from migrator.dump.place import Place, get, put
from migrator.errors import SourceError
from migrator.model.consistency import Consistency
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping, digest
from migrator.model.schema import Database
from migrator.model.segment import Segment
from migrator.model.translation import Statement, Translation

MANIFEST: Final = "manifest.json"
JOURNAL: Final = "journal/"
OUTLINE: Final = f"{JOURNAL}outline.json"
VERSION: Final = 1

T = TypeVar("T")


class Format(StrEnum):
    """How rows lie in a folder."""

    MYSQLSH = "mysqlsh"
    PARQUET = "parquet"


class Compression(StrEnum):
    """How the lines of a data file are packed; Parquet packs its own pages."""

    ZSTD = "zstd"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TableOutline:
    """A table and the segments that its rows come in, in their order; each has one file."""

    source: str
    target: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is known before the first row is read: a dump goes on only under the same outline.

    ``source`` is the source's identity, ``database`` the name of the database in MySQL, ``mapping`` the digest of the
    mappings. ``consistency`` is what was promised at the start.
    """

    version: int
    format: Format
    compression: Compression
    source: str
    database: str
    mapping: str
    consistency: Consistency
    tables: tuple[TableOutline, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that follow each other in a file, as many as one transaction loads. ``bytes`` and ``sha256`` are those of
    their lines, unpacked. In Parquet a part is a row group, ``bytes`` are those of its Arrow arrays, and there is no
    ``sha256``: the fingerprint is made anew there."""

    rows: int
    bytes: int
    fingerprint: Fingerprint
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file with all rows of a segment. ``bytes`` and ``sha256`` are those of the file as it lies.

    ``repaired`` counts values in which half of a UTF-16 pair became U+FFFD, by ``schema.table.column``; ``slips``, how
    often its rows had to be gone on with in a later moment of the source.
    """

    name: str
    table: str
    segment: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]
    repaired: tuple[tuple[str, int], ...] = ()
    slips: int = 0

    @property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts)

    @property
    def unpacked(self) -> int:
        """Bytes of all parts."""
        return sum(part.bytes for part in self.parts)

    @property
    def fingerprint(self) -> Fingerprint:
        """Of all its rows."""
        return sum((part.fingerprint for part in self.parts), Fingerprint())


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file without rows."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Schema:
    """What loading the rows needs: mappings, statements, and the tables as the source has them."""

    database: Database
    mappings: tuple[TableMapping, ...]
    statements: tuple[Statement, ...]
    character_set: str
    collation: str

    @classmethod
    def of(cls, database: Database, translation: Translation) -> Schema:
        """Without what only people read: bodies of modules, findings, scripts."""
        bare = replace(database, modules=(), others=(), unread=(), skipped=(), synonyms=(), alias_types=())
        return cls(bare, translation.mappings, translation.statements, translation.character_set, translation.collation)

    @property
    def translation(self) -> Translation:
        """The same as the stages take it."""
        return Translation(
            self.mappings, self.statements, (), (), character_set=self.character_set, collation=self.collation
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole dump. ``consistency`` and ``why`` say how far its rows are of one moment, as it turned out."""

    migrator: str
    started: str
    finished: str
    outline: Outline
    files: tuple[DataFile, ...]
    others: tuple[OtherFile, ...]
    schema: Schema
    consistency: Consistency
    why: str

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of all data files as they lie."""
        return sum(file.bytes for file in self.files)

    @property
    def repaired(self) -> dict[str, int]:
        """Values in which half of a UTF-16 pair became U+FFFD, by ``schema.table.column``."""
        total: Counter[str] = Counter()
        for file in self.files:
            total.update(dict(file.repaired))
        return dict(sorted(total.items()))

    def fingerprints(self) -> dict[str, Fingerprint]:
        """By target table, of all its rows."""
        found = {table.target: Fingerprint() for table in self.outline.tables}
        for file in self.files:
            found[file.table] += file.fingerprint
        return found


def write(place: Place, name: str, value: object) -> None:
    """Write a value of this module as JSON. Raises OutputError."""
    put(place, name, (json.dumps(encoded(value), indent=1) + "\n").encode())


def read_manifest(place: Place) -> Manifest:
    """The manifest of a whole dump. Raises SourceError where there is none, or it contradicts itself."""
    if place.size(MANIFEST) is None:
        begun = place.size(OUTLINE) is not None
        raise SourceError(
            f"{place} holds no whole dump",
            why="it was interrupted before its end" if begun else f"there is no {MANIFEST}",
            todo="go on with `migrator dump --resume`" if begun else "name the folder that a dump was written to",
        )
    manifest = _read(place, MANIFEST, Manifest)
    if manifest.outline.version != VERSION:
        raise SourceError(
            f"the dump in {place} is of version {manifest.outline.version}",
            why=f"this program reads version {VERSION}",
            todo="load it with the migrator that wrote it",
        )
    if digest(manifest.schema.mappings) != manifest.outline.mapping:
        raise _damaged(place, MANIFEST, "its mappings are not those of its outline")
    return manifest


def read_outline(place: Place) -> Outline | None:
    """The outline of a dump that is not whole yet, None where there is none. Raises SourceError."""
    return _read(place, OUTLINE, Outline) if place.size(OUTLINE) is not None else None


def entry(name: str) -> str:
    """Where the journal keeps what it knows about a data file."""
    return f"{JOURNAL}{name}.json"


def entries(place: Place) -> Iterator[DataFile]:
    """The data files that the journal vouches for. Raises SourceError."""
    for name in sorted(place.names()):
        if name.startswith(JOURNAL) and name != OUTLINE:
            yield _read(place, name, DataFile)


def _read(place: Place, name: str, kind: type[T]) -> T:
    try:
        return decoded(kind, json.loads(get(place, name)))
    except ValueError as error:
        raise _damaged(place, name, f"{error}") from error


def _damaged(place: Place, name: str, why: str) -> SourceError:
    return SourceError(f"{name} in {place} is damaged", why=why, todo="make the dump anew")
