from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import RulesError
from migrator.rules.entry import Origin
from migrator.rules.match import best, matches, pattern_weight

NAMES = st.text(st.sampled_from("abcAB_"), min_size=1, max_size=8)
PATTERNS = st.text(st.sampled_from("abcAB_*?"), min_size=1, max_size=8)


@dataclass(frozen=True)
class Rule:
    origin: Origin
    specificity: tuple[int, ...]


RULES = st.lists(
    st.builds(
        Rule,
        st.builds(Origin, st.booleans(), st.sampled_from(["a.toml", "b.toml"]), st.integers(1, 9)),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
    ),
    max_size=6,
)


def rank(rule: Rule) -> tuple[bool, tuple[int, ...]]:
    return rule.origin.overlay, rule.specificity


@given(RULES, st.randoms())
def test_one_wins_by_rank_alone_or_two_contradict(rules: list[Rule], dice: object) -> None:
    shuffled = list(rules)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    top = [rule for rule in rules if rank(rule) == max(map(rank, rules))]
    if len(top) > 1:
        with pytest.raises(RulesError, match="contradict each other about this"):
            best(shuffled, "this")
    else:
        assert best(shuffled, "this") == (top[0] if top else None)


@given(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_an_overlay_wins_however_vague_it_is(mine: tuple[int, int], theirs: tuple[int, int]) -> None:
    overlay, shipped = Rule(Origin(True, "x", 1), mine), Rule(Origin(False, "x", 1), theirs)
    assert best([shipped, overlay], "x") is overlay


@given(NAMES, PATTERNS)
def test_a_plain_name_outweighs_every_pattern_that_matches_it(name: str, pattern: str) -> None:
    if matches(pattern, name) and set(pattern) & set("*?"):
        assert pattern_weight(name) > pattern_weight(pattern) >= pattern_weight(None)


@given(PATTERNS)
def test_only_what_fits_all_weighs_nothing(pattern: str) -> None:
    assert (pattern_weight(pattern) == pattern_weight(None)) == (set(pattern) == {"*"})


@given(NAMES)
def test_letter_case_does_not_count(name: str) -> None:
    assert matches(name.upper(), name.lower())
    assert matches(None, name)
    assert matches("*", name)


@given(PATTERNS, NAMES)
def test_a_star_more_never_matches_less(pattern: str, name: str) -> None:
    if matches(pattern, name):
        assert matches(f"*{pattern}*", name)
        assert pattern_weight(f"*{pattern}*") <= pattern_weight(pattern)
