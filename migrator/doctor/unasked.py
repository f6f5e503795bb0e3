"""What could not be asked is said, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from migrator.model.checkup import Area, Check, Grade, Unasked

_ADVICE: Final = {
    Area.SOURCE: "`migrator doctor --grants` prints what the login needs; a server that is only like SQL Server may "
    "not know the question",
    Area.TARGET: "`migrator doctor --grants` prints what the user needs",
}


def could_not_be_asked(area: Area, unasked: Iterable[Unasked]) -> Iterator[Check]:
    """One check of grade UNKNOWN for each question without an answer."""
    for item in unasked:
        yield Check(area, item.question, Grade.UNKNOWN, "could not be asked", item.why, _ADVICE.get(area, ""))
