"""What a manifest holds comes back as it was, and what is no such value is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from support.tables import tables

from migrator.dump.codec import decoded, encoded
from migrator.dump.manifest import DataFile, Part, Schema
from migrator.model.fingerprint import Fingerprint
from migrator.model.schema import Table
from migrator.packages.bacpac import Bacpac
from migrator.rules.load import load_rules
from migrator.translate.plan import plan

FILE = DataFile("a", "t", "0", 5, "f" * 64, (Part(2, 10**12, Fingerprint(2, 10**30, 7), "0" * 64),), (("dbo.t.c", 3),))


@settings(max_examples=30)
@given(tables())
def test_any_table_comes_back(table: Table) -> None:
    assert decoded(Table, json.loads(json.dumps(encoded(table)))) == table


def test_a_whole_schema_comes_back(homecare: Path) -> None:
    database = Bacpac(homecare).catalog()
    schema = Schema.of(database, plan(database, load_rules()))
    assert decoded(Schema, json.loads(json.dumps(encoded(schema)))) == schema


def test_numbers_of_any_size() -> None:
    assert decoded(DataFile, json.loads(json.dumps(encoded(FILE)))) == FILE


@pytest.mark.parametrize(
    "change",
    [
        {"name": 5},
        {"name": None},
        {"parts": None},
        {"parts": [[]]},
        {"more": 1},
        {"repaired": [["a"]]},
        {"parts": [{"rows": 1}]},
    ],
)
def test_what_is_no_such_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        decoded(DataFile, encoded(FILE) | change)


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError):
        encoded({1})
