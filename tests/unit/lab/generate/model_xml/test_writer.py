"""What is written here is what the package reader finds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.lab.generate import columns as t
from migrator.lab.generate.model_xml.dac import NAMESPACE
from migrator.lab.generate.model_xml.writer import write_model
from migrator.lab.generate.schema import design
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
    IndexKind,
    Table,
)
from migrator.packages.archive import Entry
from migrator.packages.model_xml.reader import read_model

PARTS_WITHOUT_ORDER = ("uniques", "foreign_keys", "checks", "indexes")


def read_back(data: bytes, database: Database) -> Database:
    @contextmanager
    def opened() -> Iterator[Entry]:
        yield Entry(BytesIO(data), "model.xml", len(data))

    return read_model(opened, name=database.name)


def comparable(thing: Any) -> Any:
    """Without places, without the order of constraints, and sysname as what it is: nvarchar(128)."""
    if is_dataclass(thing):
        values = {field.name: comparable(getattr(thing, field.name)) for field in fields(thing)}
        if "place" in values:
            values["place"] = None
        if values.get("alias") == ObjectName("sys", "sysname"):
            values["alias"] = None
        for name in PARTS_WITHOUT_ORDER:
            if name in values:
                values[name] = tuple(sorted(values[name], key=repr))
        return replace(thing, **values)
    return tuple(map(comparable, thing)) if isinstance(thing, tuple) else thing


def assert_same(found: Database, wanted: Database) -> None:
    assert [table.name for table in found.tables] == [table.name for table in wanted.tables]
    for mine, theirs in zip(wanted.tables, found.tables, strict=True):
        assert comparable(theirs) == comparable(mine)
    assert comparable(replace(found, product="")) == comparable(wanted)


def test_the_demo_database() -> None:
    plan = design()
    model = write_model(plan.database, plan.programs, plan.sequences, plan.synonyms)
    assert_same(read_back(model.data, plan.database), plan.database)


def test_a_table_alone() -> None:
    plan = design({"care.Visit"})
    assert_same(read_back(write_model(plan.database).data, plan.database), plan.database)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30).filter(
    # What XML itself cannot hold, or does not keep apart.
    lambda name: name.strip() == name and not set(name) & set("\ufffe\uffff")
)
TYPES = st.sampled_from(
    [t.INT, t.decimal(38, 10), t.nvarchar(), t.varchar(1), t.datetime2(0), t.XML, t.FLAG, t.GEOMETRY]
)
COLUMNS = st.builds(
    Column,
    name=NAMES,
    type=TYPES,
    nullable=st.booleans(),
    collation=st.none() | st.just("Polish_CI_AS"),
    identity=st.none() | st.builds(Identity, st.integers(-5, 5), st.integers(1, 3)),
    default=st.none() | st.builds(Default, st.none() | st.just("DF_X"), NAMES),
    rowguid=st.booleans(),
    sparse=st.booleans(),
    description=st.none() | NAMES,
)


@settings(deadline=None)
@given(
    name=NAMES,
    columns=st.lists(COLUMNS, min_size=1, max_size=4, unique_by=lambda c: c.name),
    odd=st.booleans(),
    text=NAMES,
)
def test_any_table(name: str, columns: list[Column], odd: bool, text: str) -> None:
    first = replace(columns[0], nullable=False)
    full_name = ObjectName("a]]>b", name)
    table = Table(
        full_name,
        (first, *columns[1:], Column("computed ' column", None, t.NULL, computed=Computed(f"([{text}]]>0)", odd))),
        primary_key=t.primary_key(None if odd else "PK", first.name, clustered=odd),
        uniques=(t.unique(None, first.name), t.unique("UQ", f"{first.name} DESC")),
        foreign_keys=(
            ForeignKey(None, (first.name,), full_name, (first.name,), Action.CASCADE, Action.SET_NULL, trusted=odd),
        ),
        checks=(Check(None, text, trusted=odd), Check("CK", f"({text}]]>)")),
        indexes=(
            Index(text, t.ordered(first.name), included=(first.name,), unique=odd, clustered=not odd, filter=text),
            Index("NCCI", t.ordered(first.name), kind=IndexKind.COLUMNSTORE),
        ),
        description=text,
    )
    database = Database("d", "Latin1_General_BIN2", ("dbo", "a]]>b"), (table,), alias_types=t.ALIAS_TYPES)
    assert_same(read_back(write_model(database).data, database), database)


def test_objects_are_counted_with_their_parts() -> None:
    plan = design()
    counts = write_model(plan.database, plan.programs, plan.sequences, plan.synonyms).counts
    tables = plan.database.tables
    assert counts["Table"] == len(tables)
    assert counts["SimpleColumn"] == sum(len(table.stored_columns) for table in tables)
    assert counts["ForeignKeyConstraint"] == sum(len(table.foreign_keys) for table in tables)
    assert counts["SubroutineParameter"] == 6
    assert counts["ColumnStoreIndex"] == counts["Sequence"] == counts["Synonym"] == counts["DmlTrigger"] == 1
    assert not [kind for kind in counts if kind.endswith(("Specifier", "Specification"))]


def test_every_reference_leads_to_an_object() -> None:
    plan = design()
    root = fromstring(write_model(plan.database, plan.programs, plan.sequences, plan.synonyms).data)
    names = {element.get("Name") for element in root.iter(f"{{{NAMESPACE}}}Element")}
    for reference in root.iter(f"{{{NAMESPACE}}}References"):
        if reference.get("ExternalSource") is None:
            assert reference.get("Name") in names


def test_inline_constraints_are_tied_to_their_owners() -> None:
    root = fromstring(write_model(design().database).data)
    tag = f"{{{NAMESPACE}}}"
    inline = [
        a.get("Disambiguator") for a in root.iter(f"{tag}Annotation") if a.get("Type", "").startswith("SqlInline")
    ]
    attached = [a.get("Disambiguator") for a in root.iter(f"{tag}AttachedAnnotation")]
    assert len(inline) == len(set(inline)) > 3
    assert sorted(inline) == sorted(attached)


def test_lines_end_as_on_windows_and_nothing_else_breaks_a_line() -> None:
    data = write_model(design().database).data
    assert data.count(b"\n") == data.count(b"\r\n") > 1_000


def test_a_stored_column_without_a_type_is_refused() -> None:
    table = Table(ObjectName("dbo", "T"), (Column("c", None, t.NULL),))
    with pytest.raises(ValueError, match=r"dbo\.T\.c has no type"):
        write_model(Database("d", "c", ("dbo",), (table,)))
