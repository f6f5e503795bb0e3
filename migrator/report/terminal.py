"""The closing words of a run: plain text for a terminal, a log or a mail, never wider than its width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from textwrap import shorten, wrap
from typing import Final

from migrator.model.finding import Severity, Status
from migrator.model.rehearsal import PhaseTime, Rehearsal
from migrator.model.validation import Validation
from migrator.report import summary
from migrator.report.summary import Shown
from migrator.units import count, counted, duration, megabytes_per_second, printable, rows_per_second, seconds

WIDTH: Final = 88
_DIFFERENCES: Final = 20
_RULES: Final = 8
_LONGEST: Final = 40
"""A key's text is cut here: one difference stays within a line or two."""


def rehearsal_text(rehearsal: Rehearsal, *, shown: Shown, width: int = WIDTH) -> str:
    """Phases, findings, differences and last, where the eye rests, the verdict. No line break at the end."""
    blocks = [
        phase_lines(rehearsal.phases),
        _objects(rehearsal, width),
        [line for note in rehearsal.notes for line in wrap(f"note: {note}", width)],
        _schema(rehearsal.validation, width),
        _differences(rehearsal.validation, shown, width),
        _closing(str(rehearsal.verdict), summary.verdict_sentence(rehearsal), width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def validation_text(validation: Validation, *, shown: Shown, width: int = WIDTH) -> str:
    """Limits, differences of the schema and of rows, verdict. No line break at the end."""
    blocks = [
        _method(validation, width),
        _limits(validation, width),
        _schema(validation, width),
        _differences(validation, shown, width),
        _closing("equal" if validation.equal else "different", summary.equal_sentence(validation), width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _closing(verdict: str, sentence: str, width: int) -> list[str]:
    return wrap(f"{verdict.upper()}. {sentence}", width)


def phase_lines(phases: Sequence[PhaseTime]) -> list[str]:
    """The phases with their seconds and rates, and their sum."""
    total = sum(phase.seconds for phase in phases)
    head = ("phase", "seconds", "rows", "rows/s", "MB/s")
    rows = [
        (
            shorten(printable(phase.name), _LONGEST, placeholder=" …"),
            seconds(phase.seconds, total),
            count(phase.rows) if phase.rows else "",
            rows_per_second(phase.rows, phase.seconds) if phase.rows else "",
            megabytes_per_second(phase.bytes, phase.seconds) if phase.bytes else "",
        )
        for phase in phases
    ]
    together = ("together", seconds(total, total), "", "", "")
    return table_lines([head, *rows, together], rule_after=(0, len(rows)))


def table_lines(rows: Sequence[Sequence[str]], *, rule_after: Iterable[int]) -> list[str]:
    """Columns wide enough for their longest text; the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    rule = "-" * (sum(widths) + 3 * (len(widths) - 1))
    lines = []
    for index, row in enumerate(rows):
        cells = [row[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("   ".join(cells).rstrip())
        if index in rule_after:
            lines.append(rule)
    return lines


def _objects(rehearsal: Rehearsal, width: int) -> list[str]:
    translation = rehearsal.translation
    counts = summary.object_counts(translation)
    if not translation.objects:
        return []
    shares = ", ".join(f"{count(number)} {status}" for status, number in counts.items())
    lines = [f"{counted(sum(counts.values()), 'object')}: {shares}"]
    if rehearsal.effort_minutes:
        lines[0] += f"; hand work: about {duration(rehearsal.effort_minutes * 60)}"
    groups = [
        group
        for group in summary.rule_groups(translation.findings)
        if group.severity is not Severity.INFO
        or any(finding.status is not Status.AUTOMATIC for finding in group.findings)
    ]
    for group in groups[:_RULES]:
        text = printable(f"{group.rule}: {group.remarks[0].reason}")
        head = f"  {group.severity:<8}{len(group.findings):>6,}  "
        lines.append(head + shorten(text, width - len(head), placeholder=" …"))
    if len(groups) > _RULES:
        rest = Counter(group.severity for group in groups[_RULES:])
        lines.append(f"  and {counted(rest.total(), 'more rule')}: see the report")
    return lines


def _method(validation: Validation, width: int) -> list[str]:
    return wrap(f"method {validation.method}: {validation.why}", width) if validation.why else []


def _limits(validation: Validation, width: int) -> list[str]:
    lines: list[str] = []
    for limit, tables in summary.limits(validation):
        names = printable(", ".join(tables[:3])) + (f" and {len(tables) - 3:,} more" if len(tables) > 3 else "")
        lines += wrap(f"{printable(limit)} ({names})", width, initial_indent="  ", subsequent_indent="    ")
    return ["limits of the comparison:", *lines] if lines else []


def _schema(validation: Validation, width: int) -> list[str]:
    if validation.schema is None:
        return []
    lines: list[str] = []
    listed = validation.schema.differences
    if listed:
        lines.append(f"{counted(validation.schema_differences, 'thing')} of the schema not as promised:")
        for difference in listed[:_DIFFERENCES]:
            lines += wrap(printable(str(difference)), width, initial_indent="  ", subsequent_indent="    ")
        if len(listed) > _DIFFERENCES:
            lines.append(f"  and {count(len(listed) - _DIFFERENCES)} more: see --json")
    if beside := validation.schema.beside:
        names = ", ".join(map(str, beside[:_RULES]))
        names += f" and {len(beside) - _RULES:,} more" if len(beside) > _RULES else ""
        lines += wrap(f"also there, and of nobody's concern here: {printable(names)}", width, subsequent_indent="    ")
    return lines


def _differences(validation: Validation, shown: Shown, width: int) -> list[str]:
    if not validation.differences:
        return []
    lines = [f"{counted(validation.differences, 'difference')}, seen from the target:"]
    listed = summary.differences(validation)
    for difference in islice(listed, _DIFFERENCES):
        key = ", ".join(f"{column} = {_cut(value)}" for column, value in shown(difference).items())
        columns = f"  ({', '.join(difference.columns)})" if difference.columns else ""
        times = f"  {count(difference.count)} times" if difference.count > 1 else ""
        text = printable(f"{difference.kind:<8} {difference.table}  {key}{columns}{times}")
        lines += wrap(text, width, initial_indent="  ", subsequent_indent="           ")
    left = validation.differences - sum(difference.count for difference in listed[:_DIFFERENCES])
    if left:
        lines.append(f"  and {count(left)} more: see --json")
    return lines


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"
