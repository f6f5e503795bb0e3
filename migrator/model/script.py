"""The text of a script, wherever it was read from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """One file of T-SQL, or a part of one: ``name`` relative to the folder that the user named, ``text`` decoded.

    ``first_line`` is where the part begins, ``schema`` where names belong that name none. ``problem`` says why the file
    that ``text`` asks for was not read: then there is nothing to run.
    """

    name: str
    text: str
    first_line: int = 1
    schema: str = "dbo"
    problem: str = ""
