from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from support import assessments

from migrator.model.assessment import Assessment
from migrator.model.translation import Translation
from migrator.report.assessment_json import assessment_json


def _values(made: tuple[Assessment, Translation]) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(json.dumps(assessment_json(*made, source="shop.sql")))
    return values


def test_every_object_stands_once() -> None:
    made = assessments.shop()
    values = _values(made)
    objects = [(item["kind"], item["object"]) for item in values["objects"]]
    assert len(objects) == len(set(objects)) == len(made[1].objects)
    (column,) = [item for item in values["objects"] if item["object"] == "dbo.Items.Path"]
    assert column == {
        "object": "dbo.Items.Path",
        "kind": "column",
        "status": "lossy",
        "target": "Path",
        "parent": "dbo.Items",
        "complexity": "simple",
        "findings": ["hierarchyid-as-path"],
        "place": {"file": "db/shop.sql", "line": 2},
    }


def test_the_sums_are_those_of_the_list() -> None:
    values = _values(assessments.shop())
    for status, number in values["summary"]["objects"].items():
        listed = [item for item in values["objects"] if item["status"] == status and item["kind"] != "column"]
        assert len(listed) == number
    for kind, counts in values["summary"]["kinds"].items():
        for status, number in counts.items():
            listed = [item for item in values["objects"] if (item["kind"], item["status"]) == (kind, status)]
            assert len(listed) == number
    assert sum(group["count"] for group in values["groups"]) == len(values["findings"])
    assert values["effort"]["minutes"] == sum(group["effort"]["minutes"] for group in values["groups"])
    assert values["effort"]["low"] < values["effort"]["minutes"] < values["effort"]["high"]


def test_what_was_read_and_what_was_not() -> None:
    values = _values(assessments.shop())
    assert (values["summary"]["lines"], values["summary"]["unread_lines"]) == (11, 1)
    (unread,) = values["unread"]
    assert unread["place"] == {"file": "db/shop.sql", "line": 10}
    assert "Broken" in unread["text"]
    assert values["skipped"] == [{"word": "INSERT", "count": 1}]


def test_columns_say_which_rules_made_them() -> None:
    values = _values(assessments.shop())
    (total,) = [column for column in values["columns"] if column["object"] == "dbo.Orders.Total"]
    assert (total["source_type"], total["type"], total["target"]) == ("money", "DECIMAL(19,4)", "Orders.Total")
    assert total["rules"][0].startswith("schema_rules/types.toml:")


def test_an_unknown_object_has_a_status_of_its_own() -> None:
    values = _values(assessments.hidden())
    assert [item["status"] for item in values["objects"] if item["object"] == "dbo.Secret"] == ["unknown"]
    assert values["summary"]["objects"]["unknown"] == 1
    assert values["summary"]["lines"] is None


def test_what_was_measured_stands_with_its_finding() -> None:
    assessment, translation = assessments.shop()
    measured = replace(assessment, measured={translation.findings[0]: "0 of 12 rows"})
    assert [finding["rows"] for finding in _values((measured, translation))["findings"]].count("0 of 12 rows") == 1
