"""The complexity of an object and of a database: points for what makes work, and two borders between the classes.

=========================================  ======
an object                                  points
=========================================  ======
status lossy, manual, blocked              1, 2, 3
4 or more findings that need a look        1
11 or more                                 2
a module of more than 50 lines of code     1
of more than 200                           2
a table of more than 30 columns            1
of more than 100                           2
=========================================  ======

Up to 1 point is simple, up to 3 are medium, more are complex. What nobody could read is complex.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from migrator.model.assessment import Complexity
from migrator.model.finding import Finding, Status

_FINDINGS: Final = (4, 11)
_LINES: Final = (51, 201)
_COLUMNS: Final = (31, 101)
_MEDIUM: Final = 2
_COMPLEX: Final = 4
_MANY_MEDIUM: Final = 0.1
"""A database with a larger share of objects that are medium is no longer simple."""
_MANY_COMPLEX: Final = 0.1
"""A database with a larger share of objects that are complex is complex."""
_MANY: Final = 50
"""So is one with more of them than this, whatever the share: each takes somebody's day."""
_COMMENT: Final = re.compile(r"'(?:[^']|'')*'|/\*.*?\*/|--[^\n]*", re.DOTALL)


def of_object(
    status: Status, findings: Sequence[Finding], *, unknown: bool = False, lines: int = 0, columns: int = 0
) -> Complexity:
    """The class of one object. ``findings`` are its own and those of its parts; ``lines`` those of a module's code."""
    if unknown:
        return Complexity.COMPLEX
    telling = sum(finding.status is not Status.AUTOMATIC for finding in findings)
    points = status.rank + _steps(telling, _FINDINGS) + _steps(lines, _LINES) + _steps(columns, _COLUMNS)
    if points >= _COMPLEX:
        return Complexity.COMPLEX
    return Complexity.MEDIUM if points >= _MEDIUM else Complexity.SIMPLE


def of_database(objects: Sequence[Complexity]) -> Complexity:
    """The class of a database, by those of its objects that stand alone."""
    complex_ = objects.count(Complexity.COMPLEX)
    if complex_ > _MANY or complex_ > _MANY_COMPLEX * len(objects):
        return Complexity.COMPLEX
    if complex_ or objects.count(Complexity.MEDIUM) > _MANY_MEDIUM * len(objects):
        return Complexity.MEDIUM
    return Complexity.SIMPLE


def code_lines(text: str) -> int:
    """The lines of a module that hold more than blanks and comments."""
    bare = _COMMENT.sub(lambda found: found[0] if found[0].startswith("'") else "\n" * found[0].count("\n"), text)
    return sum(bool(line.strip()) for line in bare.splitlines())


def _steps(number: int, borders: tuple[int, ...]) -> int:
    return sum(number >= border for border in borders)
