"""What every form of an assessment says in the same words."""

from __future__ import annotations

from collections import Counter
from typing import Final

from migrator.model.assessment import AssessedObject, Assessment, Effort
from migrator.model.finding import Status
from migrator.model.schema import ObjectKind
from migrator.units import count, counted, percent

UNKNOWN: Final = "unknown"
STANDINGS: Final = (*(str(status) for status in Status), UNKNOWN)
"""The words for how an object stands, the best first; nobody knows about the last."""
_HOUR: Final = 60
_DAY: Final = 8 * _HOUR
"""A working day."""


def standings(assessment: Assessment) -> dict[str, int]:
    """How many objects stand how, every word present; without columns: a table has the worst status of its columns."""
    found = Counter(item.standing for item in whole(assessment))
    return {word: found[word] for word in STANDINGS}


def whole(assessment: Assessment) -> list[AssessedObject]:
    """The objects without the columns."""
    return [item for item in assessment.objects if item.kind is not ObjectKind.COLUMN]


def sentence(assessment: Assessment) -> str:
    """The answer for somebody who reads nothing else."""
    found = standings(assessment)
    total = sum(found.values())
    if not total:
        return "There is nothing in this source to move."
    alone = found[Status.AUTOMATIC] + found[Status.LOSSY]
    hand = found[Status.MANUAL] + found[Status.BLOCKED] + found[UNKNOWN]
    if not hand:
        said = (
            f"All {counted(total, 'object')} come over by themselves"
            if total > 1
            else "The one object comes over by itself"
        )
    else:
        verb = "comes over by itself" if alone == 1 else "come over by themselves"
        needs = "needs" if hand == 1 else "need"
        of_all = f"{count(alone)} of {counted(total, 'object')} ({percent(alone / total)})"
        said = f"{of_all} {verb}, {count(hand)} {needs} a person"
    return f"{said}. {effort_sentence(assessment.effort)}"


def effort_sentence(effort: Effort) -> str:
    """How much work is left, with its range."""
    if not effort.high:
        return "No hand work is expected."
    return f"Expect {effort_range(effort)} of hand work."


def effort_range(effort: Effort) -> str:
    """``5 to 20 minutes``, ``2 to 8 hours``, ``3 to 11 working days``: one unit, that of the larger end."""
    if not effort.high:
        return "none"
    size, unit = next(
        (size, unit)
        for size, unit, least in ((_DAY, "working day", 2 * _DAY), (_HOUR, "hour", 2 * _HOUR), (1, "minute", 0))
        if effort.high >= least
    )
    low, high = _rounded(effort.low / size), _rounded(effort.high / size)
    plural = "" if high == "1" else "s"
    return f"{high} {unit}{plural}" if low == high else f"{low} to {high} {unit}{plural}"


def _rounded(number: float) -> str:
    """Halves below 5, whole numbers above: more would pretend to be exact."""
    if number >= 5:
        return f"{number:,.0f}"
    halves = max(round(number * 2), 1 if number else 0) / 2
    return f"{halves:g}"


def lines_sentence(assessment: Assessment) -> str:
    """How much of the scripts was read; empty for another source."""
    if assessment.lines is None:
        return ""
    read = max(assessment.lines - assessment.unread_lines, 0)
    if not assessment.unread:
        return f"All {counted(assessment.lines, 'line')} of the scripts were read."
    statements = counted(len(assessment.unread), "statement")
    verb = "was" if len(assessment.unread) == 1 else "were"
    return (
        f"{count(read)} of {counted(assessment.lines, 'line')} of the scripts were read, "
        f"{statements} of {counted(assessment.unread_lines, 'line')} {verb} not."
    )
