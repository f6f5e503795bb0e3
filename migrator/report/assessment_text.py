"""The closing words of an assessment, for a terminal or a log."""

from __future__ import annotations

from textwrap import shorten, wrap
from typing import Final

from migrator.model.assessment import Assessment
from migrator.model.finding import Severity, Status
from migrator.report import assessment_words as words
from migrator.report.terminal import WIDTH
from migrator.units import count, counted, printable

_RULES: Final = 10


def assessment_text(assessment: Assessment, *, width: int = WIDTH) -> str:
    """Counts, the rules that matter most, and last the sentence. No line break at the end."""
    found = words.standings(assessment)
    head = f"{counted(sum(found.values()), 'object')}: " + ", ".join(
        f"{count(number)} {word}" for word, number in found.items() if number or word != words.UNKNOWN
    )
    lines = wrap(f"{head}; complexity: {assessment.complexity}", width)
    telling = [
        group
        for group in assessment.groups
        if group.severity is not Severity.INFO or group.status.rank >= Status.MANUAL.rank
    ]
    for group in telling[:_RULES]:
        start = f"  {group.status:<10}{group.count:>6,}  "
        work = f"  {words.effort_range(group.effort)}" if group.minutes else ""
        title = shorten(printable(f"{group.rule}: {group.title}"), width - len(start) - len(work), placeholder=" …")
        lines.append(f"{start}{title}{work}")
    if len(telling) > _RULES:
        lines.append(f"  and {counted(len(telling) - _RULES, 'more rule')}: see the report")
    read = words.lines_sentence(assessment)
    notes = [line for note in assessment.notes for line in wrap(f"note: {printable(note)}", width)]
    blocks = [lines, notes, wrap(read, width) if read else [], wrap(words.sentence(assessment), width)]
    return "\n\n".join("\n".join(block) for block in blocks if block)
