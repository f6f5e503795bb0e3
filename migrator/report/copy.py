"""What a copy did, or would do: words for a terminal and values for programs."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from migrator import __version__
from migrator.model.copied import Copied, TablePlan
from migrator.model.finding import Finding, Severity
from migrator.report.terminal import WIDTH, phase_lines, table_lines
from migrator.report.values import finding_values
from migrator.units import count, counted, megabytes_per_second, printable, rows_per_second, seconds, volume

_TABLES: Final = 30
"""The largest ones; all of them are in --json."""


def copy_text(copied: Copied, *, width: int = WIDTH) -> str:
    """Tables, phases, what a person must look at, and last the sum. No line break at the end."""
    loads = copied.loads
    largest = sorted(loads, key=lambda load: -load.bytes)[:_TABLES]
    head = ("table", "rows", "seconds", "rows/s", "MB/s")
    rows = [
        (
            printable(load.target),
            count(load.rows),
            seconds(load.seconds, load.seconds),
            rows_per_second(load.rows, load.seconds) if load.rows else "",
            megabytes_per_second(load.bytes, load.seconds) if load.bytes else "",
        )
        for load in largest
    ]
    tables = table_lines([head, *rows], rule_after=(0,))
    if len(loads) > len(largest):
        tables.append(f"and {counted(len(loads) - len(largest), 'smaller table')}: see --json")
    total = sum(load.rows for load in loads)
    picture = f"Consistency: {copied.picture.consistency}: {copied.picture.why}."
    last = f"COPIED. {counted(total, 'row')} in {counted(len(loads), 'table')}. {picture}"
    blocks = [
        tables,
        phase_lines(copied.phases),
        _remarks(copied.findings, width),
        [line for note in copied.notes for line in wrap(f"note: {printable(note)}", width)],
        wrap(_followed(copied), width),
        wrap(f"{last} `migrator validate` compares both sides row by row.", width),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def copy_json(copied: Copied) -> dict[str, Any]:
    """The same as values; durations in seconds, volumes in source bytes."""
    return {
        "rows": sum(load.rows for load in copied.loads),
        "bytes": sum(load.bytes for load in copied.loads),
        "consistency": {"kind": str(copied.picture.consistency), "why": copied.picture.why},
        "tables": [
            {
                "source": load.source,
                "target": load.target,
                "rows": load.rows,
                "bytes": load.bytes,
                "seconds": round(load.seconds, 3),
            }
            for load in copied.loads
        ],
        "phases": [
            {"name": phase.name, "seconds": round(phase.seconds, 3), "rows": phase.rows, "bytes": phase.bytes}
            for phase in copied.phases
        ],
        "findings": [finding_values(finding) for finding in copied.findings],
        "followed_tables": copied.followed,
        "notes": list(copied.notes),
        "version": __version__,
    }


def plan_text(plans: Sequence[TablePlan], *, workers: int) -> str:
    """What would be copied, the largest table first. No line break at the end."""
    head = ("source", "target", "rows", "size", "segments")
    rows = [
        (
            printable(plan.source),
            printable(plan.target),
            "?" if plan.rows is None else count(plan.rows),
            volume(plan.bytes),
            count(plan.segments),
        )
        for plan in sorted(plans, key=lambda plan: -plan.bytes)
    ]
    total = volume(sum(plan.bytes for plan in plans))
    lines = table_lines([head, *rows], rule_after=(0,))
    return "\n".join([*lines, "", f"{counted(len(plans), 'table')}, about {total}, over {workers} connections."])


def plan_json(plans: Sequence[TablePlan]) -> dict[str, Any]:
    """The same as values."""
    return {
        "tables": [
            {
                "source": plan.source,
                "target": plan.target,
                "rows": plan.rows,
                "bytes": plan.bytes,
                "segments": plan.segments,
            }
            for plan in plans
        ],
        "bytes": sum(plan.bytes for plan in plans),
        "version": __version__,
    }


def _followed(copied: Copied) -> str:
    if not copied.followed:
        return ""
    return (
        f"Changes of {counted(copied.followed, 'table')} are tracked since before the load: `migrator catch-up` brings "
        "them over."
    )


def _remarks(findings: Sequence[Finding], width: int) -> list[str]:
    worth = [finding for finding in findings if finding.severity is not Severity.INFO]
    if not worth:
        return []
    errors = sum(finding.severity is Severity.ERROR for finding in worth)
    line = f"{counted(len(worth), 'remark')} on the schema ({counted(errors, 'error')})"
    return wrap(f"{line}: `migrator assess` says them in full, --json lists them.", width)
