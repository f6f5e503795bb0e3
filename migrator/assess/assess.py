"""The assessment of a schema, made of what its translation found."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from migrator.assess import complexity, effort
from migrator.assess.objects import assessed_objects
from migrator.model.assessment import AssessedObject, Assessment, FindingGroup, KindCount
from migrator.model.finding import Finding, Severity, Status
from migrator.model.schema import Database, ObjectKind
from migrator.model.translation import Translation
from migrator.rules import Rules
from migrator.rules.listing import lines as rule_lines


def assess(
    database: Database,
    translation: Translation,
    rules: Rules,
    *,
    lines: int | None = None,
    measured: Mapping[Finding, str] | None = None,
) -> Assessment:
    """Count the objects, group the findings, add up the effort. Raises RulesError for a finding that no rule knows.

    ``lines`` are those of all scripts; ``measured`` says of findings what was counted in the rows ("0 of 12 rows").
    """
    known = [table.rows for table in database.tables if table.rows is not None]
    groups = _groups(translation, rules)
    objects = assessed_objects(database, translation)
    return Assessment(
        database=database.name,
        product=database.product,
        tables=len(database.tables),
        columns=sum(len(table.columns) for table in database.tables),
        rows=sum(known) if len(known) == len(database.tables) else None,
        kinds=_kinds(objects),
        groups=groups,
        effort=effort.around(sum(group.minutes for group in groups)),
        complexity=complexity.of_database([item.complexity for item in objects if not item.parent]),
        objects=objects,
        collation=database.collation,
        lines=lines,
        unread=database.unread,
        skipped=database.skipped,
        overlay=tuple(line for line in rule_lines(rules) if line.overlay),
        measured=measured or {},
    )


def _kinds(objects: tuple[AssessedObject, ...]) -> tuple[KindCount, ...]:
    counted = Counter((item.kind, None if item.unknown else item.status) for item in objects)
    present = {kind for kind, _ in counted}
    return tuple(
        KindCount(kind, {status: counted[kind, status] for status in Status}, counted[kind, None])
        for kind in ObjectKind
        if kind in present
    )


def _groups(translation: Translation, rules: Rules) -> tuple[FindingGroup, ...]:
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in translation.findings:
        by_rule[finding.rule].append(finding)
    groups = [_group(rule, findings, rules) for rule, findings in by_rule.items()]
    return tuple(sorted(groups, key=_worst_first))


def _group(rule: str, findings: list[Finding], rules: Rules) -> FindingGroup:
    check = rules.check(rule)
    estimate = effort.minutes(check, len(findings))
    return FindingGroup(
        rule=rule,
        title=check.title,
        severity=check.severity,
        status=check.status,
        advice=check.advice,
        minutes=estimate,
        effort=effort.around(estimate),
        findings=tuple(findings),
    )


def _worst_first(group: FindingGroup) -> tuple[int, int, int, int, str]:
    severity = list(Severity).index(group.severity)
    return -group.status.rank, -severity, -group.minutes, -group.count, group.rule
