"""Data types as model.xml writes them: a reference to a type, and its numbers as properties beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from migrator.errors import SourceError
from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.packages.model_xml.elements import Element

_BUILTIN: Final[dict[str, SqlType]] = {
    **{type_.value: type_ for type_ in SqlType},
    "timestamp": SqlType.ROWVERSION,
    "sysname": SqlType.NVARCHAR,
}
_BITS_OF_REAL: Final = 24
"""A float of fewer bits is a real. Source: Transact-SQL reference, "float and real"."""
_SYSNAME_LENGTH: Final = 128
_WITH_LENGTH: Final = frozenset(
    {SqlType.CHAR, SqlType.VARCHAR, SqlType.NCHAR, SqlType.NVARCHAR, SqlType.BINARY, SqlType.VARBINARY, SqlType.VECTOR}
)
_WITH_SCALE: Final = frozenset({SqlType.TIME, SqlType.DATETIME2, SqlType.DATETIMEOFFSET})
_DECIMALS: Final = frozenset({SqlType.DECIMAL, SqlType.NUMERIC})


class Types:
    """Resolves type references: built-in types, alias types, and CLR types, whose values are kept as their bytes."""

    def __init__(self, aliases: Mapping[ObjectName, DataType], clr_types: frozenset[ObjectName]) -> None:
        self._aliases = {_folded(name): type_ for name, type_ in aliases.items()}
        self._clr_types = frozenset(map(_folded, clr_types))

    def of(self, holder: Element, relationship: str = "TypeSpecifier") -> DataType:
        """The type of a column or parameter. Raises PackageDamaged, or SourceError for a type that nobody defines."""
        specifiers = holder.elements(relationship)
        if not specifiers:
            raise holder.damaged("has no type")
        specifier = specifiers[0]
        reference = specifier.reference("Type")
        if not reference.builtin and len(reference.parts) == 2:
            user = ObjectName(*reference.parts)
            if _folded(user) in self._aliases:
                return replace(self._aliases[_folded(user)], alias=user)
            if _folded(user) in self._clr_types:
                return DataType(SqlType.VARBINARY, length=MAX, alias=user)
        return builtin_type(specifier)


def builtin_type(specifier: Element) -> DataType:
    """The built-in type that an element's ``Type`` refers to, with the element's own numbers. Raises SourceError.

    model.xml leaves out what equals 0 or False: a missing Scale is a scale of 0, in time types too, although T-SQL's
    ``time`` means 7 (the export writes that 7).
    """
    name = specifier.reference("Type").parts[-1].lower()
    base = _BUILTIN.get(name)
    if base is None:
        raise SourceError(
            f"Line {specifier.line} of model.xml uses the type {name}, which is not known here.",
            why="It is neither a type of SQL Server up to 2025 nor defined in the package.",
            todo="If it is defined in another project, build or export one package that holds both.",
        )
    if name == "sysname":
        return DataType(base, length=_SYSNAME_LENGTH)
    if base in _WITH_LENGTH:
        return DataType(base, length=MAX if specifier.true("IsMax") else specifier.number("Length", 1))
    if base in _DECIMALS:
        return DataType(base, precision=specifier.number("Precision", 18), scale=specifier.number("Scale", 0))
    if base in _WITH_SCALE:
        return DataType(base, scale=specifier.number("Scale", 0))
    if base is SqlType.FLOAT:
        precision = specifier.number("Precision", 53)
        return DataType(SqlType.REAL) if precision <= _BITS_OF_REAL else DataType(base, precision=precision)
    return DataType(base)


def _folded(name: ObjectName) -> tuple[str, str]:
    return name.schema.lower(), name.name.lower()
