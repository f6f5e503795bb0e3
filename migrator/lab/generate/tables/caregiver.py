"""Caregivers, their credentials and when they can work."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from migrator.lab.generate.arrays import cut_bytes, digits, joined, texts, without
from migrator.lab.generate.awkward import BINARY, LATIN
from migrator.lab.generate.census import Family, Linear
from migrator.lab.generate.columns import (
    BIT,
    DATE,
    INT,
    NOT_NULL,
    NULL,
    PHONE,
    SMALLMONEY,
    TINYINT,
    UNIQUEIDENTIFIER,
    char,
    decimal,
    nvarchar,
    ordered,
    primary_key,
    time,
    unique,
    varbinary,
    varchar,
)
from migrator.lab.generate.population import Columns, Numbering, Population, Span
from migrator.lab.generate.tables.address import ADDRESS, ADDRESS_IDS
from migrator.lab.generate.tables.agency import AGENCY, agency_ids
from migrator.lab.generate.values import beginning, cents, days, gaps, pick
from migrator.lab.generate.words import FAMILY, GIVEN
from migrator.model.name import ObjectName
from migrator.model.schema import Action, Check, Column, Computed, Default, ForeignKey, Identity, Index, Table

CAREGIVER: Final = ObjectName("care", "Caregiver")
CREDENTIAL: Final = ObjectName("care", "Credential")
AVAILABILITY: Final = ObjectName("care", "Availability")
CAREGIVER_IDS: Final = Numbering(CAREGIVER, start=5_000)
_CREDENTIALS: Final = Family(CAREGIVER, (2, 3))
_AVAILABILITIES: Final = Family(CAREGIVER, (5,))
_CREDENTIAL_KINDS: Final = texts(["CNA certificate", "CPR / First aid", "Prawo jazdy"])
_THUMBNAIL: Final = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"


def _caregivers(span: Span) -> Columns:
    rows = span.rows
    hired = days(span, 5_000, 30)
    sizes = span.dice.whole(200, 900, rows)
    managers = CAREGIVER_IDS.of(span.dice.below(span.index // 20 + 1))
    return {
        "CaregiverId": CAREGIVER_IDS.own(span),
        "EmployeeNo": joined("E", digits(span.index, 7)),
        "GivenName": pick(span, GIVEN),
        "FamilyName": pick(span, FAMILY),
        "HiredOn": hired,
        "TerminatedOn": gaps(span, 0.85, hired + span.dice.whole(0, 3_000, rows)),
        "HourlyRate": beginning(span, cents(span, 14, 60), [2_147_483_647, 1]),
        "AgencyId": agency_ids(span.dice.whole(0, 40, rows)),
        "ManagerId": without(managers, span.index < 20),
        "HomeAddressId": gaps(span, 0.1, ADDRESS_IDS.some(span)),
        "Phone": gaps(span, 0.05, joined("+48 ", digits(span.dice.whole(500_000_000, 900_000_000, rows)))),
        "SsnLast4": digits(span.dice.whole(0, 10_000, rows), 4),
        "Rating": gaps(span, 0.3, span.dice.whole(0, 501, rows)),
        "Photo": beginning(
            span, gaps(span, 0.5, cut_bytes(span.dice.octets(int(sizes.sum())), sizes)), [_THUMBNAIL, *BINARY]
        ),
    }


def _credentials(span: Span) -> Columns:
    caregivers, numbers = _CREDENTIALS.place(span.index)
    issued = days(span, 2_000, 10)
    return {
        "CredentialId": span.index + 1,
        "CaregiverId": CAREGIVER_IDS.of(caregivers),
        "Kind": _CREDENTIAL_KINDS.take(pa.array(numbers - 1)),
        "Number": beginning(span, joined("No. ", digits(span.dice.whole(0, 10**9, span.rows), 9)), LATIN),
        "IssuedOn": issued,
        "ExpiresOn": gaps(span, 0.1, issued + 730),
        "IsCurrent": span.dice.flags(0.8, span.rows),
    }


def _availabilities(span: Span) -> Columns:
    caregivers, numbers = _AVAILABILITIES.place(span.index)
    start = span.dice.whole(6, 12, span.rows) * 3_600
    return {
        "CaregiverId": CAREGIVER_IDS.of(caregivers),
        "DayOfWeek": numbers,
        "StartTime": start * 1_000_000_000,
        "EndTime": beginning(
            span, (start + span.dice.whole(4, 48, span.rows) * 900) * 1_000_000_000, [86_399_000_000_000]
        ),
    }


POPULATIONS: Final = (
    Population(
        Table(
            CAREGIVER,
            (
                Column("CaregiverId", INT, NOT_NULL, identity=Identity(5_000, 1)),
                Column("EmployeeNo", varchar(10), NOT_NULL),
                Column("GivenName", nvarchar(60), NOT_NULL),
                Column("FamilyName", nvarchar(60), NOT_NULL),
                Column("HiredOn", DATE, NOT_NULL),
                Column("TerminatedOn", DATE, NULL),
                Column("HourlyRate", SMALLMONEY, NOT_NULL),
                Column("AgencyId", UNIQUEIDENTIFIER, NOT_NULL),
                Column("ManagerId", INT, NULL),
                Column("HomeAddressId", INT, NULL),
                Column("Phone", PHONE, NULL),
                Column("SsnLast4", char(4), NULL),
                Column("Rating", decimal(3, 2), NULL),
                Column("Photo", varbinary(), NULL),
            ),
            primary_key=primary_key("PK_Caregiver", "CaregiverId"),
            uniques=(unique("UQ_Caregiver_EmployeeNo", "EmployeeNo"),),
            foreign_keys=(
                ForeignKey("FK_Caregiver_Agency", ("AgencyId",), AGENCY, ("AgencyId",)),
                ForeignKey("FK_Caregiver_Manager", ("ManagerId",), CAREGIVER, ("CaregiverId",)),
                ForeignKey("FK_Caregiver_Address", ("HomeAddressId",), ADDRESS, ("AddressId",), Action.SET_NULL),
            ),
            checks=(
                Check("CK_Caregiver_HourlyRate", "([HourlyRate]>(0))"),
                Check("CK_Caregiver_Rating", "([Rating]>=(0) AND [Rating]<=(5))"),
                Check("CK_Caregiver_TerminatedOn", "([TerminatedOn]>=[HiredOn] OR [TerminatedOn] IS NULL)"),
            ),
            indexes=(Index("IX_Caregiver_Agency", ordered("AgencyId"), filter="([TerminatedOn] IS NULL)"),),
        ),
        Linear(800, least=60),
        _caregivers,
    ),
    Population(
        Table(
            CREDENTIAL,
            (
                Column("CredentialId", INT, NOT_NULL, identity=Identity(1, 1)),
                Column("CaregiverId", INT, NOT_NULL),
                Column("Kind", varchar(30), NOT_NULL),
                Column("Number", varchar(60), NOT_NULL),
                Column("IssuedOn", DATE, NOT_NULL),
                Column("ExpiresOn", DATE, NULL),
                Column("IsCurrent", BIT, NOT_NULL, default=Default("DF_Credential_IsCurrent", "((1))")),
            ),
            primary_key=primary_key("PK_Credential", "CredentialId"),
            foreign_keys=(
                ForeignKey("FK_Credential_Caregiver", ("CaregiverId",), CAREGIVER, ("CaregiverId",), Action.CASCADE),
            ),
            checks=(Check("CK_Credential_ExpiresOn", "([ExpiresOn]>[IssuedOn])"),),
            indexes=(
                Index("UX_Credential_Current", ordered("CaregiverId", "Kind"), unique=True, filter="([IsCurrent]=(1))"),
                Index("IX_Credential_ExpiresOn", ordered("ExpiresOn DESC"), included=("CaregiverId", "Kind")),
            ),
        ),
        _CREDENTIALS,
        _credentials,
    ),
    Population(
        Table(
            AVAILABILITY,
            (
                Column("CaregiverId", INT, NOT_NULL),
                Column("DayOfWeek", TINYINT, NOT_NULL),
                Column("StartTime", time(0), NOT_NULL),
                Column("EndTime", time(0), NOT_NULL),
                Column(
                    "Minutes", None, NULL, computed=Computed("(datediff(minute,[StartTime],[EndTime]))", persisted=True)
                ),
            ),
            primary_key=primary_key("PK_Availability", "CaregiverId", "DayOfWeek", "StartTime"),
            foreign_keys=(
                ForeignKey("FK_Availability_Caregiver", ("CaregiverId",), CAREGIVER, ("CaregiverId",), Action.CASCADE),
            ),
            checks=(
                Check("CK_Availability_DayOfWeek", "([DayOfWeek]>=(1) AND [DayOfWeek]<=(7))"),
                Check("CK_Availability_Times", "([EndTime]>[StartTime])"),
            ),
        ),
        _AVAILABILITIES,
        _availabilities,
    ),
)
