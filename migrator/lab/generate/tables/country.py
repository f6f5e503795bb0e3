"""Countries, their regions, languages and public holidays."""

from __future__ import annotations

from datetime import date
from typing import Final

import pyarrow as pa

from migrator.lab.generate.arrays import texts
from migrator.lab.generate.census import Constant
from migrator.lab.generate.columns import BIT, DATE, NOT_NULL, NULL, char, nvarchar, primary_key, varchar
from migrator.lab.generate.population import Columns, Population, Span
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Default, ForeignKey, Index, KeyColumn, Table

_COUNTRIES: Final = (
    ("PL", "Poland", "Polska", "+48", True),
    ("US", "United States", None, "+1", True),
    ("CZ", "Czechia", "Česko", "+420", True),
    ("DE", "Germany", "Deutschland", "+49", True),
    ("UA", "Ukraine", "Україна", "+380", True),
    ("EG", "Egypt", "مصر", "+20", False),
    ("IL", "Israel", "ישראל", "+972", False),
    ("JP", "Japan", "日本", "+81", False),
    ("TR", "Türkiye", "Türkiye", "+90", False),
    ("CI", "Côte d'Ivoire", "Côte d'Ivoire", "+225", False),
    ("XX", "Unknown", "", None, False),
)
REGIONS: Final = (
    ("PL", "MZ", "Mazowieckie"),
    ("PL", "LD", "Łódzkie"),
    ("PL", "MA", "Małopolskie"),
    ("PL", "SL", "Śląskie"),
    ("PL", "PM", "Pomorskie"),
    ("US", "IL", "Illinois"),
    ("US", "NY", "New York"),
    ("US", "OR", "Oregon"),
    ("US", "TX", "Texas"),
    ("CZ", "PR", "Praha"),
    ("DE", "BE", "Berlin"),
    ("JP", "13", "東京都"),
)
LANGUAGES: Final = ("pl-PL", "PL-pl", "en-US", "en-us", "cs-CZ", "de-DE", "uk-UA", "ar-EG", "he-IL", "ja-JP", "zxx")
_LANGUAGE_NAMES: Final = (
    "Polski",
    "Polish (old tag)",
    "English (US)",
    "English (legacy import)",
    "Čeština",
    "Deutsch",
    "Українська",
    "العربية",
    "עברית",
    "日本語",
    None,
)
_HOLIDAYS: Final = (
    (date(2023, 1, 6), "PL", "Trzech Króli"),
    (date(2023, 11, 11), "PL", "Święto Niepodległości"),
    (date(2023, 11, 23), "US", "Thanksgiving"),
    (date(2024, 1, 6), "PL", "Trzech Króli"),
    (date(2024, 2, 29), "US", "Leap day (agency party)"),
    (date(2024, 7, 4), "US", "Independence Day"),
    (date(9999, 12, 31), "US", "Never"),
    (date(9999, 12, 31), "PL", "Nigdy"),
)

COUNTRY: Final = ObjectName("dbo", "Country")
REGION: Final = ObjectName("dbo", "Region")
LANGUAGE: Final = ObjectName("dbo", "Language")
HOLIDAY: Final = ObjectName("dbo", "Holiday")


def _countries(_: Span) -> Columns:
    codes, names, native, dial, active = zip(*_COUNTRIES, strict=True)
    return {
        "Code": texts(codes),
        "Name": texts(names),
        "NativeName": texts(native),
        "DialCode": texts(dial),
        "IsActive": pa.array(active),
    }


def _regions(_: Span) -> Columns:
    countries, codes, names = zip(*REGIONS, strict=True)
    return {"CountryCode": texts(countries), "RegionCode": texts(codes), "Name": texts(names)}


def _languages(_: Span) -> Columns:
    return {"Tag": texts(LANGUAGES), "Name": texts(_LANGUAGE_NAMES)}


def _holidays(_: Span) -> Columns:
    dates, countries, names = zip(*_HOLIDAYS, strict=True)
    return {"HolidayDate": pa.array(dates, pa.date32()), "CountryCode": texts(countries), "Name": texts(names)}


POPULATIONS: Final = (
    Population(
        Table(
            COUNTRY,
            (
                Column("Code", char(2), NOT_NULL, description="ISO 3166-1 alpha-2"),
                Column("Name", nvarchar(80), NOT_NULL),
                Column("NativeName", nvarchar(80), NULL, collation="Polish_CI_AS"),
                Column("DialCode", varchar(6), NULL),
                Column("IsActive", BIT, NOT_NULL, default=Default("DF_Country_IsActive", "((1))")),
            ),
            primary_key=primary_key("PK_Country", "Code"),
            checks=(Check("CK_Country_DialCode", "([DialCode] IS NULL OR [DialCode] like '+%')"),),
            description="Countries that the agency serves or whose people it knows.",
        ),
        Constant(len(_COUNTRIES)),
        _countries,
    ),
    Population(
        Table(
            REGION,
            (
                Column("CountryCode", char(2), NOT_NULL),
                Column("RegionCode", varchar(3), NOT_NULL),
                Column("Name", nvarchar(80), NOT_NULL),
            ),
            primary_key=primary_key("PK_Region", "CountryCode", "RegionCode"),
            foreign_keys=(
                ForeignKey("FK_Region_Country", ("CountryCode",), COUNTRY, ("Code",), Action.NO_ACTION, Action.CASCADE),
            ),
        ),
        Constant(len(REGIONS)),
        _regions,
    ),
    Population(
        Table(
            LANGUAGE,
            (
                Column("Tag", varchar(20), NOT_NULL, collation="Latin1_General_100_BIN2"),
                Column("Name", nvarchar(60), NULL),
            ),
            primary_key=primary_key("PK_Language", "Tag"),
            description="Language tags; compared byte by byte, so that two spellings are two languages.",
        ),
        Constant(len(LANGUAGES)),
        _languages,
    ),
    Population(
        Table(
            HOLIDAY,
            (
                Column("HolidayDate", DATE, NOT_NULL),
                Column("CountryCode", char(2), NOT_NULL),
                Column("Name", nvarchar(100), NOT_NULL),
            ),
            primary_key=primary_key("PK_Holiday", "HolidayDate", "CountryCode"),
            foreign_keys=(ForeignKey("FK_Holiday_Country", ("CountryCode",), COUNTRY, ("Code",)),),
            indexes=(Index("IX_Holiday_Country", (KeyColumn("CountryCode"), KeyColumn("HolidayDate", True))),),
        ),
        Constant(len(_HOLIDAYS)),
        _holidays,
    ),
)
