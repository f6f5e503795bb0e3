from __future__ import annotations

import json
from dataclasses import replace

from support import rehearsals

from migrator.report.json import rehearsal_json, validation_json


def test_rehearsal_has_the_agreed_keys() -> None:
    values = rehearsal_json(rehearsals.usual(), shown=rehearsals.shown)
    assert set(values) == {
        "verdict", "tables", "rows", "differences", "phases", "forecast", "objects", "table_list", "difference_list",
        "effort_minutes", "findings", "source", "target", "started", "finished", "version",
        "schema", "schema_differences",
    }  # fmt: skip
    assert (values["verdict"], values["tables"], values["rows"], values["differences"]) == ("fits", 30, 1_843_163, 0)
    assert values["phases"][3] == {"name": "load", "seconds": 24.92, "rows": 1_843_163, "bytes": 402_173_200}
    assert set(values["forecast"]) == {"p50_s", "p95_s", "window_s", "assumptions"}
    assert set(values["objects"]) == {"automatic", "lossy", "manual", "blocked"}
    assert values["objects"]["blocked"] == 3
    assert values["started"] == "2026-11-22T01:58:12Z"
    assert len(values["table_list"]) == 30
    assert len(values["findings"]) == 40


def test_values_survive_json() -> None:
    for make in (rehearsals.usual, rehearsals.different, rehearsals.empty, rehearsals.hostile):
        values = rehearsal_json(make(), shown=rehearsals.shown)
        assert json.loads(json.dumps(values, allow_nan=False)) == values


def test_differences_are_named_by_table_and_key() -> None:
    values = validation_json(rehearsals.different().validation, shown=rehearsals.shown)
    assert values["verdict"] == "different"
    assert values["differences"] == 3
    missing = {"table": "billing_ClaimLines", "kind": "missing", "columns": [], "count": 1}
    assert missing | {"key": {"key_1": "73100", "key_2": "2"}} in values["difference_list"]
    assert {item["kind"] for item in values["difference_list"]} == {"changed", "missing", "extra"}
    assert "PL-88213" not in json.dumps(values)


def test_a_table_that_is_not_there() -> None:
    whole = rehearsals.usual().validation
    gone = replace(whole, tables=(replace(whole.tables[0], target=None), *whole.tables[1:]))
    values = validation_json(gone, shown=rehearsals.shown)
    assert values["verdict"] == "different"
    assert values["table_list"][0]["target_rows"] is None
    assert values["table_list"][0]["equal"] is False


def test_a_table_without_rows_needs_no_load() -> None:
    values = rehearsal_json(rehearsals.empty(), shown=rehearsals.shown)
    assert values["verdict"] == "fits"
    assert values["table_list"][0]["loaded_rows"] == 0
    assert values["table_list"][0]["expected_rows"] is None
