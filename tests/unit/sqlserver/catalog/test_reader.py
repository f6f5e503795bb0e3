"""Catalog rows of every release, by hand: what becomes of them, and what is said where something may not be seen."""

from __future__ import annotations

from typing import Any

import pytest
from support.sys_catalog import fill
from support.sys_views import SysViews

from migrator.errors import SourceError, SourceUnreachable
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import (
    Action,
    Check,
    Column,
    Computed,
    Database,
    Default,
    ForeignKey,
    Identity,
    Index,
    Key,
    KeyColumn,
    Module,
    ObjectKind,
    OtherObject,
    PartitionFunction,
    Sequence,
    Table,
    Temporal,
)
from migrator.sqlserver.catalog import Catalog, read_catalog
from migrator.sqlserver.catalog.others import LISTINGS
from migrator.sqlserver.version import EngineEdition

PRODUCTS = [
    *((major, EngineEdition.SERVER) for major in range(11, 18)),
    (16, EngineEdition.MANAGED_INSTANCE),
    (17, EngineEdition.AZURE_SQL_DATABASE),
    (17, EngineEdition.FABRIC),
]
INT, NVARCHAR = 56, 231


def read(views: SysViews) -> Catalog:
    return read_catalog(views.rows, views.product)


def database(*tables: Table, **more: Any) -> Database:
    return Database("Shop", "SQL_Latin1_General_CP1_CI_AS", ("dbo",), tables, **more)


def table(name: str, *columns: Column, **more: Any) -> Table:
    return Table(ObjectName("dbo", name), columns or (integer("Id"),), **more)


def integer(name: str, **more: Any) -> Column:
    return Column(name, DataType(SqlType.INT), **({"nullable": False} | more))


def others(catalog: Catalog) -> set[tuple[str, str]]:
    return {(other.word, str(other.name)) for other in catalog.database.others}


def views_of(major: int, *tables: Table, **more: Any) -> SysViews:
    views = SysViews(major)
    fill(views, database(*tables, **more))
    return views


def id_of(views: SysViews, name: str) -> int:
    [(id_,)] = views.rows(f"SELECT object_id FROM sys.objects WHERE name = '{name}'")
    return int(id_)


def base(views: SysViews) -> None:
    """The least that a database has: its schemas and types."""
    fill(views, database())


@pytest.mark.parametrize(("major", "edition"), PRODUCTS)
def test_every_release_answers_every_query(major: int, edition: EngineEdition) -> None:
    views = SysViews(major, edition)
    fill(
        views,
        database(
            table("T", integer("Id", identity=Identity(-5, 3)), primary_key=Key(None, (KeyColumn("Id"),), True)),
            modules=(Module(ObjectName("dbo", "V"), ObjectKind.VIEW, "CREATE VIEW dbo.V AS SELECT 1 AS x"),),
        ),
    )
    found = read(views)
    assert found.notes == ()
    [only] = found.database.tables
    assert only.columns == (integer("Id", identity=Identity(-5, 3)),)
    assert only.primary_key == Key(None, (KeyColumn("Id"),), clustered=True)
    assert found.database.product == f"Microsoft SQL Server {major}"
    assert found.database.collation == "SQL_Latin1_General_CP1_CI_AS"
    assert found.database.modules[0].body == "CREATE VIEW dbo.V AS SELECT 1 AS x"
    assert len(views.asked) < 35  # one query an area, whatever is in it


def test_how_many_queries_does_not_depend_on_how_many_tables() -> None:
    few, many = views_of(17, table("A")), views_of(17, *(table(f"T{number}") for number in range(60)))
    assert len(read(few).database.tables) == 1
    assert len(read(many).database.tables) == 60
    assert len(few.asked) == len(many.asked)


