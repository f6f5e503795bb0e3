"""A translation by itself: as plain values for programs, and the closing words for a terminal.

Keys are only ever added, never renamed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final

from migrator import __version__
from migrator.model.finding import Finding, Severity, Status
from migrator.model.places import places
from migrator.model.schema import Database
from migrator.model.translation import Translation
from migrator.report import summary
from migrator.report.terminal import WIDTH, table_lines
from migrator.report.values import column_values, finding_values, place_values, unread_values
from migrator.units import count, counted, printable

_RULES: Final = 12


def translation_values(
    database: Database,
    translation: Translation,
    *,
    source: str,
    rules: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """The whole translation; ``rules`` are the folders that were laid over the shipped rules, ``notes`` sentences on
    what of the source could not be read.

    ``objects`` has every object of the source once. ``columns`` says what each column became and which rules had a say.
    ``unread`` are statements that no reader could read, ``skipped`` counts those that carry no schema.
    """
    by_object: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in translation.findings:
        by_object[finding.kind, finding.object].append(finding)
    written = places(database)
    return {
        "source": {"name": source, "database": database.name, "product": database.product},
        "target": {"character_set": translation.character_set, "collation": translation.collation},
        "summary": {
            str(kind): {str(status): number for status, number in counts.items()}
            for kind, counts in summary.kind_counts(translation).items()
        },
        "objects": [
            {
                "object": item.object,
                "kind": str(item.kind),
                "status": str(item.status),
                "target": item.target,
                "findings": list(dict.fromkeys(finding.rule for finding in by_object[item.kind, item.object])),
                "place": place_values(written.get((item.kind, item.object))),
            }
            for item in translation.objects
        ],
        "columns": [column_values(column) for column in translation.columns],
        "findings": [finding_values(finding) for finding in translation.findings],
        "unread": [unread_values(unread) for unread in database.unread],
        "skipped": {skipped.word: skipped.count for skipped in database.skipped},
        "rules": list(rules),
        "notes": list(notes),
        "version": __version__,
    }


def translation_text(
    database: Database, translation: Translation, *, notes: Sequence[str] = (), width: int = WIDTH
) -> str:
    """Objects by kind and status, the rules with the worst findings, notes, one sentence. No line break at the end."""
    said = [line for note in notes for line in wrap(f"note: {printable(note)}", width)]
    blocks = [_kinds(translation), _worst(translation, width), said, wrap(_sentence(database, translation), width)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _kinds(translation: Translation) -> list[str]:
    rows = [
        (str(kind), *(count(counts[status]) if counts[status] else "" for status in Status))
        for kind, counts in summary.kind_counts(translation).items()
    ]
    return table_lines([("objects", *map(str, Status)), *rows], rule_after=(0,)) if rows else []


def _worst(translation: Translation, width: int) -> list[str]:
    """One line a rule, the worst first, for what is not automatic."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in translation.findings:
        if finding.status is not Status.AUTOMATIC:
            groups[finding.rule].append(finding)
    severities = list(Severity)
    ordered = sorted(
        groups.values(),
        key=lambda found: (-found[0].status.rank, -severities.index(found[0].severity), -len(found), found[0].rule),
    )
    lines = []
    for found in ordered[:_RULES]:
        more = f" and {count(len(found) - 1)} more" if len(found) > 1 else ""
        text = f"{found[0].status:<8} {found[0].rule}: {found[0].object}{more}: {found[0].reason}"
        lines += wrap(printable(text), width, subsequent_indent=" " * 9)
    if len(ordered) > _RULES:
        lines.append(f"{'':<9}{counted(len(ordered) - _RULES, 'more rule')} in report.json")
    return lines


def _sentence(database: Database, translation: Translation) -> str:
    counts = summary.object_counts(translation)
    total, hands = sum(counts.values()), counts[Status.MANUAL] + counts[Status.BLOCKED]
    if not total:
        return "There is no object in it."
    words = f"{counted(total, 'object')}: {count(total - hands)} come over by themselves"
    if counts[Status.LOSSY]:
        words += f" ({count(counts[Status.LOSSY])} with a remark)"
    words += f", {count(hands)} {'needs' if hands == 1 else 'need'} a person." if hands else "."
    if database.unread:
        words += f" {counted(len(database.unread), 'statement')} could not be read."
    return words
