from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from support import assessments

from migrator.model.assessment import Assessment
from migrator.model.finding import Severity
from migrator.model.translation import Translation
from migrator.report.sarif import findings_sarif

ALL: list[Callable[[], tuple[Assessment, Translation]]] = [
    assessments.shop, assessments.hostile, assessments.empty, assessments.hidden,
]  # fmt: skip


def _run(made: tuple[Assessment, Translation]) -> dict[str, Any]:
    log = json.loads(json.dumps(findings_sarif(made[0])))
    _is_sarif(log)
    run: dict[str, Any] = log["runs"][0]
    return run


def _is_sarif(log: dict[str, Any]) -> None:
    """What SARIF 2.1.0 demands of the parts that are written here."""
    assert log["version"] == "2.1.0"
    assert re.fullmatch(r"https://\S+/sarif-schema-2\.1\.0\.json", log["$schema"])
    for run in log["runs"]:
        driver = run["tool"]["driver"]
        assert driver["name"]
        rules = [rule["id"] for rule in driver["rules"]]
        assert len(rules) == len(set(rules))
        for rule in driver["rules"]:
            assert rule["shortDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
        prints = [result["partialFingerprints"]["finding/v1"] for result in run["results"]]
        assert len(prints) == len(set(prints))
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in {"none", "note", "warning", "error"}
            assert result["message"]["text"].strip()
            for location in result["locations"]:
                assert location["logicalLocations"][0]["fullyQualifiedName"]
                if physical := location.get("physicalLocation"):
                    uri = physical["artifactLocation"]["uri"]
                    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri)
                    assert not uri.startswith("/")
                    assert physical["region"]["startLine"] >= 1


@pytest.mark.parametrize("make", ALL)
def test_it_is_sarif_and_has_every_finding(make: Callable[[], tuple[Assessment, Translation]]) -> None:
    made = make()
    run = _run(made)
    assert len(run["results"]) == len(made[1].findings)


def test_a_finding_leads_to_its_line() -> None:
    run = _run(assessments.shop())
    (result,) = [result for result in run["results"] if result["ruleId"] == "statement-unread"]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "db/shop.sql"},
        "region": {"startLine": 10},
    }
    assert result["level"] == "error"


def test_a_finding_without_a_place_names_its_object() -> None:
    run = _run(assessments.hidden())
    (result,) = [result for result in run["results"] if result["ruleId"] == "module-hidden"]
    assert result["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "dbo.Secret", "kind": "function"}]}]


def test_backslashes_and_brackets_of_a_file_are_a_uri() -> None:
    run = _run(assessments.hostile())
    uris = {
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in run["results"]
        for location in result["locations"]
        if "physicalLocation" in location
    }
    assert uris == {"a%20b/%3Cscript%3E.sql"}


def test_levels_follow_the_severity() -> None:
    run = _run(assessments.shop())
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    severities = {finding.rule: finding.severity for finding in assessments.shop()[1].findings}
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    assert levels == {rule: words[severity] for rule, severity in severities.items()}


def test_a_fingerprint_stays_when_code_moves() -> None:
    before = _run(assessments.of_script(assessments.SHOP))
    after = _run(assessments.of_script("\n\n" + assessments.SHOP))

    def prints(run: dict[str, Any]) -> set[str]:
        moved = {"statement-unread"}  # is called by its line
        return {
            result["partialFingerprints"]["finding/v1"] for result in run["results"] if result["ruleId"] not in moved
        }

    assert prints(before) == prints(after)


def test_what_was_measured_is_said() -> None:
    assessment, translation = assessments.shop()
    measured = replace(assessment, measured={translation.findings[0]: "0 of 12 rows"})
    texts = [result["message"]["text"] for result in _run((measured, translation))["results"]]
    assert sum("(0 of 12 rows)" in text for text in texts) == 1
