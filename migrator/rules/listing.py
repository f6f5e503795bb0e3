"""The rules in force, each in a line."""

from __future__ import annotations

from migrator.model.explanation import RuleLine
from migrator.rules.candidates import condition
from migrator.rules.checks import CheckRule, ObjectRule
from migrator.rules.collations import CollationRule
from migrator.rules.functions import FunctionRule
from migrator.rules.names import CaseRule, RenameRule, SchemaRule, StripRule
from migrator.rules.rules import Rule, Rules
from migrator.rules.types import TypeRule


def lines(rules: Rules) -> tuple[RuleLine, ...]:
    """Every rule but the shipped ones that a rule of the user's own replaces outright."""
    all_ = [_line(rule) for rule in rules]
    replaced = {(line.kind, line.subject.casefold()) for line in all_ if line.overlay}
    return tuple(line for line in all_ if line.overlay or (line.kind, line.subject.casefold()) not in replaced)


def kind_of(rule: Rule) -> str:
    """The word that the rule begins with in its file."""
    match rule:
        case TypeRule():
            return "type"
        case SchemaRule():
            return "schema"
        case RenameRule():
            return "table" if rule.column is None else "column"
        case StripRule():
            return "strip"
        case CaseRule():
            return "case"
        case CollationRule():
            return "collation"
        case FunctionRule():
            return "function"
        case CheckRule():
            return "check"
        case ObjectRule():
            return "object"


def _line(rule: Rule) -> RuleLine:
    subject, to = _said(rule)
    return RuleLine(kind_of(rule), str(rule.origin), subject, to, rule.origin.overlay)


def _said(rule: Rule) -> tuple[str, str]:
    match rule:
        case TypeRule():
            second = "" if rule.companion is None else f" + {rule.companion.suffix} {rule.companion.to}"
            return condition(rule), rule.to + second
        case SchemaRule():
            return rule.schema, f"prefix {rule.prefix!r}"
        case RenameRule():
            return rule.table if rule.column is None else f"{rule.table}.{rule.column}", rule.to
        case StripRule():
            return f"{rule.of} {rule.prefix}{_of_table(rule.table)}", "without it"
        case CaseRule():
            return f"{rule.of}{_of_table(rule.table)}", rule.to
        case CollationRule():
            return rule.collation, rule.to
        case FunctionRule():
            return f"{rule.name}({', '.join(rule.arguments)})", rule.to
        case CheckRule():
            return rule.id, f"{rule.severity}, {rule.status}, {rule.minutes} min"
        case ObjectRule():
            return rule.word, rule.check


def _of_table(pattern: str | None) -> str:
    return "" if pattern is None else f" of {pattern}"
