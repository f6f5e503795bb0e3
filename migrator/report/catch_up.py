"""What catching up came to: words for a terminal and values for programs."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from migrator import __version__
from migrator.model.catch_up import CatchUp
from migrator.model.finding import Finding
from migrator.report.terminal import WIDTH, table_lines
from migrator.report.values import finding_values
from migrator.units import count, counted, duration, printable, seconds


def catch_up_text(done: CatchUp, *, width: int = WIDTH) -> str:
    """Rounds, remarks, and last where the target is. No line break at the end."""
    longest = max(round_.seconds for round_ in done.rounds)
    rounds = [
        (str(number), count(round_.changes), seconds(round_.seconds, longest), str(round_.version))
        for number, round_ in enumerate(done.rounds, 1)
    ]
    blocks = [
        table_lines([("round", "changes", "seconds", "version"), *rounds], rule_after=(0,)),
        [line for finding in done.findings for line in _remark(finding, width)],
        wrap(_verdict(done), width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def catch_up_json(done: CatchUp) -> dict[str, Any]:
    """The same as values; durations in seconds."""
    return {
        "done": done.done,
        "final": done.final,
        "changes": done.changes,
        "left": done.left,
        "behind_seconds": round(done.behind_s, 3),
        "rounds": [
            {"version": round_.version, "changes": round_.changes, "seconds": round(round_.seconds, 3)}
            for round_ in done.rounds
        ],
        "tables": [
            {
                "source": table.source,
                "target": table.target,
                "version": table.version,
                "changes": table.changes,
                "left": table.left,
            }
            for table in done.tables
        ],
        "unfollowed": list(done.unfollowed),
        "findings": [finding_values(finding) for finding in done.findings],
        "version": __version__,
    }


def _remark(finding: Finding, width: int) -> list[str]:
    text = printable(f"{finding.severity}: {finding.object}: {finding.reason}. Do: {finding.advice}.")
    return wrap(text, width, subsequent_indent="  ")


def _verdict(done: CatchUp) -> str:
    applied = f"{counted(done.changes, 'changed row')} in {counted(len(done.rounds), 'round')}"
    if done.final and done.near:
        if done.unfollowed:
            left = f"{counted(len(done.unfollowed), 'table')} that could not be followed: copy them now"
            return f"INCOMPLETE. {applied}; nothing is left, except in {left}."
        return f"CAUGHT UP. {applied}; nothing is left. `migrator validate` compares both sides row by row."
    behind = f"{counted(done.left, 'changed row')} left, {duration(done.behind_s)} behind"
    return f"{'NEAR' if done.near else 'BEHIND'}. {applied}; {behind}."
