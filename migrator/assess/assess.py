"""The assessment of a schema, made of what its translation found."""

from __future__ import annotations

from collections import Counter

from migrator.model.assessment import Assessment, FindingGroup, KindCount
from migrator.model.finding import Finding, Severity, Status
from migrator.model.schema import Database, ObjectKind
from migrator.model.translation import Translation
from migrator.rules import Rules


def assess(database: Database, translation: Translation, rules: Rules) -> Assessment:
    """Count the objects, group the findings, add up the effort. Raises RulesError for a finding that no rule knows."""
    known = [table.rows for table in database.tables if table.rows is not None]
    return Assessment(
        database=database.name,
        product=database.product,
        tables=len(database.tables),
        columns=sum(len(table.columns) for table in database.tables),
        rows=sum(known) if len(known) == len(database.tables) else None,
        kinds=_kinds(translation),
        groups=_groups(translation, rules),
    )


def _kinds(translation: Translation) -> tuple[KindCount, ...]:
    counted = Counter((item.kind, item.status) for item in translation.objects)
    present = {kind for kind, _ in counted}
    return tuple(
        KindCount(kind, {status: counted[kind, status] for status in Status}) for kind in ObjectKind if kind in present
    )


def _groups(translation: Translation, rules: Rules) -> tuple[FindingGroup, ...]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in translation.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    groups = [_group(rule, findings, rules) for rule, findings in by_rule.items()]
    return tuple(sorted(groups, key=_worst_first))


def _group(rule: str, findings: list[Finding], rules: Rules) -> FindingGroup:
    check = rules.check(rule)
    return FindingGroup(
        rule=rule,
        title=check.title,
        severity=check.severity,
        status=check.status,
        advice=check.advice,
        minutes=check.minutes * len(findings),
        objects=tuple(finding.object for finding in findings),
    )


def _worst_first(group: FindingGroup) -> tuple[int, int, int, int, str]:
    severity = list(Severity).index(group.severity)
    return -group.status.rank, -severity, -group.minutes, -group.count, group.rule
