from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.package_file import (
    column,
    element,
    model,
    pointer,
    prop,
    references,
    related,
    script,
    table,
    type_of,
)

from migrator.errors import PackageDamaged, SourceError
from migrator.model.datatype import MAX, DataType, SqlType
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
    Module,
    ObjectKind,
    OtherObject,
    Table,
    Temporal,
)
from migrator.packages.archive import Entry
from migrator.packages.model_xml.reader import read_model

INT = type_of("[int]")
TEXT = type_of("[nvarchar]", Length=30)
ID = column("[dbo].[T].[id]", INT, nullable=False)
NOT_TRUSTED = '<Annotation Type="IsNotTrustedPropertyAnnotation" />'


def database(*elements: str, server: str = "") -> Database:
    data = model(*elements)

    @contextmanager
    def opened() -> Iterator[Entry]:
        yield Entry(io.BytesIO(data), "model.xml", len(data))

    return read_model(opened, name="Care", server=server)


def only(*elements: str) -> Table:
    (found,) = database(*elements).tables
    return found


def without_place(*found: object) -> list[object]:
    """Objects as they are, but for where they stand."""
    for item in found:
        object.__setattr__(item, "place", None)
    return list(found)


def specification(name: str, *inner: str) -> str:
    return element("SqlIndexedColumnSpecification", "", *inner, references("Column", name))


def words(found: Database) -> list[tuple[str, str]]:
    return [(str(other.name), other.word) for other in found.others]


# Columns.


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        (type_of("[int]"), DataType(SqlType.INT)),
        (type_of("[varchar]", Length=50), DataType(SqlType.VARCHAR, length=50)),
        (type_of("[nvarchar]", IsMax="True"), DataType(SqlType.NVARCHAR, length=MAX)),
        (type_of("[char]"), DataType(SqlType.CHAR, length=1)),
        (type_of("[varbinary]", Length=8000), DataType(SqlType.VARBINARY, length=8000)),
        (type_of("[decimal]", Precision=9, Scale=2), DataType(SqlType.DECIMAL, precision=9, scale=2)),
        (type_of("[numeric]", Precision=18), DataType(SqlType.NUMERIC, precision=18, scale=0)),
        (type_of("[decimal]"), DataType(SqlType.DECIMAL, precision=18, scale=0)),
        (type_of("[float]", Precision=53), DataType(SqlType.FLOAT, precision=53)),
        (type_of("[real]"), DataType(SqlType.REAL)),
        (type_of("[datetime2]", Scale=7), DataType(SqlType.DATETIME2, scale=7)),
        (type_of("[datetime2]"), DataType(SqlType.DATETIME2, scale=0)),
        (type_of("[time]", Scale=3), DataType(SqlType.TIME, scale=3)),
        (type_of("[datetimeoffset]"), DataType(SqlType.DATETIMEOFFSET, scale=0)),
        (type_of("[rowversion]"), DataType(SqlType.ROWVERSION)),
        (type_of("[timestamp]"), DataType(SqlType.ROWVERSION)),
        (type_of("[sys].[sysname]"), DataType(SqlType.NVARCHAR, length=128)),
        (type_of("[sys].[hierarchyid]"), DataType(SqlType.HIERARCHYID)),
        (type_of("[sys].[geography]"), DataType(SqlType.GEOGRAPHY)),
        (type_of("[sql_variant]"), DataType(SqlType.SQL_VARIANT)),
        (
            related(
                "TypeSpecifier", element("SqlXmlTypeSpecifier", "", related("Type", pointer("[xml]", builtin=True)))
            ),
            DataType(SqlType.XML),
        ),
    ],
)
def test_types(specifier: str, expected: DataType) -> None:
    assert only(table("[dbo].[T]", column("[dbo].[T].[c]", specifier))).columns[0].type == expected