def test_what_a_column_may_be() -> None:
    columns = (
        integer("Id", identity=Identity(10**20, -1)),
        Column("Made", DataType(SqlType.DATETIME2, scale=3), nullable=False, generated_always="ROW START"),
        Column("Email", DataType(SqlType.NVARCHAR, length=100), nullable=True, masked='partial(1,"XX",1)'),
        Column("Secret", DataType(SqlType.VARBINARY, length=MAX), nullable=True, encrypted=True),
        Column("Guid", DataType(SqlType.UNIQUEIDENTIFIER), nullable=False, rowguid=True),
        Column("Rare", DataType(SqlType.VARCHAR, length=10), nullable=True, sparse=True, collation="Greek_CI_AS"),
        Column("Real", DataType(SqlType.REAL), nullable=False, default=Default("DF_R", "((0.5))")),
        Column("Float", DataType(SqlType.FLOAT, precision=53), nullable=False, default=Default(None, "((1))")),
        Column(
            "Sum", DataType(SqlType.DECIMAL, precision=9, scale=2), nullable=True, computed=Computed("([A]+1)", True)
        ),
        Column("Vector", DataType(SqlType.VECTOR, length=3), nullable=True),
        Column("Json", DataType(SqlType.JSON), nullable=True, description="as it came"),
    )
    [found] = read(views_of(17, table("T", *columns, description="all kinds"))).database.tables
    assert found.columns == columns
    assert found.description == "all kinds"


def test_a_computed_column_is_only_not_null_where_it_was_said() -> None:
    plain = Column("A", DataType(SqlType.INT), nullable=False, computed=Computed("([Id]+1)", persisted=False))
    kept = Column("B", DataType(SqlType.INT), nullable=False, computed=Computed("([Id]+1)", persisted=True))
    [found] = read(views_of(13, table("T", integer("Id"), plain, kept))).database.tables
    assert (found.column("A").nullable, found.column("B").nullable) == (True, False)


def test_a_vector_without_its_number_of_dimensions() -> None:
    views = SysViews(16)  # a managed instance may have the type before the catalog has the column
    base(views)
    views.add("types", user_type_id=255, system_type_id=255, schema_id=4, name="vector", is_nullable=1)
    views.add("tables", object_id=9, schema_id=1, name="T", type="U")
    views.add(
        "columns",
        object_id=9,
        column_id=1,
        name="V",
        system_type_id=255,
        user_type_id=255,
        max_length=20,
        rule_object_id=0,
    )
    [found] = read(views).database.tables
    assert found.columns[0].type == DataType(SqlType.VECTOR, length=3)


def test_a_type_that_nobody_knows() -> None:
    views = SysViews(17)
    base(views)
    views.add("types", user_type_id=300, system_type_id=300, schema_id=4, name="hologram")
    views.add("tables", object_id=9, schema_id=1, name="T", type="U")
    views.add("columns", object_id=9, column_id=1, name="H", system_type_id=300, user_type_id=300, max_length=8)
    with pytest.raises(SourceError, match="hologram"):
        read(views)


@pytest.mark.parametrize(("system", "expected"), [(NVARCHAR, DataType(SqlType.NVARCHAR, length=25)), (240, None)])
def test_a_type_that_the_login_may_not_see(system: int, expected: DataType | None) -> None:
    views = SysViews(15)
    base(views)
    views.add("tables", object_id=9, schema_id=1, name="T", type="U")
    views.add("columns", object_id=9, column_id=1, name="P", system_type_id=system, user_type_id=777, max_length=50)
    found = read(views)
    assert found.database.tables[0].columns[0].type == (expected or DataType(SqlType.VARBINARY, length=MAX))
    assert "dbo.T.P" in " ".join(found.notes)


def test_features() -> None:
    views = SysViews(17)
    base(views)
    for number, (name, flags) in enumerate(
        {
            "Fast": {"is_memory_optimized": 1},
            "Person": {"is_node": 1},
            "Files": {"is_filetable": 1},
            "Book": {"ledger_type": 3},
            "OldBook": {"ledger_type": 1},
            "Watched": {"is_tracked_by_cdc": 1},
        }.items(),
        start=100,
    ):
        views.add("tables", object_id=number, schema_id=1, name=name, type="U", **flags)
        views.add("columns", object_id=number, column_id=1, name="Id", system_type_id=INT, user_type_id=INT)
        views.add("partitions", object_id=number, index_id=0, rows=7)
        views.add("partitions", object_id=number, index_id=2, rows=7)
    views.add("change_tracking_tables", object_id=105)
    found = {str(item.name): item for item in read(views).database.tables}
    assert {name: item.features for name, item in found.items()} == {
        "dbo.Fast": ("memory-optimised",),
        "dbo.Person": ("graph node",),
        "dbo.Files": ("file table",),
        "dbo.Book": ("ledger",),
        "dbo.OldBook": ("ledger history",),
        "dbo.Watched": ("change tracking", "change data capture"),
    }
    assert {name: item.rows for name, item in found.items()} == {
        **dict.fromkeys(("dbo.Person", "dbo.Files", "dbo.Book", "dbo.OldBook", "dbo.Watched"), 7),
        "dbo.Fast": None,
    }


