"""T-SQL scripts as a source: a schema without rows, from one .sql file or a folder of them."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from migrator.errors import SourceError
from migrator.model.consistency import Hold
from migrator.model.schema import Database, Table
from migrator.model.script import ScriptFile
from migrator.model.segment import Segment
from migrator.packages.held import as_file
from migrator.packages.includes import asks, included
from migrator.packages.project import found_projects

if TYPE_CHECKING:
    import pyarrow as pa

Reader = Callable[[tuple[ScriptFile, ...]], Database]
"""Makes a schema of scripts. A function of a module, so that a source can be pickled."""

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDEFINED: Final = {0xDC00 + byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Bytes that Windows-1252 does not define: Windows reads them as the control characters of the same number."""

_DIGITS: Final = re.compile(r"(\d{1,18})")
_BUILT: Final = frozenset({"bin", "obj"})
"""What a database project builds: copies of its own scripts."""


@dataclass(frozen=True, slots=True)
class Scripts:
    """A file, a database project (.sqlproj), or all ``*.sql`` files below a folder in the order of their names.

    Numbers in names count as numbers: V2 goes before V10. A folder that holds a database project is read as the
    project says. What a script includes by ``:r`` is read in that place and nowhere else. ``more`` are further files
    and folders, read behind the first. ``reader`` is translate's ``read_scripts``: this room may not import it. Where
    the scripts do not name their database, it is called like the file or folder.
    """

    path: Path
    reader: Reader
    more: tuple[Path, ...] = ()

    @property
    def identity(self) -> str:
        """The SHA-256 of all names and contents. Raises SourceError."""
        digest = hashlib.sha256()
        for name, content in self._contents():
            digest.update(os.fsencode(f"{len(name)} {len(content)} {name}"))
            digest.update(content)
        return f"sha256:{digest.hexdigest()}"

    @property
    def has_rows(self) -> bool:
        """False: INSERT statements of a script are counted, not read."""
        return False

    @property
    def slipped(self) -> int:
        """Nothing: no row is read."""
        return 0

    @property
    def volatile(self) -> bool:
        """False: there is nothing to change."""
        return False

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing that had to be verified."""
        return ()

    @property
    def repaired(self) -> Mapping[str, int]:
        """Nothing: no row is read."""
        return {}

    @property
    def row_total(self) -> int | None:
        """None: scripts vouch for no rows."""
        return None

    def files(self) -> tuple[ScriptFile, ...]:
        """The scripts, decoded. Raises SourceError."""
        contents = list(self._contents())
        projects = [found for path in self._paths for found in found_projects(path)]
        schema = next((project.default_schema for project in projects), "dbo")
        collation = next((project.collation for project in projects if project.collation), "")
        scripts = [ScriptFile(name, decoded(content, name), schema=schema) for name, content in contents]
        files = included(scripts, self._library(scripts))
        if collation:
            files.insert(0, ScriptFile(projects[0].path.name, f"ALTER DATABASE CURRENT COLLATE {collation}"))
        return tuple(files)

    def catalog(self) -> Database:
        """The schema. Raises SourceError."""
        database = self.reader(self.files())
        return database if database.name else replace(database, name=self.path.resolve().stem)

    def hold(self, workers: int, tables: Sequence[Table]) -> AbstractContextManager[Hold]:  # noqa: ARG002 - the face of every source
        """A file is one picture by itself."""
        return as_file()

    def segments(self, table: Table) -> tuple[Segment, ...]:  # noqa: ARG002 - the face of every source
        """None: there are no rows."""
        return ()

    def read(self, table: Table, segment: Segment, *, batch_bytes: int = 8 << 20) -> Iterator[pa.RecordBatch]:  # noqa: ARG002
        """Raises SourceError: there are no rows."""
        raise SourceError(
            f"scripts hold no rows of {table.name}",
            why="INSERT statements are not read as data",
            todo="take a .bacpac of the database to move rows",
        )

    def _library(self, scripts: list[ScriptFile]) -> list[ScriptFile]:
        """What a script that was named alone may include: the scripts of its folder."""
        if self.more or self.path.is_dir() or not any(asks(script.text) for script in scripts):
            return []
        folder = replace(self, path=self.path.parent)
        return [ScriptFile(name, decoded(content, name)) for name, content in folder._contents()]

    @property
    def _paths(self) -> tuple[Path, ...]:
        return (self.path, *self.more)

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        """Every file's name, relative to its folder, and its bytes."""
        for root in self._paths:
            base = root if root.is_dir() else root.parent
            for path in _scripts_of(root):
                try:
                    name = path.relative_to(base).as_posix()
                except ValueError:
                    name = path.as_posix()  # a project may name a file of the folder beside it
                yield (f"{base.name}/{name}" if self.more and base is root else name), _bytes(path)


def _scripts_of(root: Path) -> list[Path]:
    """The scripts of a file, a project or a folder. Raises SourceError."""
    if not root.exists():
        raise SourceError(f"there is no file or folder {root}", todo="check the path")
    projects = found_projects(root)
    if root.is_dir():
        paths = [path for path in root.rglob("*") if path.suffix.lower() == ".sql" and _is_ours(path, root)]
        for project in projects:
            paths = project.chosen(paths)
        paths.sort(key=lambda path: _natural(path.relative_to(root) if path.is_relative_to(root) else path))
    elif projects:
        inside = [
            path for path in root.parent.rglob("*") if path.suffix.lower() == ".sql" and _is_ours(path, root.parent)
        ]
        paths = sorted(projects[0].chosen(inside), key=_natural)
    else:
        return [root]
    if not paths:
        raise SourceError(f"there is no .sql file in {root}", todo="name a folder that holds T-SQL scripts")
    return paths


def _natural(path: Path) -> tuple[tuple[tuple[int, int, str], ...], ...]:
    """How paths are ordered: part by part, with the numbers in them as numbers."""
    return tuple(
        tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in _DIGITS.split(part) if piece)
        for part in path.parts
    )


def _is_ours(path: Path, root: Path) -> bool:
    """False for folders, hidden files and what a database project built."""
    parts = path.relative_to(root).parts
    if any(part.startswith(".") for part in parts) or not path.is_file():
        return False
    return not any(
        part.lower() in _BUILT and any(root.joinpath(*parts[:depth]).glob("*.sqlproj"))
        for depth, part in enumerate(parts[:-1])
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read", why=error.strerror or str(error), todo="check its permissions"
        ) from error


def decoded(content: bytes, name: str) -> str:
    """The text of a script: by its byte order mark, else UTF-8, UTF-16 or Windows-1252. Raises SourceError.

    Without a mark UTF-8 is tried first because text of another encoding is hardly ever valid UTF-8. SSMS saves
    "Unicode" as UTF-16 with a mark and "ANSI" as the machine's code page, of which 1252 is the usual one.
    """
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None) or _guess(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8":
            return content.decode("cp1252", errors="surrogateescape").translate(_UNDEFINED)
        raise SourceError(
            f"{name} is not the text that it claims to be",
            why=f"it begins like {encoding}, but byte {error.start} does not fit",
            todo="save the file again as UTF-8",
        ) from error


def _guess(content: bytes) -> str:
    sample = content[:4096]
    # T-SQL is mostly ASCII: in UTF-16 every other byte of it is then zero.
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16-le"
    if sample[0::2].count(0) > len(sample) // 4:
        return "utf-16-be"
    return "utf-8"
