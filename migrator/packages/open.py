"""A package by its path, whatever its suffix."""

from __future__ import annotations

from pathlib import Path

from migrator.packages.bacpac import Bacpac
from migrator.packages.dacpac import Dacpac


def open_package(path: Path | str) -> Bacpac | Dacpac:
    """A Bacpac if the package was made to hold rows, else a Dacpac.

    Raises SourceError (no such file, a folder, unreadable) or PackageDamaged (empty, no zip, cut off, no Origin.xml).
    """
    bacpac = Bacpac(path)
    if bacpac.origin.exported or bacpac.archive.parts():
        return bacpac
    bacpac.close()
    return Dacpac(path)
