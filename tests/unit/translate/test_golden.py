"""The golden pairs of tests/fixtures: T-SQL in, MySQL and findings out, and what came out runs on a real server.

``migrator fixtures verify tests/fixtures --update`` writes the expected files anew: read the difference before it is
committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.fixtures.case import Case, find_cases
from migrator.fixtures.execute import Server
from migrator.fixtures.verify import Verifier
from migrator.model.verification import Verification
from migrator.mysql.url import Target
from migrator.report.verification import verification_text
from migrator.rules import load_rules
from migrator.studies import open_source

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = find_cases(FIXTURES)
RULES = load_rules()


@pytest.fixture(scope="module")
def verifier(server: Target) -> Iterator[Verifier]:
    there = Server(server)
    yield Verifier(open_source, RULES, there)
    there.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_translation_is_as_expected_and_means_the_same(case: Case, verifier: Verifier) -> None:
    result = verifier.verify(case)
    assert result.passed, verification_text(Verification("fixtures", (result,), result.seconds), colour=False)


def test_there_is_one_for_every_remark_about_tables() -> None:
    translations = [Verifier(open_source, RULES).translated(case) for case in CASES]
    said = {finding.rule for translation in translations for finding in translation.findings}
    elsewhere = {
        # made by other sources than scripts, by a server, or by tables too large for a page
        "comment-cut", "index-other", "module-hidden", "temporal", "unique-too-wide",
        "view-column-missing", "view-rejected",
        "permission", "extended-property", "xml-schema", "disabled", "principal",
        "security-object", "other-object", "foreign-key-orphans",
    }  # fmt: skip
    assert set(RULES.checks) - said == elsewhere - said
