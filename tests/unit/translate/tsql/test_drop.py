from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.schema import Database

Read = Callable[[str], Database]
BASE = """create table t (a int) create table u (a int) create index i on t (a) create index j on t (a)
create type n from int create synonym s for t create schema h
GO
create view v as select a from t
GO
create trigger r on t after insert as select 1
GO
"""


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("drop table t", ["dbo.u", "dbo.v", "n", "s"]),
        ("drop table if exists dbo.T, [u], x", ["dbo.v", "n", "s"]),
        ("drop view v", ["dbo.t(i,j)", "dbo.u", "dbo.r", "n", "s"]),
        ("drop index i on t, j on t", ["dbo.t()", "dbo.u", "dbo.v", "dbo.r", "n", "s"]),
        ("drop index t.i", ["dbo.t(j)", "dbo.u", "dbo.v", "dbo.r", "n", "s"]),
        ("drop type if exists n", ["dbo.t(i,j)", "dbo.u", "dbo.v", "dbo.r", "s"]),
        ("drop synonym s", ["dbo.t(i,j)", "dbo.u", "dbo.v", "dbo.r", "n"]),
        ("drop procedure nothing", ["dbo.t(i,j)", "dbo.u", "dbo.v", "dbo.r", "n", "s"]),
    ],
)
def test_drops_take_out_what_they_name(read: Read, statement: str, left: list[str]) -> None:
    database = read(BASE + statement)
    tables = [f"{table.name}({','.join(index.name for index in table.indexes)})" for table in database.tables]
    assert [
        *(name.removesuffix("()") if name.startswith("dbo.u") else name for name in tables),
        *(str(module.name) for module in database.modules),
        *(alias.name.name for alias in database.alias_types),
        *(synonym.name.name for synonym in database.synonyms),
    ] == left


def test_a_schema_goes(read: Read) -> None:
    assert read(BASE).schemas == ("dbo", "h")
    assert read(BASE + "drop schema h").schemas == ("dbo",)


def test_what_is_not_there_is_counted_as_skipped(read: Read) -> None:
    (skipped,) = read("if object_id('x') is not null drop table x").skipped
    assert (skipped.word, skipped.count) == ("DROP TABLE", 1)
