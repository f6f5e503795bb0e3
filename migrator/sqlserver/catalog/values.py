"""A sql_variant of the catalog as text, whatever its base type, and as a T-SQL constant."""

from __future__ import annotations

from typing import Final

from migrator.sqlserver.catalog.query import Field, Fields, name
from migrator.sqlserver.variant import variant_value
from migrator.sqlserver.version import Product

_NUMBERS: Final = frozenset(
    {"bit", "tinyint", "smallint", "int", "bigint", "decimal", "numeric", "money", "smallmoney", "real", "float"}
)
_BINARIES: Final = frozenset({"binary", "varbinary"})
_NATIONAL: Final = frozenset({"nchar", "nvarchar"})
_LOSSLESS_FLOATS: Final = 13
"""SQL Server 2016: only from there on a float can be had with all its 17 digits; before with 16. Source: Transact-SQL
reference, CAST and CONVERT, "float and real styles"."""


def value_fields(value: str, product: Product) -> Fields:
    """``base``, the name of the base type, and ``value``, the text, of an expression of type sql_variant."""
    base = f"CAST(SQL_VARIANT_PROPERTY({value}, 'BaseType') AS nvarchar(128))"
    text = variant_value(value)
    if product.major < _LOSSLESS_FLOATS:
        number = f"CONVERT(nvarchar(40), CAST({value} AS float), 2)"
        text = f"CASE WHEN {base} IN ('float', 'real') THEN {number} ELSE {text} END"
    return {"base": name(base), "value": Field(text)}


def constant(base: str | None, value: str | None) -> str:
    """The value as a T-SQL constant."""
    if value is None:
        return "NULL"
    word = (base or "").lower()
    if word in _NUMBERS:
        return value
    if word in _BINARIES:
        return f"0x{value}"
    quoted = value.replace("'", "''")
    return f"N'{quoted}'" if word in _NATIONAL else f"'{quoted}'"
