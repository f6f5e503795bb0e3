from __future__ import annotations

import io

import pytest
from support.package_file import element, model, pointer, prop, related, script

from migrator.errors import PackageDamaged
from migrator.model.name import ObjectName
from migrator.model.schema import Place
from migrator.packages.archive import Entry
from migrator.packages.model_xml.elements import Element, Elements, name_parts


def elements(data: bytes, wanted: frozenset[str] | None = None) -> list[Element]:
    return list(Elements(Entry(io.BytesIO(data), "model.xml", len(data)), wanted))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("[dbo].[T]", ("dbo", "T")),
        ("[a.b].[c d]", ("a.b", "c d")),
        ("[dbo].[odd]]name]", ("dbo", "odd]name")),
        ("[dbo].[]]]", ("dbo", "]")),
        ("[other]|[dbo].[T].[c]", ("dbo", "T", "c")),
        ("[sys].[sysname]", ("sys", "sysname")),
        ("plain", ("plain",)),
    ],
)
def test_names(name: str, parts: tuple[str, ...]) -> None:
    assert name_parts(name) == parts


def test_properties_relationships_and_lines() -> None:
    inner = element("SqlSimpleColumn", "[dbo].[T].[c]", prop("IsNullable", "False"), prop("Length", 30))
    data = model(
        element("SqlSchema", "[care]"),
        element("SqlTable", "[dbo].[T]", script("Text", "a < b\nand ]]]]><![CDATA[> c"), related("Columns", inner)),
    )
    schema, table = elements(data)
    assert (schema.type, schema.own_name, schema.place) == ("SqlSchema", "care", Place("model.xml", 4))
    assert table.parts == ("dbo", "T")
    assert table.properties == {"Text": "a < b\nand ]]> c"}
    (column,) = table.elements("Columns")
    assert (column.own_name, column.true("IsNullable", default=True), column.number("Length", 1)) == ("c", False, 30)
    assert column.number("Scale", 7) == 7
    assert column.line == data[: data.index(b'Name="[dbo].[T].[c]"')].count(b"\n") + 1


def test_entities_of_attributes_keep_line_ends() -> None:
    (found,) = elements(model(element("SqlView", "[dbo].[v]", prop("Header", "CREATE&#xD;&#xA;&lt;VIEW&gt;"))))
    assert found.properties == {"Header": "CREATE\r\n<VIEW>"}


def test_references_and_annotations() -> None:
    note = '<Annotation Type="Note"><Property Name="Value" Value="1" /></Annotation>'
    annotation = note + '<AttachedAnnotation Disambiguator="3" />'
    (found,) = elements(
        model(element("X", "", related("Type", pointer("[dbo].[A]"), pointer("[int]", builtin=True)), annotation))
    )
    a, b = found.references("Type")
    assert (a.parts, a.builtin, b.parts, b.builtin) == (("dbo", "A"), False, ("int",), True)
    assert found.table("Type") == ObjectName("dbo", "A")
    assert found.annotations == {"Note": {"Value": "1"}}
    assert found.own_name is None


def test_bulk_of_dependencies_is_skipped_and_what_follows_is_not() -> None:
    body = element("SqlColumn", "[x].[y].[z]", related("Inner", pointer("[a].[b]")))
    (found,) = elements(
        model(
            element(
                "SqlView",
                "[dbo].[v]",
                related("QueryDependencies", pointer("[dbo].[T]"), body),
                script("QueryScript", "SELECT 1"),
            )
        )
    )
    assert found.relationships == {}
    assert found.properties == {"QueryScript": "SELECT 1"}


def test_only_wanted_types() -> None:
    data = model(element("A", "[a]", related("R", element("B", "[inner]"))), element("B", "[b]"), element("C", "[c]"))
    assert [found.parts for found in elements(data, frozenset({"B"}))] == [("b",)]


def test_root() -> None:
    data = model(element("A", "[a]"))
    found = Elements(Entry(io.BytesIO(data), "model.xml", len(data)))
    assert len(list(found)) == 1
    assert found.root["DspName"].endswith("Sql150DatabaseSchemaProvider")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<Other />",
        b"not xml",
        model(element("A", "[a]"))[:-5],
        b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]><DataSchemaModel><Model>&a;</Model></DataSchemaModel>",
        b"<DataSchemaModel>&undefined;</DataSchemaModel>",
    ],
)
def test_what_is_no_model(data: bytes) -> None:
    with pytest.raises(PackageDamaged, match=r"model\.xml"):
        elements(data)


def test_missing_parts_are_named_with_their_line() -> None:
    (found,) = elements(model(element("SqlIndex", "[dbo].[T].[i]", prop("FillFactor", "much"))))
    with pytest.raises(PackageDamaged, match=r"SqlIndex dbo\.T\.i in line 4 of model\.xml has no IndexedObject"):
        found.table("IndexedObject")
    with pytest.raises(PackageDamaged, match="a FillFactor that is no number"):
        found.number("FillFactor", 0)
    (short,) = elements(model(element("SqlIndex", "[i]", related("IndexedObject", pointer("[T]")))))
    with pytest.raises(PackageDamaged, match="without a schema"):
        short.table("IndexedObject")
