from __future__ import annotations

from dataclasses import replace

from support import rehearsals

from migrator.model.finding import Finding, Severity, Status
from migrator.model.fingerprint import Fingerprint
from migrator.model.rehearsal import Forecast
from migrator.model.schema import ObjectKind
from migrator.model.translation import TranslatedObject, Translation
from migrator.report import summary


def _finding(
    name: str, status: Status, *, kind: ObjectKind = ObjectKind.COLUMN, rule: str = "r", reason: str = ""
) -> Finding:
    return Finding(rule, Severity.WARNING, status, kind, name, reason, "advice")


def test_verdict_sentences() -> None:
    assert summary.verdict_sentence(rehearsals.usual()) == (
        "Every row is the same on both sides: 1,843,163 rows in 30 tables. "
        "A cutover is forecast to end within 52 min (P95): 5 h 8 min of the 6 h window stay free."
    )
    assert summary.verdict_sentence(rehearsals.too_long()).endswith(
        "A cutover is forecast to need 7 h 12 min (P95): 1 h 12 min more than the 6 h window."
    )
    assert summary.verdict_sentence(rehearsals.different()) == (
        "Not the same on both sides: 3 rows in 3 of 30 tables. Do not cut over before every difference is explained."
    )
    assert (
        summary.equal_sentence(rehearsals.empty().validation)
        == "Every table is there, and empty on both sides: 30 tables."
    )
    assert summary.equal_sentence(replace(rehearsals.empty().validation, tables=())) == "There was no table to compare."


def test_a_forecast_as_long_as_the_window_fits() -> None:
    assert "0 s of the 6 h window" in summary.forecast_sentence(Forecast(1.0, 21_600.0, 21_600.0))


def test_columns_are_no_objects_of_their_own() -> None:
    translation = Translation(
        (),
        (),
        (
            TranslatedObject("dbo.T", ObjectKind.TABLE, Status.LOSSY),
            TranslatedObject("dbo.T.a", ObjectKind.COLUMN, Status.LOSSY),
            TranslatedObject("dbo.V", ObjectKind.VIEW, Status.MANUAL),
        ),
        (),
    )
    assert summary.object_counts(translation) == {
        Status.AUTOMATIC: 0,
        Status.LOSSY: 1,
        Status.MANUAL: 1,
        Status.BLOCKED: 0,
    }
    assert list(summary.kind_counts(translation)) == [ObjectKind.TABLE, ObjectKind.COLUMN, ObjectKind.VIEW]


def test_rule_groups_put_the_worst_and_the_most_first() -> None:
    groups = summary.rule_groups(rehearsals.findings())
    by_severity = [(group.severity.value, len(group.findings)) for group in groups]
    assert by_severity[:3] == [("error", 3), ("error", 2), ("error", 1)]
    assert by_severity[3:6] == [("warning", 13), ("warning", 6), ("warning", 2)]
    assert by_severity[6:] == [("info", 5), ("info", 5), ("info", 3)]
    assert sum(len(group.findings) for group in groups) == 40


def test_a_rule_says_each_reason_once() -> None:
    found = [_finding(name, Status.LOSSY, reason=reason) for name, reason in (("c", "x"), ("a", "y"), ("b", "y"))]
    (group,) = summary.rule_groups(found)
    assert [(remark.reason, [finding.object for finding in remark.findings]) for remark in group.remarks] == [
        ("y", ["a", "b"]),
        ("x", ["c"]),
    ]
    assert len(group.findings) == 3


def test_work_list_names_every_object_that_is_not_automatic() -> None:
    translation = rehearsals.translation()
    work = summary.work_list(translation)
    assert list(work) == [Status.BLOCKED, Status.MANUAL, Status.LOSSY]
    named = {task.object.object for tasks in work.values() for task in tasks}
    wanted = {
        item.object
        for item in translation.objects
        if item.status is not Status.AUTOMATIC and item.kind is not ObjectKind.COLUMN
    }
    assert wanted <= named
    assert all(task.findings for tasks in work.values() for task in tasks)


def test_a_table_bears_the_findings_of_its_columns() -> None:
    column = _finding("dbo.T.a", Status.LOSSY)
    index = _finding("dbo.T.IX", Status.LOSSY, kind=ObjectKind.INDEX)
    alone = _finding("dbo.U.b", Status.MANUAL)
    translation = Translation(
        (),
        (),
        (
            TranslatedObject("dbo.T.a", ObjectKind.COLUMN, Status.LOSSY),
            TranslatedObject("dbo.T", ObjectKind.TABLE, Status.LOSSY),
            TranslatedObject("dbo.T.IX", ObjectKind.INDEX, Status.LOSSY),
            TranslatedObject("dbo.U.b", ObjectKind.COLUMN, Status.MANUAL),
        ),
        (column, index, alone),
    )
    work = summary.work_list(translation)
    assert [(task.object.object, task.findings, task.of_parts) for task in work[Status.LOSSY]] == [
        ("dbo.T", (column,), True),
        ("dbo.T.IX", (index,), False),
    ]
    # A column whose table is not listed stands for itself: nothing is dropped silently.
    assert [task.object.object for task in work[Status.MANUAL]] == ["dbo.U.b"]


def test_limits_are_said_once() -> None:
    assert summary.limits(rehearsals.usual().validation) == (
        ("no key: rows are compared as a set, a difference is named by its row's hash", ("AuditLog",)),
        (
            "rowversion column row_version is left out: the target makes its own",
            ("billing_Claims", "care_Documents", "care_Patients"),
        ),
    )


def test_short_fingerprints_tell_neighbours_apart() -> None:
    near, nearer = summary.short(Fingerprint(5, 10**20, 7)), summary.short(Fingerprint(5, 10**20 + 1, 7))
    assert near != nearer
    assert len(near) == len(nearer) == 12
