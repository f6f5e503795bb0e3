from __future__ import annotations

import pytest

from migrator.translate.tsql.statements import statements
from migrator.translate.tsql.stream import Stream


def split(script: str) -> list[str]:
    stream = Stream("a.sql", script)
    return [statement.text for statement in statements(stream, 0, len(stream.tokens))]


@pytest.mark.parametrize(
    "parts",
    [
        ["create table a (x int)", "create table b (y int)"],
        ["set nocount on", "create table a (x int)", "print 'x'", "use b"],
        [
            "create table a (x int references b on delete cascade on update set null)",
            "delete from a",
            "update a set x = 1",
        ],
        ["alter table a add x int", "alter table a alter column x bigint", "alter table a drop column x"],
        ["alter table a drop constraint c", "drop table a", "drop table if exists b", "drop index i on a"],
        [
            "alter table a with nocheck add constraint c foreign key (x) references b on update set default",
            "set nocount on",
        ],
        ["alter table a nocheck constraint all", "alter table a set (lock_escalation = auto)", "select 1"],
        ["alter database a set recovery simple", "alter database current set quoted_identifier on", "set nocount on"],
        ["alter index i on a disable", "alter index all on s.a set (fillfactor = 80)", "disable trigger t on a"],
        [
            "insert into a values (1)",
            "insert a (x) select 1",
            "select 2 union all select 3",
            "insert into a exec p",
            "exec p",
        ],
        ["insert into a values (1)", "exec p 1, 'x'", "insert a default values"],
        ["grant select, insert, create table to bob", "grant execute on a to bob", "create table x (y int)"],
        [
            "update a set x = case when x = 1 then 2 else 3 end",
            "set @x = (select 1)",
            "declare c cursor for select 1",
            "open c",
        ],
        ["merge a using b on a.x = b.x when matched then update set x = 1 when not matched then insert (x) values (1)"],
        ["with c as (select 1 x) insert into a select x from c", "with d as (select 1 x) select x from d", "print 'y'"],
        ["select x from a order by x offset 1 rows fetch next 2 rows only", "fetch next from c into @x", "close c"],
        ["bulk insert a from 'f'", "truncate table a", "begin transaction", "commit"],
        ["create type t from int not null", "create sequence s start with 1", "create synonym n for a.b"],
    ],
)
def test_statements_end_with_and_without_semicolons(parts: list[str]) -> None:
    # MERGE and WITH want a semicolon before or behind them in T-SQL itself.
    if not any(part.startswith(("with ", "merge ")) for part in parts):
        assert split("\n".join(parts)) == parts
    assert split(";\n".join(parts) + ";") == parts


def test_a_module_owns_its_batch() -> None:
    text = "create procedure p as begin create table #t (x int); select 1; end; drop table #t"
    assert split(text) == [text]


@pytest.mark.parametrize(
    "second", ["create view b as select 2", "create or alter function f() returns int as begin return 1 end"]
)
def test_a_forgotten_go_does_not_hide_the_next_module(second: str) -> None:
    first = "create procedure p as select 1"
    assert split(f"{first}\n{second}") == [first, second]


def test_a_view_ends_at_a_semicolon_or_the_next_definition() -> None:
    assert split("create view a as with c as (select 1 x) select x from c; drop table b") == [
        "create view a as with c as (select 1 x) select x from c",
        "drop table b",
    ]


def test_control_of_flow_is_seen_through() -> None:
    stream = Stream(
        "a.sql",
        """if object_id('a') is null begin create table a (x int) create index i on a (x) end
           else if 1 = 1 print 'x' else begin print 'y' end
           again: while 1 = 0 print 'z'
           begin try print 'try' end try begin catch print 'catch' end catch
           print 'last'""",
    )
    found = [(item.text, item.conditional) for item in statements(stream, 0, len(stream.tokens))]
    assert found == [
        ("create table a (x int)", True),
        ("create index i on a (x)", True),
        ("print 'x'", True),
        ("print 'y'", True),
        ("print 'z'", True),
        ("print 'try'", False),
        ("print 'catch'", True),
        ("print 'last'", False),
    ]


def test_an_open_bracket_costs_one_statement() -> None:
    assert split("create table a (x int, create table b (y int)") == [
        "create table a (x int,",
        "create table b (y int)",
    ]


def test_names_in_a_create_schema_belong_to_it() -> None:
    stream = Stream("a.sql", "create schema s create table t (x int); create table u (x int)")
    assert [item.schema for item in statements(stream, 0, len(stream.tokens))] == ["dbo", "s", "dbo"]
