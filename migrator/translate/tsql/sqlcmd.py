"""sqlcmd's variables: ``:setvar name value`` and ``$(name)``."""

from __future__ import annotations

import re
from typing import Final

_SETVAR: Final = re.compile(r'^[ \t]*:setvar[ \t]+([\w-]+)[ \t]+(?:"([^"\r\n]*)"|(\S+))[ \t]*$', re.IGNORECASE)
VARIABLE: Final = re.compile(r"\$\(([\w-]+)\)")


def substituted(text: str, values: dict[str, str] | None = None) -> str:
    """The script with the variables put in that it or a script before it set; others stay. Lines keep their numbers.

    ``values`` holds the variables by their names in lower case, and takes those that this script sets.
    """
    values = {} if values is None else values
    if not values and ":setvar" not in text.lower():
        return text

    def value(match: re.Match[str]) -> str:
        return values.get(match.group(1).lower(), match.group())

    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        ending = line[len(line.rstrip("\r\n")) :]
        if setvar := _SETVAR.match(line.rstrip("\r\n")):
            values[setvar.group(1).lower()] = setvar.group(2) if setvar.group(2) is not None else setvar.group(3)
            lines[number] = ending
        elif "$(" in line:
            lines[number] = VARIABLE.sub(value, line)
    return "".join(lines)
