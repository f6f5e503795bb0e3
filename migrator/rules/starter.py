"""A folder of rules to begin with: every entry is there, none is in force yet."""

from __future__ import annotations

from pathlib import Path

from migrator.errors import OutputError
from migrator.rules.load import shipped_folder


def write_starter(folder: Path) -> tuple[Path, ...]:
    """Copy the starter's files into ``folder``, which is made if it is not there; the files that were written.

    Raises OutputError where one of them is there already, or cannot be written; then none is changed.
    """
    sources = sorted((shipped_folder() / "starter").glob("*.toml"))
    targets = tuple(folder / source.name for source in sources)
    for target in targets:
        if target.exists():
            raise OutputError(f"{target} is there already", todo="choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source, target in zip(sources, targets, strict=True):
            target.write_bytes(source.read_bytes())
    except OSError as error:
        raise OutputError(f"the rules cannot be written to {folder}", why=error.strerror or str(error)) from error
    return targets
