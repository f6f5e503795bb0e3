"""sql_variant in T-SQL: its type as declared, and its value's text in the form that wire/schema.py asks for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_SCALED: Final = ("decimal", "numeric")
_TIMED: Final = ("time", "datetime2", "datetimeoffset")
_WIDE: Final = ("nvarchar", "nchar")
_NARROW: Final = ("varchar", "char", "varbinary", "binary")


def variant_type(name: str) -> str:
    """The base type with its properties, ``decimal(10,2)``; NULL for NULL."""

    def property_of(word: str) -> str:
        return f"CAST(SQL_VARIANT_PROPERTY({name}, '{word}') AS nvarchar(128))"

    base = property_of("BaseType")
    half = f"CAST(CAST(SQL_VARIANT_PROPERTY({name}, 'MaxLength') AS int) / 2 AS nvarchar(10))"
    cases = (
        (_SCALED, f"{base} + N'(' + {property_of('Precision')} + N',' + {property_of('Scale')} + N')'"),
        (_TIMED, f"{base} + N'(' + {property_of('Scale')} + N')'"),
        (_WIDE, f"{base} + N'(' + {half} + N')'"),
        (_NARROW, f"{base} + N'(' + {property_of('MaxLength')} + N')'"),
    )
    return _case(base, cases, base)


def variant_value(name: str) -> str:
    """The value's text: numbers in full, dates in ISO form with their scale, binary as lower-case hex."""

    def as_(type_: str) -> str:
        return f"CAST({name} AS {type_})"

    base = f"CAST(SQL_VARIANT_PROPERTY({name}, 'BaseType') AS nvarchar(128))"
    scale = f"CAST(SQL_VARIANT_PROPERTY({name}, 'Scale') AS int)"
    # Behind the seconds comes a point only where there are decimals.
    decimals = f"CASE {scale} WHEN 0 THEN 0 ELSE 1 + {scale} END"
    moment = f"CONVERT(nvarchar(34), {as_('datetimeoffset(7)')}, 121)"
    long = f"CAST({as_('varchar(8000)')} AS nvarchar(max))"
    cases = (
        (("money", "smallmoney"), f"CAST(CAST({as_('money')} AS decimal(19,4)) AS nvarchar(40))"),
        # Style 3: 17 digits, which name every double (SQL Server 2016 and later; an older one refuses the value).
        (("float",), f"CONVERT(nvarchar(40), {as_('float')}, 3)"),
        (("real",), f"CONVERT(nvarchar(40), {as_('real')}, 3)"),
        (("date",), f"CONVERT(nvarchar(10), {as_('date')}, 23)"),
        (("time",), f"LEFT(CONVERT(nvarchar(16), {as_('time(7)')}, 121), 8 + {decimals})"),
        (("datetime2",), f"LEFT(CONVERT(nvarchar(27), {as_('datetime2(7)')}, 121), 19 + {decimals})"),
        (("datetimeoffset",), f"LEFT({moment}, 19 + {decimals}) + N' ' + RIGHT({moment}, 6)"),
        (("datetime",), f"CONVERT(nvarchar(23), {as_('datetime')}, 121)"),
        (("smalldatetime",), f"CONVERT(nvarchar(19), {as_('smalldatetime')}, 120)"),
        (("uniqueidentifier",), f"LOWER(CAST({as_('uniqueidentifier')} AS nvarchar(36)))"),
        # A variant cannot be cast to a (max) type. Only where it is too long for nvarchar does it go through varchar,
        # which puts its letters into the code page of the database.
        (("varchar", "char"), f"CASE WHEN DATALENGTH({name}) > 4000 THEN {long} ELSE {as_('nvarchar(4000)')} END"),
        (("varbinary", "binary"), f"LOWER(CONVERT(nvarchar(max), {as_('varbinary(8000)')}, 2))"),
    )
    return f"CAST({_case(base, cases, as_('nvarchar(4000)'))} AS nvarchar(max))"


def _case(base: str, cases: Iterable[tuple[tuple[str, ...], str]], other: str) -> str:
    whens = " ".join(
        f"WHEN {base} IN ({', '.join(f'{word!r}' for word in words)}) THEN {expression}" for words, expression in cases
    )
    return f"CASE {whens} ELSE {other} END"