def test_babelfish_does_not_know_how_many_rows_there_are() -> None:
    views = SysViews(12, EngineEdition.BABELFISH)
    fill(views, database(table("T", rows=7)))
    assert [item.rows for item in read(views).database.tables] == [None]


def test_a_graph_keeps_its_own_columns_to_itself() -> None:
    views = SysViews(17)
    base(views)
    for id_, name, kind in ((10, "Person", "is_node"), (11, "Knows", "is_edge")):
        views.add("tables", object_id=id_, schema_id=1, name=name, type="U", **{kind: 1})
        views.add("objects", object_id=id_, schema_id=1, name=name, type="U")
    numeric = {"system_type_id": INT, "user_type_id": INT}
    views.add("columns", object_id=10, column_id=1, name="graph_id_0A", graph_type=1, **numeric)
    views.add("columns", object_id=10, column_id=2, name="$node_id_0A", graph_type=2, **numeric)
    views.add("columns", object_id=10, column_id=3, name="Name", **numeric)
    views.add("columns", object_id=11, column_id=1, name="graph_id_0B", graph_type=1, **numeric)
    for table_, index, name in ((10, 2, "GRAPH_UNIQUE_INDEX_0A"), (11, 2, "GRAPH_UNIQUE_INDEX_0B"), (11, 3, "Mine")):
        views.add("indexes", object_id=table_, index_id=index, name=name, type=2)
        views.add("index_columns", object_id=table_, index_id=index, index_column_id=1, column_id=1, key_ordinal=1)
    found = read(views)
    assert [(str(item.name), [column.name for column in item.columns]) for item in found.database.tables] == [
        ("dbo.Person", ["Name"])
    ]
    assert found.database.tables[0].indexes == ()
    assert found.database.others == (
        OtherObject(ObjectName("dbo", "Knows.Mine"), ObjectKind.INDEX, "INDEX ON GRAPH"),
        OtherObject(ObjectName("dbo", "Knows"), ObjectKind.TABLE, "GRAPH EDGE"),
    )


def test_the_history_of_a_temporal_table_is_a_table_too() -> None:
    moment = DataType(SqlType.DATETIME2, scale=7)
    start = Column("Since", moment, nullable=False, generated_always="ROW START")
    end = Column("Until", moment, nullable=False, generated_always="ROW END")
    found = read(
        views_of(13, table("T", integer("Id"), start, end, temporal=Temporal(None, "Since", "Until")))
    ).database
    history, kept = sorted(found.tables, key=lambda item: item.temporal is not None)
    assert kept.temporal == Temporal(history.name, "Since", "Until")
    assert history.column("Since").generated_always is None


