"""The catalog of a real server: what was created is what is read, and the rows and sizes are there.

Babelfish, which speaks the same protocol, differs where it is no SQL Server: it folds names to lower case, has no
clustered indexes, forgets names of defaults, identity seeds, filters and collations, and lacks sequences, synonyms and
persisted-or-not. What it does not keep is asked of others alone.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Database, Identity, KeyColumn, ObjectKind, Table
from migrator.rules import load_rules
from migrator.sqlserver.catalog import Catalog, read_catalog
from migrator.sqlserver.connect import quoted, session
from migrator.sqlserver.sizes import histogram, lob_maxima, read_sizes, table_sizes
from migrator.sqlserver.url import Server
from migrator.sqlserver.version import EngineEdition, Product, read_product
from migrator.translate.plan import plan

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        "MIGRATOR_TEST_SQLSERVER" not in os.environ, reason="wants a SQL Server: set MIGRATOR_TEST_SQLSERVER to its URL"
    ),
]

TYPES = {
    "bit": DataType(SqlType.BIT),
    "tinyint": DataType(SqlType.TINYINT),
    "smallint": DataType(SqlType.SMALLINT),
    "int": DataType(SqlType.INT),
    "bigint": DataType(SqlType.BIGINT),
    "decimal(38,10)": DataType(SqlType.DECIMAL, precision=38, scale=10),
    "numeric(5)": DataType(SqlType.NUMERIC, precision=5, scale=0),
    "money": DataType(SqlType.MONEY),
    "smallmoney": DataType(SqlType.SMALLMONEY),
    "real": DataType(SqlType.REAL),
    "float": DataType(SqlType.FLOAT, precision=53),
    "date": DataType(SqlType.DATE),
    "time(3)": DataType(SqlType.TIME, scale=3),
    "datetime": DataType(SqlType.DATETIME),
    "smalldatetime": DataType(SqlType.SMALLDATETIME),
    "datetime2(5)": DataType(SqlType.DATETIME2, scale=5),
    "datetimeoffset(0)": DataType(SqlType.DATETIMEOFFSET, scale=0),
    "char(3)": DataType(SqlType.CHAR, length=3),
    "varchar(8000)": DataType(SqlType.VARCHAR, length=8000),
    "varchar(max)": DataType(SqlType.VARCHAR, length=MAX),
    "nchar(4)": DataType(SqlType.NCHAR, length=4),
    "nvarchar(4000)": DataType(SqlType.NVARCHAR, length=4000),
    "nvarchar(max)": DataType(SqlType.NVARCHAR, length=MAX),
    "text": DataType(SqlType.TEXT),
    "ntext": DataType(SqlType.NTEXT),
    "binary(5)": DataType(SqlType.BINARY, length=5),
    "varbinary(16)": DataType(SqlType.VARBINARY, length=16),
    "varbinary(max)": DataType(SqlType.VARBINARY, length=MAX),
    "image": DataType(SqlType.IMAGE),
    "uniqueidentifier": DataType(SqlType.UNIQUEIDENTIFIER),
    "xml": DataType(SqlType.XML),
    "rowversion": DataType(SqlType.ROWVERSION),
    "sql_variant": DataType(SqlType.SQL_VARIANT),
    "dbo.Phone": DataType(SqlType.VARCHAR, length=20, alias=ObjectName("dbo", "Phone")),
}
OF_SQL_SERVER = {
    "sysname": DataType(SqlType.NVARCHAR, length=128),
    "datetime2": DataType(SqlType.DATETIME2, scale=7),
    "geography": DataType(SqlType.GEOGRAPHY),
    "geometry": DataType(SqlType.GEOMETRY),
    "hierarchyid": DataType(SqlType.HIERARCHYID),
}
EVERYWHERE = (
    "CREATE SCHEMA Sales",
    "CREATE TYPE dbo.Phone FROM varchar(20)",
    (
        "CREATE TABLE dbo.Country (Code char(2) NOT NULL, Part int NOT NULL, Name nvarchar(40) NOT NULL, "
        "CONSTRAINT PK_Country PRIMARY KEY (Code, Part DESC), CONSTRAINT UQ_Country UNIQUE (Name))"
    ),
    (
        "CREATE TABLE Sales.Customer (Id int IDENTITY(7,3) NOT NULL PRIMARY KEY, Country char(2) NULL, Part int NULL, "
        "Note nvarchar(max) NULL, Points int NOT NULL CONSTRAINT DF_Points DEFAULT 5, "
        "Twice AS (Points * 2), CONSTRAINT CK_Points CHECK (Points >= 0), "
        "CONSTRAINT FK_Country FOREIGN KEY (Country, Part) REFERENCES dbo.Country (Code, Part) ON DELETE SET NULL)"
    ),
    "CREATE INDEX IX_Customer ON Sales.Customer (Points DESC, Country) INCLUDE (Part)",
    "CREATE VIEW Sales.Rich AS SELECT Id FROM Sales.Customer WHERE Points > 100",
    "CREATE PROCEDURE dbo.Reset AS UPDATE Sales.Customer SET Points = 0",
    "CREATE FUNCTION dbo.Half (@a int) RETURNS int AS BEGIN RETURN @a / 2; END",
    "CREATE TRIGGER Sales.Watch ON Sales.Customer AFTER INSERT AS SELECT 1",
    "INSERT INTO dbo.Country VALUES ('DE', 1, N'Deutschland'), ('FR', 1, N'France')",
    "INSERT INTO Sales.Customer (Country, Part, Note) VALUES ('DE', 1, REPLICATE(N'x', 300)), ('FR', 1, NULL)",
)
ON_SQL_SERVER = (
    "CREATE SEQUENCE dbo.Numbers AS int START WITH 5 INCREMENT BY 2 NO CACHE",
    "CREATE SYNONYM dbo.Customers FOR Sales.Customer",
    "CREATE UNIQUE INDEX IX_Filtered ON Sales.Customer (Note2) WHERE Note2 IS NOT NULL",
    "EXEC sp_addextendedproperty 'MS_Description', N'Who buys', 'SCHEMA', 'Sales', 'TABLE', 'Customer'",
)


@dataclass(frozen=True, slots=True)
class Live:
    """A database that was made for these tests, and what was read of it."""

    server: Server
    product: Product
    catalog: Catalog

    @property
    def database(self) -> Database:
        return self.catalog.database

    @property
    def is_real(self) -> bool:
        """True for SQL Server itself."""
        return self.product.edition is not EngineEdition.BABELFISH

    def name(self, text: str) -> str:
        """A name as this server keeps it."""
        return text if self.is_real else text.lower()

    def table(self, schema: str, name: str) -> Table:
        return self.database.table(ObjectName(schema, self.name(name)))


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    server = Server.parse(os.environ["MIGRATOR_TEST_SQLSERVER"])
    name = f"catalog_{secrets.token_hex(6)}"
    with session(replace(server, database="master")) as link:
        link.execute(f"CREATE DATABASE {quoted(name)}", doing="making a test's database")
    own = replace(server, database=name)
    try:
        with session(own) as link:
            product = read_product(link.rows)
            real = product.edition is not EngineEdition.BABELFISH
            types = TYPES | (OF_SQL_SERVER if real else {})
            columns = ", ".join(
                f"c{number} {type_} NULL" for number, type_ in enumerate(types) if type_ != "rowversion"
            )
            marks = "".join(f", c{number} {t}" for number, t in enumerate(types) if t == "rowversion")
            second = ("ALTER TABLE Sales.Customer ADD Note2 nvarchar(20) COLLATE Greek_BIN2 NULL",)
            statements = (
                *EVERYWHERE,
                f"CREATE TABLE dbo.Types ({columns}{marks})",
                *(second + ON_SQL_SERVER if real else ()),
            )
            for statement in statements:
                link.execute(statement, doing=statement)
            yield Live(own, product, read_catalog(link.rows, product))
    finally:
        with session(replace(server, database="master")) as link:
            link.execute(f"DROP DATABASE {quoted(name)}", doing="dropping a test's database")


def test_every_type(live: Live) -> None:
    expected = {
        f"c{number}": type_ for number, type_ in enumerate((TYPES | (OF_SQL_SERVER if live.is_real else {})).values())
    }
    found = {column.name: column.type for column in live.table("dbo", "Types").columns}
    if not live.is_real:
        alias = next(name for name, type_ in expected.items() if type_.alias)
        expected[alias] = replace(expected[alias], alias=ObjectName("dbo", "phone"))
    assert found == expected


def test_keys(live: Live) -> None:
    country = live.table("dbo", "Country")
    key = country.primary_key
    assert key is not None
    assert key.name == live.name("PK_Country")
    assert [column.name for column in key.columns] == [live.name("Code"), live.name("Part")]
    assert [tuple(c.name for c in unique.columns) for unique in country.uniques] == [(live.name("Name"),)]
    assert country.indexes == ()
    assert not any(column.nullable for column in country.columns)
    if live.is_real:
        assert key.clustered
        assert key.columns[1] == KeyColumn("Part", descending=True)
        assert live.table("Sales", "Customer").primary_key is not None
        assert live.table("Sales", "Customer").primary_key.name is None


def test_foreign_keys_checks_and_defaults(live: Live) -> None:
    customer = live.table("Sales", "Customer")
    [key] = customer.foreign_keys
    assert key.columns == (live.name("Country"), live.name("Part"))
    assert key.references == ObjectName("dbo", live.name("Country"))
    assert key.referenced_columns == (live.name("Code"), live.name("Part"))
    assert (key.on_delete, key.on_update, key.trusted, key.enabled) == (Action.SET_NULL, Action.NO_ACTION, True, True)
    [check] = customer.checks
    assert check.name == live.name("CK_Points")
    assert "0" in check.expression
    points = customer.column(live.name("Points"))
    assert points.default is not None
    assert "5" in points.default.expression
    twice = customer.column(live.name("Twice"))
    assert twice.computed is not None
    assert "2" in twice.computed.expression
    assert twice.default is None
    assert customer.column(live.name("Id")).identity is not None
    if live.is_real:
        assert points.default.expression == "((5))"
        assert check.expression == "([Points]>=(0))"
        assert twice.computed.expression == "([Points]*(2))"
        assert not twice.computed.persisted
        assert customer.column("Id").identity == Identity(7, 3)


def test_indexes(live: Live) -> None:
    index = live.table("Sales", "Customer").indexes[0]
    assert [column.name for column in index.columns] == [live.name("Points"), live.name("Country")]
    assert index.included == (live.name("Part"),)
    assert (index.unique, index.clustered, index.disabled, index.filter) == (False, False, False, None)
    if live.is_real:
        [first, filtered] = live.table("Sales", "Customer").indexes
        assert first.name == "IX_Customer"
        assert first.columns[0].descending
        assert (filtered.unique, filtered.filter) == (True, "([Note2] IS NOT NULL)")


def test_modules(live: Live) -> None:
    found = {(str(module.name), module.kind): module for module in live.database.modules}
    assert {(live.name(name), kind) for name, kind in found} == {
        (live.name("Sales.Rich"), ObjectKind.VIEW),
        (live.name("dbo.Reset"), ObjectKind.PROCEDURE),
        (live.name("dbo.Half"), ObjectKind.FUNCTION),
        (live.name("Sales.Watch"), ObjectKind.TRIGGER),
    }
    for (_, kind), module in found.items():
        assert module.text is not None
        assert module.text.startswith("CREATE ")
        assert module.body == module.text
        is_trigger = kind is ObjectKind.TRIGGER
        assert module.parent == (ObjectName("Sales", live.name("Customer")) if is_trigger else None)


def test_what_only_sql_server_has(live: Live) -> None:
    if not live.is_real:
        pytest.skip("Babelfish keeps no sequences, synonyms, extended properties and collations")
    [sequence] = live.database.sequences
    assert (sequence.start, sequence.increment, sequence.cache, sequence.minimum) == (5, 2, 0, None)
    [synonym] = live.database.synonyms
    assert synonym.local == ObjectName("Sales", "Customer")
    customer = live.table("Sales", "Customer")
    assert customer.description == "Who buys"
    assert customer.column("Note2").collation == "Greek_BIN2"
    assert live.table("Sales", "Customer").rows == 2
    assert live.table("dbo", "Country").column("Name").collation is None


def test_schemas_types_and_notes(live: Live) -> None:
    assert set(live.database.schemas) >= {"dbo", "Sales"}
    [alias] = live.database.alias_types
    assert alias.type == DataType(SqlType.VARCHAR, length=20)
    assert alias.nullable
    assert live.catalog.notes == ()


def test_sizes(live: Live) -> None:
    customer = live.table("Sales", "Customer")
    with session(live.server) as link:
        sizes, cut = read_sizes(link.rows, live.product), table_sizes(link.rows, live.product)
        longest = lob_maxima(link.rows, customer)
        steps = histogram(link.rows, live.product, customer.name, live.name("Id"))
    assert sizes.tables[customer.name].rows == 2
    assert cut[customer.name].rows == 2
    assert cut[customer.name].bytes > 0
    assert longest == {live.name("Note"): 600 if live.is_real else 300}  # Babelfish keeps texts in UTF-8
    assert sum(step.rows for step in steps) in (0, 2)


def test_it_can_be_planned(live: Live) -> None:
    translation = plan(live.database, load_rules())
    assert {str(mapping.source) for mapping in translation.mappings} == {
        str(table.name) for table in live.database.tables
    }
