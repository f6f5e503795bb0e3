"""Partition functions and schemes, and what lies on them."""

from __future__ import annotations

from typing import Final

from migrator.model.schema import PartitionFunction, Partitioning, PartitionScheme
from migrator.packages.model_xml.elements import Element
from migrator.packages.model_xml.types import Types, builtin_type

_RIGHT: Final = "2"
"""RANGE RIGHT; 1 is RANGE LEFT."""


def read_function(element: Element, types: Types) -> PartitionFunction:
    """A partition function. Raises PackageDamaged."""
    if element.own_name is None:
        raise element.damaged("has no name")
    given = element.elements("ParameterType")
    type_ = builtin_type(given[0]) if given else types.of(element)
    return PartitionFunction(
        name=element.own_name,
        type=type_,
        right=element.properties.get("Range") == _RIGHT,
        boundaries=tuple(item.properties.get("ExpressionScript", "") for item in element.elements("BoundaryValues")),
    )


def read_scheme(element: Element) -> PartitionScheme:
    """A partition scheme. Raises PackageDamaged."""
    if element.own_name is None:
        raise element.damaged("has no name")
    return PartitionScheme(element.own_name, element.reference("PartitionFunction").parts[-1])


def partitioning(element: Element) -> Partitioning | None:
    """What a table, or the clustered index that is the table, lies on. None for a filegroup."""
    schemes, columns = element.references("PartitionScheme"), element.references("PartitionColumn")
    return Partitioning(schemes[0].parts[-1], columns[0].parts[-1]) if schemes and columns else None