def test_keys_and_what_is_switched_off() -> None:
    views = SysViews(12)
    base(views)
    for view in ("objects", "tables"):
        views.add(view, object_id=9, schema_id=1, name="T", type="U")
    for number, name in enumerate("AB", 1):
        views.add("columns", object_id=9, column_id=number, name=name, system_type_id=INT, user_type_id=INT)
    views.add("indexes", object_id=9, index_id=1, name="PK", type=1, is_unique=1, is_primary_key=1, is_disabled=1)
    views.add(
        "indexes",
        object_id=9,
        index_id=2,
        name="UQ__T__3",
        type=2,
        is_unique=1,
        is_unique_constraint=1,
        ignore_dup_key=1,
    )
    views.add("indexes", object_id=9, index_id=3, name="IX", type=2, is_disabled=1, filter_definition="([A]>(0))")
    views.add("indexes", object_id=9, index_id=4, name="guess", type=2, is_hypothetical=1)
    views.add("key_constraints", name="PK", parent_object_id=9, unique_index_id=1)
    views.add("key_constraints", name="UQ__T__3", parent_object_id=9, unique_index_id=2, is_system_named=1)
    part = {"object_id": 9, "partition_ordinal": 0}
    views.add("index_columns", index_id=1, index_column_id=1, column_id=2, key_ordinal=2, is_descending_key=1, **part)
    views.add("index_columns", index_id=1, index_column_id=2, column_id=1, key_ordinal=1, **part)
    views.add("index_columns", index_id=2, index_column_id=1, column_id=1, key_ordinal=1, **part)
    views.add("index_columns", index_id=3, index_column_id=1, column_id=1, key_ordinal=1, **part)
    views.add("index_columns", index_id=3, index_column_id=2, column_id=2, key_ordinal=0, is_included_column=1, **part)
    found = read(views)
    [only] = found.database.tables
    assert only.primary_key == Key("PK", (KeyColumn("A"), KeyColumn("B", descending=True)), clustered=True)
    assert only.uniques == (Key(None, (KeyColumn("A"),), clustered=False),)
    assert only.indexes == (Index("IX", (KeyColumn("A"),), ("B",), filter="([A]>(0))", disabled=True),)
    assert found.database.others == (
        OtherObject(ObjectName("dbo", "T.PK"), ObjectKind.PRIMARY_KEY, "IsDisabled"),
        OtherObject(ObjectName("dbo", "T.UQ__T__3"), ObjectKind.UNIQUE, "DoIgnoreDuplicateKey"),
    )


def test_foreign_keys_in_pairs() -> None:
    parent = table("P", integer("A"), integer("B"))
    key = ForeignKey(
        "FK", ("Y", "X"), parent.name, ("A", "B"), Action.CASCADE, Action.SET_NULL, trusted=False, enabled=False
    )
    found = read(views_of(11, parent, table("C", integer("X"), integer("Y"), foreign_keys=(key,))))
    assert found.database.table(ObjectName("dbo", "C")).foreign_keys == (key,)


def test_a_foreign_key_to_a_table_that_the_login_may_not_see() -> None:
    views = views_of(11, table("T"))
    id_ = id_of(views, "T")
    views.add("foreign_keys", object_id=5, name="FK_Hidden", parent_object_id=id_, referenced_object_id=6)
    views.add(
        "foreign_key_columns", constraint_object_id=5, constraint_column_id=1, parent_object_id=id_, parent_column_id=1
    )
    found = read(views)
    assert found.database.tables[0].foreign_keys == ()
    assert found.notes == (
        "These foreign keys lead to tables that the login may not see, and are left out: dbo.T.FK_Hidden",
    )


def test_definitions_that_are_hidden() -> None:
    """Without VIEW DEFINITION the texts are NULL: nothing is left out, and each is named."""
    column = integer("A", default=Default("DF", "((1))"))
    computed = Column("B", DataType(SqlType.INT), nullable=True, computed=Computed("([A])", persisted=False))
    views = views_of(
        16,
        table("T", column, computed, checks=(Check("CK", "([A]>(0))"),)),
        modules=(
            Module(ObjectName("dbo", "Hidden"), ObjectKind.PROCEDURE, None),
            Module(ObjectName("dbo", "Locked"), ObjectKind.VIEW, None),
        ),
    )
    for view in ("default_constraints", "computed_columns", "check_constraints"):
        views.change(view, definition=None)
    views.encrypted.add(id_of(views, "Locked"))
    views.granted = 0
    found = read(views)
    [only] = found.database.tables
    assert only.column("A").default == Default("DF", "")
    assert only.column("B").computed == Computed("", persisted=False)
    assert only.checks == (Check("CK", ""),)
    assert [module.text for module in found.database.modules] == [None, None]
    said = "\n".join(found.notes)
    assert "no VIEW DEFINITION permission on the database" in said
    assert "dbo.T.A, dbo.T.B" in said
    assert "checks are hidden (no VIEW DEFINITION permission): dbo.T.CK" in said
    assert "encrypted (WITH ENCRYPTION): dbo.Locked" in said
    assert "hidden (no VIEW DEFINITION permission): dbo.Hidden" in said


