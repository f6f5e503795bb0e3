from __future__ import annotations

from dataclasses import replace

import pytest
from support import visits
from support.arrow_source import ArrowSource

from migrator.model.fingerprint import Fingerprint
from migrator.model.validation import SourceOf
from migrator.validate.plan import NO_COLUMN, NO_KEY, plan

SOURCE = ArrowSource.of({name: (visits.TYPES, [visits.rows(range(3)), visits.rows(range(2))]) for name in "ab"})
MAPPINGS = [visits.mapping("id", name="b"), visits.mapping(name="a")]
RECORDED = {"a": Fingerprint(5, 1, 2), "b": Fingerprint(5, 3, 4)}


def test_tables_in_the_order_of_their_mappings_with_their_segments() -> None:
    planned = plan(SOURCE, SOURCE.catalog(), MAPPINGS, {"a": RECORDED["a"]})
    assert [table.mapping.target for table in planned.tables] == ["b", "a"]
    assert [table.how for table in planned.tables] == [SourceOf.READ, SourceOf.RECORDED]
    assert [table.recorded for table in planned.tables] == [None, RECORDED["a"]]
    assert [[segment.rows for segment in table.segments] for table in planned.tables] == [[3, 2], [3, 2]]
    assert planned.tables[0].bytes == sum(segment.bytes for segment in planned.tables[0].segments)


@pytest.mark.parametrize(("total", "believed"), [(None, True), (10, True), (11, False), (9, False)])
def test_records_are_believed_if_they_hold_all_rows_that_the_source_vouches_for(
    total: int | None, believed: bool
) -> None:
    source = replace(SOURCE, row_total=total)
    planned = plan(source, source.catalog(), MAPPINGS, RECORDED)
    assert [table.recorded is not None for table in planned.tables] == [believed] * 2


def test_limits_say_what_is_not_seen() -> None:
    keyed, keyless = plan(SOURCE, SOURCE.catalog(), MAPPINGS, {}).tables
    assert keyed.limits == ("column stamp is left out: it is a counter",)
    assert keyless.limits == (*keyed.limits, NO_KEY)
    blind = replace(MAPPINGS[0], columns=tuple(replace(item, compared=False) for item in MAPPINGS[0].columns))
    [table] = plan(SOURCE, SOURCE.catalog(), [blind], {}).tables
    assert table.limits[-1] == NO_COLUMN
    assert len(table.limits) == len(blind.columns) + 1
