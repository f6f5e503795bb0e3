"""What the doctor found: text for people, grouped by end, and JSON for programs."""

from __future__ import annotations

from textwrap import wrap
from typing import Any, Final

from migrator import __version__
from migrator.model.checkup import Area, Check, Checkup, Grade
from migrator.report.terminal import WIDTH
from migrator.units import count, counted, printable

_COLOURS: Final = {Grade.OK: "32", Grade.WARNING: "33", Grade.BLOCKER: "31", Grade.UNKNOWN: "36"}
_GRADE_WIDTH: Final = max(len(grade) for grade in Grade)
_LONGEST_NAME: Final = 32
_STATEMENTS: Final = 6
"""More of them are in --json: one a table can be thousands."""
_UNDER: Final = " " * 5


def checkup_text(checkup: Checkup, *, colour: bool, width: int = WIDTH) -> str:
    """Both ends, line by line, and last, where the eye rests, the sum. No line break at the end.

    What is fine takes a line or two. What is not says why it matters, what to do, and the statements to run, which are
    never broken.
    """
    blocks = [_block(checkup, area, colour, width) for area in Area]
    return "\n\n".join("\n".join(block) for block in [*blocks, [_closing(checkup, colour)]] if block)


def _block(checkup: Checkup, area: Area, colour: bool, width: int) -> list[str]:
    checks = [check for check in checkup.checks if check.area is area]
    if not checks:
        return []
    place = {Area.SOURCE: checkup.source, Area.TARGET: checkup.target}.get(area, "")
    lines = [printable(f"{area}: {place}" if place else str(area))]
    names = min(max(len(check.name) for check in checks), _LONGEST_NAME)
    for check in checks:
        lines += _lines(check, names, colour, width)
    return lines


def _lines(check: Check, names: int, colour: bool, width: int) -> list[str]:
    start = f"  {check.grade:<{_GRADE_WIDTH}}  {printable(check.name):<{names}}  "
    found = wrap(printable(check.found), max(width - len(start), 20)) or [""]
    first = start.replace(f"  {check.grade}", f"  {_painted(str(check.grade), check.grade, colour)}", 1) + found[0]
    lines = [first.rstrip(), *(" " * len(start) + line for line in found[1:])]
    if check.grade is Grade.OK and not (check.advice or check.statements):
        return lines
    indent = "  " + " " * _GRADE_WIDTH + "  "
    for word, text in (("why", check.why), ("do", check.advice)):
        if text:
            lines += wrap(
                f"{word + ':':<5}{printable(text)}",
                width,
                initial_indent=indent,
                subsequent_indent=indent + _UNDER,
                break_on_hyphens=False,
            )
    lines += [f"{indent}{_UNDER}{printable(statement)}" for statement in check.statements[:_STATEMENTS]]
    if (more := len(check.statements) - _STATEMENTS) > 0:
        lines.append(f"{indent}{_UNDER}-- and {count(more)} more like it: see --json")
    return lines


def _painted(text: str, grade: Grade, colour: bool) -> str:
    return f"\x1b[{_COLOURS[grade]}m{text}\x1b[0m" if colour else text


def _closing(checkup: Checkup, colour: bool) -> str:
    grade = checkup.grade
    verdict = {Grade.BLOCKER: "BLOCKED", Grade.WARNING: "READY WITH WARNINGS"}.get(grade, "READY")
    parts = [
        counted(checkup.count(Grade.BLOCKER), "blocker"),
        counted(checkup.count(Grade.WARNING), "warning"),
        f"{count(checkup.count(Grade.UNKNOWN))} could not be asked",
        f"{count(checkup.count(Grade.OK))} ok",
    ]
    return f"{_painted(verdict, grade, colour)}. {', '.join(parts)}."


def checkup_json(checkup: Checkup) -> dict[str, Any]:
    """The whole checkup; ``verdict`` is the worst grade, and ``checks`` are in the order of the text."""
    ordered = sorted(checkup.checks, key=lambda check: list(Area).index(check.area))
    return {
        "verdict": str(checkup.grade),
        "source": checkup.source or None,
        "target": checkup.target or None,
        "counts": {str(grade): checkup.count(grade) for grade in Grade},
        "checks": [
            {
                "area": str(check.area),
                "name": check.name,
                "grade": str(check.grade),
                "found": check.found,
                "why": check.why,
                "advice": check.advice,
                "statements": list(check.statements),
            }
            for check in ordered
        ],
        "version": __version__,
    }