def test_only_some_of_many_names_are_said() -> None:
    views = views_of(
        16, modules=tuple(Module(ObjectName("dbo", f"P{n:02}"), ObjectKind.PROCEDURE, None) for n in range(25))
    )
    [note] = read(views).notes
    assert note.endswith("dbo.P09 and 15 more")


def test_modules_of_every_kind() -> None:
    views = SysViews(16)
    base(views)
    for number, (type_, name) in enumerate(
        [("PC", "Clr"), ("FT", "Rows"), ("TF", "Many"), ("TA", "ClrTr"), ("X ", "xp"), ("RF", "Filter")], 50
    ):
        views.add("objects", object_id=number, schema_id=1, name=name, type=type_, parent_object_id=0)
    views.add("assemblies", assembly_id=70000, name="Co]de", is_user_defined=1)
    for number in (50, 51, 53):
        views.add("assembly_modules", object_id=number, assembly_id=70000, assembly_class="A.B", assembly_method="Run")
    views.add("sql_modules", object_id=52, definition="CREATE FUNCTION dbo.Many()\r\nRETURNS ...")
    views.add("sql_modules", object_id=55, definition="CREATE PROCEDURE ...")
    views.add("triggers", object_id=60, name="OnDdl", type="TR", parent_class=0, is_disabled=1)
    views.add("sql_modules", object_id=60, definition="CREATE TRIGGER OnDdl ON DATABASE ...")
    views.add("triggers", object_id=61, name="cdc", type="TR", parent_class=0, is_ms_shipped=1)
    found = read(views)
    texts = {str(module.name): (module.kind, module.text) for module in found.database.modules}
    clr = "/* parameters: those of the method */ AS EXTERNAL NAME [Co]]de].[A.B].[Run]"
    assert texts == {
        "OnDdl": (ObjectKind.TRIGGER, "CREATE TRIGGER OnDdl ON DATABASE ..."),
        "dbo.Clr": (ObjectKind.PROCEDURE, f"CREATE PROCEDURE [dbo].[Clr] {clr}"),
        "dbo.ClrTr": (ObjectKind.TRIGGER, f"CREATE TRIGGER [dbo].[ClrTr] {clr}"),
        "dbo.Filter": (ObjectKind.PROCEDURE, "CREATE PROCEDURE ..."),
        "dbo.Many": (ObjectKind.FUNCTION, "CREATE FUNCTION dbo.Many()\nRETURNS ..."),
        "dbo.Rows": (ObjectKind.FUNCTION, f"CREATE FUNCTION [dbo].[Rows] {clr}"),
    }
    assert others(found) == {("ASSEMBLY", "Co]de"), ("IsDisabled", "OnDdl")}


def test_rules_and_defaults_of_old() -> None:
    views = views_of(11, table("T", integer("A]b"), integer("C"), integer("D")))
    for id_, type_, name, definition in (
        (50, "R", "Positive", "create rule Positive AS @v > 0 AND @v <> '@v' -- @v"),
        (51, "D", "Five", "CREATE DEFAULT [AS] as (5);"),
        (52, "R", "Idle", "CREATE RULE Idle AS @x = 1"),
        (53, "R", "Hidden", None),
    ):
        views.add("objects", object_id=id_, schema_id=1, name=name, type=type_, parent_object_id=0)
        views.add("sql_modules", object_id=id_, definition=definition)
    views.change("columns", where="column_id = 1", rule_object_id=50)
    views.change("columns", where="column_id = 2", default_object_id=51)
    views.change("columns", where="column_id = 3", rule_object_id=53)
    found = read(views)
    [only] = found.database.tables
    assert only.checks == (Check(None, "[A]]b] > 0 AND [A]]b] <> '@v' -- @v"), Check(None, ""))
    assert only.column("C").default == Default(None, "(5)")
    assert others(found) == {
        ("BOUND RULE", "dbo.Positive"),
        ("BOUND DEFAULT", "dbo.Five"),
        ("RULE", "dbo.Idle"),
        ("BOUND RULE", "dbo.Hidden"),
    }
    assert found.notes == ("What rules and defaults bound to these columns say is hidden: dbo.T.D",)


