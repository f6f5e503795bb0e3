from __future__ import annotations

import pytest

from migrator.assess.complexity import code_lines, of_database, of_object
from migrator.model.assessment import Complexity
from migrator.model.finding import Finding, Severity, Status
from migrator.model.schema import ObjectKind

SIMPLE, MEDIUM, COMPLEX = Complexity


def findings(number: int, status: Status = Status.LOSSY) -> list[Finding]:
    return [Finding("r", Severity.INFO, status, ObjectKind.COLUMN, f"dbo.T.c{i}", "", "") for i in range(number)]


@pytest.mark.parametrize(
    ("status", "telling", "lines", "columns", "expected"),
    [
        (Status.AUTOMATIC, 0, 0, 30, SIMPLE),
        (Status.AUTOMATIC, 0, 0, 31, SIMPLE),
        (Status.AUTOMATIC, 0, 0, 101, MEDIUM),
        (Status.LOSSY, 3, 50, 0, SIMPLE),
        (Status.LOSSY, 4, 0, 0, MEDIUM),
        (Status.LOSSY, 1, 51, 0, MEDIUM),
        (Status.LOSSY, 11, 0, 31, COMPLEX),
        (Status.MANUAL, 1, 20, 0, MEDIUM),
        (Status.MANUAL, 1, 200, 0, MEDIUM),
        (Status.MANUAL, 1, 201, 0, COMPLEX),
        (Status.BLOCKED, 1, 0, 0, MEDIUM),
        (Status.BLOCKED, 1, 51, 0, COMPLEX),
    ],
)
def test_objects(status: Status, telling: int, lines: int, columns: int, expected: Complexity) -> None:
    assert of_object(status, findings(telling), lines=lines, columns=columns) is expected


def test_findings_that_ask_for_nothing_do_not_count() -> None:
    assert of_object(Status.AUTOMATIC, findings(20, Status.AUTOMATIC)) is SIMPLE


def test_what_nobody_could_read_is_never_simple() -> None:
    assert of_object(Status.AUTOMATIC, [], unknown=True) is COMPLEX


@pytest.mark.parametrize(
    ("simple", "medium", "complex_", "expected"),
    [
        (0, 0, 0, SIMPLE),
        (90, 10, 0, SIMPLE),
        (89, 11, 0, MEDIUM),
        (99, 0, 1, MEDIUM),
        (90, 0, 10, MEDIUM),
        (89, 0, 11, COMPLEX),
        (9000, 0, 50, MEDIUM),
        (9000, 0, 51, COMPLEX),
    ],
)
def test_databases(simple: int, medium: int, complex_: int, expected: Complexity) -> None:
    assert of_database([SIMPLE] * simple + [MEDIUM] * medium + [COMPLEX] * complex_) is expected


def test_lines_of_code_are_those_with_more_than_blanks_and_comments() -> None:
    text = "CREATE PROCEDURE p AS\n\n-- nothing\n/* two\n lines */\nSELECT '--' + '/*', 1 /* here */\nGO -- end"
    assert code_lines(text) == 3
    assert code_lines("") == 0
