from __future__ import annotations

from support import assessments

from migrator.model.assessment import AssessedObject
from migrator.model.finding import Status
from migrator.model.schema import ObjectKind, Place


def found() -> dict[tuple[ObjectKind, str], AssessedObject]:
    assessment, translation = assessments.shop()
    objects = {(item.kind, item.object): item for item in assessment.objects}
    assert len(objects) == len(assessment.objects) == len(translation.objects)
    return objects


def test_a_table_has_the_worst_status_of_its_columns_and_both_texts() -> None:
    orders = found()[ObjectKind.TABLE, "dbo.Orders"]
    assert orders.status is Status.LOSSY
    assert [finding.rule for finding in orders.below] == ["xml-as-text"]
    assert orders.findings == ()
    assert orders.tsql.startswith("CREATE TABLE [dbo].[Orders] (")
    assert orders.mysql[0].startswith("CREATE TABLE `Orders` (")
    assert orders.place == Place("db/shop.sql", 1)


def test_parts_know_their_table_and_place() -> None:
    column = found()[ObjectKind.COLUMN, "dbo.Items.Path"]
    assert (column.parent, column.place) == ("dbo.Items", Place("db/shop.sql", 2))
    assert [finding.rule for finding in column.findings] == ["hierarchyid-as-path"]
    assert (column.tsql, column.mysql) == ("", ())


def test_a_foreign_key_made_later_stands_with_its_table() -> None:
    items = found()[ObjectKind.TABLE, "dbo.Items"]
    assert any("FOREIGN KEY" in statement for statement in items.mysql)


def test_a_module_has_its_text() -> None:
    view = found()[ObjectKind.VIEW, "dbo.Large"]
    assert view.tsql == "CREATE VIEW dbo.Large AS\nSELECT Id FROM dbo.Orders WHERE Total > 1000"
    assert "VIEW `Large`" in "".join(view.mysql)
    assert view.place == Place("db/shop.sql", 4)


def test_what_could_not_be_read_is_an_object_with_its_place() -> None:
    unread = found()[ObjectKind.OTHER, "db/shop.sql:10"]
    assert (unread.status, unread.place) == (Status.MANUAL, Place("db/shop.sql", 10))


def test_every_finding_is_borne_by_an_object_or_by_the_database() -> None:
    assessment, translation = assessments.shop()
    own = {finding for item in assessment.objects for finding in item.findings}
    assert {finding.rule for finding in translation.findings if finding not in own} == {"no-pad", "statements-skipped"}
