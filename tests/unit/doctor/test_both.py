"""What only shows where both ends are looked at together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.facts import AURORA, ORDERS, SOURCE, TARGET, named, not_ok, source, target

from migrator.doctor.both import both
from migrator.doctor.examine import examine
from migrator.doctor.network import Network, network
from migrator.model.checkup import Area, Clock, Grade, Rate, Unasked
from migrator.rules.load import load_rules
from migrator.sqlserver.facts import Automatic

OK, WARNING, BLOCKER = Grade.OK, Grade.WARNING, Grade.BLOCKER
RULES = load_rules()
CAPITALS = replace(ORDERS, name="Orders")
KEYLESS = replace(ORDERS, name="keyless", primary_key=False)
HEAVY = replace(ORDERS, lob_bytes=1 << 30)
NUMBERS = Automatic(sequences=1, row_versions=2, temporal_tables=0)
CASE_COUNTS = "Latin1_General_CS_AS"


def test_nothing_is_wrong_with_a_healthy_pair() -> None:
    checks = examine(SOURCE, TARGET, Network(), RULES)
    assert not_ok(checks) == {}
    assert {check.area for check in checks} == set(Area)


@pytest.mark.parametrize(
    ("of_source", "variables", "of_target", "expected"),
    [
        ({"clock": Clock(0, 0.01, 0.02)}, {}, {"clock": Clock(1.9, 0.01, 0.02)}, {}),
        ({"clock": Clock(0, 0.01, 0.02)}, {}, {"clock": Clock(-2.5, 0.01, 0.02)}, {"clocks": WARNING}),
        ({"clock": Clock(0, 2.0, 4.0)}, {}, {"clock": Clock(3.5, 0.01, 0.02)}, {}),
        ({"clock": None}, {}, {}, {}),
        ({"offset": 60}, {}, {}, {"time zones": WARNING}),
        ({"offset": None}, {}, {"offset": 0}, {}),
        ({}, {}, {"offset": None}, {}),
        ({"collations": (("Klingon_CI_XX", 3),)}, {}, {}, {"collations": WARNING}),
        ({}, {}, {"collations": frozenset({"utf8mb4_bin"})}, {"collations": BLOCKER}),
        ({"collations": None, "options": None}, {}, {}, {}),
        ({"tables": (CAPITALS,)}, {}, {}, {"letter case of names": WARNING}),
        ({"tables": (CAPITALS,)}, {"lower_case_table_names": "1"}, {}, {"letter case of names": WARNING}),
        ({"tables": (CAPITALS,)}, {"lower_case_table_names": "2"}, {}, {}),
        ({}, {"lower_case_table_names": "1"}, {}, {}),
        ({"tables": (CAPITALS,), "collation": CASE_COUNTS}, {}, {}, {}),
        ({"tables": (CAPITALS,), "collation": "Latin1_General_BIN2"}, {}, {}, {}),
        ({"tables": (CAPITALS, ORDERS), "collation": CASE_COUNTS}, {}, {}, {"letter case of names": WARNING}),
        ({"tables": (HEAVY,)}, {"max_allowed_packet": str(1 << 26)}, {}, {"large values": WARNING}),
        ({"tables": (HEAVY,)}, {}, {}, {"large values": Grade.UNKNOWN}),
        ({"tables": (replace(ORDERS, lob_bytes=None),)}, {"max_allowed_packet": "1024"}, {}, {}),
        ({"tables": (KEYLESS,)}, {"sql_require_primary_key": "ON"}, {}, {"sql_require_primary_key": BLOCKER}),
        ({}, {"sql_require_primary_key": "ON"}, {}, {}),
        ({"automatic": NUMBERS}, {"log_bin": "ON"}, {}, {"triggers and functions": BLOCKER}),
        ({"automatic": NUMBERS}, {"log_bin": "ON", "log_bin_trust_function_creators": "ON"}, {}, {}),
        ({"automatic": NUMBERS}, {"log_bin": "ON"}, {"privileges": frozenset({"SUPER"})}, {}),
        ({"automatic": NUMBERS}, {}, {}, {}),
        ({}, {"log_bin": "ON"}, {}, {}),
        ({"automatic": None}, {"log_bin": "ON"}, {}, {}),
    ],
)  # fmt: skip
def test_both(
    of_source: dict[str, Any], variables: dict[str, str | None], of_target: dict[str, Any], expected: dict[str, Grade]
) -> None:
    assert not_ok(both(source(**of_source), target(variables, **of_target), RULES)) == expected


def test_a_rule_that_makes_names_lower_case_settles_them(tmp_path: Path) -> None:
    (tmp_path / "names.toml").write_text('[[case]]\nof = "table"\nto = "lower"\n', encoding="utf-8")
    for kept in ("0", "1"):
        facts = target({"lower_case_table_names": kept})
        assert not_ok(both(source(tables=(CAPITALS,)), facts, load_rules(tmp_path))) == {}


def test_clocks_say_who_is_ahead() -> None:
    apart = both(SOURCE, target(clock=Clock(-90.0, 0.001, 0.002)), RULES)
    assert named(apart, "clocks").found.startswith("the target is 1 min 30 s behind the source")


def test_time_zones_are_shown_as_offsets() -> None:
    found = named(both(source(offset=-210), TARGET, RULES), "time zones")
    assert "UTC-03:30" in found.found
    assert found.statements == ("SET PERSIST time_zone = '-03:30';",)
    aurora = named(both(source(offset=60), target({**AURORA}), RULES), "time zones")
    assert "ParameterValue=<name of the zone>," in aurora.statements[0]


def test_a_bound_that_the_packet_takes_is_proof() -> None:
    found = named(both(SOURCE, TARGET, RULES), "large values")
    assert found.found == "none can be longer than 12.3 kB; max_allowed_packet is 1.1 GB"


def test_one_end_alone_can_be_looked_at() -> None:
    assert {check.area for check in examine(SOURCE, None, Network(), RULES)} == {Area.SOURCE, Area.NETWORK}
    assert {check.area for check in examine(None, TARGET, Network(), RULES)} == {Area.TARGET, Area.NETWORK}


def test_what_could_not_be_asked_is_listed_at_its_end() -> None:
    unasked = (Unasked("the log's space", "no"), Unasked("blocked sessions", "no"))
    checks = examine(source(unasked=unasked), target(unasked=unasked), Network(unasked=unasked[:1]), RULES)
    unknown = [(check.area, check.name) for check in checks if check.grade is Grade.UNKNOWN]
    assert unknown == [
        (Area.SOURCE, "the log's space"),
        (Area.SOURCE, "blocked sessions"),
        (Area.TARGET, "the log's space"),
        (Area.TARGET, "blocked sessions"),
        (Area.NETWORK, "the log's space"),
    ]


@pytest.mark.parametrize(
    ("found", "latency", "expected"),
    [
        (Network(Rate(100, 1e-6), Rate(100, 1e-6)), 0.001, {}),
        (Network(Rate(1_000_000, 1.0)), 0.001, {"rate from the source": WARNING}),
        (Network(None, Rate(1_000_000, 1.0)), 0.001, {"rate to the target": WARNING}),
        (Network(), 0.02, {"latency to the source": WARNING, "latency to the target": WARNING}),
    ],
)
def test_network(found: Network, latency: float, expected: dict[str, Grade]) -> None:
    clock = Clock(0, latency / 2, latency)
    assert not_ok(network(found, source=clock, target=clock, size=None)) == expected


def test_a_rate_says_how_long_the_data_take() -> None:
    checks = network(Network(Rate(100_000_000, 2.0)), source=None, target=None, size=50_000_000_000)
    assert named(checks, "rate from the source").found == (
        "50.0 MB a second over one connection: 50.0 GB of data take 16 min 40 s or less with several"
    )
