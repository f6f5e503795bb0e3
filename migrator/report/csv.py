"""Findings as a table for a spreadsheet: one line each."""

from __future__ import annotations

import csv
import io
from typing import Final

from migrator.model.assessment import Assessment
from migrator.units import printable

HEAD: Final = (
    "rule",
    "title",
    "severity",
    "status",
    "kind",
    "object",
    "target",
    "file",
    "line",
    "rows",
    "reason",
    "advice",
)
_FORMULA: Final = ("=", "+", "-", "@")
"""A spreadsheet takes a cell that begins so for a formula, whoever named the object that it tells of."""


def findings_csv(assessment: Assessment) -> str:
    """All findings, the worst rule first: UTF-8, commas, quotes doubled, lines that end in CR LF (RFC 4180).

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    targets = {(item.kind, item.object): item.target for item in assessment.objects}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for group in assessment.groups:
        for finding in group.findings:
            cells = (
                finding.rule,
                group.title,
                finding.severity,
                finding.status,
                finding.kind,
                finding.object,
                targets.get((finding.kind, finding.object), ""),
                finding.place.file if finding.place else "",
                finding.place.line if finding.place else "",
                assessment.measured.get(finding, ""),
                finding.reason,
                finding.advice,
            )
            writer.writerow(_cell(str(cell)) for cell in cells)
    return text.getvalue()


def _cell(text: str) -> str:
    shown = printable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
