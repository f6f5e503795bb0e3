from __future__ import annotations

from dataclasses import replace

import pytest
from support import assessments

from migrator.model.assessment import Effort
from migrator.report import assessment_words as words
from migrator.report.assessment_text import assessment_text


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, "none"),
        (8, 30, "8 to 30 minutes"),
        (0, 1, "0 to 1 minute"),
        (15, 60, "15 to 60 minutes"),
        (30, 120, "0.5 to 2 hours"),
        (90, 360, "1.5 to 6 hours"),
        (239, 959, "4 to 16 hours"),
        (240, 960, "0.5 to 2 working days"),
        (2682, 10730, "6 to 22 working days"),
        (480_000, 1_920_000, "1,000 to 4,000 working days"),
    ],
)
def test_a_range_has_one_unit(low: int, high: int, expected: str) -> None:
    assert words.effort_range(Effort(low, high)) == expected


def test_the_sentence() -> None:
    assert words.sentence(assessments.empty()[0]) == "There is nothing in this source to move."
    (assessment, _) = assessments.of_script("CREATE TABLE t (a int NOT NULL PRIMARY KEY)")
    assert words.sentence(assessment) == "All 2 objects come over by themselves. No hand work is expected."
    said = words.sentence(assessments.hidden()[0])
    assert said == "2 of 3 objects (67%) come over by themselves, 1 needs a person. Expect 2 to 8 hours of hand work."


def test_how_much_was_read() -> None:
    assert words.lines_sentence(assessments.hidden()[0]) == ""
    assessment, _ = assessments.shop()
    assert words.lines_sentence(assessment) == "10 of 11 lines of the scripts were read, 1 statement of 1 line was not."
    assert words.lines_sentence(replace(assessment, unread=())) == "All 11 lines of the scripts were read."


def test_a_terminal_gets_a_few_lines() -> None:
    for made in (assessments.shop(), assessments.hostile(), assessments.empty(), assessments.hidden()):
        text = assessment_text(made[0])
        assert all(len(line) <= 88 for line in text.splitlines())
        assert text.replace("\n", "").isprintable()
        assert text.splitlines()[-1].endswith(".")
        assert len(text.splitlines()) < 24
    assert "1 unknown" in assessment_text(assessments.hidden()[0])
