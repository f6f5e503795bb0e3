from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.name import ObjectName
from migrator.model.schema import Database, ObjectKind, Place

Read = Callable[[str], Database]


@pytest.mark.parametrize(
    ("header", "body", "kind"),
    [
        ("CREATE VIEW [v] (a, b) WITH SCHEMABINDING AS", "SELECT 1 AS a, 2 AS b", ObjectKind.VIEW),
        (
            "create procedure v @a as int, @b varchar(9) = 'as' output with execute as owner as",
            "begin select @a as x end",
            ObjectKind.PROCEDURE,
        ),
        ("create proc v (@a as int) as", "-- why\nselect 1; drop table x", ObjectKind.PROCEDURE),
        ("create or alter function v (@a as int) returns int as", "begin return @a end", ObjectKind.FUNCTION),
        ("create function v () returns int", "begin return 1 end", ObjectKind.FUNCTION),
        ("create function v () returns table", "return (select 1 as x)", ObjectKind.FUNCTION),
        ("create function v () returns @r table (a int) as", "begin return end", ObjectKind.FUNCTION),
        ("create trigger v on t instead of insert, update as", "set nocount on", ObjectKind.TRIGGER),
    ],
)
def test_text_and_body(read: Read, header: str, body: str, kind: ObjectKind) -> None:
    (module,) = read(f"-- first\n{header}\n{body}\nGO").modules
    assert (module.name, module.kind, module.place) == (ObjectName("dbo", "v"), kind, Place("script.sql", 2))
    assert (module.text, module.body) == (f"{header}\n{body}", body)


def test_a_trigger_belongs_to_its_table(read: Read) -> None:
    (trigger,) = read("create trigger r on Sales.Lines after delete as select 1").modules
    assert (trigger.name, trigger.parent) == (ObjectName("Sales", "r"), ObjectName("Sales", "Lines"))


def test_a_trigger_on_the_database_has_no_schema(read: Read) -> None:
    (trigger,) = read("create trigger r on database for create_table as print 'x'").modules
    assert (trigger.name, trigger.parent) == (ObjectName("", "r"), None)


def test_alter_takes_the_place_of_create(read: Read) -> None:
    (module,) = read("create procedure p as select 1\nGO\nalter procedure P as select 2").modules
    assert module.body == "select 2"