def test_alias_types_are_resolved_wherever_they_stand() -> None:
    alias = element(
        "SqlUserDefinedDataType", "[care].[Code]", prop("Length", 20), prop("IsNullable", "False"),
        related("Schema", pointer("[care]")), related("Type", pointer("[nvarchar]", builtin=True)),
    )  # fmt: skip
    used = related("TypeSpecifier", element("SqlTypeSpecifier", "", references("Type", "[Care].[code]")))
    found = database(table("[dbo].[T]", column("[dbo].[T].[c]", used)), alias)
    name = ObjectName("care", "Code")
    assert found.tables[0].columns[0].type == DataType(SqlType.NVARCHAR, length=20, alias=ObjectName("Care", "code"))
    assert found.tables[0].columns[0].nullable
    (declared,) = found.alias_types
    assert (declared.name, declared.type, declared.nullable) == (name, DataType(SqlType.NVARCHAR, length=20), False)


def test_clr_types_are_kept_as_bytes() -> None:
    clr = element("SqlUserDefinedType", "[dbo].[Money2]", related("Schema", pointer("[dbo]")))
    used = related("TypeSpecifier", element("SqlTypeSpecifier", "", references("Type", "[dbo].[Money2]")))
    found = database(clr, table("[dbo].[T]", column("[dbo].[T].[c]", used)))
    assert found.tables[0].columns[0].type == DataType(SqlType.VARBINARY, length=MAX, alias=ObjectName("dbo", "Money2"))
    assert words(found) == [("dbo.Money2", "SqlUserDefinedType")]


@pytest.mark.parametrize(
    "specifier", [type_of("[quaternion]"), type_of("[dbo].[Nowhere]").replace("ExternalSource", "X")]
)
def test_unknown_type(specifier: str) -> None:
    with pytest.raises(SourceError, match="is not known here"):
        database(table("[dbo].[T]", column("[dbo].[T].[c]", specifier)))


def test_column_without_a_type() -> None:
    with pytest.raises(PackageDamaged, match=r"dbo\.T\.c in line \d+ of model\.xml has no type"):
        database(table("[dbo].[T]", column("[dbo].[T].[c]", "")))


def test_every_property_of_a_column() -> None:
    found = only(
        table(
            "[dbo].[T]",
            column(
                "[dbo].[T].[id]", INT, prop("IsIdentity", "True"), prop("IdentitySeed", 1000),
                prop("IdentityIncrement", -5), prop("IdentityIsNotForReplication", "True"), nullable=False,
            ),
            column("[dbo].[T].[plain]", INT, prop("IsIdentity", "True")),
            column("[dbo].[T].[guid]", type_of("[uniqueidentifier]"), prop("IsRowGuidColumn", "True")),
            column("[dbo].[T].[name]", TEXT, prop("Collation", "Polish_CS_AS"), prop("IsSparse", "True")),
            column("[dbo].[T].[mail]", TEXT, prop("MaskingFunction", "email()")),
            column("[dbo].[T].[ssn]", TEXT, references("ColumnEncryptionKey", "[CEK]"), prop("EncryptionType", 1)),
            column("[dbo].[T].[from]", type_of("[datetime2]", Scale=7), prop("GeneratedAlwaysType", 1)),
            element(
                "SqlComputedColumn", "[dbo].[T].[sum]", script("ExpressionScript", "[id]+(1)"),
                prop("IsPersisted", "True"), prop("IsPersistedNullable", "False"),
            ),
            element("SqlComputedColumn", "[dbo].[T].[lazy]", script("ExpressionScript", "getdate()")),
        )
    )  # fmt: skip
    assert found.column("id").identity == Identity(1000, -5)
    assert not found.column("id").nullable
    assert found.column("plain").identity == Identity(1, 1)
    assert found.column("guid").rowguid
    assert (found.column("name").collation, found.column("name").sparse) == ("Polish_CS_AS", True)
    assert found.column("mail").masked == "email()"
    assert found.column("ssn").encrypted
    assert not found.column("mail").encrypted
    assert found.column("from").generated_always == "ROW START"
    total = found.column("sum")
    assert (total.type, total.nullable, total.computed) == (None, False, Computed("[id]+(1)", persisted=True))
    assert found.column("lazy").computed == Computed("getdate()", persisted=False)
    assert found.column("lazy").nullable
    assert [stored.name for stored in found.stored_columns] == ["id", "plain", "guid", "name", "mail", "ssn", "from"]
    assert found.columns[0].place
    assert found.columns[0].place.line < found.columns[1].place.line  # type: ignore[union-attr]