@pytest.mark.parametrize(
    ("major", "current", "last", "expected"),
    [(11, 10, None, 10), (11, 15, None, 20), (17, 10, None, 10), (17, 10, 10, 15), (17, 25, 25, 30)],
)
def test_what_a_sequence_gives_next(major: int, current: int, last: int | None, expected: int) -> None:
    name = ObjectName("dbo", "S")
    views = views_of(major, sequences=(Sequence(name, DataType(SqlType.BIGINT), 10, 5),))
    views.change("sequences", current_value=current)
    if last is not None:
        views.change("sequences", last_used_value=last)
    assert read(views).database.sequences == (Sequence(name, DataType(SqlType.BIGINT), expected, 5),)


def test_a_sequence_that_goes_round() -> None:
    name, tiny = ObjectName("dbo", "S"), DataType(SqlType.TINYINT)
    sequence = Sequence(name, tiny, 7, -3, minimum=2, maximum=9, cycle=True, cache=0)
    views = views_of(17, sequences=(sequence,))
    assert read(views).database.sequences == (sequence,)
    views.change("sequences", current_value=3)
    assert read(views).database.sequences[0].start == 9


def test_boundaries_of_partitions_are_constants() -> None:
    functions = (
        PartitionFunction("a", DataType(SqlType.DATETIME), True, ("'2020-01-01 00:00:00.000'",)),
        PartitionFunction("b", DataType(SqlType.NVARCHAR, length=10), False, ("N'it''s'",)),
        PartitionFunction("c", DataType(SqlType.VARBINARY, length=4), False, ("0x0f",)),
        PartitionFunction("d", DataType(SqlType.DECIMAL, precision=5, scale=2), False, ("1.50", "-2.25")),
    )
    assert read(views_of(11, partition_functions=functions)).database.partition_functions == functions


def test_extended_properties_that_describe_no_table() -> None:
    views = views_of(17, table("T", integer("A")), modules=(Module(ObjectName("dbo", "P"), ObjectKind.PROCEDURE, "x"),))
    table_, procedure = id_of(views, "T"), id_of(views, "P")
    named = {"name": "MS_Description", "class_desc": "?"}
    views.add("extended_properties", **{"class": 0}, major_id=0, minor_id=0, value="the shop", **named)
    views.add("extended_properties", **{"class": 1}, major_id=procedure, minor_id=0, value="it works", **named)
    views.add("extended_properties", **{"class": 1}, major_id=table_, minor_id=1, value=5, **named)
    views.add("extended_properties", **{"class": 1}, major_id=table_, minor_id=1, name="Owner", value="Ann")
    views.add("extended_properties", **{"class": 3}, major_id=1, minor_id=0, value="all of it", **named)
    found = read(views)
    assert found.database.tables[0].columns[0].description is None
    labels = {"Shop.MS_Description", "dbo.P.MS_Description", "dbo.T.A.MS_Description", "dbo.T.A.Owner"}
    assert others(found) == {("EXTENDED PROPERTY", label) for label in labels | {"dbo.MS_Description"}}


def test_users_roles_and_permissions() -> None:
    views = views_of(17, table("T", integer("A")))
    table_ = id_of(views, "T")
    people = [
        (0, "public", "R"),
        (1, "dbo", "S"),
        (2, "guest", "S"),
        (5, "ann", "S"),
        (6, "readers", "R"),
        (7, "app", "A"),
    ]
    for id_, name, type_ in people:
        views.add("database_principals", principal_id=id_, name=name, type=type_, sid=name)
    views.add("database_principals", principal_id=16384, name="db_owner", type="R", is_fixed_role=1)
    views.add("database_role_members", role_principal_id=6, member_principal_id=5)
    views.add("database_role_members", role_principal_id=16384, member_principal_id=1)
    views.add("server_principals", name="ann", type="S", sid="ann")
    views.add("server_principals", name="bob", type="S", sid="bob")
    for kind, major, minor, who, what in (
        (0, 0, 0, 1, "CONNECT"),
        (0, 0, 0, 0, "VIEW ANY COLUMN MASTER KEY DEFINITION"),
        (0, 0, 0, 5, "CONNECT"),
        (1, table_, 0, 6, "SELECT"),
        (1, table_, 1, 5, "UPDATE"),
        (3, 1, 0, 6, "EXECUTE"),
        (1, -500, 0, 0, "SELECT"),
    ):
        views.add(
            "database_permissions",
            **{"class": kind},
            major_id=major,
            minor_id=minor,
            grantee_principal_id=who,
            permission_name=what,
            state_desc="GRANT",
        )
    assert others(read(views)) == {
        ("USER", "ann"),
        ("ROLE", "readers"),
        ("APPLICATION ROLE", "app"),
        ("ROLE MEMBERSHIP", "readers.ann"),
        ("LOGIN", "ann"),
        ("PERMISSION STATEMENT", "GRANT CONNECT TO ann"),
        ("PERMISSION STATEMENT", "GRANT SELECT ON dbo.T TO readers"),
        ("PERMISSION STATEMENT", "GRANT UPDATE ON dbo.T.A TO ann"),
        ("PERMISSION STATEMENT", "GRANT EXECUTE ON SCHEMA dbo TO readers"),
    }


