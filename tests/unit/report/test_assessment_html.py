from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from support import assessments
from support.page import Page

from migrator.model.assessment import Assessment
from migrator.model.explanation import RuleLine
from migrator.model.translation import Translation
from migrator.report import assessment_words as words
from migrator.report.assessment_html import assessment_html

Made = tuple[Assessment, Translation]
ALL: list[Callable[[], Made]] = [
    assessments.shop, assessments.hostile, assessments.empty, assessments.hidden,
]  # fmt: skip


def _html(made: Made) -> str:
    return assessment_html(*made, source="shop <i>.sql")


@pytest.mark.parametrize("make", ALL)
def test_page_is_well_formed_and_needs_nothing_else(make: Callable[[], Made]) -> None:
    page = Page(_html(make()))
    assert page.tags["script"] == page.tags["img"] == page.tags["link"] == page.tags["iframe"] == page.tags["i"] == 0
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert all(value.startswith("#") for value in page.values("href"))
    assert not page.values("src")
    identifiers = page.values("id")
    assert len(identifiers) == len(set(identifiers))
    assert {value[1:] for value in page.values("href")} <= set(identifiers)
    assert set(page.values("aria-labelledby")) <= set(identifiers)


@pytest.mark.parametrize("make", ALL)
def test_page_can_be_read_aloud(make: Callable[[], Made]) -> None:
    page = Page(_html(make()))
    assert page.tags["h1"] == page.tags["main"] == 1
    assert page.tags["th"] == len([1 for tag, name, _ in page.attributes if tag == "th" and name == "scope"])
    assert page.unnamed_drawings == 0


def test_hostile_names_stay_text() -> None:
    html = _html(assessments.hostile())
    assert "<script" not in html
    assert "<img" not in html
    assert "\u202e" not in html
    assert "alert(3)" in Page(html).text  # the text of the view


def test_the_answer_stands_first() -> None:
    made = assessments.shop()
    text = Page(_html(made)).text
    assert text.index(words.sentence(made[0])) < text.index("Objects by kind")


def test_both_texts_stand_side_by_side_with_their_lines() -> None:
    html = _html(assessments.shop())
    assert "CREATE TABLE [dbo].[Orders] (\n    [Id] int IDENTITY(1,1) NOT NULL,\n" in html
    assert "CREATE TABLE `Orders` (\n" in html
    assert "CREATE VIEW dbo.Large AS\nSELECT Id FROM dbo.Orders WHERE Total &gt; 1000" in html


def test_what_was_not_read_is_said_with_its_line() -> None:
    text = Page(_html(assessments.shop())).text
    assert "1 statement could not be read" in text
    assert "db/shop.sql:10" in text.replace("/ ", "/")
    assert "INSERT" in text


def test_the_unknown_is_never_fine() -> None:
    page = Page(_html(assessments.hidden()))
    assert "1 module unknown" in page.text
    assert "icon unknown" in page.values("class")
    assert "verdict bad" in page.values("class")


def test_what_was_measured_stands_with_its_object() -> None:
    assessment, translation = assessments.shop()
    measured = replace(assessment, measured={translation.findings[0]: "0 of 12 rows"})
    assert "0 of 12 rows" in Page(_html((measured, translation))).text


def test_rules_of_ones_own_are_listed() -> None:
    assessment, translation = assessments.shop()
    line = RuleLine("type", "mine/types.toml:2", "money", "DECIMAL(21,4)", overlay=True)
    text = Page(_html((replace(assessment, overlay=(line,)), translation))).text
    assert "mine/types.toml:2" in text
    assert "DECIMAL(21,4)" in text


def test_a_large_database_still_fits_into_a_mail() -> None:
    html = _html(assessments.large())
    assert len(html.encode()) < 5_000_000
    assert "500 more objects: see report.json" in html
    assert "This page has no room for more of it" in html
    assert "2,800 more: see findings.csv" in html


def test_the_same_remark_on_many_parts_stands_once() -> None:
    columns = ", ".join(f"c{number} xml NULL" for number in range(12))
    made = assessments.of_script(f"CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, {columns})")
    text = Page(_html(made)).text
    reason = made[1].findings[0].reason
    assert text.count(reason) == 2  # below its rule, and with the table
    assert f"dbo.T.c7 and 2 more: {reason}" in text


def test_what_is_automatic_is_folded_where_it_is_much() -> None:
    tables = "\n".join(f"CREATE TABLE dbo.T{number} (Id int NOT NULL PRIMARY KEY)" for number in range(20))
    made = assessments.of_script(f"{tables}\nCREATE TABLE dbo.U (Id int NOT NULL PRIMARY KEY, a xml)")
    text = Page(_html(made)).text
    assert text.index("dbo.U →") < text.index("20 automatic") < text.index("dbo.T0 →")
    assert "dbo.T19 →" in text


def test_many_findings_fit_as_well() -> None:
    columns = ", ".join(f"a_column_with_a_long_name_{number} xml NULL" for number in range(15))
    tables = "\n".join(f"CREATE TABLE dbo.T{number} (Id int PRIMARY KEY, {columns})" for number in range(1200))
    assert len(_html(assessments.of_script(tables)).encode()) < 5_000_000