def test_words_of_a_column_that_nobody_reads_are_listed() -> None:
    found = database(
        table(
            "[dbo].[T]",
            column("[dbo].[T].[f]", type_of("[varbinary]", IsMax="True"), prop("IsFileStream", "True")),
            column("[dbo].[T].[h]", INT, prop("IsHidden", "False")),
            element("SqlNewColumn", "[dbo].[T].[n]"),
        )
    )
    assert found.others[0].kind is ObjectKind.COLUMN
    assert words(found) == [("dbo.T.f", "IsFileStream"), ("dbo.T.n", "SqlNewColumn")]


def test_temporal_and_features() -> None:
    period = [
        column(
            f"[dbo].[T].[{name}]", type_of("[datetime2]", Scale=7), prop("GeneratedAlwaysType", kind), nullable=False
        )
        for name, kind in (("from", 1), ("to", 2))
    ]
    found = only(
        table(
            "[dbo].[T]", ID, *period,
            inner=references("TemporalSystemVersioningHistoryTable", "[dbo].[THistory]") + prop("RetentionUnit", -1)
            + prop("IsMemoryOptimized", "True") + prop("IsNode", "True") + prop("SomethingNew", "True")
            + prop("SomethingOff", "False") + related("Filegroup", pointer("[PRIMARY]", builtin=True)),
        )
    )  # fmt: skip
    assert found.temporal == Temporal(ObjectName("dbo", "THistory"), "from", "to")
    assert found.features == ("memory-optimised", "graph node", "SomethingNew")
    assert only(table("[dbo].[T]", ID)).temporal is None


# Constraints.


def test_keys() -> None:
    found = only(
        element(
            "SqlPrimaryKeyConstraint", "[dbo].[PK_T]", prop("IsClustered", "False"), prop("FillFactor", 90),
            related(
                "ColumnSpecifications",
                specification("[dbo].[T].[b]", prop("IsAscending", "False")), specification("[dbo].[T].[a]"),
            ),
            references("DefiningTable", "[dbo].[T]"),
        ),
        table("[dbo].[T]", column("[dbo].[T].[a]", INT), column("[dbo].[T].[b]", INT), column("[dbo].[T].[c]", INT)),
        element(
            "SqlUniqueConstraint", "", related("ColumnSpecifications", specification("[dbo].[T].[c]")),
            references("DefiningTable", "[dbo].[T]"),
        ),
    )  # fmt: skip
    key = Key("PK_T", (KeyColumn("b", descending=True), KeyColumn("a")), clustered=False)
    assert without_place(found.primary_key) == [key]
    assert without_place(*found.uniques) == [Key(None, (KeyColumn("c"),), clustered=False)]
    assert [column.nullable for column in found.columns] == [False, False, True]  # a key column is NOT NULL


def test_primary_key_is_clustered_unless_it_says_otherwise() -> None:
    found = only(
        table("[dbo].[T]", ID),
        element(
            "SqlPrimaryKeyConstraint", "", related("ColumnSpecifications", specification("[dbo].[T].[id]")),
            references("DefiningTable", "[dbo].[T]"),
        ),
    )  # fmt: skip
    assert found.primary_key
    assert found.primary_key.clustered
    assert found.primary_key.name is None


def foreign_key(*inner: str, columns: tuple[str, ...] = ("a", "b"), others: tuple[str, ...] = ("x", "y")) -> str:
    return element(
        "SqlForeignKeyConstraint", "[dbo].[FK]", *inner,
        references("Columns", *(f"[dbo].[T].[{name}]" for name in columns)), references("DefiningTable", "[dbo].[T]"),
        references("ForeignColumns", *(f"[care].[P].[{name}]" for name in others)),
        references("ForeignTable", "[care].[P]"),
    )  # fmt: skip


