"""Which method is chosen, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import visits
from support.arrow_source import ArrowSource

from migrator.model.fingerprint import Fingerprint
from migrator.model.validation import Method
from migrator.mysql.url import Target
from migrator.workflows import validate as workflow

MAPPINGS = [visits.mapping("id", name="visits")]
PACKAGE = ArrowSource.of({"visits": (visits.TYPES, [visits.rows(range(3))])})
LIVE = replace(PACKAGE, volatile=True)


def test_what_was_recorded_comes_first(mysql: Target) -> None:
    for source in (PACKAGE, LIVE):
        method, why = workflow._choice(source, MAPPINGS, {"visits": Fingerprint()}, mysql)
        assert (method, "recorded" in why) == (Method.RECORDED, True)


def test_a_package_goes_by_fingerprints(mysql: Target) -> None:
    method, why = workflow._choice(PACKAGE, MAPPINGS, (), mysql)
    assert (method, "package" in why) == (Method.PUSHDOWN, True)


@pytest.mark.parametrize(
    ("rate", "expected", "word"), [(2e9, Method.WIRE, "2,000 MB/s"), (1e6, Method.PUSHDOWN, "only 1 MB/s")]
)
def test_a_live_source_goes_by_what_the_network_gives(
    mysql: Target, monkeypatch: pytest.MonkeyPatch, rate: float, expected: Method, word: str
) -> None:
    monkeypatch.setattr(workflow, "bandwidth", lambda _: rate)
    method, why = workflow._choice(LIVE, MAPPINGS, (), mysql)
    assert method is expected
    assert word in why
