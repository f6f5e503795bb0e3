"""Addresses with their place on the map."""

from __future__ import annotations

from typing import Final

import numpy as np

from migrator.lab.generate.arrays import digits, joined, positions, texts
from migrator.lab.generate.awkward import TEXT
from migrator.lab.generate.census import Linear
from migrator.lab.generate.columns import (
    GEOGRAPHY,
    INT,
    NOT_NULL,
    NULL,
    ROWVERSION,
    char,
    datetime2,
    nchar,
    nvarchar,
    ordered,
    primary_key,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.country import REGION, REGIONS
from migrator.lab.generate.values import beginning, days, gaps, pick, sevenths, stamps, ticks, times
from migrator.lab.generate.words import CITIES, STREETS
from migrator.model.name import ObjectName
from migrator.model.schema import Column, ForeignKey, Identity, Index, Table

ADDRESS: Final = ObjectName("dbo", "Address")
ADDRESS_IDS: Final = Numbering(ADDRESS)

TOWNS: Final = np.array([(19.46, 51.77), (21.01, 52.23), (18.65, 54.35), (-87.65, 41.88), (-122.68, 45.52)])
"""Longitude and latitude of the towns that homes and visits lie around."""


def _addresses(span: Span) -> Columns:
    region = span.dice.whole(0, len(REGIONS), span.rows)
    countries, codes = texts([r[0] for r in REGIONS]), texts([r[1] for r in REGIONS])
    town = TOWNS[span.dice.whole(0, len(TOWNS), span.rows)]
    unknown = span.dice.flags(0.1, span.rows)
    geocoded = ticks(days(span, 900, 10), times(span, 0, 24, 10_000) + sevenths(span) % 10_000)
    return {
        "AddressId": ADDRESS_IDS.own(span),
        "Line1": joined(pick(span, STREETS), " ", digits(span.dice.whole(1, 400, span.rows))),
        "Line2": beginning(span, gaps(span, 0.8, joined("m. ", digits(span.dice.whole(1, 99, span.rows)))), TEXT),
        "City": pick(span, CITIES),
        "CountryCode": countries.take(region),
        "RegionCode": gaps(span, 0.15, codes.take(region)),
        "PostalCode": gaps(span, 0.05, digits(span.dice.whole(0, 99_999, span.rows), 5)),
        "Location": positions(
            town[:, 0] + span.dice.bell(span.rows) * 0.05, town[:, 1] + span.dice.bell(span.rows) * 0.04, unknown
        ),
        "GeocodedAt": np.ma.array(geocoded, mask=unknown),
        "RowStamp": stamps(span),
    }


POPULATIONS: Final = (
    Population(
        Table(
            ADDRESS,
            (
                Column("AddressId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("Line1", nvarchar(120), NOT_NULL),
                Column("Line2", nvarchar(120), NULL),
                Column("City", nvarchar(60), NOT_NULL, collation="Polish_CI_AS"),
                Column("CountryCode", char(2), NOT_NULL),
                Column("RegionCode", varchar(3), NULL),
                Column("PostalCode", nchar(10), NULL),
                Column("Location", GEOGRAPHY, NULL, description="WGS 84, from the geocoder."),
                Column("GeocodedAt", datetime2(7), NULL),
                Column("RowStamp", ROWVERSION, NOT_NULL),
            ),
            primary_key=primary_key("PK_Address", "AddressId"),
            foreign_keys=(
                ForeignKey("FK_Address_Region", ("CountryCode", "RegionCode"), REGION, ("CountryCode", "RegionCode")),
            ),
            indexes=(Index("IX_Address_PostalCode", ordered("PostalCode"), included=("City", "Line1")),),
            description="Homes of patients and caregivers.",
        ),
        Linear(4_000),
        _addresses,
    ),
)
