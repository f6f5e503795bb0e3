from __future__ import annotations

from dataclasses import replace

import pytest
from support import rehearsals

from migrator.model.difference import Difference, DifferenceKind
from migrator.report.terminal import rehearsal_text, validation_text


@pytest.mark.parametrize("width", [80, 88, 100])
@pytest.mark.parametrize("make", [rehearsals.usual, rehearsals.many, rehearsals.too_long, rehearsals.hostile])
def test_no_line_is_wider_than_the_terminal(make: object, width: int) -> None:
    text = rehearsal_text(make(), shown=rehearsals.shown, width=width)  # type: ignore[operator]  # a plain function
    assert max(len(line) for line in text.splitlines()) <= width
    assert text.replace("\n", "").isprintable()


def test_phases_stand_in_columns() -> None:
    lines = rehearsal_text(rehearsals.usual(), shown=rehearsals.shown).splitlines()
    assert lines[0].split() == ["phase", "seconds", "rows", "rows/s", "MB/s"]
    assert "load          24.92   1,843,163    73,963   16.1" in lines
    assert any(line.split() == ["together", "50.96"] for line in lines)


def test_the_verdict_is_the_last_word() -> None:
    for make, word in (
        (rehearsals.usual, "FITS."),
        (rehearsals.too_long, "TOO LONG."),
        (rehearsals.different, "DIFFERENT."),
    ):
        assert rehearsal_text(make(), shown=rehearsals.shown).strip().rsplit("\n\n", 1)[1].startswith(word)


def test_findings_are_summed_up_by_rule() -> None:
    text = rehearsal_text(rehearsals.usual(), shown=rehearsals.shown)
    assert "  warning     13  time.seventh-digit: " in text
    assert "  error        3  trigger.body: " in text
    # What comes over as it is and is only worth knowing stays in the report.
    assert "collation.no-pad" not in text


def test_twenty_differences_are_listed_and_the_rest_counted() -> None:
    base = rehearsals.different().validation
    found = tuple(Difference("care_Visits", DifferenceKind.EXTRA, (str(key),)) for key in range(100, 125))
    tables = tuple(
        replace(table, differences=found, more=1_000)
        if table.table == "care_Visits"
        else replace(table, differences=(), target=table.source)
        for table in base.tables
    )
    text = validation_text(replace(base, tables=tables), shown=rehearsals.shown)
    assert text.count("  extra    care_Visits  key_1 = ") == 20
    assert "1,025 differences, seen from the target:" in text
    assert "and 1,005 more" in text
    assert text.strip().endswith("DIFFERENT. Not the same on both sides: 1,025 rows in 1 of 30 tables.")


def test_an_equal_validation_says_so_with_its_limits() -> None:
    text = validation_text(rehearsals.usual().validation, shown=rehearsals.shown)
    assert text.startswith("limits of the comparison:\n  no key: rows are compared as a set")
    assert text.strip().endswith("EQUAL. Every row is the same on both sides: 1,843,163 rows in 30 tables.")
