from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from support.tables import tables, without_places

from migrator.assess.tsql import create_table
from migrator.model.name import ObjectName
from migrator.model.schema import Table
from migrator.translate.tsql.read import read_script


@settings(max_examples=100, deadline=None)
@given(tables())
def test_a_table_comes_back_as_it_was(table: Table) -> None:
    database = read_script(create_table(table))
    assert database.unread == ()
    assert tuple(map(without_places, database.tables)) == (table,)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE Sales.[a]]b] (Id int NOT NULL, CONSTRAINT [pk ]]] PRIMARY KEY NONCLUSTERED (Id DESC))",
        "CREATE TABLE t (a int NULL, CONSTRAINT ck CHECK (a > 0)); ALTER TABLE t NOCHECK CONSTRAINT ck",
        "CREATE TABLE t (a int NULL, b int NOT NULL); CREATE UNIQUE CLUSTERED INDEX i ON t (a, b DESC) WHERE b > 1",
        "CREATE TABLE t (a int NULL); CREATE CLUSTERED COLUMNSTORE INDEX i ON t",
        "CREATE TABLE t (a int NULL); CREATE INDEX i ON t (a); ALTER INDEX i ON t DISABLE",
        "CREATE TABLE t (a nvarchar(9) MASKED WITH (FUNCTION = 'partial(1,\"x''\",0)') NULL, b AS (a) PERSISTED)",
        "CREATE TABLE t (a int NOT NULL, b AS (a) PERSISTED NOT NULL)",
        (
            "CREATE TABLE t (Id int NOT NULL PRIMARY KEY, f datetime2 GENERATED ALWAYS AS ROW START NOT NULL, "
            "u datetime2 GENERATED ALWAYS AS ROW END NOT NULL, PERIOD FOR SYSTEM_TIME (f, u)) "
            "WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.h))"
        ),
    ],
)
def test_what_scripts_say_besides(text: str) -> None:
    first, *_ = read_script(text).tables
    again = read_script(create_table(first))
    assert again.unread == ()
    assert without_places(again.tables[0]) == without_places(first)


def test_the_features_that_it_cannot_write_are_named() -> None:
    (table,) = read_script("CREATE TABLE t (a int NULL)").tables
    assert create_table(replace(table, features=("graph node", "ledger"))).startswith("-- graph node, ledger\nCREATE")


def test_a_table_is_easy_to_read() -> None:
    (table,) = read_script(
        "create table t (id int identity primary key, total money default 0 not null, p int references dbo.p(id));"
    ).tables
    assert create_table(replace(table, name=ObjectName("dbo", "Orders"))) == (
        "CREATE TABLE [dbo].[Orders] (\n"
        "    [id] int IDENTITY(1,1) NOT NULL,\n"
        "    [total] money NOT NULL DEFAULT 0,\n"
        "    [p] int NULL,\n"
        "    PRIMARY KEY CLUSTERED ([id]),\n"
        "    FOREIGN KEY ([p]) REFERENCES [dbo].[p] ([id])\n"
        ");"
    )
