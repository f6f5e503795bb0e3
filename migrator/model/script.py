"""The text of a script, wherever it was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """One file of T-SQL: ``name`` as the user would write it (relative to the folder that was named), ``text`` decoded."""

    name: str
    text: str
