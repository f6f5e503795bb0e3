"""A sql_variant as text that loses nothing, whatever its base type."""

from __future__ import annotations

from typing import Final

from migrator.sqlserver.catalog.query import Field, Fields, name
from migrator.sqlserver.version import Product

_NUMBERS: Final = frozenset(
    {"bit", "tinyint", "smallint", "int", "bigint", "decimal", "numeric", "money", "smallmoney", "real", "float"}
    | {"binary", "varbinary"}
)
"""Base types whose text is a T-SQL constant without quotes."""
_LOSSLESS_FLOATS: Final = 13
"""SQL Server 2016: style 3 of a float gives all its 17 digits. Source: Transact-SQL reference, CAST and CONVERT."""


def value_fields(value: str, product: Product) -> Fields:
    """``base``, the name of the base type, and ``value``, the text, of an expression of type sql_variant."""
    base = f"CAST(SQL_VARIANT_PROPERTY({value}, 'BaseType') AS nvarchar(128))"
    return {"base": name(base), "value": Field(_text(value, base, 3 if product.major >= _LOSSLESS_FLOATS else 2))}


def _text(value: str, base: str, float_style: int) -> str:
    def converted(type_: str, style: int) -> str:
        return f"CONVERT(nvarchar(4000), CONVERT({type_}, {value}), {style})"

    return (
        f"CASE WHEN {base} = 'datetime' THEN {converted('datetime', 126)} "
        f"WHEN {base} = 'smalldatetime' THEN {converted('smalldatetime', 126)} "
        f"WHEN {base} = 'datetime2' THEN {converted('datetime2(7)', 126)} "
        f"WHEN {base} = 'date' THEN {converted('date', 23)} "
        f"WHEN {base} IN ('money', 'smallmoney') THEN {converted('money', 2)} "
        f"WHEN {base} = 'float' THEN {converted('float', float_style)} "
        f"WHEN {base} = 'real' THEN {converted('real', float_style)} "
        f"WHEN {base} IN ('binary', 'varbinary') THEN {converted('varbinary(8000)', 1)} "
        f"ELSE CAST({value} AS nvarchar(4000)) END"
    )


def constant(base: str | None, value: str | None) -> str:
    """The value as a T-SQL constant."""
    if value is None:
        return "NULL"
    if (base or "").lower() in _NUMBERS:
        return value
    prefix = "N" if (base or "").lower() in ("nchar", "nvarchar") else ""
    quoted = value.replace("'", "''")
    return f"{prefix}'{quoted}'"
