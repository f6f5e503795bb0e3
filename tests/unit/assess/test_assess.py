from __future__ import annotations

from dataclasses import replace

import pytest

from migrator.assess.assess import assess
from migrator.assess.effort import around
from migrator.errors import RulesError
from migrator.model.assessment import Complexity
from migrator.model.datatype import DataType, SqlType
from migrator.model.finding import Status
from migrator.model.measurement import Measurement
from migrator.model.name import ObjectName
from migrator.model.schema import Column, Database, Key, KeyColumn, Module, ObjectKind, Table
from migrator.rules import load_rules
from migrator.translate.plan import plan

RULES = load_rules()
TABLE = Table(
    ObjectName("dbo", "T"),
    (
        Column("Id", DataType(SqlType.INT), nullable=False),
        Column("a", DataType(SqlType.XML), nullable=True),
        Column("b", DataType(SqlType.XML), nullable=True),
    ),
    primary_key=Key("PK_T", (KeyColumn("Id"),), clustered=True),
    rows=5,
)
DATABASE = Database(
    "care",
    "Latin1_General_CI_AS",
    ("dbo",),
    (TABLE, replace(TABLE, name=ObjectName("dbo", "U"), rows=7)),
    modules=(Module(ObjectName("dbo", "V"), ObjectKind.VIEW, "CREATE VIEW V AS SELECT 1"),),
    product="SQL Server 2022",
)
TRANSLATION = plan(DATABASE, RULES)


def test_sizes() -> None:
    found = assess(DATABASE, TRANSLATION, RULES)
    assert (found.database, found.product, found.tables, found.columns, found.rows) == (
        "care",
        "SQL Server 2022",
        2,
        6,
        12,
    )


def test_rows_are_unknown_where_one_table_is() -> None:
    partly = replace(DATABASE, tables=(TABLE, replace(TABLE, rows=None)))
    assert assess(partly, TRANSLATION, RULES).rows is None


def test_objects_are_counted_by_kind_and_status() -> None:
    found = assess(DATABASE, TRANSLATION, RULES)
    counts = {kind.kind: {status: count for status, count in kind.counts.items() if count} for kind in found.kinds}
    assert counts == {
        ObjectKind.TABLE: {Status.LOSSY: 2},  # by their columns
        ObjectKind.COLUMN: {Status.AUTOMATIC: 2, Status.LOSSY: 4},
        ObjectKind.PRIMARY_KEY: {Status.AUTOMATIC: 2},
        ObjectKind.VIEW: {Status.MANUAL: 1},
    }
    assert sum(kind.total for kind in found.kinds) == len(TRANSLATION.objects)


def test_findings_are_grouped_with_their_effort_and_the_worst_first() -> None:
    found = assess(DATABASE, TRANSLATION, RULES)
    view, xml, blanks = found.groups
    assert [(group.rule, group.count) for group in (view, xml, blanks)] == [
        ("view", 1),
        ("xml-as-text", 4),
        ("no-pad", 1),
    ]
    assert xml.objects == ("dbo.T.a", "dbo.T.b", "dbo.U.a", "dbo.U.b")
    check = RULES.check("xml-as-text")
    assert xml.minutes == check.first + 3 * check.minutes
    assert xml.effort == around(xml.minutes)
    assert found.minutes == sum(group.minutes for group in found.groups)
    assert found.effort == around(found.minutes)


def test_a_finding_of_an_unknown_rule_is_an_error() -> None:
    odd = replace(TRANSLATION, findings=(replace(TRANSLATION.findings[0], rule="odd"),))
    with pytest.raises(RulesError, match="'odd'"):
        assess(DATABASE, odd, RULES)


@pytest.mark.parametrize("kind", [ObjectKind.PROCEDURE, ObjectKind.FUNCTION, ObjectKind.TRIGGER, ObjectKind.VIEW])
def test_what_nobody_could_read_is_in_no_other_count(kind: ObjectKind) -> None:
    hidden = Module(ObjectName("dbo", "P"), kind, None)
    database = replace(DATABASE, modules=(hidden,))
    found = assess(database, plan(database, RULES), RULES)
    (counted,) = [item for item in found.kinds if item.kind is kind]
    assert (counted.unknown, counted.total, sum(counted.counts.values())) == (1, 1, 0)
    (item,) = [item for item in found.objects if item.object == "dbo.P"]
    assert (item.standing, item.complexity) == ("unknown", Complexity.COMPLEX)
    assert found.unknown == 1


@pytest.mark.parametrize(("status", "expected"), [(Status.LOSSY, True), (Status.MANUAL, True), (Status.BLOCKED, False)])
def test_from_which_status_on_there_is_something(status: Status, expected: bool) -> None:
    assert assess(DATABASE, TRANSLATION, RULES).reaches(status) is expected


def test_the_unknown_reaches_every_status() -> None:
    database = Database("d", "", ("dbo",), (), modules=(Module(ObjectName("dbo", "P"), ObjectKind.PROCEDURE, None),))
    lenient = replace(
        RULES, checks={key: replace(check, status=Status.AUTOMATIC) for key, check in RULES.checks.items()}
    )
    assert assess(database, plan(database, lenient), lenient).reaches(Status.BLOCKED)


def test_lines_and_what_was_measured_are_handed_on() -> None:
    finding = next(item for item in TRANSLATION.findings if item.rule == "xml-as-text")
    counted = Measurement(finding.rule, finding.object, 0, 12, "0 of 12 rows hold XML")
    unknown = Measurement("unique-collides", "dbo.T.UQ", 0, 0, "not measured: more than 20,000,000 rows")
    found = assess(DATABASE, TRANSLATION, RULES, lines=40, measurements=[counted, unknown])
    assert (found.lines, found.measured) == (40, {finding: "0 of 12 rows"})
    assert found.measurements == (counted, unknown)
