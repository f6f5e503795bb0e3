from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Database, KeyColumn, Place, Table
from migrator.translate.tsql.read import read_script

Read = Callable[[str], Database]
ReadTable = Callable[[str], Table]
BASE = """create table s.t (
    a int constraint df default 1, b int, constraint pk primary key (a), constraint ck check (b > 0))
create index i on s.t (b) include (a)
create table s.u (x int constraint fk references s.t (a))
"""


@pytest.mark.parametrize(
    "call",
    [
        (
            "EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'it''s', @level0type=N'SCHEMA', "
            "@level0name=N's', @level1type=N'TABLE',@level1name=N't', @level2type=N'COLUMN',@level2name=N'b'"
        ),
        (
            "execute [sys].[sp_addextendedproperty] N'MS_Description', N'it''s', N'SCHEMA', [s], N'TABLE', [T], "
            "N'COLUMN', [B];"
        ),
        "exec sp_addextendedproperty 'MS_Description', 'it''s', 'user', s, 'table', t, 'column', b",
    ],
)
def test_descriptions_of_columns(read: Read, call: str) -> None:
    assert read(BASE + call).tables[0].column("b").description == "it's"


def test_descriptions_of_tables_and_of_things_that_have_none(read: Read) -> None:
    database = read(
        BASE
        + """exec sp_addextendedproperty 'MS_Description', 'first', 'SCHEMA', 's', 'TABLE', 't'
        exec sp_updateextendedproperty 'MS_Description', 'second', 'SCHEMA', 's', 'TABLE', 't', null, null
        exec sp_addextendedproperty 'MS_Description', 'x', 'SCHEMA', 's'
        exec sp_addextendedproperty 'Other', -1, 'SCHEMA', 's', 'TABLE', 't'"""
    )
    assert database.tables[0].description == "second"
    assert [(item.word, item.count) for item in database.skipped] == [("EXEC", 2)]


def test_a_column_takes_another_name_everywhere(read: Read) -> None:
    table, other = read(BASE + "exec sp_rename 's.t.A', 'new name', 'COLUMN'").tables
    assert [column.name for column in table.columns] == ["new name", "b"]
    assert table.primary_key is not None
    assert table.primary_key.columns == (KeyColumn("new name"),)
    assert table.indexes[0].included == ("new name",)
    assert other.foreign_keys[0].referenced_columns == ("new name",)


def test_a_table_takes_another_name(read: Read) -> None:
    table = {item.name.name: item for item in read(BASE + "exec sp_rename @objname = 's.t', @newname = 'new'").tables}
    assert sorted(table) == ["new", "u"]
    assert table["u"].foreign_keys[0].references == ObjectName("s", "new")


@pytest.mark.parametrize(
    ("old", "kind"),
    [("pk", "OBJECT"), ("ck", "OBJECT"), ("df", None), ("fk", None), ("t.i", "INDEX"), ("t.pk", "INDEX")],
)
def test_constraints_and_indexes_take_another_name(read: Read, old: str, kind: str | None) -> None:
    def names(database: Database) -> set[str | None]:
        keys = [table.primary_key for table in database.tables if table.primary_key]
        parts = [part for table in database.tables for part in (*table.indexes, *table.checks, *table.foreign_keys)]
        defaults = [column.default for table in database.tables for column in table.columns if column.default]
        return {item.name for item in (*keys, *parts, *defaults)}

    call = f"exec sp_rename 's.{old}', 'new'" + (f", '{kind}'" if kind else "")
    assert names(read(BASE + call)) == names(read(BASE)) - {old.rsplit(".", maxsplit=1)[-1]} | {"new"}


def test_types_of_old_servers(read: Read) -> None:
    database = read(
        "exec sp_addtype id, 'varchar(11)', 'NOT NULL'\nexec sp_addtype 'tid', int\ncreate table t (a id, b tid)"
    )
    assert [(str(alias.name), alias.type, alias.nullable) for alias in database.alias_types] == [
        ("dbo.id", DataType(SqlType.VARCHAR, length=11), False),
        ("dbo.tid", DataType(SqlType.INT), True),
    ]
    assert [column.nullable for column in database.tables[0].columns] == [False, True]


@pytest.mark.parametrize(
    "call",
    [
        "exec('create table x (a int default ''y'')')",
        "EXEC dbo.sp_executesql @statement = N'create table x (a int default ''y'')'",
        "if object_id('x') is null exec sp_executesql N'create table x (a int default ''y'')', N'@p int', 1",
        "exec('exec(''create table x (a int default ''''y'''')'')')",
    ],
)
def test_a_script_inside_of_an_exec(read_table: ReadTable, call: str) -> None:
    column = read_table("\n" + call).column("a")
    assert column.default is not None
    assert column.default.expression == "'y'"
    assert column.place == Place("script.sql", 2)


@pytest.mark.parametrize(
    "call",
    [
        "exec (@sql)",
        "exec ('drop table ' + @t)",
        "exec sp_executesql @sql",
        "exec sp_rename @old, 'b'",
        "exec sp_bindrule 'r', 't.a'",
    ],
)
def test_what_only_a_running_server_knows_is_not_dropped_silently(call: str) -> None:
    database = read_script(call)
    assert len(database.unread) == 1
    assert "drop table" not in database.unread[0].text


def test_any_other_procedure_is_counted(read: Read) -> None:
    (skipped,) = read("sp_configure 'x', 1\nexec dbo.fill 1, 'secret'").skipped
    assert (skipped.word, skipped.count) == ("EXEC", 2)
