"""Findings as SARIF, for the pages of a code host and for editors.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote

from migrator import __version__
from migrator.model.assessment import Assessment, FindingGroup
from migrator.model.finding import Finding, Severity
from migrator.units import printable

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings_sarif(assessment: Assessment) -> dict[str, Any]:
    """One run with all findings. A place is a file relative to the folder that the user named.

    The fingerprint of a result is made of rule, object and reason, not of its line: it stays when code moves.
    """
    indices = {group.rule: index for index, group in enumerate(assessment.groups)}
    seen: Counter[str] = Counter()
    results = []
    for group in assessment.groups:
        for finding in group.findings:
            key = sha256(
                "\0".join((finding.rule, finding.kind, finding.object, finding.reason)).encode("utf-8", "surrogatepass")
            ).hexdigest()[:32]
            seen[key] += 1
            results.append(
                {
                    "ruleId": finding.rule,
                    "ruleIndex": indices[finding.rule],
                    "level": _LEVELS[finding.severity],
                    "message": {"text": _message(finding, assessment.measured.get(finding, ""))},
                    "locations": [_location(finding)],
                    "partialFingerprints": {"finding/v1": f"{key}:{seen[key]}"},
                    "properties": {"status": str(finding.status), "kind": str(finding.kind)},
                }
            )
    driver = {
        "name": "migrator",
        "version": __version__,
        "rules": [_rule(group) for group in assessment.groups],
    }
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(group: FindingGroup) -> dict[str, Any]:
    return {
        "id": group.rule,
        "shortDescription": {"text": group.title},
        "help": {"text": group.advice},
        "defaultConfiguration": {"level": _LEVELS[group.severity]},
        "properties": {"status": str(group.status)},
    }


def _message(finding: Finding, measured: str) -> str:
    rows = f" ({measured})" if measured else ""
    return printable(f"{finding.object}: {finding.reason}{rows}. {finding.advice}")


def _location(finding: Finding) -> dict[str, Any]:
    location: dict[str, Any] = {
        "logicalLocations": [{"fullyQualifiedName": printable(finding.object), "kind": _logical(finding)}]
    }
    if finding.place is not None:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(finding.place.file)},
            "region": {"startLine": max(finding.place.line, 1)},
        }
    return location


def _logical(finding: Finding) -> str:
    """The kind in one of the words that the format knows, else in our own (section 3.33.7)."""
    return {"procedure": "function", "function": "function", "column": "member"}.get(finding.kind, str(finding.kind))


def _uri(file: str) -> str:
    """A relative reference: forward slashes, and whatever has a meaning of its own in a URI escaped."""
    path = quote(file.replace("\\", "/"), safe="/", errors="surrogatepass")
    return path.lstrip("/") or "script.sql"
