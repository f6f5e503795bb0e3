from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse
from support.mutation import mutated, pool

from migrator.translate.dialect import MigratorTSQL

ROOT = Path(__file__).parents[3]
SCRIPTS = pool()


def trees(text: str) -> list[exp.Expr]:
    found = parse(text, read=MigratorTSQL)
    assert all(tree is not None for tree in found)
    return [tree for tree in found if tree is not None]


def test_it_is_published() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ((name, value),) = project["entry-points"]["sqlglot.dialects"].items()
    assert name == "migrator_tsql"
    assert EntryPoint(name, value, "sqlglot.dialects").load() is MigratorTSQL


@pytest.mark.parametrize(
    ("column", "constraint"),
    [
        ("a int identity(5, 2) not for replication", exp.GeneratedAsIdentityColumnConstraint),
        ("a uniqueidentifier rowguidcol not null", exp.NotNullColumnConstraint),
        ("a int primary key clustered", exp.PrimaryKey),
        ("a int, primary key clustered (a desc)", exp.PrimaryKey),
        ("a int sparse null", exp.NotNullColumnConstraint),
        ("a int, index ix (a) include (a) where a > 0", exp.Index),
        ("a xml (content dbo.things) not null", exp.NotNullColumnConstraint),
        ("a int default (1) with values", exp.DefaultColumnConstraint),
        ("a int, b as (a + 1) persisted not null", exp.ComputedColumnConstraint),
        ("a int constraint fk references u (b) on delete cascade not for replication", exp.ForeignKey),
        ("a int check not for replication (a > 0)", exp.CheckColumnConstraint),
        ("a int, unique nonclustered (a) with (fillfactor = 80) on [primary]", exp.UniqueColumnConstraint),
    ],
)
def test_tables_that_stock_sqlglot_trips_over(column: str, constraint: type[exp.Expr]) -> None:
    (tree,) = trees(f"create table t ({column}) on [primary] textimage_on [primary]")
    assert isinstance(tree, exp.Create)
    assert tree.find(constraint) is not None
    assert tree.find(exp.ColumnDef).name == "a"
    assert "CREATE TABLE [dbo].[t] ([a] " in tree.sql("tsql")


@pytest.mark.parametrize(
    "text",
    [
        "set @a += 1",
        "insert into t exec p",
        "save tran s",
        "begin try select 1 end try begin catch throw end catch",
        "create procedure p as begin select 1 end",
        "alter table t switch partition 1 to u",
        "grant select on t to public",
        "select 'never closed",
        "$$$",
    ],
)
def test_nothing_of_a_script_is_lost(text: str) -> None:
    found = trees(text)
    assert found
    written = "".join(
        f"{tree.this} {tree.expression}" if isinstance(tree, exp.Command) else tree.sql("tsql") for tree in found
    )
    words = [word.strip("'\"") for word in text.lower().split()]
    assert all(word in written.lower() for word in words)


def test_go_parts_and_semicolons_are_not_needed() -> None:
    found = trees(
        "select 1 select 'GO' -- GO\nGO 5\nif 1 = 1 begin update t set a = 1 end\nGO\ncreate index i on t (a)"
    )
    assert [type(tree) for tree in found] == [exp.Select, exp.Select, exp.Command, exp.Update, exp.Command, exp.Create]
    assert found[5].sql("tsql") == "CREATE INDEX [i] ON [dbo].[t]([a] ASC)"


def test_constraints_say_what_was_written() -> None:
    (tree,) = trees(
        "create table s.t (a int identity, b varchar(9) collate Latin1_General_BIN2 not null, "
        "constraint pk primary key clustered (a asc, b desc), "
        "constraint fk foreign key (b) references u on update set null)"
    )
    assert tree.sql("tsql") == (
        "CREATE TABLE [s].[t] ([a] INTEGER IDENTITY(1, 1) NOT NULL, "
        "[b] VARCHAR(9) COLLATE Latin1_General_BIN2 NOT NULL, "
        "CONSTRAINT [pk] PRIMARY KEY ([a] ASC, [b] DESC), "
        "CONSTRAINT [fk] FOREIGN KEY ([b]) REFERENCES [dbo].[u] ON UPDATE SET NULL)"
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 30))
def test_damage_never_raises(number: int) -> None:
    trees(mutated(SCRIPTS, number))
