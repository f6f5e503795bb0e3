"""An assessment as one page that needs nothing else: for the DBA who plans and for the manager who pays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from migrator import __version__
from migrator.model.assessment import AssessedObject, Assessment, Complexity
from migrator.model.schema import ObjectKind
from migrator.model.translation import Translation
from migrator.report import assessment_words as words
from migrator.report import summary
from migrator.report.page import template
from migrator.report.summary import Remark

_TEXT: Final = 12_000
"""Characters of one text on one side; a longer one is cut."""
_TEXTS: Final = 2_000_000
"""Characters of all texts and remarks together: a page of more than about 5 MB is slow to open and cannot be mailed."""
_OBJECTS: Final = 2_500
"""Objects in the list; a larger database has the others in report.json."""
_NAMES: Final = 5_000
"""Objects named below all rules together; findings.csv has them all."""
_MOST_NAMES: Final = 200
"""Objects named below one rule."""
_FEW_PARTS: Final = 10
"""Parts of an object that are named with a remark on them."""
_FEW: Final = 3
"""So many stand in line, without a click."""
_OPEN_ROWS: Final = 12
"""A longer table shows this many rows; the others are a click away."""
_MOST_REMARKS: Final = 5
"""A rule with more different reasons than this has one for each object: they are listed with the objects."""
_UNREAD: Final = 100
"""Statements that could not be read; report.json has them all."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An object with as much of it as the page has room for; ``cut`` says what is missing.

    ``remarks`` are those on itself and on its parts.
    """

    item: AssessedObject
    tsql: str = ""
    mysql: str = ""
    remarks: tuple[Remark, ...] = ()
    cut: str = ""


def assessment_html(assessment: Assessment, translation: Translation, *, source: str) -> str:
    """The whole page: no script, nothing fetched, every text escaped."""
    objects = sorted((item for item in assessment.objects if not item.parent), key=_worst_first)
    shown = _with_room(objects[:_OBJECTS])
    return template("assessment.html").render(
        assessment=assessment,
        translation=translation,
        source=source,
        sentence=words.sentence(assessment),
        standings=words.standings(assessment),
        standing_words=words.STANDINGS,
        kinds=[
            (kind, {**{str(status): n for status, n in kind.counts.items()}, words.UNKNOWN: kind.unknown})
            for kind in assessment.kinds
        ],
        effort_range=words.effort_range,
        touched=sorted(
            (item for item in assessment.measurements if item.touched or not item.rows), key=lambda item: -item.touched
        ),
        lines=words.lines_sentence(assessment),
        remarks={group.rule: group.remarks for group in summary.rule_groups(translation.findings)},
        classes={complexity: [item for item in objects if item.complexity is complexity] for complexity in Complexity},
        by_kind=_by_kind(shown),
        unlisted=len(objects) - len(shown),
        open_rows=_OPEN_ROWS,
        most_names=max(min(_NAMES // max(len(assessment.groups), 1), _MOST_NAMES), 10),
        few_parts=_FEW_PARTS,
        few_names=_FEW,
        most_remarks=_MOST_REMARKS,
        most_unread=_UNREAD,
        version=__version__,
    )


def _worst_first(item: AssessedObject) -> tuple[int, int, int, str]:
    """So that what needs a person keeps its text where there is no room for all."""
    return (-words.STANDINGS.index(item.standing), -item.complexity.rank, -len(item.below), item.object)


def _by_kind(shown: Sequence[Shown]) -> dict[ObjectKind, list[Shown]]:
    found: dict[ObjectKind, list[Shown]] = defaultdict(list)
    for one in shown:
        found[one.item.kind].append(one)
    return {kind: found[kind] for kind in ObjectKind if found[kind]}


def _with_room(objects: Iterable[AssessedObject]) -> list[Shown]:
    left, shown = _TEXTS, []
    for item in objects:
        mysql = "\n\n".join(f"{statement};" for statement in item.mysql)
        remarks = tuple(
            remark for group in summary.rule_groups((*item.findings, *item.below)) for remark in group.remarks
        )
        size = min(len(item.tsql), _TEXT) + min(len(mysql), _TEXT) + sum(map(_size, remarks))
        if size > left:
            shown.append(Shown(item, cut="This page has no room for more of it: see report.json."))
            continue
        left -= size
        cut = "Long texts end early here." if max(len(item.tsql), len(mysql)) > _TEXT else ""
        shown.append(Shown(item, item.tsql[:_TEXT], mysql[:_TEXT], remarks, cut))
    return shown


def _size(remark: Remark) -> int:
    """About how much a remark takes of the page: its words, and its names with the tags around them."""
    names = sum(len(finding.object) + 60 for finding in remark.findings[:_FEW_PARTS])
    return 150 + len(remark.reason) + len(remark.advice) + names
