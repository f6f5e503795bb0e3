from __future__ import annotations

from collections.abc import Callable

import pytest

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    AliasType,
    Database,
    Index,
    IndexKind,
    KeyColumn,
    ObjectKind,
    OtherObject,
    Place,
    Table,
)
from migrator.translate.tsql.read import read_script

Read = Callable[[str], Database]
ReadTable = Callable[[str], Table]
BASE = "create table s.t (a int not null, b int, c xml, d geography, e nvarchar(max), primary key nonclustered (a));\n"
HERE = Place("script.sql", 2)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("create index i on s.t (b)", Index("i", (KeyColumn("b"),), place=HERE)),
        (
            (
                "create unique nonclustered index [i] ON [s].[T] ([A] ASC, [B] DESC) INCLUDE (E, c) "
                "WHERE ([b] IS NULL) WITH (DATA_COMPRESSION = PAGE ON PARTITIONS (1 TO 3)) ON [PRIMARY] FILESTREAM_ON f"
            ),
            Index(
                "i",
                (KeyColumn("a"), KeyColumn("b", descending=True)),
                ("e", "c"),
                unique=True,
                filter="([b] IS NULL)",
                place=HERE,
            ),
        ),
        (
            "create clustered index i on s.t (b) with fillfactor = 80",
            Index("i", (KeyColumn("b"),), clustered=True, place=HERE),
        ),
        (
            "create clustered columnstore index i on s.t order (a)",
            Index("i", (), clustered=True, kind=IndexKind.COLUMNSTORE, place=HERE),
        ),
        (
            "create nonclustered columnstore index i on s.t (a, b) where b > 1",
            Index("i", (KeyColumn("a"), KeyColumn("b")), filter="b > 1", kind=IndexKind.COLUMNSTORE, place=HERE),
        ),
        ("create primary xml index i on s.t (c)", Index("i", (KeyColumn("c"),), kind=IndexKind.XML, place=HERE)),
        (
            "create xml index i on s.t (c) using xml index j for path with (pad_index = off)",
            Index("i", (KeyColumn("c"),), kind=IndexKind.XML, place=HERE),
        ),
        (
            "create spatial index i on s.t (d) using geography_grid with (grids = (level_1 = low), pad_index = on)",
            Index("i", (KeyColumn("d"),), kind=IndexKind.SPATIAL, place=HERE),
        ),
        (
            "create fulltext index on s.t (e language 1033, c type column b) key index pk on cat with (stoplist off)",
            Index("fulltext", (KeyColumn("e"), KeyColumn("c")), kind=IndexKind.FULLTEXT, place=HERE),
        ),
    ],
)
def test_indexes_of_every_kind(read_table: ReadTable, statement: str, expected: Index) -> None:
    assert read_table(BASE + statement).indexes == (expected,)


def test_drop_existing_replaces_an_index(read_table: ReadTable) -> None:
    table = read_table(BASE + "create index i on s.t (a)\ncreate index I on s.t (b) with (drop_existing = on)")
    assert [(index.name, index.columns) for index in table.indexes] == [("I", (KeyColumn("b"),))]
    twice = read_script(BASE + "create index i on s.t (a)\ncreate index I on s.t (b) with (drop_existing = off)")
    assert [item.reason for item in twice.unread] == ["s.t has two indexes I"]


def test_indexes_are_disabled_and_rebuilt(read_table: ReadTable) -> None:
    made = (
        BASE + "create index i on s.t (a) create index j on s.t (b) "
        "alter index all on s.t disable alter index J on s.t rebuild"
    )
    assert [index.disabled for index in read_table(made).indexes] == [True, False]


def test_an_index_on_a_view_is_kept_by_name(read: Read) -> None:
    database = read(
        "create view v with schemabinding as select a from s.t\nGO\ncreate unique clustered index i on v (a)"
    )
    assert database.others == (
        OtherObject(ObjectName("dbo", "v.i"), ObjectKind.INDEX, "INDEX ON VIEW", Place("script.sql", 3)),
    )


def test_a_partitioned_index_is_a_feature_of_its_table(read_table: ReadTable) -> None:
    assert read_table(BASE + "create index i on s.t (b) on scheme (b)").features == ("partitioned",)


