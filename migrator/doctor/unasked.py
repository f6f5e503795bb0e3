"""What could not be asked is said, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from migrator.model.checkup import Area, Check, Grade, Unasked

_ADVICE: Final = {
    Area.SOURCE: "`migrator doctor --grants` prints what the login needs; a server that is only like SQL Server may "
    "not know the question",
    Area.TARGET: "`migrator doctor --grants` prints what the user needs",
}


def could_not_be_asked(area: Area, unasked: Sequence[Unasked]) -> Iterator[Check]:
    """One check of grade UNKNOWN for each question without an answer; the last one says what may help with all."""
    for item in unasked:
        advice = _ADVICE.get(area, "") if item is unasked[-1] else ""
        yield Check(area, item.question, Grade.UNKNOWN, f"could not be asked: {item.why}", advice=advice)
