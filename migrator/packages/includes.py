"""``:r file``: one script in the middle of another, as sqlcmd puts it there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from migrator.model.script import ScriptFile

_INCLUDE: Final = re.compile(r'^[ \t]*:r[ \t]+(?:"([^"\r\n]+)"|(\S[^\r\n]*?))[ \t]*\r?$', re.IGNORECASE | re.MULTILINE)
_SETVAR: Final = re.compile(
    r'^[ \t]*:setvar[ \t]+([\w-]+)[ \t]+(?:"([^"\r\n]*)"|(\S+))[ \t]*\r?$', re.IGNORECASE | re.MULTILINE
)
_VARIABLE: Final = re.compile(r"\$\(([\w-]+)\)")
_BREAK: Final = re.compile(r"\r\n?|\n")


def asks(text: str) -> bool:
    """True for a script that includes another."""
    return _INCLUDE.search(text) is not None


def included(files: list[ScriptFile], library: Iterable[ScriptFile] = ()) -> list[ScriptFile]:
    """The scripts with others in place of the lines that ask for them; those are then no scripts of their own.

    A path is relative to the script that names it and ends below the folder that was read: a file that is not among
    ``files`` or ``library``, whose scripts are read only where one asks for them, or that asks for itself in the end,
    becomes a ScriptFile with a ``problem``.
    """
    if not any(asks(file.text) for file in files):
        return files
    own = {_plain(file.name) for file in files}
    by_name = {_plain(file.name): file for file in (*library, *files)}
    values: dict[str, str] = {}
    taken: set[str] = set()
    expanded = {
        name: list(_expanded(file, by_name, values, taken, (name,))) for name, file in by_name.items() if name in own
    }
    roots = [pieces for name, pieces in expanded.items() if name not in taken]
    # Where every script is asked for by another, in a circle, nothing must get lost.
    return [piece for pieces in roots or list(expanded.values()) for piece in pieces]


def _plain(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lower()


def _expanded(
    file: ScriptFile,
    files: Mapping[str, ScriptFile],
    values: dict[str, str],
    taken: set[str],
    way: tuple[str, ...],
) -> Iterator[ScriptFile]:
    start, line = 0, file.first_line
    for found in _INCLUDE.finditer(file.text):
        before = file.text[start : found.start()]
        values.update((name.lower(), quoted or bare) for name, quoted, bare in _SETVAR.findall(before))
        if before.strip():
            yield replace(file, text=before, first_line=line)
        line += len(_BREAK.findall(before))
        start = found.end()
        written = (found[1] or found[2]).strip()
        path = _VARIABLE.sub(lambda match: values.get(match[1].lower(), match[0]), written).replace("\\", "/")
        name = _plain(posixpath.join(posixpath.dirname(file.name), path))
        other = files.get(name)
        problem = "it includes itself" if name in way else "" if other else "there is no such file in the folder"
        if problem or other is None:
            yield replace(file, text=found[0].strip(), first_line=line, problem=problem)
        else:
            taken.add(name)
            yield from _expanded(other, files, values, taken, (*way, name))
    if start == 0 or file.text[start:].strip():
        yield replace(file, text=file.text[start:], first_line=line)
