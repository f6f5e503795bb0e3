from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Action,
    Check,
    Computed,
    Database,
    Default,
    ForeignKey,
    Identity,
    Index,
    IndexKind,
    Key,
    KeyColumn,
    Place,
    Table,
    Temporal,
)
from migrator.translate.tsql.read import read_script

ReadTable = Callable[[str], Table]
Read = Callable[[str], Database]


def test_a_table_as_ssms_writes_it(read_table: ReadTable) -> None:
    table = read_table(
        """SET ANSI_NULLS ON
GO
CREATE TABLE [Sales].[Order Lines](
	[Id] [int] IDENTITY(10,-5) NOT FOR REPLICATION NOT NULL,
	[Name] [nvarchar](50) COLLATE Latin1_General_CS_AS NULL,
 CONSTRAINT [PK_Lines] PRIMARY KEY CLUSTERED ([Id] ASC, [Name] DESC)
 WITH (PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF) ON [PRIMARY]
) ON [PRIMARY] TEXTIMAGE_ON [PRIMARY]
GO"""
    )
    assert table.name == ObjectName("Sales", "Order Lines")
    assert table.place == Place("script.sql", 3)
    number, name = table.columns
    assert (number.type, number.nullable, number.identity) == (DataType(SqlType.INT), False, Identity(10, -5))
    assert (name.collation, name.nullable, name.place) == ("Latin1_General_CS_AS", False, Place("script.sql", 5))
    columns = (KeyColumn("Id"), KeyColumn("Name", descending=True))
    assert table.primary_key == Key("PK_Lines", columns, clustered=True, place=Place("script.sql", 6))
    assert table.features == ()


@pytest.mark.parametrize(
    ("said", "nullable"),
    [
        ("int", True),
        ("int null", True),
        ("int not null", False),
        ("int identity", False),
        ("int primary key", False),
        ("timestamp", False),
        ("int constraint nn not null", False),
    ],
)
def test_columns_are_nullable_as_in_t_sql(read_table: ReadTable, said: str, nullable: bool) -> None:
    assert read_table(f"create table t (c {said})").column("c").nullable is nullable


@pytest.mark.parametrize(
    "expression",
    [
        "0",
        "-1",
        "'it''s, (so)'",
        "N'x'",
        "getdate()",
        "(getdate())",
        "((0))",
        "dbo.f(1, 2)",
        "next value for s.q",
        "0x1F",
        "0x",
        "1 + 2 * (3)",
        "CURRENT_TIMESTAMP",
        "$1.50",
        "-1.5e-3",
        "convert(date, getdate(), 112)",
        "'a' + 'b'",
        "NULL",
    ],
)
@pytest.mark.parametrize(
    "behind", ["", " NOT NULL", " CONSTRAINT u UNIQUE", " COLLATE Latin1_General_BIN2", " CHECK (c > 0)"]
)
def test_defaults_are_cut_where_they_end(read_table: ReadTable, expression: str, behind: str) -> None:
    table = read_table(f"create table t (c varchar(9) constraint df default {expression}{behind}, d int)")
    assert table.column("c").default == Default("df", expression)
    assert [column.name for column in table.columns] == ["c", "d"]


@pytest.mark.parametrize(
    "expression", ["a + 1", "(a) * 2", "case when a is not null then 1 else 2 end", "isnull(a, 0)"]
)
def test_computed_columns_keep_their_text(read_table: ReadTable, expression: str) -> None:
    table = read_table(f"create table t (a int, b as {expression} persisted not null unique, c as {expression})")
    assert table.column("b").computed == Computed(expression, persisted=True)
    assert (table.column("b").nullable, table.column("c").nullable) == (False, True)
    assert table.column("c").computed == Computed(expression, persisted=False)
    assert table.column("b").type is None


def test_column_options(read_table: ReadTable) -> None:
    table = read_table(
        """create table t (
            a uniqueidentifier rowguidcol not null default newid(),
            b int sparse null,
            c nvarchar(9) masked with (function = 'partial(1,"x",0)') null,
            d nvarchar(11) collate Latin1_General_BIN2 encrypted with (column_encryption_key = k, encryption_type =
                deterministic, algorithm = 'AEAD_AES_256_CBC_HMAC_SHA_256') not null,
            e varbinary(max) filestream null,
            f xml column_set for all_sparse_columns,
            timestamp)"""
    )
    a, b, c, d, *_, g = table.columns
    assert (a.rowguid, b.sparse, c.masked, d.encrypted) == (True, True, 'partial(1,"x",0)', True)
    assert (g.name, g.type) == ("timestamp", DataType(SqlType.ROWVERSION))
    assert table.features == ("filestream", "column set")


