"""``migration.toml``: what a migration's commands would be told again and again, written down once.

    [source]
    url = "mssql://reader@sql1:1433/homecare?ca=corporate.pem"
    [target]
    url = "mysql://admin@cluster:3306/homecare?ca=global-bundle.pem"
    [migration]
    rules = "my-rules"       # folders are seen from where the file lies
    out = "out/homecare"
    tables = ["care.*"]
    workers = 8
    window = "5h30m"

It holds no secret: addresses refuse passwords and name the variable that has one. The command line wins over it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from migrator.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says, None where it says nothing. ``out`` and ``rules`` are whole paths."""

    source: str | None = None
    target: str | None = None
    rules: str | None = None
    out: str | None = None
    tables: tuple[str, ...] | None = None
    workers: int | None = None
    window: str | None = None
    rate_limit: str | None = None

    def parameters(self) -> dict[str, Any]:
        """What is said, by the names that the commands' parameters have."""
        said: dict[str, Any] = {
            name: getattr(self, name) for name in self.__dataclass_fields__ if getattr(self, name) is not None
        }
        if self.source is not None:
            said["sources"] = [self.source]
        if self.tables is not None:
            said["tables"] = list(self.tables)
        return said


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
        raise ValueError("a list of texts")
    return tuple(value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a whole number from 1 on")
    return value


_KEYS: Final[Mapping[str, Mapping[str, tuple[str, Callable[[object], Any]]]]] = {
    "source": {"url": ("source", _text)},
    "target": {"url": ("target", _text)},
    "migration": {
        "rules": ("rules", _text),
        "out": ("out", _text),
        "tables": ("tables", _texts),
        "workers": ("workers", _count),
        "window": ("window", _text),
    },
    "copy": {"rate-limit": ("rate_limit", _text)},
}
"""Table and key of the file: the field of Settings, and what its value must be."""
_PATHS: Final = ("rules", "out")


def load_config(path: Path) -> Settings:
    """Read a file. Raises ConfigError for one that cannot be read, and for every table, key and value that means
    nothing."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read", why=error.strerror or str(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML", why=str(error)) from error
    said: dict[str, Any] = {}
    for table, entries in found.items():
        keys = _KEYS.get(table)
        if keys is None or not isinstance(entries, dict):
            raise _unknown(path, f"[{table}]" if keys is None else f"{table} = …", table, _KEYS)
        for key, value in entries.items():
            if key not in keys:
                raise _unknown(path, f"{key} in [{table}]", key, keys)
            field, check = keys[key]
            try:
                said[field] = check(value)
            except ValueError as error:
                raise ConfigError(f"{path}: {key} in [{table}] must be {error}") from None
    for field in _PATHS:
        if field in said:
            said[field] = str(path.parent / said[field])
    if "source" in said and "://" not in said["source"]:
        said["source"] = str(path.parent / said["source"])
    return Settings(**said)


def _unknown(path: Path, what: str, word: str, known: Mapping[str, object]) -> ConfigError:
    near = get_close_matches(word, known, 1)
    return ConfigError(
        f"{path}: {what} means nothing",
        todo=f"perhaps you meant {near[0]}" if near else f"known are {', '.join(known)}",
    )
