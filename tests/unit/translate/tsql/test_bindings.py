from __future__ import annotations

from migrator.translate.tsql.read import read_script

RULES = "create rule positive as @value > 0 and @value <> 7\nGO\ncreate default zero as 0\nGO\n"


def test_rules_and_defaults_become_constraints_of_columns() -> None:
    database = read_script(
        RULES + "create type Amount from int not null\nexec sp_bindrule 'positive', 'Amount'\n"
        "create table t (a Amount, [b]]c] int, d int default 5)\n"
        "exec sp_bindrule 'dbo.positive', 't.[b]]c]'\n"
        "exec sp_bindefault 'zero', 't.[b]]c]'\nexec sp_bindefault zero, 't.d'"
    )
    assert database.unread == ()
    (table,) = database.tables
    assert [check.expression for check in table.checks] == ["[a] > 0 and [a] <> 7", "[b]]c] > 0 and [b]]c] <> 7"]
    assert [column.default and column.default.expression for column in table.columns] == [None, "0", "5"]
    assert [other.word for other in database.others] == ["BOUND RULE", "BOUND DEFAULT"]


def test_what_is_unbound_is_no_constraint() -> None:
    database = read_script(
        RULES + "create table t (a int, b int)\nexec sp_bindrule 'positive', 't.a'\nexec sp_bindefault 'zero', 't.b'\n"
        "exec sp_unbindrule 't.a'\nexec sp_unbindefault 't.b'"
    )
    (table,) = database.tables
    assert (table.checks, table.columns[1].default) == ((), None)
    assert [other.word for other in database.others] == ["RULE", "DEFAULT"]


def test_a_binding_follows_its_column() -> None:
    (table,) = read_script(
        RULES + "create table t (a int)\nexec sp_bindrule 'positive', 't.a'\nalter table t alter column a bigint\n"
        "exec sp_rename 't.a', 'z', 'COLUMN'"
    ).tables
    assert [check.expression for check in table.checks] == ["[z] > 0 and [z] <> 7"]


def test_what_is_not_there_cannot_be_bound() -> None:
    database = read_script("create table t (a int)\nexec sp_bindrule 'r', 't.a'\nexec sp_bindefault 'd', 't.a'")
    assert [item.reason for item in database.unread] == ["there is no rule dbo.r", "there is no default dbo.d"]
