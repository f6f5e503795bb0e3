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
    PartitionFunction,
    Partitioning,
    PartitionScheme,
    Place,
    Sequence,
    Table,
)
from migrator.translate.tsql.read import read_script

Read = Callable[[str], Database]
ReadTable = Callable[[str], Table]
BASE = "create table s.t (a int not null, b int, c xml, d geography, e nvarchar(max), primary key nonclustered (a));\n"
HERE = Place("script.sql", 2)
PLACE = Place("script.sql", 1)
INT, BIGINT, Q = DataType(SqlType.INT), DataType(SqlType.BIGINT), ObjectName("s", "q")


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


@pytest.mark.parametrize(
    ("written", "partitioning"),
    [
        ("create clustered index i on s.t (b) on scheme (b)", Partitioning("scheme", "b")),
        ("create index i on s.t (b) on scheme (b)", None),
        ("alter table s.t add constraint k unique nonclustered (a, b) on [scheme] (b)", None),
        ("alter table s.t add constraint k unique clustered (b) on scheme (b)", Partitioning("scheme", "b")),
        ("create clustered index i on s.t (b) on [PRIMARY]", None),
    ],
)
def test_the_clustered_index_is_where_the_table_lies(
    read_table: ReadTable, written: str, partitioning: Partitioning | None
) -> None:
    assert read_table(BASE + written).partitioning == partitioning


def test_partition_functions_and_schemes(read: Read) -> None:
    found = read(
        "create partition function f (datetime2(0)) as range right for values ('2020-01-01', N'2021-01-01')\n"
        "create partition function g (int) as range for values ()\n"
        "create partition scheme p as partition f to ([PRIMARY], a, b)\n"
        "alter partition function f() split range ('2022-01-01')\n"
        "alter partition function f() merge range ('2020-01-01')"
    )
    assert found.partition_functions == (
        PartitionFunction("f", DataType(SqlType.DATETIME2, scale=0), True, ("N'2021-01-01'", "'2022-01-01'")),
        PartitionFunction("g", DataType(SqlType.INT), False, ()),
    )
    assert found.partition_schemes == (PartitionScheme("p", "f"),)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("create sequence s.q", Sequence(Q, BIGINT, -(1 << 63), place=PLACE)),
        (
            "create sequence s.q as tinyint increment by -1",
            Sequence(Q, DataType(SqlType.TINYINT), 255, -1, place=PLACE),
        ),
        (
            "create sequence s.q as int start with 5 increment by 2 minvalue 1 maxvalue 9 cycle cache 20",
            Sequence(Q, INT, 5, 2, 1, 9, True, 20, PLACE),
        ),
        (
            "create sequence s.q as int minvalue 3 no maxvalue no cycle no cache",
            Sequence(Q, INT, 3, minimum=3, cache=0, place=PLACE),
        ),
        (
            "create sequence s.q as int start with 5 alter sequence s.q restart with 7 increment by 3",
            Sequence(Q, INT, 7, 3, place=PLACE),
        ),
        ("create sequence s.q as int start with 5 alter sequence s.q restart", Sequence(Q, INT, 5, place=PLACE)),
    ],
)
def test_sequences(read: Read, written: str, expected: Sequence) -> None:
    assert read(written).sequences == (expected,)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("create sequence s.q as varchar(9)", "a sequence cannot be of type varchar(9)"),
        ("create sequence s.q increment by 0", "a sequence cannot step by 0"),
        ("create sequence s.q; create sequence s.q start with 1", "s.q exists already"),
        ("alter sequence s.q restart with 1", "there is no sequence s.q"),
    ],
)
def test_a_sequence_that_cannot_be_is_unread(written: str, reason: str) -> None:
    assert [item.reason for item in read_script(written).unread] == [reason]


def test_synonyms(read: Read) -> None:
    found = read("create synonym s.n for srv.db..t create synonym m for t").synonyms
    assert [(str(item.name), item.target, item.local) for item in found] == [
        ("s.n", ("srv", "db", "", "t"), None),
        ("dbo.m", ("t",), ObjectName("dbo", "t")),
    ]


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
            "create xml schema collection s.x as N'<a/>'",
            ObjectName("s", "x"),
            ObjectKind.OTHER,
            "XML SCHEMA COLLECTION",
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
