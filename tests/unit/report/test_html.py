from __future__ import annotations

from collections.abc import Callable

import pytest
from support import rehearsals
from support.page import Page

from migrator.model.rehearsal import Rehearsal
from migrator.report.html import rehearsal_html

ALL: list[Callable[[], Rehearsal]] = [
    rehearsals.usual, rehearsals.different, rehearsals.too_long, rehearsals.empty, rehearsals.many, rehearsals.hostile,
]  # fmt: skip


def _page(rehearsal: Rehearsal) -> Page:
    return Page(rehearsal_html(rehearsal, shown=rehearsals.shown))


@pytest.mark.parametrize("make", ALL)
def test_page_is_well_formed_and_needs_nothing_else(make: Callable[[], Rehearsal]) -> None:
    page = _page(make())
    assert page.tags["script"] == page.tags["img"] == page.tags["link"] == page.tags["iframe"] == 0
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("#") for value in page.values("href"))
    assert not page.values("src")
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert {value[1:] for value in page.values("href")} <= set(identifiers)
    assert set(page.values("aria-labelledby")) <= set(identifiers)


@pytest.mark.parametrize("make", ALL)
def test_page_can_be_read_aloud(make: Callable[[], Rehearsal]) -> None:
    page = _page(make())
    assert page.tags["h1"] == page.tags["main"] == 1
    assert ("html", "lang", "en") in page.attributes
    assert page.tags["th"] == len([1 for tag, name, _ in page.attributes if tag == "th" and name == "scope"])
    # Every drawing says what it shows, or is silent beside the same numbers as text.
    assert page.unnamed_drawings == 0


@pytest.mark.parametrize("make", ALL)
def test_no_template_word_is_left(make: Callable[[], Rehearsal]) -> None:
    text = _page(make()).text
    assert "None " not in text.replace("Differences None.", "").replace("Findings by rule None.", "")
    assert "Undefined" not in text


def test_hostile_names_are_inert_and_still_readable() -> None:
    raw = rehearsal_html(rehearsals.hostile(), shown=rehearsals.shown)
    assert "<script" not in raw.lower()
    assert "<img" not in raw.lower()
    assert "\u202e" not in raw
    assert "\x1b" not in raw
    assert '<script>alert("x")</script>' in Page(raw).text
    assert "{{ 7 * 7 }}" in raw
    assert "default-src 'none'" in raw


def test_verdict_comes_first_and_in_numbers() -> None:
    page = _page(rehearsals.usual())
    start = page.text.index("Fits Every row is the same on both sides: 1,843,163 rows in 30 tables.")
    assert start < page.text.index("Phases")
    assert "Forecast P50 34 min 40 s Forecast P95 52 min Window 6 h Margin 5 h 8 min" in page.text
    late = _page(rehearsals.too_long())
    assert "Too long" in late.text
    assert "Over by 1 h 12 min" in late.text
    assert late.values("class").count("over") == 2


def test_every_part_of_a_rehearsal_is_on_the_page() -> None:
    rehearsal = rehearsals.different()
    text = _page(rehearsal).text
    for load in rehearsal.loads:
        assert load.source in text
        assert load.target in text
    for finding in rehearsal.translation.findings:
        assert finding.object in text
        assert finding.reason in text
        assert finding.advice in text
    for assumption in rehearsal.forecast.assumptions:
        assert assumption in text
    for phase in rehearsal.phases:
        assert phase.name in text
    for words in (rehearsal.source_identity, rehearsal.product, rehearsal.server_version, "utf8mb4_0900_as_cs"):
        assert words in text
    assert "2026-11-22 01:58:12 UTC" in text
    assert "load 24.92 49% 1,843,163 73,963 16.1" in text


def test_differences_name_table_key_and_columns_as_shown() -> None:
    text = _page(rehearsals.different()).text
    assert "care_Visits changed key_1 48211 verified_at , mileage 1" in text
    assert "billing_ClaimLines missing key_1 73100 key_2 2 – 1" in text
    assert "PL-88213" not in text


def test_a_page_of_many_tables_keeps_most_of_them_folded() -> None:
    page = _page(rehearsals.many())
    assert "385 more tables" in page.text
    assert "385 smaller tables" in page.text
    assert "erp.Table400" in page.text
    assert page.tags["details"] >= 3


def test_rendering_is_repeatable() -> None:
    assert rehearsal_html(rehearsals.usual(), shown=rehearsals.shown) == rehearsal_html(
        rehearsals.usual(), shown=rehearsals.shown
    )
