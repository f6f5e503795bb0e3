"""The type rules that speak of a column's type, in their order of precedence, and why each won or lost."""

from __future__ import annotations

from typing import Final

from migrator.model.datatype import DataType
from migrator.model.explanation import Candidate
from migrator.model.name import ObjectName
from migrator.rules.rules import Rules
from migrator.rules.types import TypeRule

_WEIGHED: Final = ("the column", "the table", "the alias type", "a length", "a scale")
"""What ``TypeRule.specificity`` weighs, in its order."""


def candidates(rules: Rules, type_: DataType, table: ObjectName, column: str) -> tuple[Candidate, ...]:
    """The winner first, then those that fit, then those of the same type that do not."""
    same = [rule for rule in rules.types if rule.type is type_.base]
    fitting = sorted((rule for rule in same if rule.fits(type_, table, column)), key=_rank, reverse=True)
    others = sorted((rule for rule in same if rule not in fitting), key=_rank, reverse=True)
    found = [_candidate(rule, _verdict(rule, fitting[0]), wins=rule is fitting[0]) for rule in fitting]
    for rule in others:
        why = rule.misfit(type_, table, column)
        found.append(_candidate(rule, f"does not fit: {why}"))
    return tuple(found)


def condition(rule: TypeRule) -> str:
    """What a rule is for, as the file has it."""
    keys = ("column", "table", "alias", "max", "over_length", "over_scale")
    said = [(key, getattr(rule, key)) for key in keys]
    words = [key if value is True else f"{key} {value}" for key, value in said if value not in (None, False)]
    return ", ".join([str(rule.type), *words])


def _candidate(rule: TypeRule, verdict: str, *, wins: bool = False) -> Candidate:
    return Candidate(str(rule.origin), condition(rule), rule.to, verdict, wins)


def _rank(rule: TypeRule) -> tuple[object, ...]:
    return (rule.origin.overlay, *rule.specificity)


def _verdict(rule: TypeRule, winner: TypeRule) -> str:
    if rule is winner:
        return "wins"
    if winner.origin.overlay and not rule.origin.overlay:
        return "loses: your own rules win over the shipped ones"
    pairs = zip(_WEIGHED, rule.specificity, winner.specificity, strict=True)
    what = next((what for what, mine, theirs in pairs if mine != theirs), "nothing")
    return f"loses: the winner is more specific about {what}"
