"""An assessment as plain values for ``json.dumps``: the form that programs read. Keys are only ever added."""

from __future__ import annotations

from typing import Any

from migrator import __version__
from migrator.model.assessment import AssessedObject, Assessment, Effort, FindingGroup
from migrator.model.finding import Finding, Status
from migrator.model.schema import Place
from migrator.model.translation import Translation
from migrator.report import assessment_words as words


def assessment_json(assessment: Assessment, translation: Translation, *, source: str) -> dict[str, Any]:
    """The whole assessment. ``source`` is what the user calls it; minutes are a person's, lines are of scripts.

    A status is automatic, lossy, manual, blocked, or unknown where nobody could read the object's text.
    """
    return {
        "summary": {
            "sentence": words.sentence(assessment),
            "complexity": str(assessment.complexity),
            "objects": words.standings(assessment),
            "kinds": {
                str(kind.kind): {str(status): kind.counts[status] for status in Status} | {"unknown": kind.unknown}
                for kind in assessment.kinds
            },
            "tables": assessment.tables,
            "columns": assessment.columns,
            "rows": assessment.rows,
            "lines": assessment.lines,
            "unread_lines": assessment.unread_lines,
        },
        "effort": _effort(assessment.effort) | {"minutes": assessment.minutes},
        "groups": [_group(group) for group in assessment.groups],
        "objects": [_object(item) for item in assessment.objects],
        "findings": [
            finding_json(finding) | {"rows": assessment.measured.get(finding)}
            for group in assessment.groups
            for finding in group.findings
        ],
        "measurements": [
            {
                "rule": item.rule,
                "object": item.object,
                "touched": item.touched,
                "rows": item.rows,
                "detail": item.detail,
                "longest": item.longest,
            }
            for item in assessment.measurements
        ],
        "columns": [
            {
                "object": column.object,
                "source_type": column.source_type,
                "target": column.target,
                "type": column.type,
                "rules": list(column.rules),
            }
            for column in translation.columns
        ],
        "unread": [
            {"place": _place(unread.place), "reason": unread.reason, "text": unread.text}
            for unread in assessment.unread
        ],
        "skipped": [{"word": skipped.word, "count": skipped.count} for skipped in assessment.skipped],
        "rules": [
            {"kind": line.kind, "place": line.place, "subject": line.subject, "to": line.to}
            for line in assessment.overlay
        ],
        "source": {
            "name": source,
            "database": assessment.database,
            "product": assessment.product,
            "collation": assessment.collation,
        },
        "target": {"character_set": translation.character_set, "collation": translation.collation},
        "version": __version__,
    }


def _effort(effort: Effort) -> dict[str, Any]:
    return {"low": effort.low, "high": effort.high}


def _group(group: FindingGroup) -> dict[str, Any]:
    return {
        "rule": group.rule,
        "title": group.title,
        "severity": str(group.severity),
        "status": str(group.status),
        "count": group.count,
        "effort": _effort(group.effort) | {"minutes": group.minutes},
        "advice": group.advice,
        "objects": list(group.objects),
    }


def _object(item: AssessedObject) -> dict[str, Any]:
    return {
        "object": item.object,
        "kind": str(item.kind),
        "status": item.standing,
        "target": item.target,
        "parent": item.parent,
        "complexity": str(item.complexity),
        "findings": list(dict.fromkeys(finding.rule for finding in item.findings)),
        "place": _place(item.place),
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "status": str(finding.status),
        "kind": str(finding.kind),
        "object": finding.object,
        "reason": finding.reason,
        "advice": finding.advice,
        "place": _place(finding.place),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"file": place.file, "line": place.line}