def test_what_only_has_a_name() -> None:
    views = SysViews(17)
    words = {
        *("CERTIFICATE", "ASYMMETRIC KEY", "SYMMETRIC KEY", "COLUMN MASTER KEY", "COLUMN ENCRYPTION KEY", "PLAN GUIDE"),
        *("FULLTEXT CATALOG", "FULLTEXT STOPLIST", "EXTERNAL DATA SOURCE", "EXTERNAL FILE FORMAT", "BROKER PRIORITY"),
        *("DATABASE SCOPED CREDENTIAL", "FILEGROUP", "EVENT NOTIFICATION", "MESSAGE TYPE", "CONTRACT", "SERVICE"),
        *("ROUTE", "LINKED SERVER", "AGENT JOB", "ASSEMBLY"),
    }
    in_schema = {"QUEUE", "SECURITY POLICY", "EXTERNAL TABLE", "AGGREGATE", "TABLE TYPE", "XML SCHEMA COLLECTION"}
    given = (
        *(OtherObject(ObjectName("", f"a {word.lower()}"), ObjectKind.OTHER, word) for word in words),
        *(OtherObject(ObjectName("dbo", word.lower()), ObjectKind.OTHER, word) for word in in_schema),
    )
    fill(views, database(others=given))
    for view, name in (
        ("symmetric_keys", "##MS_DatabaseMasterKey##"),
        ("certificates", "##MS_own##"),
        ("filegroups", "PRIMARY"),
        ("routes", "AutoCreatedLocal"),
        ("registered_search_property_lists", "list"),
        ("remote_service_bindings", "binding"),
        ("database_audit_specifications", "audit"),
        ("external_libraries", "library"),
        ("external_models", "model"),
    ):
        views.add(view, name=name)
    views.add("external_languages", language="Java")
    views.add("databases", database_id=5, name="Shop", is_encrypted=1)
    views.add("databases", database_id=6, name="Another", is_encrypted=1)
    views.add_job("of another", "Another")
    found = read(views)
    assert found.notes == ()
    expected = {(item.word, str(item.name)) for item in given} | {
        ("MASTER KEY", "##MS_DatabaseMasterKey##"),
        ("SEARCH PROPERTY LIST", "list"),
        ("REMOTE SERVICE BINDING", "binding"),
        ("DATABASE AUDIT SPECIFICATION", "audit"),
        ("EXTERNAL LIBRARY", "library"),
        ("EXTERNAL LANGUAGE", "Java"),
        ("EXTERNAL MODEL", "model"),
        ("DATABASE ENCRYPTION KEY", "Shop"),
    }
    assert others(found) == expected
    tested = {word for word, _ in expected}
    tested |= {"USER", "ROLE", "APPLICATION ROLE", "ROLE MEMBERSHIP", "PERMISSION STATEMENT", "LOGIN"}
    tested |= {"CLR TYPE", "NUMBERED PROCEDURE", "SENSITIVITY CLASSIFICATION", "STATISTICS"}
    assert tested == {listing.word for listing in LISTINGS}
    kinds = {item.word: item.kind for item in found.database.others}
    assert kinds["TABLE TYPE"] is ObjectKind.TABLE_TYPE


