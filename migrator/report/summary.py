"""What every form of a report says in the same words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import Final

from migrator.model.difference import Difference
from migrator.model.finding import Finding, Severity, Status
from migrator.model.fingerprint import Fingerprint
from migrator.model.rehearsal import Forecast, Rehearsal, Verdict
from migrator.model.schema import ObjectKind
from migrator.model.translation import TranslatedObject, Translation
from migrator.model.validation import TableValidation, Validation
from migrator.units import count, counted, duration

Shown = Callable[[Difference], Mapping[str, str]]
"""A row's key as a report may show it: key column -> text, hashed or in clear as the operator chose."""

SEVERITIES: Final = tuple(reversed(Severity))
"""The worst first."""


def verdict_sentence(rehearsal: Rehearsal) -> str:
    """The answer, after the one word of the verdict."""
    same = equal_sentence(rehearsal.validation)
    match rehearsal.verdict:
        case Verdict.DIFFERENT:
            return f"{same} Do not cut over before every difference is explained."
        case Verdict.FITS | Verdict.TOO_LONG:
            return f"{same} {forecast_sentence(rehearsal.forecast)}"


def equal_sentence(validation: Validation) -> str:
    """How much was compared, and whether it is the same."""
    tables = counted(len(validation.tables), "table")
    if not validation.tables and validation.equal:
        return "There was no table to compare."
    wrong = [table for table in validation.tables if not table.equal]
    if wrong or not validation.equal:
        said = []
        if wrong:
            said.append(f"{counted(validation.differences, 'row')} in {count(len(wrong))} of {tables}")
        if validation.schema_differences:
            said.append(f"{counted(validation.schema_differences, 'thing')} of the schema")
        return f"Not the same on both sides: {', and '.join(said)}."
    if not validation.rows:
        return f"Every table is there, and empty on both sides: {tables}."
    return f"Every row is the same on both sides: {counted(validation.rows, 'row')} in {tables}."


def forecast_sentence(forecast: Forecast) -> str:
    """The forecast against the window."""
    window = duration(forecast.window_s)
    late = duration(forecast.p95_s)
    margin = duration(abs(forecast.window_s - forecast.p95_s))
    if forecast.fits:
        return f"A cutover is forecast to end within {late} (P95): {margin} of the {window} window stay free."
    return f"A cutover is forecast to need {late} (P95): {margin} more than the {window} window."


def object_counts(translation: Translation) -> dict[Status, int]:
    """How many objects have each status, every status present; without columns: their table bears the worst of them."""
    counted_objects = Counter(item.status for item in translation.objects if item.kind is not ObjectKind.COLUMN)
    return {status: counted_objects[status] for status in Status}


def kind_counts(translation: Translation) -> dict[ObjectKind, dict[Status, int]]:
    """The same for each kind that there is, columns too, in the order of ``ObjectKind``."""
    found = Counter((item.kind, item.status) for item in translation.objects)
    return {
        kind: {status: found[kind, status] for status in Status}
        for kind in ObjectKind
        if any(found[kind, status] for status in Status)
    }


@dataclass(frozen=True, slots=True)
class Remark:
    """Findings that say the same in the same words about several objects."""

    reason: str
    advice: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All findings of one rule: its remarks, the most frequent first. ``severity`` is the worst of them."""

    rule: str
    severity: Severity
    remarks: tuple[Remark, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all remarks."""
        return tuple(finding for remark in self.remarks for finding in remark.findings)


def rule_groups(findings: Iterable[Finding]) -> tuple[RuleGroup, ...]:
    """Findings by rule, the most severe and the most frequent first."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_rule[finding.rule].append(finding)
    groups = (
        RuleGroup(rule, min((finding.severity for finding in found), key=SEVERITIES.index), _remarks(found))
        for rule, found in by_rule.items()
    )
    return tuple(sorted(groups, key=lambda group: (SEVERITIES.index(group.severity), -len(group.findings), group.rule)))


def _remarks(findings: Iterable[Finding]) -> tuple[Remark, ...]:
    by_words: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(findings, key=lambda finding: finding.object):
        by_words[finding.reason, finding.advice].append(finding)
    remarks = (Remark(reason, advice, tuple(found)) for (reason, advice), found in by_words.items())
    return tuple(sorted(remarks, key=lambda remark: -len(remark.findings)))


@dataclass(frozen=True, slots=True)
class Task:
    """An object that does not come over as it is, with the findings that say why (its own, else those of its parts)."""

    object: TranslatedObject
    findings: tuple[Finding, ...]
    of_parts: bool = False


def work_list(translation: Translation) -> dict[Status, tuple[Task, ...]]:
    """Every object that is not automatic, by status, the worst first; within it by kind and name.

    Columns stand for themselves only where no listed table bears their findings.
    """
    own: dict[str, list[Finding]] = defaultdict(list)
    parts: dict[str, list[Finding]] = defaultdict(list)
    listed = {item.object for item in translation.objects if item.kind is not ObjectKind.COLUMN}
    for finding in translation.findings:
        if finding.status is Status.AUTOMATIC:
            continue
        own[finding.object].append(finding)
        for parent in _parents(finding.object):
            if finding.object not in listed:
                parts[parent].append(finding)
    borne: set[Finding] = set()
    tasks: dict[Status, list[Task]] = defaultdict(list)
    kinds = list(ObjectKind)
    objects = [item for item in translation.objects if item.status is not Status.AUTOMATIC]
    for item in sorted(objects, key=lambda item: (item.kind is ObjectKind.COLUMN, kinds.index(item.kind), item.object)):
        found = own.get(item.object, [])
        if item.kind is ObjectKind.COLUMN and found and borne.issuperset(found):
            continue
        task = Task(item, tuple(found or parts.get(item.object, [])), of_parts=not found)
        borne.update(task.findings)
        tasks[item.status].append(task)
    return {status: tuple(tasks[status]) for status in reversed(Status) if tasks[status]}


def _parents(name: str) -> Iterable[str]:
    """``dbo.Orders`` for ``dbo.Orders.total``: every shorter name that ends where a dot stands."""
    position = name.find(".")
    while position >= 0:
        yield name[:position]
        position = name.find(".", position + 1)


def short(fingerprint: Fingerprint) -> str:
    """Twelve hex digits for the eye: the start of the SHA-256 of the fingerprint as text (sums alone begin alike)."""
    return sha256(str(fingerprint).encode("ascii")).hexdigest()[:12]


def limits(validation: Validation) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What the comparison did not cover: each sentence with the target tables that it is true for."""
    said = sorted((limit, table.table) for table in validation.tables for limit in table.limits)
    return tuple(
        (limit, tuple(table for _, table in group)) for limit, group in groupby(said, key=lambda pair: pair[0])
    )


def differences(validation: Validation) -> Sequence[Difference]:
    """The listed differences of all tables, in the tables' order."""
    return [difference for table in validation.tables for difference in table.differences]


def by_interest(table: TableValidation) -> tuple[bool, bool, int, str]:
    """What differs first, then what was compared with limits, then the large ones."""
    return (table.equal, not table.limits, -table.source.rows, table.table)
