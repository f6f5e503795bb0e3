"""Indexes of every kind: each names the table or view that it is on."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import Index, IndexKind, KeyColumn
from migrator.packages.model_xml.constraints import column_names, key_columns
from migrator.packages.model_xml.elements import Element

INDEX_KINDS: Final = {
    "SqlIndex": IndexKind.ROWSTORE,
    "SqlColumnStoreIndex": IndexKind.COLUMNSTORE,
    "SqlXmlIndex": IndexKind.XML,
    "SqlSelectiveXmlIndex": IndexKind.XML,
    "SqlSpatialIndex": IndexKind.SPATIAL,
    "SqlFullTextIndex": IndexKind.FULLTEXT,
    "SqlJsonIndex": IndexKind.OTHER,
    "SqlVectorIndex": IndexKind.OTHER,
}
_FULLTEXT_NAME: Final = "fulltext"
"""A table has at most one full-text index, and it has no name."""

INDEX_WORDS: Final = frozenset(
    {
        "BucketCount",
        "Catalog",
        "Column",
        "ColumnSpecifications",
        "Columns",
        "FilterPredicate",
        "IncludedColumns",
        "IndexedObject",
        "IsClustered",
        "IsDisabled",
        "IsPrimary",
        "IsUnique",
        "KeyName",
        "PartitionColumn",
        "PartitionScheme",
        "PrimaryXmlIndexUsage",
        "PromotedPaths",
        "UsingPrimaryXmlIndex",
        "XmlNamespaces",
    }
)


def read_index(element: Element) -> Index:
    """An index that is no constraint. Raises PackageDamaged."""
    kind = INDEX_KINDS[element.type]
    return Index(
        name=_FULLTEXT_NAME if kind is IndexKind.FULLTEXT else element.own_name or element.type,
        columns=_columns(element, kind),
        included=column_names(element, "IncludedColumns"),
        unique=element.true("IsUnique"),
        clustered=element.true("IsClustered"),
        filter=element.properties.get("FilterPredicate") or None,
        kind=IndexKind.HASH if element.number("BucketCount", 0) else kind,
        disabled=element.true("IsDisabled"),
        place=element.place,
    )


def _columns(element: Element, kind: IndexKind) -> tuple[KeyColumn, ...]:
    if kind is IndexKind.FULLTEXT:
        return tuple(KeyColumn(item.reference("Column").parts[-1]) for item in element.elements("Columns"))
    return key_columns(element) or tuple(map(KeyColumn, column_names(element, "Column")))
