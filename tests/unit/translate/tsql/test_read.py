from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.name import ObjectName
from migrator.model.schema import Database, Place, Skipped, Unread
from migrator.model.script import ScriptFile
from migrator.translate.tsql.read import read_script, read_scripts

Read = Callable[[str], Database]


def test_files_may_come_in_any_order() -> None:
    database = read_scripts(
        (
            ScriptFile(
                "1.sql",
                "alter table t add constraint fk foreign key (a) references u\nexec sp_addextendedproperty "
                "'MS_Description', 'x', 'SCHEMA', 'dbo', 'TABLE', 't'",
            ),
            ScriptFile("2.sql", "create table t (a Name)\ncreate index i on t (b)"),
            ScriptFile("3.sql", "if col_length('t', 'b') is null alter table t add b int"),
            ScriptFile("4.sql", "create table u (a int primary key)"),
            ScriptFile("5.sql", "create type Name from int"),
        )
    )
    assert (database.unread, database.name) == ((), "")
    table = database.tables[0]
    assert (table.foreign_keys[0].referenced_columns, table.description) == (("a",), "x")
    assert table.indexes[0].place == Place("2.sql", 2)


def test_drops_are_not_put_off() -> None:
    database = read_script(
        """if exists (select 1) alter table t drop constraint fk
        alter table t drop column b
        GO
        create table t (a int, b int) alter table t add constraint fk foreign key (a) references u (a)"""
    )
    assert len(database.tables[0].foreign_keys) == 1
    assert [item.reason for item in database.unread] == ["there is no table dbo.t"]
    assert database.skipped == (Skipped("ALTER TABLE", 1),)


def test_a_condition_that_would_be_false(read: Read) -> None:
    database = read(
        "create table t (a int) if object_id('t') is null create table T (a int, b int) if 1=0 create index i on x (a)"
    )
    assert [len(table.columns) for table in database.tables] == [1]
    assert database.skipped == (Skipped("CREATE INDEX", 1), Skipped("CREATE TABLE", 1))


def test_a_condition_reaches_into_dynamic_sql(read: Read) -> None:
    assert read("if 1 = 0 exec('create index i on x (a)')").skipped == (Skipped("CREATE INDEX", 1),)


def test_a_second_table_of_the_same_name_is_reported() -> None:
    database = read_script("create table t (a int)\ncreate table T (b int)\nGO\ncreate view t as select 1")
    assert [(item.place.line, item.reason) for item in database.unread] == [
        (2, "dbo.T exists already"),
        (4, "dbo.t exists already"),
    ]


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("create table b (x int,, y int)", 'line 2 has "," where a column name should stand'),
        ("create table b (x int", "it ends where ) should follow"),
        ("create table b (x)", 'line 2 has ")" where a data type should stand'),
        ("create table b (x int 5)", "line 2 has a literal where ) should stand"),
        ("create table b as select 1 as x", "CREATE TABLE AS SELECT is not read"),
        ("create index i on a (x) frobnicate", 'line 2 has "frobnicate" where the end of the statement should stand'),
        ("create wonder w", 'line 2 has "wonder" where INDEX should stand'),
        ("create procedure p", "it has no body"),
        ("select a into b from c", "SELECT INTO makes a table whose columns are not written down"),
        ("create table b (x frob)", "the type frob is not known"),
        ("disable trigger r on a", "dbo.a has no such trigger"),
    ],
)
def test_a_statement_that_cannot_be_read_costs_itself_alone(statement: str, reason: str) -> None:
    database = read_script(f"create table a (x int)\n{statement}\nGO\ncreate table c (x int)")
    assert [table.name.name for table in database.tables] == ["a", "c"]
    (unread,) = database.unread
    assert unread == Unread(Place("script.sql", 2), statement, reason)


def test_a_quote_that_is_never_closed_costs_its_batch_from_there() -> None:
    database = read_script("create table a (x int)\nprint 'it''s\nGO\ncreate table c (x int)")
    assert [table.name.name for table in database.tables] == ["a", "c"]
    assert [(item.place.line, item.text) for item in database.unread] == [(2, "print")]


@pytest.mark.parametrize(
    "text", ["; values (1, 'Bob')", "exec ('insert t values (' + 'Bob' + @x + ')')", "insert t values ('Bob', 'x"]
)
def test_data_is_not_repeated_in_a_report(text: str) -> None:
    database = read_script(f"select 1\n{text}")
    assert database.unread
    assert "Bob" not in repr(database)


def test_statements_without_schema_are_counted(read: Read) -> None:
    database = read("insert t values (1)\ninsert t values (2)\nset nocount on\ngrant select on t to bob\nprint 'x'")
    assert database.skipped == (Skipped("GRANT", 1), Skipped("INSERT", 2), Skipped("PRINT", 1), Skipped("SET", 1))


def test_a_foreign_key_to_nowhere() -> None:
    database = read_script("create table t (a int references u, b int references u (x))")
    (kept,) = database.tables[0].foreign_keys
    assert (kept.references, kept.referenced_columns) == (ObjectName("dbo", "u"), ("x",))
    assert [item.reason for item in database.unread] == ["no script makes dbo.u, and its columns are not named"]


def test_a_whole_script_is_a_comment() -> None:
    database = read_script("/* nothing */ -- here")
    assert (database.tables, database.unread, database.skipped) == ((), (), ())
    assert read_script("select 1 /* never closed").unread[0].reason == "a quote or a comment is opened and never closed"
