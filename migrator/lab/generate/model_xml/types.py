"""Data types as model.xml has them: a reference by name, and lengths and scales as properties beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from migrator.lab.generate.model_xml.dac import Element, Property, Reference, Relationship, bracketed, relationship
from migrator.model.datatype import DataType, SqlType
from migrator.model.schema import AliasType

_CLR: Final = frozenset({SqlType.HIERARCHYID, SqlType.GEOGRAPHY, SqlType.GEOMETRY})
_SYS: Final = "sys"
"""The schema of sysname and of the CLR types, which every database has."""


def type_specifier(type_: DataType) -> Element:
    """The type of a column, a parameter or a sequence."""
    kind = "SqlXmlTypeSpecifier" if type_.base is SqlType.XML else "SqlTypeSpecifier"
    properties = () if type_.alias is not None else type_properties(type_)
    return Element(kind, None, properties, relationship("Type", _reference(type_)))


def type_properties(type_: DataType) -> tuple[Property, ...]:
    """Length, precision and scale; what equals 0 is left out."""
    return tuple(_numbers(type_))


def alias_element(alias: AliasType) -> Element:
    """CREATE TYPE name FROM base."""
    properties = type_properties(alias.type)
    if not alias.nullable:
        properties += (Property("IsNullable", "False"),)
    return Element(
        "SqlUserDefinedDataType",
        bracketed(alias.name),
        properties,
        schema_of(alias.name.schema) + relationship("Type", _reference(alias.type)),
    )


def schema_of(name: str) -> tuple[Relationship, ...]:
    """The relationship of an object to its schema."""
    return relationship("Schema", Reference(bracketed(name), builtin=name == "dbo"))


def _numbers(type_: DataType) -> Iterator[Property]:
    if type_.is_max:
        yield Property("IsMax", "True")
    elif type_.length is not None:
        yield Property("Length", str(type_.length))
    if type_.scale:
        yield Property("Scale", str(type_.scale))
    if type_.precision is not None:
        yield Property("Precision", str(type_.precision))


def _reference(type_: DataType) -> Reference:
    if type_.alias is not None:
        return Reference(bracketed(type_.alias), builtin=type_.alias.schema == _SYS)
    if type_.base in _CLR:
        return Reference(bracketed(_SYS, type_.base), builtin=True)
    # The catalog calls rowversion by its old name.
    return Reference(bracketed("timestamp" if type_.base is SqlType.ROWVERSION else type_.base), builtin=True)
