"""What the rules say about themselves, as text for a terminal and as values for JSON. No line break at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from migrator.model.explanation import ColumnExplanation, ExampleReport, RuleLine
from migrator.report.terminal import WIDTH
from migrator.units import counted, printable


def explanation_text(explanations: Iterable[ColumnExplanation], *, width: int = WIDTH) -> str:
    """One paragraph for each column."""
    return "\n\n".join("\n".join(map(printable, _explained(item, width))) for item in explanations)


def _explained(item: ColumnExplanation, width: int) -> Iterator[str]:
    yield f"{item.object}  {item.source_type or 'computed'}"
    for candidate in item.candidates:
        yield f"  {'->' if candidate.wins else '  '} {candidate.to}"
        yield f"       {candidate.place}  [{candidate.where}]"
        yield f"       {candidate.verdict}"
    for step in item.steps:
        by = f"  by {', '.join(step.places)}" if step.places else ""
        yield f"  {step.what}: {step.source} -> {step.target}{by}"
    for finding in item.findings:
        text = f"{finding.severity}, {finding.status}: {finding.rule}: {finding.reason}"
        yield from wrap(text, width, initial_indent="  ", subsequent_indent="    ")
    if not item.ddl:
        yield "  the target does not have this column"
    for line in item.ddl:
        yield f"  {line}"


def explanation_values(explanations: Iterable[ColumnExplanation]) -> dict[str, Any]:
    """``columns``: one entry for each."""
    return {"columns": [asdict(item) for item in explanations]}


def rules_text(lines: Iterable[RuleLine]) -> str:
    """One line for each rule; the user's own are marked with a plus."""
    return "\n".join(
        printable(f"{'+' if line.overlay else ' '} {line.kind:<9} {line.subject} -> {line.to}  ({line.place})")
        for line in lines
    )


def rules_values(lines: Iterable[RuleLine]) -> dict[str, Any]:
    """``rules``: one entry for each."""
    return {"rules": [asdict(line) for line in lines]}


def examples_text(report: ExampleReport) -> str:
    """Each example that fails with its place, then how many there were."""
    blocks = [
        f"{outcome.place}: {outcome.kind}: {outcome.tsql}\n"
        f"  expected {outcome.expected}\n"
        f"  got      {outcome.got or '-'}\n"
        f"  {outcome.problem}"
        for outcome in report.failed
    ]
    held = len(report.outcomes) - len(report.failed)
    blocks.append(
        f"{held} of {counted(len(report.outcomes), 'example')} hold; {counted(report.without, 'rule')} without any"
    )
    return "\n".join("\n".join(map(printable, block.splitlines())) for block in blocks)


def examples_values(report: ExampleReport) -> dict[str, Any]:
    """``ran``, ``failed``, ``without``, and ``examples`` with one entry for each."""
    return {
        "ran": len(report.outcomes),
        "failed": len(report.failed),
        "without": report.without,
        "examples": [asdict(outcome) for outcome in report.outcomes],
    }
