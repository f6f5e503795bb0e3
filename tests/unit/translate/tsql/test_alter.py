from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Default, Identity, KeyColumn, Table
from migrator.translate.tsql.read import read_script

ReadTable = Callable[[str], Table]
BASE = "create table t (a int not null, b int constraint df_b default 1, c varchar(9))\n"


def test_add_columns_and_constraints_in_one_list(read_table: ReadTable) -> None:
    table = read_table(
        BASE + "alter table T add d int identity(5,5), constraint pk primary key (A), e as a + 1, check (a > 0)"
    )
    assert [column.name for column in table.columns] == ["a", "b", "c", "d", "e"]
    assert table.column("d").identity == Identity(5, 5)
    assert table.primary_key is not None
    assert table.primary_key.columns == (KeyColumn("a"),)
    assert len(table.checks) == 1


def test_add_defaults(read_table: ReadTable) -> None:
    table = read_table(
        BASE
        + "alter table t add constraint df default (getdate()) for C with values\nalter table t add default 7 for a"
    )
    assert table.column("c").default == Default("df", "(getdate())")
    assert table.column("a").default == Default(None, "7")


@pytest.mark.parametrize(
    ("later", "trusted", "enabled"),
    [
        ("", True, True),
        ("alter table t check constraint fk", True, True),
        ("alter table t nocheck constraint fk, ck", False, False),
        ("alter table t nocheck constraint all", False, False),
        ("alter table t nocheck constraint all alter table t check constraint all", False, True),
        ("alter table t nocheck constraint all alter table t with check check constraint all", True, True),
    ],
)
def test_constraints_are_enabled_and_trusted(read_table: ReadTable, later: str, trusted: bool, enabled: bool) -> None:
    table = read_table(
        BASE
        + """alter table t with check add constraint ck check (a > 0)
        alter table t add constraint fk foreign key (a) references other(x) """
        + later
    )
    assert [(item.trusted, item.enabled) for item in (*table.foreign_keys, *table.checks)] == [(trusted, enabled)] * 2


def test_with_nocheck_is_enabled_but_not_trusted(read_table: ReadTable) -> None:
    (check,) = read_table(BASE + "alter table t with nocheck add constraint ck check (a > 0)").checks
    assert (check.trusted, check.enabled) == (False, True)


def test_alter_column(read_table: ReadTable) -> None:
    table = read_table(
        BASE
        + """alter table t alter column B nvarchar(20) collate Polish_CI_AS not null with (online = on)
        alter table t alter column a bigint
        alter table t alter column c add masked with (function = 'default()')
        alter table t alter column c add sparse"""
    )
    a, b, c = table.columns
    assert (b.name, b.type, b.nullable, b.collation) == (
        "b",
        DataType(SqlType.NVARCHAR, length=20),
        False,
        "Polish_CI_AS",
    )
    assert b.default == Default("df_b", "1")
    assert (a.type, a.nullable) == (DataType(SqlType.BIGINT), True)
    assert (c.masked, c.sparse) == ("default()", True)


def test_drop_in_all_its_spellings(read_table: ReadTable) -> None:
    table = read_table(
        BASE
        + """alter table t add constraint u unique (a), constraint ck check (a > 0), constraint pk primary key (a)
        alter table t drop constraint U, df_b, column b
        alter table t drop ck
        alter table t drop constraint if exists nothing, column if exists nothing
        alter table t drop constraint pk with (online = off), column c"""
    )
    assert [column.name for column in table.columns] == ["a"]
    assert (table.uniques, table.checks, table.primary_key) == ((), (), None)


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("add a int", "dbo.t has two columns a"),
        ("drop column x", "dbo.t has no column x"),
        ("drop constraint x", "dbo.t has no constraint x"),
        ("alter column x int", "dbo.t has no column x"),
        ("add constraint df_c default 1 for b", "dbo.t.b has two defaults"),
        ("add primary key (x)", "dbo.t has no column x"),
        ("nocheck constraint x", "dbo.t has no such constraint"),
        ("add c2 geometri", "the type geometri is not known"),
        ("add x int y", 'line 2 has "y" where a column option should stand'),
        ("disable trigger x", "dbo.t has no such trigger"),
    ],
)
def test_what_cannot_be_done_changes_nothing(action: str, reason: str) -> None:
    database = read_script(BASE + f"alter table t {action}")
    assert [item.reason for item in database.unread] == [reason]
    if "type" not in reason:
        assert database.tables == read_script(BASE).tables
        assert database.unread[0].text == f"alter table t {action}"


def test_a_column_in_a_key_stays() -> None:
    database = read_script(BASE + "create index i on t (c) include (b)\nalter table t drop constraint df_b, column b")
    assert [item.reason for item in database.unread] == ["dbo.t.b belongs to a key or an index"]
    assert database.tables[0].column("b").default == Default("df_b", "1")


@pytest.mark.parametrize(
    "action", ["rebuild", "switch to u", "enable trigger all", "enable change_tracking", "set (lock_escalation = auto)"]
)
def test_actions_without_schema(read_table: ReadTable, action: str) -> None:
    assert read_table(BASE + f"alter table t {action}") == read_table(BASE)


def test_versioning_is_switched_on_and_off(read_table: ReadTable) -> None:
    base = """create table t (a int primary key)
    alter table t add s datetime2 generated always as row start hidden not null constraint ds default getutcdate(),
        e datetime2 generated always as row end hidden not null constraint de default '9999-12-31',
        period for system_time (s, e)
    alter table t set (system_versioning = on (history_table = dbo.h))"""
    table = read_table(base)
    assert table.temporal is not None
    assert (table.temporal.period_start, table.temporal.period_end) == ("s", "e")
    off = read_table(base + "\nalter table t set (system_versioning = off)\nalter table t drop period for system_time")
    assert off.temporal is None
