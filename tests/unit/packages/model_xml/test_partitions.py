from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from support.package_file import column, element, model, pointer, prop, related, script, table, type_of

from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import Database, PartitionFunction, Partitioning, PartitionScheme
from migrator.packages.archive import Entry
from migrator.packages.model_xml.reader import read_model

ON_SCHEME = related("PartitionScheme", pointer("[ps]")) + related("PartitionColumn", pointer("[dbo].[T].[id]"))


def database(*elements: str) -> Database:
    data = model(*elements)

    @contextmanager
    def opened() -> Iterator[Entry]:
        yield Entry(io.BytesIO(data), "model.xml", len(data))

    return read_model(opened, name="Care")


def test_functions_and_schemes() -> None:
    value = element("SqlPartitionValue", "", script("ExpressionScript", "'2020-01-01'"))
    specifier = type_of("[date]").replace("TypeSpecifier", "ParameterType", 1)
    found = database(
        element("SqlPartitionFunction", "[pf]", prop("Range", 2), specifier, related("BoundaryValues", value)),
        element("SqlPartitionScheme", "[ps]", related("PartitionFunction", pointer("[pf]"))),
    )
    assert found.partition_functions == (
        PartitionFunction("pf", DataType(SqlType.DATE), right=True, boundaries=("'2020-01-01'",)),
    )
    assert found.partition_schemes == (PartitionScheme("ps", "pf"),)
    assert found.others == ()


def test_a_table_lies_where_its_clustered_key_lies() -> None:
    key = (
        related("DefiningTable", pointer("[dbo].[T]")),
        related(
            "ColumnSpecifications",
            element("SqlIndexedColumnSpecification", "", related("Column", pointer("[dbo].[T].[id]"))),
        ),
        ON_SCHEME,
    )
    made = table("[dbo].[T]", column("[dbo].[T].[id]", type_of("[int]"), nullable=False))
    clustered = database(made, element("SqlPrimaryKeyConstraint", "[dbo].[PK]", *key))
    assert clustered.tables[0].partitioning == Partitioning("ps", "id")
    elsewhere = database(made, element("SqlPrimaryKeyConstraint", "[dbo].[PK]", prop("IsClustered", "False"), *key))
    assert elsewhere.tables[0].partitioning is None
