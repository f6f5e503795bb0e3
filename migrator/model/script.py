"""The text of a script, wherever it was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """One file of T-SQL: ``name`` relative to the folder that the user named, ``text`` decoded."""

    name: str
    text: str