def test_foreign_keys() -> None:
    plain = only(table("[dbo].[T]", ID), foreign_key())
    assert without_place(*plain.foreign_keys) == [
        ForeignKey("FK", ("a", "b"), ObjectName("care", "P"), ("x", "y"), Action.NO_ACTION, Action.NO_ACTION)
    ]
    actions = prop("OnDeleteAction", 1) + prop("OnUpdateAction", 2) + prop("IsDisabled", "True") + NOT_TRUSTED
    (key,) = only(table("[dbo].[T]", ID), foreign_key(actions)).foreign_keys
    assert (key.on_delete, key.on_update, key.trusted, key.enabled) == (Action.CASCADE, Action.SET_NULL, False, False)
    (key,) = only(table("[dbo].[T]", ID), foreign_key(prop("OnDeleteAction", 3))).foreign_keys
    assert key.on_delete is Action.SET_DEFAULT


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (foreign_key(prop("OnDeleteAction", 9)), "OnDeleteAction of 9"),
        (foreign_key(columns=("a",)), "does not pair"),
        (foreign_key(columns=(), others=()), "does not pair"),
        (element("SqlForeignKeyConstraint", "[dbo].[FK]"), "has no DefiningTable"),
        (element("SqlPrimaryKeyConstraint", "[dbo].[PK]", references("DefiningTable", "[dbo].[T]")), "has no columns"),
    ],
)
def test_constraints_that_cannot_be(spoilt: str, reason: str) -> None:
    with pytest.raises(PackageDamaged, match=reason):
        database(table("[dbo].[T]", ID), spoilt)


def test_checks_and_defaults() -> None:
    found = only(
        table("[dbo].[T]", ID, column("[dbo].[T].[d]", INT)),
        element(
            "SqlCheckConstraint", "[dbo].[CK]", script("CheckExpressionScript", "[id]>=(0)"),
            references("DefiningTable", "[dbo].[T]"), NOT_TRUSTED,
        ),
        element(
            "SqlDefaultConstraint", "", script("DefaultExpressionScript", "((7))"),
            references("DefiningTable", "[dbo].[T]"), references("ForColumn", "[dbo].[T].[d]"),
        ),
    )  # fmt: skip
    assert without_place(*found.checks) == [Check("CK", "[id]>=(0)", trusted=False)]
    assert found.column("d").default == Default(None, "((7))")
    assert found.column("id").default is None


# Indexes.


def test_indexes_of_every_kind() -> None:
    on = references("IndexedObject", "[dbo].[T]")
    by_c = related("ColumnSpecifications", specification("[dbo].[T].[c]", prop("IsAscending", "False")))
    column_c = references("Column", "[dbo].[T].[c]")
    fulltext = related("Columns", element("SqlFullTextIndexColumnSpecifier", "", prop("LanguageId", 1033), column_c))
    found = only(
        table("[dbo].[T]", ID),
        element(
            "SqlIndex", "[dbo].[T].[IX]", prop("IsUnique", "True"), script("FilterPredicate", "[c] IS NOT NULL"), by_c,
            references("IncludedColumns", "[dbo].[T].[d]", "[dbo].[T].[e]"), on,
        ),
        element("SqlIndex", "[dbo].[T].[CIX]", prop("IsClustered", "True"), prop("IsDisabled", "True"), by_c, on),
        element("SqlIndex", "[dbo].[T].[HX]", prop("BucketCount", 1024), by_c, on),
        element("SqlColumnStoreIndex", "[dbo].[T].[CS]", by_c, on),
        element("SqlXmlIndex", "[dbo].[T].[XX]", prop("IsPrimary", "True"), column_c, on),
        element("SqlSpatialIndex", "[dbo].[T].[SX]", column_c, on),
        element("SqlFullTextIndex", "[dbo].[T]", references("Catalog", "[F]"), fulltext, on),
    )  # fmt: skip
    descending, plain = (KeyColumn("c", descending=True),), (KeyColumn("c"),)
    assert without_place(*found.indexes) == [
        Index("IX", descending, ("d", "e"), unique=True, filter="[c] IS NOT NULL"),
        Index("CIX", descending, clustered=True, disabled=True),
        Index("HX", descending, kind=IndexKind.HASH),
        Index("CS", descending, kind=IndexKind.COLUMNSTORE),
        Index("XX", plain, kind=IndexKind.XML),
        Index("SX", plain, kind=IndexKind.SPATIAL),
        Index("fulltext", plain, kind=IndexKind.FULLTEXT),
    ]


