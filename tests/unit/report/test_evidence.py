from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from support import rehearsals
from support.page import Page

from migrator.chain import examine
from migrator.model.catalog import SchemaDifference, SchemaValidation, Thing
from migrator.model.evidence import Evidence
from migrator.model.rehearsal import Rehearsal
from migrator.report.evidence import LAST, evidence_chain, evidence_html
from migrator.report.junit import validation_junit

ALL: list[Callable[[], Rehearsal]] = [
    rehearsals.usual, rehearsals.different, rehearsals.empty, rehearsals.many, rehearsals.hostile,
]  # fmt: skip
UNLIKE = SchemaValidation(
    9,
    (
        SchemaDifference(Thing("column", "<b>x", "care_Visits"), "type", "int", "bigint"),
        SchemaDifference(Thing("view", "v"), "", "", None),
        SchemaDifference(Thing("trigger", "t"), "", None, ""),
    ),
    (Thing("table", "heartbeat"),),
)


def _evidence(rehearsal: Rehearsal, schema: SchemaValidation | None = None) -> Evidence:
    return Evidence(
        source=rehearsal.source,
        source_identity=rehearsal.source_identity,
        source_state="a file",
        product=rehearsal.product,
        target=rehearsal.target,
        target_identity="mysql://there/here",
        target_state="one snapshot a connection",
        server_version=rehearsal.server_version,
        started=rehearsal.started,
        finished=rehearsal.finished,
        translation=rehearsal.translation,
        validation=replace(rehearsal.validation, schema=schema),
    )


@pytest.mark.parametrize("schema", [None, SchemaValidation(9), UNLIKE])
@pytest.mark.parametrize("make", ALL)
def test_the_page_is_well_formed_and_needs_nothing_else(
    make: Callable[[], Rehearsal], schema: SchemaValidation | None
) -> None:
    evidence = _evidence(make(), schema)
    chain = evidence_chain(evidence, shown=rehearsals.shown)
    raw = evidence_html(evidence, chain, shown=rehearsals.shown)
    page = Page(raw)
    assert page.tags["script"] == page.tags["img"] == page.tags["link"] == 0
    assert "default-src 'none'" in raw
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert {value[1:] for value in page.values("href")} <= set(identifiers)
    assert page.unnamed_drawings == 0
    assert chain.head in page.text
    assert "\x1b" not in raw
    assert "Undefined" not in raw
    if schema is UNLIKE:
        assert "care_Visits.<b>x" in page.text
        assert "heartbeat" in page.text


@pytest.mark.parametrize("make", ALL)
def test_the_chain_holds_every_table_and_every_difference(make: Callable[[], Rehearsal]) -> None:
    evidence = _evidence(make(), UNLIKE)
    chain = evidence_chain(evidence, shown=rehearsals.shown)
    found = examine(chain.text.encode(), last=LAST, head=chain.head)
    assert found.intact
    kinds = [entry.kind for entry in found.entries]
    assert kinds.count("table") == len(evidence.validation.tables)
    assert kinds.count("row difference") == sum(len(table.differences) for table in evidence.validation.tables)
    assert found.entries[-1].body["verdict"] == "different"
    assert found.entries[-1].body["schema_differences"] == 3


def test_no_number_of_the_chain_is_a_float() -> None:
    chain = evidence_chain(_evidence(rehearsals.different(), UNLIKE), shown=rehearsals.shown)
    json.loads(chain.text, parse_float=pytest.fail)


@pytest.mark.parametrize("make", ALL)
def test_a_test_for_each_table(make: Callable[[], Rehearsal]) -> None:
    validation = _evidence(make(), UNLIKE).validation
    [suite] = ET.fromstring(validation_junit(validation, shown=rehearsals.shown))
    assert len(suite) == len(validation.tables) + 1 == int(suite.get("tests", ""))
    failed = [test.get("name") for test in suite if len(test)]
    assert failed[-1] == "schema"
    assert len(failed) == int(suite.get("failures", ""))
    if make is not rehearsals.hostile:  # its names have letters that XML cannot say
        assert {table.table for table in validation.tables if not table.equal} <= set(failed)
