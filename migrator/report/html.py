"""A rehearsal as one page that needs nothing else: for a screen at night and for an auditor's paper."""

from __future__ import annotations

from typing import Final

from migrator import __version__
from migrator.model.rehearsal import Rehearsal, TableLoad
from migrator.report import charts, summary
from migrator.report.page import template
from migrator.report.summary import Shown

_OPEN_ROWS: Final = 15
"""A longer table shows this many rows; the others are a click away on a screen, and all there on paper."""
_MOST_REMARKS: Final = 5
"""A rule with more different reasons than this has one for each object: they are listed with the objects."""
_DIFFERENCES: Final = 500
"""More differing rows than this help nobody on a page; report.json has them all."""


def rehearsal_html(rehearsal: Rehearsal, *, shown: Shown) -> str:
    """The whole page: no script, nothing fetched, every text escaped. ``shown`` gives a row's key as text."""
    listed = summary.differences(rehearsal.validation)
    return template("rehearsal.html").render(
        rehearsal=rehearsal,
        validation=rehearsal.validation,
        forecast=rehearsal.forecast,
        translation=rehearsal.translation,
        sentence=summary.verdict_sentence(rehearsal),
        gauge=charts.gauge(rehearsal.forecast),
        objects=summary.object_counts(rehearsal.translation),
        kinds=summary.kind_counts(rehearsal.translation),
        rules=summary.rule_groups(rehearsal.translation.findings),
        work=summary.work_list(rehearsal.translation),
        limits=summary.limits(rehearsal.validation),
        differences=[(difference, shown(difference)) for difference in listed[:_DIFFERENCES]],
        unlisted=rehearsal.validation.differences - sum(difference.count for difference in listed[:_DIFFERENCES]),
        loads=sorted(rehearsal.loads, key=_by_size),
        compared=sorted(rehearsal.validation.tables, key=summary.by_interest),
        open_rows=_OPEN_ROWS,
        most_differences=_DIFFERENCES,
        most_remarks=_MOST_REMARKS,
        version=__version__,
    )


def _by_size(load: TableLoad) -> tuple[int, int, str]:
    return (-load.bytes, -load.rows, load.source)