def test_index_of_a_view_is_listed_by_name() -> None:
    found = database(
        element(
            "SqlIndex", "[dbo].[V].[IX]", related("ColumnSpecifications", specification("[dbo].[V].[c]")),
            references("IndexedObject", "[dbo].[V]"), prop("IgnoreDuplicateKeys", "True"),
        )
    )  # fmt: skip
    assert words(found) == [("dbo.V.IX", "IgnoreDuplicateKeys"), ("dbo.V.IX", "SqlIndex")]
    assert {other.kind for other in found.others} == {ObjectKind.INDEX}


# Modules.


def comments(header: str, footer: str = "") -> str:
    return (
        '<Annotation Type="SysCommentsObjectAnnotation">' + prop("Length", 1) + prop("HeaderContents", header)
        + (prop("FooterContents", footer) if footer else "") + "</Annotation>"
    )  # fmt: skip


def test_modules() -> None:
    body = element(
        "SqlScriptFunctionImplementation", "", script("BodyScript", "\nBEGIN RETURN 1 END"),
        comments("CREATE FUNCTION dbo.f() RETURNS int AS", ";"),
    )  # fmt: skip
    crlf = "&#xD;&#xA;"
    found = database(
        element("SqlProcedure", "[dbo].[p]", script("BodyScript", "\nSELECT 1"), comments(f"{crlf}CREATE P{crlf}AS")),
        element("SqlView", "[care].[v]", script("QueryScript", "SELECT 1 AS a"), comments("CREATE VIEW care.v AS")),
        element("SqlView", "[care].[bare]", script("QueryScript", "SELECT 2 AS a")),
        element("SqlScalarFunction", "[dbo].[f]", related("FunctionBody", body)),
        element(
            "SqlDmlTrigger", "[dbo].[tr]", script("BodyScript", " PRINT 1"),
            comments("CREATE TRIGGER tr ON T FOR DELETE AS"), references("Parent", "[dbo].[T]"),
            prop("IsDeleteTrigger", "True"), prop("IsDisabled", "True"),
        ),
        element("SqlDatabaseDdlTrigger", "[log]", script("BodyScript", " PRINT 1"), comments("CREATE TRIGGER log AS")),
        element("SqlProcedure", "[dbo].[secret]"),
        element("SqlProcedure", "[dbo].[headless]", script("BodyScript", "SELECT 1")),
    )  # fmt: skip
    assert without_place(*found.modules) == [
        Module(ObjectName("dbo", "p"), ObjectKind.PROCEDURE, "\nCREATE P\nAS\nSELECT 1", "\nSELECT 1"),
        Module(ObjectName("care", "v"), ObjectKind.VIEW, "CREATE VIEW care.v AS\nSELECT 1 AS a", "SELECT 1 AS a"),
        Module(
            ObjectName("care", "bare"), ObjectKind.VIEW, "CREATE VIEW [care].[bare] AS\nSELECT 2 AS a", "SELECT 2 AS a",
        ),
        Module(
            ObjectName("dbo", "f"), ObjectKind.FUNCTION,
            "CREATE FUNCTION dbo.f() RETURNS int AS\nBEGIN RETURN 1 END;", "\nBEGIN RETURN 1 END",
        ),
        Module(
            ObjectName("dbo", "tr"), ObjectKind.TRIGGER, "CREATE TRIGGER tr ON T FOR DELETE AS PRINT 1", " PRINT 1",
            parent=ObjectName("dbo", "T"),
        ),
        Module(ObjectName("", "log"), ObjectKind.TRIGGER, "CREATE TRIGGER log AS PRINT 1", " PRINT 1"),
        Module(ObjectName("dbo", "secret"), ObjectKind.PROCEDURE, None),
        Module(ObjectName("dbo", "headless"), ObjectKind.PROCEDURE, None, "SELECT 1"),
    ]  # fmt: skip
    assert words(found) == [("dbo.tr", "IsDisabled")]


