"""An assessment as plain values for ``json.dumps``: the form that programs read. Keys are only ever added."""

from __future__ import annotations

from typing import Any

from migrator import __version__
from migrator.model.assessment import AssessedObject, Assessment, Effort, FindingGroup
from migrator.model.finding import Status
from migrator.model.translation import Translation
from migrator.report import assessment_words as words
from migrator.report.values import column_values, finding_values, place_values, unread_values


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
            finding_values(finding) | {"rows": assessment.measured.get(finding)}
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
        "columns": [column_values(column) for column in translation.columns],
        "notes": list(assessment.notes),
        "unread": [unread_values(unread) for unread in assessment.unread],
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
        "place": place_values(item.place),
    }