def test_foreign_keys_beside_a_column_and_below(read: Read) -> None:
    database = read(
        """create table Parent (A int, B int, constraint pk primary key (A, B), C int unique)
        create table Child (
            X int constraint fk1 foreign key references PARENT (c) on delete set null not for replication,
            Y int references dbo.Parent(C) on update cascade on delete set default,
            constraint fk2 foreign key (x, Y) references parent on delete no action)"""
    )
    first, second, third = database.tables[1].foreign_keys
    parent = ObjectName("dbo", "Parent")
    place = Place("script.sql", 3)
    assert first == ForeignKey("fk1", ("X",), parent, ("C",), on_delete=Action.SET_NULL, place=place)
    assert second.name is None
    assert (second.on_update, second.on_delete) == (Action.CASCADE, Action.SET_DEFAULT)
    assert (third.columns, third.referenced_columns) == (("X", "Y"), ("A", "B"))


def test_checks_lose_their_outer_brackets_only(read_table: ReadTable) -> None:
    table = read_table("create table t (a int check (a > 0), constraint ck check not for replication ((a) < (9)))")
    assert [(check.name, check.expression) for check in table.checks] == [(None, "a > 0"), ("ck", "(a) < (9)")]
    assert all(isinstance(check, Check) and check.trusted for check in table.checks)


@pytest.mark.parametrize(
    ("text", "clustered"),
    [
        ("a int primary key", True),
        ("a int primary key nonclustered", False),
        ("a int primary key, b int unique clustered", False),
        ("a int primary key, b int, index i clustered (b)", False),
        ("a int primary key clustered, b int unique", True),
    ],
)
def test_a_primary_key_is_clustered_unless_something_else_is(read_table: ReadTable, text: str, clustered: bool) -> None:
    key = read_table(f"create table t ({text})").primary_key
    assert key is not None
    assert key.clustered is clustered


def test_inline_indexes(read_table: ReadTable) -> None:
    table = read_table(
        """create table t (a int index ia nonclustered with (fillfactor = 80), b int,
            index ib unique (b desc, a) include (a) where b is not null with (data_compression = page) on [PRIMARY],
            index ic clustered columnstore, index id hash (a) with (bucket_count = 64))"""
    )
    ia, ib, ic, id_ = table.indexes
    assert (ia.name, ia.columns, ia.unique) == ("ia", (KeyColumn("a"),), False)
    columns = (KeyColumn("b", descending=True), KeyColumn("a"))
    assert ib == Index("ib", columns, ("a",), unique=True, filter="b is not null", place=Place("script.sql", 2))
    assert (ic.kind, ic.clustered, ic.columns) == (IndexKind.COLUMNSTORE, True, ())
    assert id_.kind is IndexKind.HASH


def test_temporal_tables(read: Read) -> None:
    database = read(
        """create table t (a int primary key, s datetime2 generated always as row start hidden, e datetime2(0)
            generated always as row end not null, period for system_time (S, e))
            with (system_versioning = on (history_table = H.T, data_consistency_check = on))
        create table [h].[T] (a int not null, s datetime2 not null, e datetime2(0) not null)"""
    )
    table = database.tables[0]
    assert table.temporal == Temporal(ObjectName("h", "T"), "s", "e")
    assert [column.generated_always for column in table.columns] == [None, "ROW START", "ROW END"]
    assert [column.nullable for column in table.columns] == [False, False, False]


@pytest.mark.parametrize(
    ("options", "feature"),
    [
        ("with (memory_optimized = on, durability = schema_only)", "memory-optimised"),
        ("with (ledger = on (append_only = on))", "ledger"),
        ("as node", "graph node"),
        ("as edge on [PRIMARY]", "graph edge"),
    ],
)
def test_what_mysql_has_no_word_for_is_a_feature(read_table: ReadTable, options: str, feature: str) -> None:
    assert read_table(f"create table t (a int primary key nonclustered) {options}").features == (feature,)


def test_a_ledger_table_keeps_its_own_periods(read_table: ReadTable) -> None:
    table = read_table("create table t (a int) with (system_versioning = on, ledger = on)")
    assert (table.temporal, table.features) == (None, ("ledger",))


def test_versioning_wants_a_period() -> None:
    (unread,) = read_script("create table t (a int) with (system_versioning = on)").unread
    assert unread.reason == "dbo.t is system-versioned without PERIOD FOR SYSTEM_TIME"


def test_old_index_options_and_a_comma_too_many(read_table: ReadTable) -> None:
    table = read_table("create table t (a int primary key with fillfactor = 90, pad_index on [PRIMARY], b int,)")
    assert [column.name for column in table.columns] == ["a", "b"]


def test_names_of_any_kind(read_table: ReadTable) -> None:
    table = read_table(
        'create table "my""db"..[a]]b] ([select] int, "order by" int, período int, period int, _x@# int)'
    )
    assert table.name == ObjectName("dbo", "a]b")
    assert [column.name for column in table.columns] == ["select", "order by", "período", "period", "_x@#"]