# Everything else.


def test_every_other_element_is_listed_by_name() -> None:
    schema = related("Schema", pointer("[care]"))
    found = database(
        element("SqlTableType", "[care].[Ids]", schema),
        element("SqlRole", "[reader]"),
        element("SqlPermissionStatement", "[Grant.Select.Object].[reader].[dbo].[T]"),
        element("SqlMasterKey"),
        element("SqlSomethingOf2030", "[care].[x].[y]", schema),
    )
    assert without_place(*found.others) == [
        OtherObject(ObjectName("care", "Ids"), ObjectKind.TABLE_TYPE, "SqlTableType"),
        OtherObject(ObjectName("", "reader"), ObjectKind.OTHER, "SqlRole"),
        OtherObject(ObjectName("", "Grant.Select.Object.reader.dbo.T"), ObjectKind.OTHER, "SqlPermissionStatement"),
        OtherObject(ObjectName("", "SqlMasterKey"), ObjectKind.OTHER, "SqlMasterKey"),
        OtherObject(ObjectName("care", "x.y"), ObjectKind.OTHER, "SqlSomethingOf2030"),
    ]


def description(name: str, host: str, text: str) -> str:
    return element("SqlExtendedProperty", name, script("Value", text), references("Host", host))


def test_descriptions() -> None:
    found = database(
        table("[dbo].[T]", ID),
        description("[SqlTableBase].[dbo].[T].[MS_Description]", "[dbo].[T]", "N'It''s a table'"),
        description("[SqlColumn].[dbo].[T].[id].[MS_Description]", "[dbo].[T].[id]", "N'Łódź'"),
        description("[SqlColumn].[dbo].[V].[id].[MS_Description]", "[dbo].[V].[id]", "N'of a view'"),
        description("[SqlTableBase].[dbo].[T].[Owner]", "[dbo].[T]", "N'x'"),
        description("[SqlPrimaryKeyConstraint].[dbo].[PK].[MS_Description]", "[dbo].[PK]", "N'x'"),
        description("[SqlTableBase].[dbo].[T].[MS_Description]", "[dbo].[T]", "42"),
    )
    assert found.tables[0].description == "It's a table"
    assert found.tables[0].columns[0].description == "Łódź"
    assert [name for name, _ in words(found)] == [
        "SqlTableBase.dbo.T.Owner",
        "SqlPrimaryKeyConstraint.dbo.PK.MS_Description",
        "SqlTableBase.dbo.T.MS_Description",
        "SqlColumn.dbo.V.id.MS_Description",
    ]


def test_constraint_of_a_table_that_is_not_there_is_listed() -> None:
    found = database(foreign_key())
    assert without_place(*found.others) == [
        OtherObject(ObjectName("dbo", "FK"), ObjectKind.FOREIGN_KEY, "SqlForeignKeyConstraint")
    ]


def test_database() -> None:
    found = database(
        element("SqlDatabaseOptions", "", prop("Collation", "Polish_CI_AS")),
        element("SqlSchema", "[care]"),
        server="SQL 2019",
    )
    assert (found.name, found.collation, found.schemas, found.product) == (
        "Care",
        "Polish_CI_AS",
        ("dbo", "care"),
        "SQL 2019",
    )
    assert found.others == ()
    assert database().product == "SQL Server 2019"
    assert database().collation == "SQL_Latin1_General_CP1_CI_AS"