def test_types(read: Read) -> None:
    database = read(
        """create type dbo.Name from nvarchar(50) not null
        create type s.Flag from bit
        create type clr external name a.b
        create type list as table (id int not null primary key clustered, n dbo.Name index i)
        create table t (n name, m [DBO].[NAME] null, f s.flag, c clr)"""
    )
    name = DataType(SqlType.NVARCHAR, length=50)
    assert database.alias_types == (
        AliasType(ObjectName("dbo", "Name"), name, nullable=False),
        AliasType(ObjectName("s", "Flag"), DataType(SqlType.BIT), nullable=True),
    )
    n, m, f, c = database.tables[0].columns
    assert (n.nullable, m.nullable, f.nullable) == (False, True, True)
    assert n.type == DataType(SqlType.NVARCHAR, length=50, alias=ObjectName("dbo", "Name"))
    assert c.type == DataType(SqlType.VARBINARY, length=MAX, alias=ObjectName("dbo", "clr"))
    assert [(str(item.name), item.kind, item.word) for item in database.others] == [
        ("dbo.clr", ObjectKind.OTHER, "CLR TYPE"),
        ("dbo.list", ObjectKind.TABLE_TYPE, "TABLE TYPE"),
    ]


def test_schemas_are_spelled_as_they_were_created(read: Read) -> None:
    database = read(
        "create table SALES.t (a int)\nGO\ncreate schema Sales authorization dbo\nGO\ncreate schema authorization bob"
    )
    assert database.schemas == ("dbo", "Sales", "bob")
    assert database.tables[0].name == ObjectName("Sales", "t")


def test_a_create_schema_that_holds_its_tables(read: Read) -> None:
    database = read("create schema s create table t (a int primary key) create table u (a int references t)")
    assert [str(table.name) for table in database.tables] == ["s.t", "s.u"]
    assert database.tables[1].foreign_keys[0].references == ObjectName("s", "t")


@pytest.mark.parametrize(
    ("statement", "name", "kind", "word"),
    [
        (
            "create sequence s.q as int start with 1 increment by 1",
            ObjectName("s", "q"),
            ObjectKind.SEQUENCE,
            "SEQUENCE",
        ),
        ("create synonym n for db.s.t", ObjectName("dbo", "n"), ObjectKind.SYNONYM, "SYNONYM"),
        (
            "create xml schema collection s.x as N'<a/>'",
            ObjectName("s", "x"),
            ObjectKind.OTHER,
            "XML SCHEMA COLLECTION",
        ),
        (
            "create partition function f (int) as range left for values (1)",
            ObjectName("", "f"),
            ObjectKind.OTHER,
            "PARTITION FUNCTION",
        ),
        ("create rule r as @x in ('a')", ObjectName("dbo", "r"), ObjectKind.OTHER, "RULE"),
        ("create user bob for login bob with default_schema = s", ObjectName("", "bob"), ObjectKind.OTHER, "USER"),
        ("create table files as filetable", ObjectName("dbo", "files"), ObjectKind.TABLE, "FILE TABLE"),
    ],
)
def test_other_objects_are_kept_by_name(
    read: Read, statement: str, name: ObjectName, kind: ObjectKind, word: str
) -> None:
    assert read(statement).others == (OtherObject(name, kind, word, Place("script.sql", 1)),)


def test_name_and_collation_of_the_database(read: Read) -> None:
    database = read(
        "create database [my db] on primary (name = x) collate Polish_CI_AS\nGO\nuse master\nGO\nuse [my db]"
    )
    assert (database.name, database.collation) == ("my db", "Polish_CI_AS")
    assert read("alter database x collate Latin1_General_BIN2").collation == "Latin1_General_BIN2"
    assert read("select 1").collation == "SQL_Latin1_General_CP1_CI_AS"


def test_a_table_moves_to_another_schema(read: Read) -> None:
    database = read(BASE + "create table u (a int references s.t)\nGO\nalter schema dbo transfer s.t")
    assert [str(table.name) for table in database.tables] == ["dbo.u", "dbo.t"]
    assert database.tables[0].foreign_keys[0].references == ObjectName("dbo", "t")


@pytest.mark.parametrize(
    "statement", ["create table #t (a int)", "create index i on tempdb..#t (a)", "alter table ##t add b int"]
)
def test_temporary_objects_are_no_schema(read: Read, statement: str) -> None:
    database = read(statement)
    assert (database.tables, sum(item.count for item in database.skipped)) == ((), 1)
