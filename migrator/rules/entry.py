"""One ``[[table]]`` of a rule file, with its place, read strictly: what is not asked for is an error."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from migrator.errors import RulesError

_HEADER: Final = re.compile(r"^\s*\[\[\s*([A-Za-z_]+)\s*\]\]")
_MISSING: Final = object()

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where a rule stands; ``overlay`` is True for the user's own folder, which beats the shipped one.

    ``file`` has its folder before it: schema_rules/ for the shipped ones, else the folder as the user gave it.
    """

    overlay: bool
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def suggestion(word: str, known: Iterable[str]) -> str:
    """What to tell the author of an unknown word."""
    choices = sorted(known)
    near = difflib.get_close_matches(word, choices, n=1)
    return f"perhaps you meant {near[0]!r}" if near else f"known are {', '.join(choices)}"


class Entry:
    """The keys of one rule. Every reader takes its keys away; ``done`` refuses the rest."""

    def __init__(self, kind: str, values: dict[str, Any], origin: Origin) -> None:
        self.kind = kind
        self.origin = origin
        self._values = dict(values)
        self._asked: set[str] = set()

    def error(self, what: str, *, why: str = "", todo: str = "") -> RulesError:
        """An error that names this rule's place."""
        return RulesError(f"{self.origin}: {what}", why=why, todo=todo)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required where there is no ``default``."""
        value = self._take(key, str, _MISSING if default is None else default)
        assert isinstance(value, str)  # noqa: S101 - for the type checker: _take has made sure
        return value

    def optional(self, key: str) -> str | None:
        """A string, or None where the key is missing."""
        value: str | None = self._take(key, str, None)
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """A boolean."""
        return bool(self._take(key, bool, default))

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number; required where there is no ``default``."""
        return int(self._take(key, int, _MISSING if default is None else default))

    def optional_number(self, key: str) -> int | None:
        """A whole number, or None where the key is missing."""
        value: int | None = self._take(key, int, None)
        return value

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """One word of an enum."""
        word = self.text(key, default)
        try:
            return kind(word)
        except ValueError:
            raise self.error(
                f"{key} = {word!r} is not known", todo=suggestion(word, [str(item) for item in kind])
            ) from None

    def nested(self, key: str) -> Entry | None:
        """An inline table, or None where the key is missing."""
        value = self._take(key, dict, None)
        return None if value is None else Entry(f"{self.kind}.{key}", value, self.origin)

    def tables(self, key: str) -> tuple[Entry, ...]:
        """An array of inline tables, empty where the key is missing."""
        values = self._take(key, list, [])
        for value in values:
            if not isinstance(value, dict):
                raise self.error(f"{key} holds {value!r}, which is not a table", todo=f"write {key} = [{{ ... }}]")
        return tuple(Entry(f"{self.kind}.{key}", value, self.origin) for value in values)

    def done(self) -> None:
        """Refuse keys that nobody asked for. Raises RulesError."""
        for key in self._values:
            raise self.error(f"{self.kind} has no key {key!r}", todo=suggestion(key, self._asked))

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self._asked.add(key)
        if key not in self._values:
            if default is _MISSING:
                raise self.error(
                    f"{self.kind} needs {key!r}",
                    todo=suggestion(key, self._values) if self._values else f"write {key} = ...",
                )
            return default
        value = self._values.pop(key)
        # bool is an int to Python, but not to the author of a rule
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(f"{key} = {value!r} is not a {_WORDS[kind]}")
        return value


_WORDS: Final[dict[type, str]] = {
    str: "text",
    bool: "true or false",
    int: "whole number",
    dict: "table",
    list: "list of tables",
}


@lru_cache(maxsize=16)
def _document(text: str) -> dict[str, Any]:
    """What a file says. Whoever tests many overlays reads the shipped files each time: an Entry changes only a copy."""
    return tomllib.loads(text)


def read_entries(path: Path, kinds: Iterable[str], *, overlay: bool, folder: str = "") -> tuple[Entry, ...]:
    """All rules of one file in their order; ``kinds`` are the words that ``[[...]]`` may have. Raises RulesError.

    ``folder`` is what people call the folder of ``path``.
    """
    known = set(kinds)
    name = f"{folder}/{path.name}" if folder else path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(f"the rule file {name} cannot be read", why=str(error)) from error
    try:
        document = _document(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name} is not TOML", why=str(error)) from error
    lines: dict[str, list[int]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            lines.setdefault(header[1], []).append(number)
    entries = []
    for kind, values in document.items():
        if kind not in known:
            first = lines.get(kind, [1])[0]
            raise RulesError(f"{name}:{first}: no rule is called [[{kind}]]", todo=suggestion(kind, known))
        if not isinstance(values, list) or len(values) != len(lines.get(kind, ())):
            raise RulesError(f"{name}: write every {kind} as [[{kind}]] on a line of its own")
        starts = zip(lines[kind], values, strict=True)
        entries += [Entry(kind, value, Origin(overlay, name, start)) for start, value in starts]
    return tuple(sorted(entries, key=lambda entry: entry.origin.line))
