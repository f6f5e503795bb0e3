"""Database projects of SQL Server Data Tools: a .sqlproj says which files make the schema, and how."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from migrator.errors import SourceError

_NO_SCHEMA: Final = frozenset({"PreDeploy", "PostDeploy", "None", "RefactorLog", "Content"})
"""Items whose scripts run beside the schema and are no part of it."""


@dataclass(frozen=True, slots=True)
class Project:
    """``built`` are the files that its Build items name, ``removed`` those that are no part of the schema. A project
    in SDK style names none: it builds everything below its folder. ``collation`` is empty where it says nothing."""

    path: Path
    sdk: bool
    built: frozenset[str]
    removed: frozenset[str]
    default_schema: str
    collation: str

    def chosen(self, paths: list[Path]) -> list[Path]:
        """Of these files those that the project builds, those outside of its folder, and what it builds besides."""
        folder = os.path.normcase(self.path.parent.resolve()) + os.sep
        kept = []
        known = set()
        for path in paths:
            name = _comparable(path)
            known.add(name)
            outside = not os.path.normcase(path.resolve()).startswith(folder)
            if outside or (name not in self.removed if self.sdk else name in self.built):
                kept.append(path)
        return kept


def found_projects(path: Path) -> list[Project]:
    """The project that ``path`` is, or those below the folder that it is. Raises SourceError."""
    if path.is_dir():
        return [_read(found) for found in sorted(path.rglob("*.sqlproj")) if found.is_file() and found.stat().st_size]
    return [_read(path)] if path.suffix.lower() == ".sqlproj" else []


def _read(path: Path) -> Project:
    try:
        root = defusedxml.ElementTree.parse(path).getroot()
    except (ParseError, DefusedXmlException, OSError, ValueError) as error:
        raise SourceError(
            f"{path} is no database project", why=str(error), todo="name the folder of scripts"
        ) from error
    if root is None:
        raise SourceError(f"{path} is no database project", todo="name the folder of scripts")
    built, removed = set(), set()
    for item in root.iter():
        kind = _local(item)
        if kind == "Build":
            built |= {_comparable(found) for found in _files(path, item.get("Include"))}
            removed |= {_comparable(found) for found in _files(path, item.get("Remove"))}
        elif kind in _NO_SCHEMA:
            removed |= {_comparable(found) for found in _files(path, item.get("Include"))}
    return Project(
        path=path,
        sdk=bool(root.get("Sdk")) or any(_local(item) == "Sdk" for item in root),
        built=frozenset(built),
        removed=frozenset(removed),
        default_schema=_property(root, "DefaultSchema") or "dbo",
        collation=_property(root, "DefaultCollation"),
    )


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _property(root: Element, name: str) -> str:
    return next((text for item in root.iter() if _local(item) == name and (text := (item.text or "").strip())), "")


def _files(project: Path, pattern: str | None) -> Iterator[Path]:
    """The files that an item means: a path with backslashes, or a pattern with stars; several are parted by ``;``."""
    for written in (pattern or "").split(";"):
        plain = written.strip().replace("\\", "/")
        if "*" in plain and not plain.startswith(("/", "..")):
            yield from project.parent.glob(plain)
        elif plain:
            yield project.parent / plain


def _comparable(path: Path) -> str:
    """Windows, where these projects come from, does not tell case apart."""
    return str(Path(os.path.normpath(path.absolute()))).lower()
