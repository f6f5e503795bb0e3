"""The reports of an assessment on disk."""

from __future__ import annotations

from pathlib import Path

from migrator.model.assessment import Assessment
from migrator.model.translation import Translation
from migrator.report.assessment_html import assessment_html
from migrator.report.assessment_json import assessment_json
from migrator.report.csv import findings_csv
from migrator.report.sarif import findings_sarif
from migrator.report.write import as_json, write_text


def write_assessment(assessment: Assessment, translation: Translation, directory: Path, *, source: str) -> Path:
    """Write report.html, report.json, findings.csv and findings.sarif into ``directory``, made if it is not there.

    Returns the page's path. Raises OutputError.
    """
    page = assessment_html(assessment, translation, source=source)
    write_text(directory / "report.json", as_json(assessment_json(assessment, translation, source=source)))
    write_text(directory / "findings.csv", findings_csv(assessment))
    write_text(directory / "findings.sarif", as_json(findings_sarif(assessment)))
    return write_text(directory / "report.html", page)
