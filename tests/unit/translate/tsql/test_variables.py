from __future__ import annotations

import pytest

from migrator.translate.tsql.read import read_script


@pytest.mark.parametrize(
    "text",
    [
        "declare @s nvarchar(max) = N'create table t (a int)' exec (@s)",
        "declare @s nvarchar(max), @u int; set @s = 'create table ' set @s = @s + 't ' set @s += '(a int)' exec(@s)",
        "declare @a char = 't', @s varchar(99) select @s = 'create table ' + @a + ' (a int)' exec sp_executesql @s",
        "declare @a varchar(9) = '(a int)' exec ('create table t' + @a)",
        "declare @s varchar(99) if 1 = 1 begin set @s = 'create table t (a int)' print @s exec(@s) end",
        "declare @s varchar(99) = 'create table t (a int)' if 1 = 1 exec(@s)",
        "declare @r int declare @s varchar(99) = 'create table t (a int)' exec @r = sp_executesql @stmt = @s",
        "declare @i int = 1 declare @s varchar(99) while @i < 3 begin set @s = 'create table t (a int)' exec(@s) end",
        "create table u (a int) declare @o sysname = 'u', @n sysname = 't' exec sp_rename @o, @n",
    ],
)
def test_a_text_of_constants_is_run(text: str) -> None:
    database = read_script(text)
    assert database.unread == ()
    assert [table.name.name for table in database.tables] == ["t"]


@pytest.mark.parametrize(
    "text",
    [
        "declare @s varchar(99) if 1 = 1 set @s = 'create table t (a int)' exec(@s)",
        "declare @s varchar(99) = 'create table t (a int)' if 1 = 1 set @s = 'select 1' exec(@s)",
        "declare @s varchar(99) = 'create table t (a int)' select @s = a from b exec(@s)",
        "declare @s varchar(99) = 'create table t (a int)' fetch next from c into @s exec(@s)",
        "declare @s varchar(99) = 'create table t (a int)' exec p @s output exec(@s)",
        "declare @s varchar(99) = 'create table t (a int)'\nGO\nexec(@s)",
        "declare @s varchar(99) = 'create table t (a int)' while 1 = 1 begin exec(@s) set @s = 'x' end",
        "declare @s varchar(99) = 'create table ' + quotename('t') + ' (a int)' exec(@s)",
        "declare @s varchar(99) exec(@s)",
    ],
)
def test_a_text_that_is_known_at_run_time_alone_is_reported(text: str) -> None:
    database = read_script(text)
    assert [item.reason for item in database.unread] == ["dynamic SQL whose text is put together at run time"]
    assert database.tables == ()


def test_a_variable_that_grows_without_end_is_let_go() -> None:
    text = "declare @s varchar(max) = 'select 1 '" + " set @s = @s + @s" * 60 + " exec(@s)"
    assert len(read_script(text).unread) == 1
