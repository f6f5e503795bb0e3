from __future__ import annotations

import csv
import io
from dataclasses import replace

from support import assessments

from migrator.report.csv import HEAD, findings_csv


def _rows(text: str) -> list[dict[str, str]]:
    assert text.startswith(",".join(HEAD) + "\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def test_every_finding_is_a_line() -> None:
    assessment, translation = assessments.shop()
    rows = _rows(findings_csv(assessment))
    assert sorted((row["rule"], row["object"], row["reason"]) for row in rows) == sorted(
        (finding.rule, finding.object, finding.reason) for finding in translation.findings
    )
    (path,) = [row for row in rows if row["rule"] == "hierarchyid-as-path"]
    assert (path["target"], path["file"], path["line"], path["kind"]) == ("Path", "db/shop.sql", "2", "column")


def test_a_hostile_name_is_no_formula_and_no_second_line() -> None:
    assessment, translation = assessments.hostile()
    text = findings_csv(assessment)
    assert len(_rows(text)) == len(translation.findings) == text.count("\r\n") - 1
    cells = [cell for row in _rows(text) for cell in row.values()]
    assert any(cell.startswith("'=cmd|") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert "\u202e" not in text


def test_what_was_measured_has_its_column() -> None:
    assessment, translation = assessments.shop()
    measured = replace(assessment, measured={translation.findings[0]: "0 of 12 rows"})
    assert [row["rows"] for row in _rows(findings_csv(measured))].count("0 of 12 rows") == 1


def test_nothing_found_is_a_head_alone() -> None:
    assert _rows(findings_csv(assessments.empty()[0])) == []