def test_what_belongs_to_a_table_or_a_procedure() -> None:
    views = views_of(17, table("T", integer("A")), modules=(Module(ObjectName("dbo", "P"), ObjectKind.PROCEDURE, "x"),))
    table_, procedure = id_of(views, "T"), id_of(views, "P")
    views.add("numbered_procedures", object_id=procedure, procedure_number=1)
    views.add("numbered_procedures", object_id=procedure, procedure_number=2)
    views.add("sensitivity_classifications", **{"class": 1}, major_id=table_, minor_id=1)
    views.add("stats", object_id=table_, stats_id=2, name="by hand", user_created=1)
    views.add("stats", object_id=table_, stats_id=3, name="_WA_Sys_1", user_created=0)
    assert others(read(views)) == {
        ("NUMBERED PROCEDURE", "dbo.P;2"),
        ("SENSITIVITY CLASSIFICATION", "dbo.T.A"),
        ("STATISTICS", "dbo.T.by hand"),
    }


def test_a_clr_type_is_its_bytes() -> None:
    point = ObjectName("dbo", "Point")
    column = Column("P", DataType(SqlType.VARBINARY, length=MAX, alias=point), nullable=True)
    found = read(views_of(17, table("T", column), others=(OtherObject(point, ObjectKind.OTHER, "CLR TYPE"),)))
    assert found.database.tables[0].columns == (column,)
    assert others(found) == {("CLR TYPE", "dbo.Point")}


def test_an_external_table_is_no_table_of_the_database() -> None:
    views = views_of(13, table("Here"))
    views.add("tables", object_id=9, schema_id=1, name="There", type="U", is_external=1)
    views.add("external_tables", object_id=9, schema_id=1, name="There", type="U")
    views.add("columns", object_id=9, column_id=1, name="Id", system_type_id=INT, user_type_id=INT, max_length=4)
    found = read(views)
    assert [str(item.name) for item in found.database.tables] == ["dbo.Here"]
    assert others(found) == {("EXTERNAL TABLE", "dbo.There")}


def test_one_denied_view_hides_no_other() -> None:
    given = OtherObject(ObjectName("", "ours"), ObjectKind.OTHER, "CERTIFICATE")
    views = views_of(17, table("T"), others=(given,))
    views.denied |= {"symmetric_keys", "sysjobs", "extended_properties", "sequences"}
    found = read(views)
    assert found.database.others == (given,)
    assert [note.partition(" could not")[0] for note in found.notes] == [
        "Extended properties",
        "Jobs of SQL Server Agent (AGENT JOB)",
        "Keys, certificates and credentials (SYMMETRIC KEY)",
        "Keys, certificates and credentials (MASTER KEY)",
        "Sequences",
    ]
    assert all("denied" in note for note in found.notes)


def test_without_tables_there_is_no_catalog() -> None:
    views = views_of(17, table("T"))
    views.denied.add("tables")
    with pytest.raises(SourceError, match="refused"):
        read(views)


def test_a_lost_connection_is_no_missing_permission() -> None:
    views = views_of(17, table("T"))

    def rows(sql: str) -> list[tuple[Any, ...]]:
        if "extended_properties" in sql:
            raise SourceUnreachable("the connection is gone")
        return views.rows(sql)

    with pytest.raises(SourceUnreachable):
        read_catalog(rows, views.product)


def test_a_table_without_visible_columns() -> None:
    views = views_of(17, table("T"))
    views.add("tables", object_id=9, schema_id=1, name="Bare", type="U")
    found = read(views)
    assert [str(item.name) for item in found.database.tables] == ["dbo.T"]
    assert found.notes == ("These tables show no column to the login, and are left out: dbo.Bare",)


def test_a_schema_that_changes_meanwhile() -> None:
    views = views_of(17, table("T"))

    def rows(sql: str) -> list[tuple[Any, ...]]:
        if "sys.synonyms" in sql:
            views.change("objects", modify_date="2025-01-01T00:00:00")
        return views.rows(sql)

    assert read_catalog(rows, views.product).notes == ("The schema was changed while it was read: read it again.",)


def test_schemas_are_those_of_the_database() -> None:
    views = SysViews(17)
    fill(views, Database("Shop", "Latin1_General_CI_AS", ("dbo", "Sales", "Bare"), (table("T"),)))
    assert read(views).database.schemas == ("dbo", "Bare", "Sales")
