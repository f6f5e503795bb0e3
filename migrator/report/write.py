"""Reports on disk: there as a whole, or not at all."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from migrator.errors import OutputError
from migrator.model.rehearsal import Rehearsal
from migrator.report.html import rehearsal_html
from migrator.report.json import rehearsal_json
from migrator.report.summary import Shown

_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Written:
    """Where the two forms of a report lie."""

    html: Path
    json: Path


def write_rehearsal(rehearsal: Rehearsal, directory: Path, *, shown: Shown) -> Written:
    """Write report.html and report.json into ``directory``, which is made if it is not there. Raises OutputError."""
    page = rehearsal_html(rehearsal, shown=shown)
    values = as_json(rehearsal_json(rehearsal, shown=shown))
    return Written(
        write_text(directory / "report.html", page),
        write_text(directory / "report.json", values),
    )


def as_json(values: dict[str, Any]) -> str:
    """JSON for files and for standard output: indented, ASCII alone (so that any terminal takes it), one line break."""
    return json.dumps(values, indent=2) + "\n"


def write_text(path: Path, text: str) -> Path:
    """Put ``text`` at ``path``; whoever reads it sees the old file or the new one, never a part. Raises OutputError."""
    # Half a UTF-16 pair can stand in a SQL Server name; UTF-8 has no bytes for it.
    data = text.encode("utf-8", "backslashreplace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as error:
        raise OutputError(
            f"cannot write {path}",
            why=error.strerror or str(error),
            todo="make room and run again"
            if error.errno in _NO_SPACE
            else "choose a folder that you may write to (--out)",
        ) from error
    return path


def _replace(path: Path, data: bytes) -> None:
    # Beside the file, so that the last step is one rename; by open(), so that the user's umask decides who may read it.
    temporary = path.with_name(f".{path.name}.{token_hex(6)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
