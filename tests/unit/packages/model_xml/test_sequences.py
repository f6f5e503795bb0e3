from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.package_file import element, model, pointer, prop, related, script, type_of

from migrator.errors import PackageDamaged
from migrator.model.datatype import DataType, SqlType
from migrator.model.name import ObjectName
from migrator.model.schema import Database, ObjectKind
from migrator.packages.archive import Entry
from migrator.packages.model_xml.reader import read_model

INT = type_of("[int]")


def database(*elements: str) -> Database:
    data = model(*elements)

    @contextmanager
    def opened() -> Iterator[Entry]:
        yield Entry(io.BytesIO(data), "model.xml", len(data))

    return read_model(opened, name="Care")


def test_a_sequence_goes_on_where_it_was() -> None:
    annotation = '<Annotation Type="OnlinePropertyAnnotation"><Property Name="CurrentValue" Value="42" /></Annotation>'
    (fresh, used) = database(
        element("SqlSequence", "[care].[A]", prop("StartValue", 5), prop("Increment", 2), INT),
        element("SqlSequence", "[care].[B]", prop("StartValue", 5), prop("Increment", 2), INT, annotation),
    ).sequences
    assert (fresh.name, fresh.type, fresh.start, fresh.increment) == (
        ObjectName("care", "A"), DataType(SqlType.INT), 5, 2,
    )  # fmt: skip
    assert used.start == 44


def test_limits_of_a_sequence() -> None:
    given = (prop("MinValue", 1), prop("MaxValue", 9), prop("IsCycling", "True"), prop("CacheSize", 10))
    none = (prop("HasNoMinValue", "True"), prop("HasNoMaxValue", "True"), prop("Odd", "True"))
    found = database(element("SqlSequence", "[s].[A]", *given), element("SqlSequence", "[s].[B]", *none))
    assert [(item.minimum, item.maximum, item.cycle, item.cache, item.type.base) for item in found.sequences] == [
        (1, 9, True, 10, SqlType.BIGINT),
        (None, None, False, None, SqlType.BIGINT),
    ]
    assert [(str(item.name), item.kind, item.word) for item in found.others] == [("s.B", ObjectKind.SEQUENCE, "Odd")]


def test_targets_of_synonyms() -> None:
    found = database(
        element("SqlSynonym", "[s].[a]", related("ForObject", pointer("[dbo].[T]"))),
        element("SqlSynonym", "[s].[b]", script("ForObjectScript", "[db].[dbo].[T]")),
        element("SqlSynonym", "[s].[c]", script("ForObjectScript", "dbo.T")),
    )
    assert [(item.target, item.local) for item in found.synonyms] == [
        (("dbo", "T"), ObjectName("dbo", "T")),
        (("db", "dbo", "T"), None),
        (("dbo", "T"), ObjectName("dbo", "T")),
    ]


@pytest.mark.parametrize("spoilt", ["[s].[a]", "[a]"])
def test_a_synonym_without_a_target_is_damaged(spoilt: str) -> None:
    with pytest.raises(PackageDamaged):
        database(element("SqlSynonym", spoilt))
